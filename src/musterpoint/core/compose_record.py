"""What the composers read: the state, the rows, what was said, and which entries a field of the incident rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from musterpoint.core.aftermath_journal import IssueRaised
from musterpoint.core.conversation import Told, conversation
from musterpoint.core.incident import Incident, Milestone, Moment, Status
from musterpoint.core.journal import (
    Correction,
    Declaration,
    Entry,
    Fact,
    LeadChange,
    SeverityChange,
    StatusChange,
)
from musterpoint.core.process import Process
from musterpoint.core.timeline import DELETED, Row, RowStatus, timeline

#: The fields of an incident that a sentence may cite beside entries.
FIELDS = ("title", "affected", "severity", "status", *(f"milestone:{each}" for each in Milestone))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Customers were affected from `begin` (None: nobody said) to `end` (None: they still are)."""

    begin: Moment | None
    end: Moment | None
    cites: tuple[str, ...]


@dataclass(frozen=True)
class Record:
    """One incident as the composers read it; what is costly is read once, when it is first needed."""

    incident: Incident
    entries: Sequence[Entry]
    process: Process

    @cached_property
    def rows(self) -> list[Row]:
        """The timeline without what somebody dropped."""
        return [row for row in timeline(self.entries) if row.status is not RowStatus.DROPPED]

    @cached_property
    def spoken(self) -> list[Row]:
        """The rows that still say something."""
        return [row for row in self.rows if row.text != DELETED]

    @cached_property
    def told(self) -> Mapping[str, Told]:
        """Everything that was said and done, by its `ref`, oldest first."""
        return {each.entry.ref: each for each in conversation(self.entries)}

    @cached_property
    def urls(self) -> Mapping[str, str]:
        return {entry.ref: entry.url for entry in self.entries}

    @cached_property
    def history(self) -> _History:
        history = _History(self.incident.milestones.get(Milestone.IMPACT_BEGAN))
        for entry in sorted(self.entries, key=lambda entry: entry.id):
            history.read(entry)
        return history

    def moment(self, milestone: Milestone) -> Moment | None:
        return self.incident.milestones.get(milestone)

    def cites(self, *fields: str) -> tuple[str, ...]:
        """The fields, and the entries that they rest on, as far as they are in this record."""
        found = [ref for field in fields for ref in self.history.evidence.get(field, ()) if ref in self.urls]
        return tuple(dict.fromkeys([*fields, *found]))

    @property
    def stretches(self) -> list[Stretch]:
        """In which customers were affected. A resolution that a relapse took back ends one, too: whether customers
        were well in between is what was said then."""
        ended = [
            replace(each, cites=tuple(ref for ref in each.cites if ref in self.urls)) for each in self.history.stretches
        ]
        return [*ended, Stretch(self.history.begin, self._end, self._last_cites)]

    @property
    def _end(self) -> Moment | None:
        return None if self.incident.status is Status.OPEN else self.moment(Milestone.RESOLVED)

    @property
    def _last_cites(self) -> tuple[str, ...]:
        last = self.history.relapses[-1:]
        begin = tuple(entry.ref for entry in last) if last else self.cites(f"milestone:{Milestone.IMPACT_BEGAN}")
        return (*begin, *self.cites(f"milestone:{Milestone.RESOLVED}" if self._end else "status"))

    @property
    def opened(self) -> datetime | None:
        """When the last stretch began: at the last relapse, if there was one."""
        return self.history.relapses[-1].at if self.history.relapses else None


class _History:
    """Reads the incident's own entries in the order in which they were learnt."""

    def __init__(self, begin: Moment | None) -> None:
        self.begin = begin
        self.evidence: dict[str, tuple[str, ...]] = {}
        self.stretches: list[Stretch] = []
        self.relapses: list[Entry] = []
        self.resolution: Entry | None = None
        self._resolved: Moment | None = None
        self._closed = False

    def read(self, entry: Entry) -> None:
        fact: Fact = entry.fact
        match fact:
            case Declaration():
                self._declared(entry, fact)
            case StatusChange():
                self._status(entry, fact)
            case SeverityChange():
                self.evidence["severity"] = (entry.ref,)
            case LeadChange():
                self.evidence.setdefault(f"milestone:{Milestone.FIRST_RESPONDER}", (entry.ref,))
            case IssueRaised():
                self.evidence[f"milestone:{Milestone.ISSUE_RAISED}"] = (entry.ref,)
            case Correction():
                self._corrected(entry, fact)

    def _declared(self, entry: Entry, fact: Declaration) -> None:
        for name in ("title", "affected", "severity", "status", f"milestone:{Milestone.DECLARED}"):
            self.evidence[name] = (entry.ref,)
        if fact.detected_at is not None:
            self.evidence[f"milestone:{Milestone.DETECTED}"] = tuple(filter(None, (entry.ref, fact.detected_ref)))
        if fact.first_responder_at is not None:
            refs = tuple(filter(None, (entry.ref, fact.first_responder_ref)))
            self.evidence[f"milestone:{Milestone.FIRST_RESPONDER}"] = refs

    def _status(self, entry: Entry, fact: StatusChange) -> None:
        resolved = f"milestone:{Milestone.RESOLVED}"
        self.evidence["status"] = (entry.ref,)
        if fact.status is Status.CLOSED:
            self._closed = True
            self.evidence[f"milestone:{Milestone.CLOSED}"] = (entry.ref,)
        elif fact.status is Status.RESOLVED and not self._closed:
            self._resolved, self.resolution = Moment(entry.at, entry.basis), entry
            self.evidence[resolved] = (entry.ref,)
        elif fact.status is Status.RESOLVED:
            self._closed = False
        elif fact.status is Status.OPEN:
            self._relapsed(entry, resolved)

    def _relapsed(self, entry: Entry, resolved: str) -> None:
        if self._resolved is not None:
            cites = ([self.relapses[-1].ref] if self.relapses else []) + list(self.evidence.get(resolved, ()))
            self.stretches.append(Stretch(self.begin, self._resolved, tuple(cites)))
        self.relapses.append(entry)
        self.begin = Moment(entry.at, entry.basis)
        self._resolved, self.resolution, self._closed = None, None, False

    def _corrected(self, entry: Entry, fact: Correction) -> None:
        name = fact.field if fact.field in ("title", "affected") else f"milestone:{fact.field}"
        self.evidence[name] = tuple(filter(None, (entry.ref, fact.evidence)))
        if fact.field == Milestone.RESOLVED:
            self._resolved = Moment(fact.moment_at, fact.moment_basis) if fact.moment_at else None
