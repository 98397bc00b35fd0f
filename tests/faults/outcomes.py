"""Incidents on their way to the end, and what became of them: what `tests.faults.inside` offers for that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from musterpoint import access, actions, effects
from musterpoint import process as processes
from musterpoint.cli.running import carry_out
from musterpoint.core import writeup
from musterpoint.core.aftermath import Decision
from musterpoint.core.aftermath_journal import IssueChange, IssueRequested, PostRequested
from musterpoint.core.blockers import of_the_issue
from musterpoint.core.declare import DeclareRequest
from musterpoint.core.issue_body import render
from musterpoint.core.process import Process
from musterpoint.store import incidents, journal, models


def prepare(stage: str, count: int) -> list[str]:
    """So many incidents that came as far as `stage`, everything of theirs carried out."""
    process, _ = processes.load(settings.HOME)
    actor = access.actor("olga", process)
    waiting: list[str] = []
    effects.carried_by(waiting.append)

    def call() -> actions.Call:
        return actions.Call(actor, process, "cli", datetime.now(UTC))

    made = [_prepared(stage, call, number) for number in range(count)]
    assert carry_out(waiting, process, 400) == 0
    for ref in made:
        _further(stage, call, ref)
    assert carry_out(waiting, process, 400) == 0
    return made


def _prepared(stage: str, call: Callable[[], actions.Call], number: int) -> str:
    ref = actions.declare(call(), DeclareRequest(f"Checkout fails, {number}", affected="web shop")).state.ref
    actions.did(call(), ref, "Rolled back to 4.1.2")
    actions.resolve(call(), ref)
    if stage != "resolved":
        actions.raise_issue(call(), ref)
        actions.add_action(call(), ref, "Alert on pool exhaustion")
    return ref


def _further(stage: str, call: Callable[[], actions.Call], ref: str) -> None:
    if stage == "all but one":
        actions.writeup_done(call(), ref)
    if stage == "skipped":
        actions.decide_publication(call(), ref, Decision.SKIP, "one customer alone")


def bodies(refs: list[str]) -> dict[str, str]:
    """The bodies of their issues."""
    issues = {f"local#{each.pk}": each.body for each in models.LocalIssue.objects.all()}
    rows = models.Incident.objects.filter(ref__in=refs)
    return {row.ref: issues[row.after["issue"]["ref"]] for row in rows}


def outcomes(refs: list[str]) -> list[dict[str, Any]]:
    """What became of each, on both sides; `unlike` is what the two do not agree about."""
    process, _ = processes.load(settings.HOME)
    return [_outcome(models.Incident.objects.get(ref=ref), process) for ref in refs]


def _outcome(row: models.Incident, process: Process) -> dict[str, Any]:
    state, facts = incidents.state(row), [each.fact for each in journal.load(row, [])]
    issues = models.LocalIssue.objects.filter(key__startswith=f"raise:{row.ref}@")
    issue = issues.first()
    known, publication = state.after.issue, state.after.publication
    parts = writeup.parts(state, access.entries(access.NOBODY, row), process)
    unlike = []
    if bool(issue) != bool(known):
        unlike.append("one side has an issue")
    if issue and known:
        unlike += ["the reference"] if known.ref != f"local#{issue.pk}" else []
        unlike += ["open or closed"] if known.open != issue.open else []
        unlike += ["the body"] if render(state, parts, process, issue.body) != issue.body else []
    asked = [each for each in facts if isinstance(each, PostRequested)]
    keep_open = {each.key for each in of_the_issue(state)}
    return {
        "ref": row.ref,
        "status": row.status,
        "unlike": unlike,
        "issues": issues.count(),
        "requests": sum(isinstance(each, IssueRequested) for each in facts),
        "open": issue.open if issue else None,
        "body": issue.body if issue else "",
        "comments": issue.comments.count() if issue else 0,
        "comment_effects": row.effects.filter(kind="comment").count(),
        "closed_early": sorted(keep_open - set(known.yielded)) if known and known.ref and not known.open else [],
        "changes": [each.cause.value for each in facts if isinstance(each, IssueChange)],
        "parts": {each.part.name: each.text for each in parts if each.version},
        "posts_asked_for": len(asked),
        "published": publication.published,
        "path": publication.path,
        "post": asked[-1].text if asked else "",
    }
