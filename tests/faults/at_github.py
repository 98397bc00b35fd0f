"""Incidents whose issue is at GitHub, and what became of them: what `tests.faults.inside` offers for that."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from musterpoint import access, actions, effects
from musterpoint import process as processes
from musterpoint.cli.running import carry_out
from musterpoint.core import writeup
from musterpoint.core.declare import DeclareRequest
from musterpoint.core.issue_body import render
from musterpoint.integrations import registry
from musterpoint.store import incidents, models


def raised(count: int, stage: str) -> list[str]:
    """So many incidents that came as far as `stage`: `resolved`; `raised`, with an action; `with an issue`, its action
    has one of its own, and nothing else is outstanding."""
    process, _ = processes.load(settings.HOME)
    actor = access.actor("olga", process)
    waiting: list[str] = []
    effects.carried_by(waiting.append)

    def call() -> actions.Call:
        return actions.Call(actor, process, "cli", datetime.now(UTC))

    made = []
    for number in range(count):
        ref = actions.declare(call(), DeclareRequest(f"Checkout fails, {number}")).state.ref
        actions.resolve(call(), ref)
        if stage != "resolved":
            actions.add_action(call(), ref, "Alert on pool exhaustion")
            actions.writeup_done(call(), ref)
            actions.raise_issue(call(), ref)
        made.append(ref)
    assert carry_out(waiting, process, 400) == 0
    if stage == "with an issue":
        for ref in made:
            actions.change_action_issue(call(), ref, 1)
        assert carry_out(waiting, process, 400) == 0
    return made


def known(refs: list[str]) -> list[dict[str, Any]]:
    """What we know of each incident; `unlike`: its issue is not what it is to be."""
    process = replace(processes.load(settings.HOME)[0], timeout=30)
    found = []
    for row in models.Incident.objects.filter(ref__in=refs).order_by("id"):
        state = incidents.state(row)
        issue, parts = state.after.issue, writeup.parts(state, access.entries(access.NOBODY, row), process)
        there = registry.tracker(process).read(issue.ref).body if issue else ""
        found.append(
            {
                "ref": row.ref,
                "title": f"Incident {row.ref}: {state.title}",
                "issue": issue.ref if issue else "",
                "open": issue.open if issue else None,
                "unlike": render(state, parts, process, there) != there,
                "comments": row.effects.filter(kind="comment").count(),
                "actions": [{"issue": each.issue, "status": each.status.value} for each in state.after.actions],
            }
        )
    return found
