"""Put off: until a time to come, for good, or not any more; and the times that people write for it."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from musterpoint.core.aftermath import Action, Aftermath, Reminded
from musterpoint.core.aftermath_journal import ReminderPutOff
from musterpoint.core.decision import NotAllowed
from musterpoint.core.incident import Status
from musterpoint.core.put_off import put_off, resume, time_to_come
from tests.core.incidents import BOB, NOW, VICTOR, at, incident, refused

OPEN = incident(after=Aftermath(actions=(Action(3, "Alert on 502s"),)))


@pytest.mark.parametrize("name", ["no_lead", "writeup_waiting", "action_overdue:3"])
def test_it_is_put_off_until_then_or_for_good(name: str) -> None:
    assert put_off(OPEN, BOB, name, at(60), NOW).fact == ReminderPutOff(name, at(60))
    assert put_off(OPEN, BOB, name, None, NOW).fact == ReminderPutOff(name)


@pytest.mark.parametrize(
    "name", ["", "no_leader", "no_lead:1", "action_overdue", "action_overdue:4", "action_overdue:03", "action_due:x"]
)
def test_what_is_no_reminder_is_not_put_off(name: str) -> None:
    with refused("no_such_reminder", name, "due 7"):
        put_off(OPEN, BOB, name, None, NOW)
    with refused("no_such_reminder", name, "due 7"):
        resume(OPEN, BOB, name, NOW)


def test_the_past_and_what_is_too_far_are_refused() -> None:
    with refused("in_the_past", "has passed", "2d"):
        put_off(OPEN, BOB, "no_lead", NOW, NOW)
    with refused("too_far", "ten years", "Dismiss"):
        put_off(OPEN, BOB, "no_lead", NOW + timedelta(days=4000), NOW)


def test_whoever_only_reads_puts_nothing_off() -> None:
    with refused("read_only", "Victor"):
        put_off(OPEN, VICTOR, "no_lead", None, NOW)


@pytest.mark.parametrize(("status", "code"), [(Status.CLOSED, "closed"), (Status.CANCELLED, "cancelled")])
def test_of_what_is_over_nobody_is_reminded(status: Status, code: str) -> None:
    with refused(code, "7"):
        put_off(incident(status=status), BOB, "no_lead", None, NOW)


def test_what_was_dismissed_is_resumed_and_not_dismissed_twice() -> None:
    dismissed = incident(after=Aftermath(reminded={"no_lead": Reminded(dismissed=True)}))
    with refused("unchanged", "any more", "remind resume 7 no_lead"):
        put_off(dismissed, BOB, "no_lead", None, NOW)
    assert resume(dismissed, BOB, "no_lead", NOW).fact == ReminderPutOff("no_lead", resumed=True)


@pytest.mark.parametrize("reminded", [Reminded(), Reminded(until=at(-1))])
def test_what_is_not_put_off_is_not_resumed(reminded: Reminded) -> None:
    with refused("unchanged", "not put off", "due 7"):
        resume(incident(after=Aftermath(reminded={"no_lead": reminded})), BOB, "no_lead", NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2h", NOW + timedelta(hours=2)),
        ("45 min", NOW + timedelta(minutes=45)),
        ("3d", NOW + timedelta(days=3)),
        ("1w", NOW + timedelta(weeks=1)),
        ("14:20", datetime(2026, 3, 2, 14, 20, tzinfo=UTC)),
        ("09:00", datetime(2026, 3, 3, 9, tzinfo=UTC)),
        ("2026-03-10", datetime(2026, 3, 10, tzinfo=UTC)),
        ("2026-03-10 09:00", datetime(2026, 3, 10, 9, tzinfo=UTC)),
        ("2026-03-10T09:00+01:00", datetime(2026, 3, 10, 8, tzinfo=UTC)),
    ],
)
def test_a_time_to_come_is_a_length_a_day_or_a_time(text: str, expected: datetime) -> None:
    assert time_to_come(text, NOW) == expected


@pytest.mark.parametrize("text", ["", "soon", "2", "2x", "monday", "2026-02-30", "99999999d"])
def test_what_is_no_time_is_told_with_the_forms(text: str) -> None:
    with refused("bad_time", text, "3d"):
        time_to_come(text, NOW)


@given(some.text(max_size=20))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    with suppress(NotAllowed):
        assert time_to_come(text, NOW).tzinfo is not None
