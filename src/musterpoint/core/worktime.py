"""Working hours: on which days and between which clock times people work. Reminders that are not urgent wait for them.

A day's hours are one interval in UTC, so that clocks that go forward or back in between neither lose nor repeat any.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import count
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from musterpoint.core.process import Process

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkTime:
    """`days` count from Monday as 0; `begins` and `ends` are clock times in `zone`. There is at least one day."""

    zone: tzinfo = UTC
    days: frozenset[int] = frozenset(range(5))
    begins: time = time(9)
    ends: time = time(17)
    holidays: frozenset[date] = field(default_factory=frozenset)

    def is_working(self, at: datetime) -> bool:
        return any(begin <= at < end for begin, end in self._around(at))

    def next_working(self, at: datetime) -> datetime:
        """The first moment of working time at or after `at` (UTC)."""
        day = at.astimezone(self.zone).date() - ONE_DAY
        for hours in (self._hours(day + ONE_DAY * number) for number in count()):
            if hours and at < hours[1]:
                return max(hours[0], at.astimezone(UTC))
        raise AssertionError("days go on")

    def working_seconds(self, since: datetime, until: datetime) -> float:
        """How much of that stretch people work."""
        first, last = (each.astimezone(self.zone).date() for each in (since, until))
        total = 0.0
        for number in range(-1, (last - first).days + 2):
            if hours := self._hours(first + ONE_DAY * number):
                overlap = min(hours[1], until) - max(hours[0], since)
                total += max(overlap.total_seconds(), 0.0)
        return total

    def day_begins(self, day: date) -> datetime:
        """When that day begins here (UTC)."""
        return datetime.combine(day, time(), tzinfo=self.zone).astimezone(UTC)

    def _around(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Where clocks jump by hours, a day's hours may reach into its neighbour."""
        day = at.astimezone(self.zone).date()
        for each in (day, day - ONE_DAY, day + ONE_DAY):
            if hours := self._hours(each):
                yield hours

    def _hours(self, day: date) -> tuple[datetime, datetime] | None:
        if day.weekday() not in self.days or day in self.holidays:
            return None
        begin, end = (
            datetime.combine(day, clock, tzinfo=self.zone).astimezone(UTC) for clock in (self.begins, self.ends)
        )
        return (begin, end) if begin < end else None


def zone_named(name: str) -> tzinfo:
    """Raises ValueError for a zone that is not known."""
    if name == "UTC":  # also where no time zones are installed
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone") from error


def clock_time(text: str) -> time:
    """`HH:MM`. Raises ValueError for anything else."""
    digits = text[:2] + text[3:]
    if len(text) != 5 or text[2] != ":" or not (digits.isascii() and digits.isdecimal()):
        raise ValueError(f"{text!r} is no clock time")
    return time(int(text[:2]), int(text[3:]))


def calendar_day(text: str) -> date:
    """`YYYY-MM-DD`. Raises ValueError for anything else."""
    if len(text) != 10:
        raise ValueError(f"{text!r} is no day")
    return date.fromisoformat(text)


def work_time(process: Process) -> WorkTime:
    """The working hours of a team, whose settings were checked when they were read."""
    return _work_time(process.zone, process.work_days, process.work_begins, process.work_ends, process.holidays)


@lru_cache(maxsize=16)
def _work_time(zone: str, days: tuple[str, ...], begins: str, ends: str, holidays: tuple[str, ...]) -> WorkTime:
    return WorkTime(
        zone_named(zone),
        frozenset(DAYS.index(each) for each in days),
        clock_time(begins),
        clock_time(ends),
        frozenset(calendar_day(each) for each in holidays),
    )


def wrong_setting(field: str, value: str | tuple[str, ...]) -> str:
    """What the value of a setting of `[calendar]` must be, if it is not; empty for other fields."""
    match field:
        case "zone":
            return _unless(zone_named, value, "must be a time zone such as Europe/Berlin.")
        case "work_days":
            return "" if value and set(value) <= set(DAYS) else f"must be one or more of {', '.join(DAYS)}."
        case "work_begins" | "work_ends":
            return _unless(clock_time, value, "must be a clock time such as 09:00.")
        case "holidays":
            return "".join({_unless(calendar_day, each, "must be days such as 2026-12-25.") for each in value})
    return ""


def _unless(reads: object, value: object, words: str) -> str:
    try:
        reads(value)  # type: ignore[operator]
    except ValueError:
        return words
    return ""
