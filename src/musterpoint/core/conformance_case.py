"""One incident whose conformance is told, and the few words in which evidence is looked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from musterpoint.core.conformance_steps import Step, StepRecord, StepStatus
from musterpoint.core.conversation import Told, conversation
from musterpoint.core.incident import Incident, Milestone, Moment, Status
from musterpoint.core.journal import Correction, Entry, Fact, Message, Note
from musterpoint.core.process import Process
from musterpoint.core.timeline import Row, RowStatus, timeline


@dataclass(frozen=True)
class Case:
    """`entries` in the order in which they were learnt."""

    incident: Incident
    entries: Sequence[Entry]
    process: Process
    now: datetime

    @cached_property
    def said(self) -> list[Told]:
        """Messages and notes that stand, oldest first."""
        told = conversation(self.entries)
        return [each for each in told if isinstance(each.entry.fact, Message | Note) and each.deleted is None]

    @cached_property
    def rows(self) -> list[Row]:
        """The timeline without what people dropped."""
        return [row for row in timeline(self.entries) if row.status is not RowStatus.DROPPED]

    def of_kind(self, *kinds: type[Fact]) -> list[Entry]:
        return [entry for entry in self.entries if isinstance(entry.fact, kinds)]

    def moment(self, milestone: Milestone) -> Moment | None:
        return self.incident.milestones.get(milestone)

    def corrections(self, milestone: Milestone) -> list[Entry]:
        found = self.of_kind(Correction)
        return [each for each in found if isinstance(each.fact, Correction) and each.fact.field == milestone.value]

    @property
    def affects(self) -> bool:
        """Whether customers are affected still."""
        return self.incident.status is Status.OPEN

    @property
    def over(self) -> bool:
        return self.incident.status is Status.CLOSED


def record(step: Step, status: StepStatus, **values: Any) -> StepRecord:
    return StepRecord(step.name, step.title, step.rule, status, **values)


def done_by(step: Step, entry: Entry, note: str = "", *, more: Sequence[Entry] = ()) -> StepRecord:
    """One entry shows it; `more` are evidence, too."""
    evidence = tuple(dict.fromkeys(each.ref for each in [entry, *more]))
    return record(step, StepStatus.DONE, at=entry.at, basis=entry.basis, who=entry.who, evidence=evidence, note=note)


def not_there(case: Case, step: Step, note: str, *, until: bool) -> StepRecord:
    """Nothing shows it: still to come as long as `until`, missing afterwards."""
    return record(step, StepStatus.OPEN if until else StepStatus.MISSING, note=note)


def counted(number: int, what: str) -> str:
    """`1 finding`, `3 findings`; another plural stands after a slash: `action taken/actions taken`."""
    one, _, many = what.partition("/")
    return f"{number} {one if number == 1 else many or f'{one}s'}"
