"""The times that a person gives to a command."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from musterpoint.core.decision import NotAllowed
from musterpoint.core.given_time import given_time
from musterpoint.core.incident import read_time, time_text
from tests.core.incidents import NOW, refused

BERLIN, KOLKATA = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", "2026-03-02T09:30:00"),
        ("09:15", "2026-03-02T09:15:00"),
        (" 9:15 ", "2026-03-02T09:15:00"),
        ("09:30", "2026-03-02T09:30:00"),
        ("09:15:40", "2026-03-02T09:15:40"),
        ("09:31", "2026-03-01T09:31:00"),
        ("09:15Z", "2026-03-02T09:15:00"),
        ("09:15 UTC", "2026-03-02T09:15:00"),
        ("2026-03-01 14:20", "2026-03-01T14:20:00"),
        ("2026-03-01T14:20Z", "2026-03-01T14:20:00"),
        ("2026-03-01 14:20 UTC", "2026-03-01T14:20:00"),
        ("2026-03-01T14:20+02:00", "2026-03-01T12:20:00"),
        ("10m", "2026-03-02T09:20:00"),
        ("10m ago", "2026-03-02T09:20:00"),
        ("10 minutes ago", "2026-03-02T09:20:00"),
        ("90s ago", "2026-03-02T09:28:30"),
        ("2 hours ago", "2026-03-02T07:30:00"),
        ("1 day ago", "2026-03-01T09:30:00"),
    ],
)
def test_the_forms_of_a_time(text: str, expected: str) -> None:
    assert given_time(text, NOW) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("10:15", BERLIN, "2026-03-02T09:15:00"),
        ("10:31", BERLIN, "2026-03-01T09:31:00"),
        ("10:15Z", BERLIN, "2026-03-01T10:15:00"),
        ("14:59", KOLKATA, "2026-03-02T09:29:00"),
        ("2026-03-01 00:10", BERLIN, "2026-02-28T23:10:00"),
        ("2026-03-01 00:10Z", BERLIN, "2026-03-01T00:10:00"),
    ],
)
def test_a_clock_time_is_read_in_the_zone_of_whoever_says_it(text: str, zone: ZoneInfo, expected: str) -> None:
    assert given_time(text, NOW, zone) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "25:00", "12:60", "2026-03-01", "20260301", "2026-13-01 10:00", "m ago", "10", "9", "-5m", "10m5",
     "2026-W10-1", "0001-01-01T00:00+05:00", "9" * 400 + "d", "9" * 12 + "d ago"],
)  # fmt: skip
def test_anything_else_is_refused_with_the_forms_that_work(text: str) -> None:
    with refused("bad_time", "is not a time.", "Write 14:20, 2026-03-02 14:20, 2026-03-02T14:20Z, or 10m ago (UTC)."):
        given_time(text, NOW)


@given(some.text(max_size=30) | some.from_regex(r"\d{1,4}[-:.TWZ ]?\d{1,3}[-:.TW+Z ]?[\d:+Z]{0,12}( ?[smhd]\w*)?"))
def test_no_text_leads_to_another_error_and_every_time_can_be_stored(text: str) -> None:
    try:
        at = given_time(text, NOW, BERLIN)
    except NotAllowed:
        return
    assert at.utcoffset() == timedelta()
    assert read_time(time_text(at)) == at


@given(some.datetimes(timezones=some.just(UTC)))
def test_every_time_has_one_form_that_is_read_back(at: datetime) -> None:
    text = time_text(at)
    assert len(text) == len("2026-03-02T09:30:00.000000Z")
    assert read_time(text) == at


def test_a_stored_time_has_a_zone() -> None:
    with pytest.raises(ValueError, match="without its zone"):
        read_time("2026-03-02T09:30:00")
