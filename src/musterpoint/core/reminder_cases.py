"""What may be reminded of: the conditions, each with its name and the time since when it is so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from musterpoint.core.aftermath import Action
from musterpoint.core.blockers import Blocker, blockers
from musterpoint.core.incident import Incident, Milestone, Status
from musterpoint.core.process import Process
from musterpoint.core.worktime import ONE_DAY, WorkTime, calendar_day, work_time

#: These are said around the clock.
URGENT = frozenset({"no_lead", "no_severity", "nobody_writes", "still_affected", "no_huddle", "huddle_silent"})
#: These wait for nobody until their time has come: silence is no fault in its first minute.
RIPENS = frozenset({"nobody_writes", "still_affected", "no_huddle", "huddle_silent"})
#: Kinds that are about one action; its number follows the name.
OF_ACTIONS = frozenset({"action_overdue", "action_due", "action_unowned", "action_undated"})


@dataclass(frozen=True, slots=True)
class Heard:
    """What the chat tells beside the state: when a person last wrote into one of the incident's threads, since when a
    huddle runs, and whether the incident is to have a thread there at all."""

    spoken_at: datetime | None = None
    huddle_at: datetime | None = None
    announced: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that is so. `number`: of the action concerned; `blocker`: what keeps the incident open."""

    kind: str
    since: datetime
    number: int = 0
    blocker: Blocker | None = None

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.number}" if self.number else self.kind


def while_open(incident: Incident, heard: Heard, now: datetime, process: Process) -> Iterator[Case]:
    """Customers are affected. After a relapse it all begins anew."""
    opened = _opened(incident, now)
    if incident.lead is None:
        yield Case("no_lead", opened)
    if incident.severity is None:
        yield Case("no_severity", opened)
    yield Case("still_affected", opened)
    yield Case("nobody_writes", max(opened, heard.spoken_at) if heard.spoken_at else opened)
    if heard.huddle_at is not None:
        since = max(heard.huddle_at, heard.spoken_at) if heard.spoken_at else heard.huddle_at
        yield Case("huddle_silent", max(since, opened))
    elif _huddle_expected(incident, heard, process):
        yield Case("no_huddle", opened)


def _huddle_expected(incident: Incident, heard: Heard, process: Process) -> bool:
    """Where the chat has huddles, and the incident is spoken of there (the security policy asks for none)."""
    spoken_of = heard.announced and (incident.confined or not incident.restricted)
    return process.chat == "slack" and spoken_of and not incident.after.huddle_settled


def after_resolution(incident: Incident, now: datetime) -> Iterator[Case]:
    """The rest of the process. What is told as the last step is not told a second time."""
    left = blockers(incident)
    codes = {each.code for each in left}
    yielded = incident.after.issue.yielded if incident.after.issue else ()
    if any(each.key in yielded for each in left):
        yield Case("guard_asked", _raised(incident, now))
    last = _the_last(incident, left)
    if last is not None:
        yield Case("one_step_left", _last_step(incident, now), blocker=last)
        return
    if incident.after.issue is None and "issue_not_raised" in codes:
        yield Case("writeup_waiting", _resolved(incident, now))
    elif incident.after.issue and incident.after.issue.ref and "writeup_open" in codes:
        yield Case("writeup_waiting", _raised(incident, now))
    publication = incident.after.publication
    if "publication_undecided" in codes:
        yield Case("decision_waiting", _resolved(incident, now))
    elif "publication_pending" in codes and publication.requested <= publication.published:
        yield Case("post_waiting", publication.at or _resolved(incident, now))


def of_actions(incident: Incident, now: datetime, process: Process) -> Iterator[Case]:
    """What its dates and its owner say of each open action, but for those that authority excused."""
    work = work_time(process)
    opened = incident.after.open_actions
    dates_alone = incident.status is Status.OPEN or (
        len(opened) == 1 and _the_last(incident, blockers(incident)) is not None
    )
    for action in opened:
        if f"action_open:{action.number}" not in incident.after.excused:
            yield from _of_action(action, now, process, work, dates_alone=dates_alone)


def _of_action(action: Action, now: datetime, process: Process, work: WorkTime, *, dates_alone: bool) -> Iterator[Case]:
    begins = _due_day(action, work)
    if begins is not None:
        over = work.day_begins(calendar_day(action.due) + ONE_DAY)
        before = timedelta(seconds=process.reminders["action_due"].before)
        if now >= over:
            yield Case("action_overdue", over, action.number)
        elif begins - now <= before:
            yield Case("action_due", begins - before, action.number)
    if dates_alone or action.added_at is None:
        return
    if action.owner is None:
        yield Case("action_unowned", action.added_at, action.number)
    elif begins is None:
        yield Case("action_undated", action.added_at, action.number)


def _due_day(action: Action, work: WorkTime) -> datetime | None:
    """When its due day begins; None without one, or where what was written is no day of ours."""
    try:
        day = calendar_day(action.due)
        work.day_begins(day + ONE_DAY)
        return work.day_begins(day)
    except (ValueError, OverflowError):
        return None


def _the_last(incident: Incident, left: list[Blocker]) -> Blocker | None:
    """What alone keeps the incident open; not an action that has its day."""
    if len(left) != 1:
        return None
    number = int(left[0].key.partition(":")[2] or 0)
    action = incident.after.action(number) if number else None
    return None if action is not None and action.due else left[0]


def _opened(incident: Incident, now: datetime) -> datetime:
    declared = incident.milestones.get(Milestone.DECLARED)
    return incident.after.opened_at or (declared.at if declared else now)


def _resolved(incident: Incident, now: datetime) -> datetime:
    moment = incident.milestones.get(Milestone.RESOLVED)
    return moment.at if moment else _opened(incident, now)


def _raised(incident: Incident, now: datetime) -> datetime:
    moment = incident.milestones.get(Milestone.ISSUE_RAISED)
    return moment.at if moment else _resolved(incident, now)


def _last_step(incident: Incident, now: datetime) -> datetime:
    """The latest step whose time the state knows."""
    after = incident.after
    times = [_raised(incident, now), _resolved(incident, now), after.publication.at, after.publication.published_at]
    return max(each for each in [*times, *(action.ended_at for action in after.actions)] if each is not None)
