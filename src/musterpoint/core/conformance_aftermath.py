"""What the record shows of all that follows the resolution: issue, write-up, actions, close and post."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from musterpoint.core.aftermath import ActionStatus, Decision, IssueCause
from musterpoint.core.aftermath_journal import (
    ActionAdded,
    ActionEnded,
    IssueChange,
    IssueRaised,
    IssueRequested,
    Override,
    PostPublished,
    PostRequested,
    PublicationDecision,
    WriteupDone,
    WriteupEdit,
)
from musterpoint.core.conformance_case import Case, counted, done_by, not_there, record
from musterpoint.core.conformance_steps import Step, StepRecord, StepStatus
from musterpoint.core.describe import named
from musterpoint.core.incident import Basis, Kind, Milestone
from musterpoint.core.journal import Entry, StatusChange
from musterpoint.core.timeline import RowStatus
from musterpoint.core.writeup_parts import PARTS, Section


def raised(case: Case, step: Step) -> StepRecord:
    """Who asked for the issue; the nominee, or somebody with authority instead."""
    there, asked = case.of_kind(IssueRaised), case.of_kind(IssueRequested)
    nominee, gone, issue = case.incident.nominee, case.incident.after.gone, case.incident.after.issue
    if gone and not (issue and issue.ref) and not case.over:
        found = not_there(case, step, f"the issue {gone[-1]} was deleted in the tracker", until=True)
        return _or_excused(case, "issue_not_raised", replace(found, evidence=tuple(each.ref for each in there)))
    if not there:
        note = "the tracker has not made it yet" if asked else "nobody has raised the issue"
        note += f" ({nominee.name} is nominated)" if nominee and not asked else ""
        return _or_excused(case, "issue_not_raised", not_there(case, step, note, until=not case.over))
    note = f"issue {issue.ref}" if issue else f"issue {gone[-1]}, which was deleted in the tracker" if gone else ""
    by = asked[-1] if asked else there[-1]
    if nominee and by.who and by.who.identity != nominee.identity:
        note += f"; {nominee.name} was nominated, {by.who.name} raised it with authority"
    found = done_by(step, there[-1], note, more=asked)
    return record(step, StepStatus.DONE, at=found.at, basis=found.basis, who=by.who, evidence=found.evidence, note=note)


def timeline_written(case: Case, step: Step) -> StepRecord:
    """Finished with the write-up: in a person's words, or out of rows that people kept."""
    kept = [row.key for row in case.rows if row.status is RowStatus.KEPT]
    edits = _edits(case, Section.TIMELINE)
    ends = [each.value for each in (Milestone.DETECTED, Milestone.RESOLVED) if not case.moment(each)]
    note = "in people's words" if edits else counted(len(kept), "row") + " kept"
    note += f"; the time of {' and '.join(ends)} is not known" if ends else ""
    return _section(case, step, [*(each.ref for each in edits), *kept], note, "nobody kept a row of the timeline")


def rca(case: Case, step: Step) -> StepRecord:
    edits = _edits(case, Section.RCA)
    parts = [each.fact.part for each in edits if isinstance(each.fact, WriteupEdit)]
    note = f"written: {', '.join(dict.fromkeys(parts))}"
    nobody = "nobody wrote any of it: it says what was composed from the record"
    return _section(case, step, [each.ref for each in edits], note, nobody)


def _section(case: Case, step: Step, evidence: Sequence[str], note: str, nobody: str) -> StepRecord:
    if not case.incident.after.writeup_done:
        found = record(step, StepStatus.OPEN, evidence=tuple(evidence), note="the write-up is not done")
        return _or_excused(case, "writeup_open", found)
    finished = [each for each in case.of_kind(WriteupDone) if isinstance(each.fact, WriteupDone) and each.fact.done]
    if not evidence or not finished:
        return record(step, StepStatus.MISSING, note=nobody)
    found = done_by(step, finished[-1], note)
    return replace(found, evidence=tuple(dict.fromkeys([*evidence, *found.evidence])))


def _edits(case: Case, section: Section) -> list[Entry]:
    """The entries whose words stand in that section."""
    names = {part.name for part in PARTS if part.section is section}
    standing = {number for name, number in case.incident.after.parts.items() if name in names}
    return [each for each in case.of_kind(WriteupEdit) if each.id in standing]


