"""Reminders: what waits for somebody, and what is to be said now, from state and clock alone.

Each kind has its own pace. What is not urgent waits for working hours. A reminder that was put off comes at its time,
even where it had been given often enough; one that was dismissed never comes again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from musterpoint.core.aftermath import Reminded
from musterpoint.core.incident import Incident, Status, Who
from musterpoint.core.pace import Pace
from musterpoint.core.process import Process
from musterpoint.core.reminder_cases import RIPENS, URGENT, Case, Heard, after_resolution, of_actions, while_open
from musterpoint.core.reminder_words import resolve, text, whom
from musterpoint.core.worktime import WorkTime, work_time

_NOT_YET = Reminded()


@dataclass(frozen=True, slots=True)
class Due:
    """Something that waits. `whom` it waits for: nobody named is everybody who sees the incident.

    `since` when it is so; `resolve` is the command that settles it; `times` counts the reminders that were given,
    `next_at` is when the next is to be given (None: never again by itself); `until` it was put off.
    """

    name: str
    text: str
    whom: tuple[Who, ...]
    since: datetime
    urgent: bool
    resolve: str
    times: int = 0
    next_at: datetime | None = None
    until: datetime | None = None
    dismissed: bool = False

    @property
    def sentence(self) -> str:
        """What is said: what, since when, and what settles it."""
        return f"{self.text} (`{self.resolve}`)"


def waiting(incident: Incident, heard: Heard, now: datetime, process: Process) -> list[Due]:
    """Everything that waits in the incident, most urgent first, whether or not a reminder of it is to be given."""
    found = []
    for case in _cases(incident, heard, now, process):
        pace = process.reminders[case.kind]
        if case.kind not in RIPENS or now >= case.since + timedelta(seconds=pace.after):
            found.append(_due(incident, case, now, process))
    return found


def due(incident: Incident, heard: Heard, now: datetime, process: Process) -> list[Due]:
    """What is to be said now."""
    return [
        _due(incident, case, now, process)
        for case in _cases(incident, heard, now, process)
        if _is_due(case, incident.after.reminded.get(case.name, _NOT_YET), now, process)
    ]


def _cases(incident: Incident, heard: Heard, now: datetime, process: Process) -> Iterator[Case]:
    if incident.status is Status.OPEN:
        yield from while_open(incident, heard, now, process)
    elif incident.status is Status.RESOLVED:
        yield from after_resolution(incident, now)
    else:
        return
    if incident.after.actions:
        yield from of_actions(incident, now, process)


def _is_due(case: Case, reminded: Reminded, now: datetime, process: Process) -> bool:
    at = _moment(case, process.reminders[case.kind], reminded)
    if at is None or at > now:
        return False
    return case.kind in URGENT or work_time(process).is_working(now)


def _moment(case: Case, pace: Pace, reminded: Reminded) -> datetime | None:
    """When the next one is to be given, working hours aside; None: never again."""
    if reminded.dismissed or not pace.times:
        return None
    last, until = reminded.last, reminded.until
    if until and (last is None or last < until):
        return until
    if last is None or last < case.since:
        return case.since + timedelta(seconds=pace.after)
    return last + timedelta(seconds=pace.every) if reminded.times < pace.times else None


def _due(incident: Incident, case: Case, now: datetime, process: Process) -> Due:
    reminded = incident.after.reminded.get(case.name, _NOT_YET)
    at = _moment(case, process.reminders[case.kind], reminded)
    urgent = case.kind in URGENT
    return Due(
        case.name,
        text(incident, case),
        whom(incident, case, process),
        case.since,
        urgent,
        resolve(incident, case),
        0 if reminded.last and reminded.last < case.since else reminded.times,
        at and _said(at, urgent, now, work_time(process)),
        reminded.until if reminded.until and reminded.until > now else None,
        reminded.dismissed,
    )


def _said(at: datetime, urgent: bool, now: datetime, work: WorkTime) -> datetime:
    return at if urgent else work.next_working(max(at, now))
