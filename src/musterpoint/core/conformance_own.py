"""A team's own step: the first entry that its words, its kind of entry or its mark name."""

from __future__ import annotations

from collections.abc import Iterator

from musterpoint.core.conformance_case import Case, done_by, not_there, record
from musterpoint.core.conformance_steps import Step, StepRecord, StepStatus
from musterpoint.core.incident import Milestone
from musterpoint.core.journal import Entry, MarkKind
from musterpoint.core.own_steps import OwnStep


def own_step(case: Case, own: OwnStep) -> StepRecord:
    """Done at the first entry that shows it; after the milestone `before`, or the end, it is missing."""
    step = Step(own.name, own.title, own.title, f"musterpoint.toml, [[steps]] {own.name}")
    begin = case.moment(Milestone(own.after)) if own.after else None
    end = case.moment(Milestone(own.before)) if own.before else None
    if own.after and begin is None:
        return record(step, StepStatus.OPEN, note=f"awaits {own.after.replace('_', ' ')}")
    found = [
        each
        for each in _candidates(case, own)
        if (begin is None or each.at >= begin.at) and (end is None or each.at <= end.at)
    ]
    if found:
        return done_by(step, min(found, key=lambda entry: (entry.at, entry.id)))
    return not_there(case, step, f"no {_wanted(own)} in the record", until=not case.over and end is None)


def _candidates(case: Case, own: OwnStep) -> Iterator[Entry]:
    if own.kind:
        yield from (entry for entry in case.entries if entry.kind == own.kind)
        return
    words = own.said.casefold()
    for told in case.said:
        if (own.mark and MarkKind(own.mark) in told.marks) or (words and words in told.text.casefold()):
            yield told.entry


def _wanted(own: OwnStep) -> str:
    if own.said:
        return f"message with “{own.said}”"
    return f"{(own.kind or own.mark).replace('_', ' ')}{'' if own.kind else ' marked'}"
