"""What the record shows of the response: from the detection to the resolution."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from musterpoint.core.conformance_case import Case, counted, done_by, not_there, record
from musterpoint.core.conformance_steps import Step, StepRecord, StepStatus
from musterpoint.core.describe import clock, named
from musterpoint.core.durations import duration_text
from musterpoint.core.incident import Kind, Milestone, Status
from musterpoint.core.journal import (
    Correction,
    Declaration,
    Entry,
    HuddleBegun,
    HuddleSettled,
    Link,
    Restriction,
    RowKind,
    SecurityAnswer,
    SeverityChange,
    StatusChange,
)
from musterpoint.core.timeline import RowStatus

ONE_MINUTE = timedelta(minutes=1)


def identify(case: Case, step: Step) -> StepRecord:
    """When it was noticed, and by which evidence; who declared it."""
    declaration = next(iter(case.of_kind(Declaration)), None)
    if declaration is None or not isinstance(declaration.fact, Declaration):
        return not_there(case, step, "no declaration in the record", until=False)
    detected, fact = case.moment(Milestone.DETECTED), declaration.fact
    corrected = [
        each.fact.evidence for each in case.corrections(Milestone.DETECTED) if isinstance(each.fact, Correction)
    ]
    support = next((each for each in reversed([fact.detected_ref, *corrected]) if each), "")
    evidence = tuple(dict.fromkeys(each for each in (support, declaration.ref) if each))
    note = "when it was noticed is not known"
    if detected:
        later = declaration.at - detected.at
        note = f"declared {duration_text(later)} after the detection" if later >= ONE_MINUTE else "declared at once"
    moment = detected or case.moment(Milestone.DECLARED)
    return record(
        step,
        StepStatus.DONE,
        at=moment.at if moment else declaration.at,
        basis=moment.basis if moment else declaration.basis,
        who=declaration.who,
        evidence=evidence,
        note=note,
    )


def route(case: Case, step: Step) -> StepRecord:
    """The question is asked at the declaration, and may be answered otherwise later."""
    declaration = next(iter(case.of_kind(Declaration)), None)
    restriction = next(iter(case.of_kind(Restriction)), None)
    if restriction is not None:
        return done_by(step, restriction, "restricted later: it follows the security policy from then on")
    if declaration is None:
        return not_there(case, step, "no declaration in the record", until=False)
    if case.incident.after.security_unasked:
        return not_there(case, step, "nobody has said whether security could be involved", until=case.affects)
    if (answer := next(iter(case.of_kind(SecurityAnswer)), None)) is not None:
        return done_by(step, answer, "asked after the declaration: an availability incident")
    secret = case.incident.kind is Kind.SECURITY
    return done_by(step, declaration, "it follows the security policy" if secret else "an availability incident")


def sirt(case: Case, step: Step) -> StepRecord:
    """Who is a member knows of it. Where nobody is named in the settings, nobody was told."""
    known = [each for each in case.process.sirt if each in case.incident.members]
    began = next(iter(case.of_kind(Restriction, Declaration)[::-1]), None)
    if not known or began is None:
        return not_there(case, step, "nobody of [security] sirt is a member of it", until=case.affects)
    return done_by(step, began, f"{counted(len(known), 'name')} of the security team")


def severity(case: Case, step: Step) -> StepRecord:
    changes = [each for each in case.of_kind(SeverityChange, Declaration) if getattr(each.fact, "severity", None)]
    if not case.incident.severity or not changes:
        return not_there(case, step, "no severity is set", until=not case.over)
    return done_by(step, changes[-1], case.process.severities[case.incident.severity])


def thread(case: Case, step: Step) -> StepRecord:
    link = next(iter(case.of_kind(Link)), None)
    if link is not None:
        return done_by(step, link, f"{counted(len(case.said), 'message')} in all that it reads")
    if case.said:
        first = case.said[0].entry
        return done_by(step, first, f"{counted(len(case.said), 'message')} on the incident's own page")
    return not_there(case, step, "nothing was written in a thread", until=case.affects)


def huddle(case: Case, step: Step) -> StepRecord:
    begun = case.of_kind(HuddleBegun)
    if begun:
        note = f"{counted(len(begun), 'huddle')}; what was only said there is not in the record"
        return done_by(step, begun[0], note, more=begun)
    if (settled := next(iter(case.of_kind(HuddleSettled)[::-1]), None)) is not None:
        return _settled(step, settled)
    if case.incident.kind is Kind.SECURITY:
        return record(step, StepStatus.NOT_APPLICABLE, note="the security policy asks for none")
    return not_there(case, step, "no huddle in the record", until=case.affects)


def _settled(step: Step, entry: Entry) -> StepRecord:
    """What a person said last, where the chat has told of no huddle."""
    assert isinstance(entry.fact, HuddleSettled)
    if entry.fact.runs:
        return done_by(step, entry, f"{named(entry.who)} said that it runs; the chat has not told of it")
    decided = done_by(step, entry, "no huddle in the record")
    return replace(decided, status=StepStatus.EXCEPTION, exception="none was needed", exception_by=entry.who)


def _rows_of(case: Case, kind: RowKind) -> list[str]:
    return [row.key for row in case.rows if row.kind is kind]


def _counts(case: Case, found: list[str], taken: list[str]) -> str:
    kept = [row.key for row in case.rows if row.status is RowStatus.KEPT and row.key in {*found, *taken}]
    note = f"{counted(len(found), 'finding')}, {counted(len(taken), 'action taken/actions taken')}"
    return note + (f", {len(kept)} of them confirmed by people" if len(kept) < len(found) + len(taken) else "")


def documented(case: Case, step: Step) -> StepRecord:
    """Rows of the timeline that tell findings and what was done, marked by people or suggested from their words."""
    found, taken = _rows_of(case, RowKind.FINDING), _rows_of(case, RowKind.ACTION_TAKEN)
    if not found or not taken:
        lacks = " and ".join(words for words, rows in (("findings", found), ("actions taken", taken)) if not rows)
        note = f"no {lacks} in {counted(len(case.said), 'message')}"
        missing = not_there(case, step, note, until=case.affects)
        return record(step, missing.status, evidence=(*found, *taken), note=note)
    last = max((row for row in case.rows if row.key in {*found, *taken}), key=lambda row: row.at)
    return record(
        step,
        StepStatus.DONE,
        at=last.at,
        basis=last.basis,
        evidence=tuple(dict.fromkeys([*found, *taken])),
        note=_counts(case, found, taken),
    )


def resolve(case: Case, step: Step) -> StepRecord:
    """The last resolution; those that a relapse withdrew, and corrections of its time, are told."""
    changes = [each for each in case.of_kind(StatusChange) if isinstance(each.fact, StatusChange)]
    relapses = [each for each in changes if each.fact.relapse]  # type: ignore[union-attr]  # see the line above
    told = [f"relapsed at {clock(each.at)}" for each in relapses]
    corrections = case.corrections(Milestone.RESOLVED)
    told += [_corrected(each) for each in corrections]
    moment, entry = case.moment(Milestone.RESOLVED), _resolution(changes)
    if moment is None or entry is None:
        note = "; ".join(["customers are affected", *told])
        return not_there(case, step, note, until=case.affects)
    evidence = tuple(dict.fromkeys(each.ref for each in [entry, *relapses, *corrections]))
    return record(
        step,
        StepStatus.DONE,
        at=moment.at,
        basis=moment.basis,
        who=entry.who,
        evidence=evidence,
        note="; ".join(told),
    )


def _resolution(changes: list[Entry]) -> Entry | None:
    """The last change from open to resolved: one that follows a close only takes that back."""
    found, before = None, Status.OPEN
    for entry in changes:
        status = entry.fact.status if isinstance(entry.fact, StatusChange) else before
        if status is Status.RESOLVED and before is Status.OPEN:
            found = entry
        before = status
    return found


def _corrected(entry: Entry) -> str:
    fact = entry.fact
    assert isinstance(fact, Correction)
    was = f", was {clock(fact.was_at)}" if fact.was_at else ""
    why = f" ({fact.why})" if fact.why else ""
    return f"its time was corrected by {named(entry.who)}{was}{why}"
