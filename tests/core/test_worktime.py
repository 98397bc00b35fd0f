"""Working hours: days, clock times, holidays and zones, on days when clocks are changed, too."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from musterpoint.core.process import Process
from musterpoint.core.worktime import WorkTime, clock_time, work_time, wrong_setting, zone_named

BERLIN = ZoneInfo("Europe/Berlin")
#: Clocks change at night, at midnight, by half an hour; and one zone left a whole day out.
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe", "Pacific/Apia")
HALF_HOURS = some.integers(0, 47)


def utc(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_people_work_on_working_days_from_the_beginning_until_before_the_end() -> None:
    hours = WorkTime()
    assert hours.is_working(utc(2, 9))
    assert hours.is_working(utc(2, 16, 59))
    assert not hours.is_working(utc(2, 17))
    assert not hours.is_working(utc(2, 8, 59))
    assert not hours.is_working(utc(7, 12))  # a Saturday


def test_the_next_working_time_is_now_later_today_tomorrow_or_after_the_weekend() -> None:
    hours = WorkTime()
    assert hours.next_working(utc(2, 12)) == utc(2, 12)
    assert hours.next_working(utc(2, 3)) == utc(2, 9)
    assert hours.next_working(utc(2, 17)) == utc(3, 9)
    assert hours.next_working(utc(6, 18)) == utc(9, 9)


def test_nobody_works_on_a_holiday() -> None:
    hours = WorkTime(holidays=frozenset({date(2026, 3, 9), date(2026, 3, 10)}))
    assert not hours.is_working(utc(9, 12))
    assert hours.next_working(utc(6, 18)) == utc(11, 9)


def test_the_clock_is_that_of_the_zone_in_summer_and_winter() -> None:
    hours = WorkTime(zone=BERLIN)
    assert hours.next_working(utc(27, 3)) == utc(27, 8)  # Friday, winter time
    assert hours.next_working(utc(30, 3)) == utc(30, 7)  # Monday, summer time
    assert hours.next_working(utc(26, 3, month=10)) == utc(26, 8, month=10)


def test_a_night_in_which_clocks_go_forward_has_an_hour_less_and_back_one_more() -> None:
    nights = WorkTime(zone=BERLIN, days=frozenset(range(7)), begins=time(1), ends=time(5))
    assert nights.working_seconds(utc(28, 12), utc(29, 12)) == 3 * 3600
    assert nights.working_seconds(utc(24, 12, month=10), utc(25, 12, month=10)) == 5 * 3600


def test_hours_that_a_day_does_not_have_are_no_working_time_and_the_next_day_comes() -> None:
    gap = WorkTime(zone=BERLIN, days=frozenset(range(7)), begins=time(2, 15), ends=time(3, 5))
    assert gap.next_working(utc(28, 12)) > utc(29, 12)


def test_working_seconds_leave_nights_and_weekends_out() -> None:
    assert WorkTime().working_seconds(utc(6, 16), utc(9, 10)) == 2 * 3600
    assert WorkTime().working_seconds(utc(9, 10), utc(6, 16)) == 0


@some.composite
def hours_of_work(draw: Any) -> WorkTime:
    begin, end = sorted(draw(some.lists(HALF_HOURS, min_size=2, max_size=2, unique=True)))
    days = draw(some.frozensets(some.integers(0, 6), min_size=1))
    holidays = draw(some.frozensets(some.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=5))
    zone = zone_named(draw(some.sampled_from(ZONES)))
    return WorkTime(zone, days, time(begin // 2, begin % 2 * 30), time(end // 2, end % 2 * 30), holidays)


#: Around the day that Apia left out, and a whole year.
MOMENTS = some.builds(
    lambda begin, minutes: begin + timedelta(minutes=minutes),
    some.sampled_from([datetime(2011, 12, 26, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)]),
    some.integers(0, 10_000) | some.integers(0, 525_600),
)


@given(hours=hours_of_work(), at=MOMENTS)
def test_the_next_working_time_is_one_and_there_is_none_before_it(hours: WorkTime, at: datetime) -> None:
    found = hours.next_working(at)
    assert found >= at
    assert hours.is_working(found)
    assert (found == at) == hours.is_working(at)
    assert hours.working_seconds(at, found) == 0
    assert hours.next_working(found) == found


@given(hours=hours_of_work(), begin=MOMENTS, first=some.integers(0, 600_000), second=some.integers(0, 600_000))
def test_working_seconds_add_up(hours: WorkTime, begin: datetime, first: int, second: int) -> None:
    middle, end = begin + timedelta(seconds=first), begin + timedelta(seconds=first + second)
    whole = hours.working_seconds(begin, end)
    assert 0 <= whole <= first + second
    assert hours.working_seconds(begin, middle) + hours.working_seconds(middle, end) == pytest.approx(whole)


def test_the_settings_say_them() -> None:
    process = Process(zone="Europe/Berlin", work_days=("sat",), work_begins="08:30", holidays=("2026-03-07",))
    hours = work_time(process)
    assert hours == WorkTime(BERLIN, frozenset({5}), time(8, 30), time(17), frozenset({date(2026, 3, 7)}))
    assert work_time(process) is hours
    assert work_time(Process()) == WorkTime()


@pytest.mark.parametrize(
    "clock", ["9:00", "24:00", "09:60", "0900", "09-00", "", "aa:bb", "09:0", "\u0660\u0669:\u0660\u0660", "+9:00"]
)
def test_what_is_no_clock_time_is_refused(clock: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        clock_time(clock)
    assert "clock time" in wrong_setting("work_begins", clock)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("zone", "Mars/Olympus"),
        ("zone", ""),
        ("zone", "../etc/passwd"),
        ("zone", "Europe"),
        ("zone", "a\0b"),
        ("work_days", ("mon", "holiday")),
        ("work_days", ()),
        ("holidays", ("2026-02-30",)),
        ("holidays", ("25.12.2026",)),
        ("holidays", ("20261225",)),
    ],
)
def test_a_setting_that_makes_no_sense_is_said(field: str, value: str | tuple[str, ...]) -> None:
    assert wrong_setting(field, value).startswith("must be ")


def test_settings_of_other_sections_are_not_judged() -> None:
    assert wrong_setting("channel", "Mars") == ""