def actions(case: Case, step: Step) -> StepRecord:
    """Every action with what became of it; those that were declined with their reasons."""
    known = case.incident.after.actions
    if not known:
        done = case.incident.after.writeup_done
        return not_there(case, step, "no follow-up action in the record", until=not done)
    still = case.incident.after.open_actions
    evidence = tuple(each.ref for each in case.of_kind(ActionAdded, ActionEnded))
    declined = [
        f"action {each.number} was declined by {named(each.ended_by)}: {each.reason or 'no reason given yet'}"
        for each in known
        if each.status is ActionStatus.DECLINED
    ]
    if still:
        note = "; ".join([f"{len(still)} of {counted(len(known), 'action')} open", *declined])
        found = record(step, StepStatus.OPEN, evidence=evidence, note=note)
        keys = [f"action_open:{each.number}" for each in still]
        return _or_excused(case, keys[0], found, keys)
    last = max((each.ended_at for each in known if each.ended_at), default=None)
    note = "; ".join([f"{counted(len(known), 'action')}, all ended", *declined])
    return record(step, StepStatus.DONE, at=last, basis=Basis.RECORDED, evidence=evidence, note=note)


def close(case: Case, step: Step) -> StepRecord:
    """When it closed, how often it was closed early, and who let it close though something was outstanding."""
    moment, issue = case.moment(Milestone.CLOSED), case.incident.after.issue
    changes = [(each, each.fact) for each in case.of_kind(IssueChange) if isinstance(each.fact, IssueChange)]
    early = [entry for entry, fact in changes if fact.cause in (IssueCause.GUARD, IssueCause.YIELDED)]
    again = [entry for entry, fact in changes if fact.cause is IssueCause.GUARD]
    notes = [f"closed early and opened again {counted(len(again), 'time')}"] if again else []
    ended = [each for each in case.of_kind(StatusChange) if getattr(each.fact, "status", None) == "closed"]
    evidence = tuple(each.ref for each in [*ended[-1:], *early])
    if not case.over or moment is None:
        if issue and issue.yielded:
            notes.append("the issue stays closed though things are outstanding; those with authority were asked")
            return record(step, StepStatus.EXCEPTION, evidence=evidence, exception="; ".join(notes))
        return record(step, StepStatus.OPEN, evidence=evidence, note="; ".join(["not closed yet", *notes]))
    found = record(
        step,
        StepStatus.DONE,
        at=moment.at,
        basis=moment.basis,
        who=ended[-1].who if ended else None,
        evidence=evidence,
        note="; ".join(notes),
    )
    excused = case.incident.after.excused
    return _or_excused(case, excused[0], found, excused) if excused else found


def _or_excused(case: Case, key: str, found: StepRecord, keys: Sequence[str] = ()) -> StepRecord:
    """The same as an exception, where somebody with authority excused it."""
    wanted = set(keys or [key])
    if not wanted <= set(case.incident.after.excused):
        return found
    override = next((each for each, fact in _overrides(case) if wanted & set(fact.keys)), None)
    if override is None or not isinstance(override.fact, Override):
        return found
    return _exception(found, override, override.fact.reason, _where(case, override.fact))


def _where(case: Case, fact: Override) -> str:
    """The comment on the issue in which it was decided, if it was."""
    comment = next((each for each in case.entries if fact.evidence and each.ref == fact.evidence), None)
    if comment is None:
        return ""
    return f"decided in a comment on the issue by {named(comment.who)}" + (f": {comment.url}" if comment.url else "")


def _exception(found: StepRecord, entry: Entry, reason: str, where: str = "") -> StepRecord:
    said = (entry.fact.evidence,) if isinstance(entry.fact, Override) and entry.fact.evidence else ()
    return replace(
        found,
        note="; ".join(filter(None, (found.note, where))),
        status=StepStatus.EXCEPTION,
        at=found.at or entry.at,
        basis=found.basis or entry.basis,
        who=found.who or entry.who,
        evidence=tuple(dict.fromkeys([*found.evidence, entry.ref, *said])),
        exception=reason,
        exception_by=entry.who,
    )


def _overrides(case: Case) -> Iterator[tuple[Entry, Override]]:
    for entry in reversed(case.entries):
        if isinstance(entry.fact, Override):
            yield entry, entry.fact


def publish(case: Case, step: Step) -> StepRecord:
    """A post is the default; skipping it is a recorded decision: who, when, why."""
    publication = case.incident.after.publication
    if case.incident.kind is Kind.SECURITY:
        note = "what is said outside is decided by the CEO, with legal advice (security policy, Disclosure)"
        return record(step, StepStatus.NOT_APPLICABLE, note=note)
    decided, there = case.of_kind(PublicationDecision), case.of_kind(PostPublished)
    if publication.decision is Decision.SKIP and decided:
        found = done_by(step, decided[-1], "no post is published", more=there)
        return _exception(found, decided[-1], publication.reason)
    if there:
        asked = case.of_kind(PostRequested)
        found = done_by(step, there[-1], publication.url or publication.path, more=[*decided[-1:], *asked[-1:]])
        return replace(found, who=asked[-1].who if asked else found.who)
    note = "not published yet" if publication.decision else "nobody has decided: the default is to publish"
    evidence = tuple(each.ref for each in decided[-1:])
    return record(step, StepStatus.MISSING if case.over else StepStatus.OPEN, evidence=evidence, note=note)
