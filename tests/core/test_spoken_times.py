"""Clock times in prose: which are read, how, and what is left alone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musterpoint.core.spoken_times import spoken_times

SAID = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def read(text: str) -> list[str]:
    """What somebody in Berlin (one hour ahead of UTC) said at 14:30 UTC, as UTC."""
    return [f"{spoken.at:%m-%d %H:%M}" for spoken in spoken_times(text, SAID, BERLIN)]


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("customers reported it at 11:50", ["03-02 10:50"]),
        ("the first one was at 10 am uk time", ["03-02 10:00"]),
        ("deploy went out 10:05 UTC", ["03-02 10:05"]),
        ("10:05 UTC+2, they say", ["03-02 08:05"]),
        ("broke at 9:30pm CET", ["03-01 20:30"]),
        ("around 14h it got worse", ["03-02 13:00"]),
        ("about 20 minutes ago", ["03-02 14:10"]),
        ("half an hour ago", ["03-02 14:00"]),
        ("since noon", ["03-02 11:00"]),
        ("yesterday 23:10", ["03-01 22:10"]),
        ("last night 23:50", ["03-01 22:50"]),
        ("Friday 19:20", ["02-27 18:20"]),
        ("on monday at 18:00", ["02-23 17:00"]),
        ("2026-03-01 22:15 UTC", ["03-01 22:15"]),
        ("2026-03-01T22:15:07Z", ["03-01 22:15"]),
        ("by 10am ET", ["03-01 15:00"]),
        ("since 08:15 berlin time", ["03-02 07:15"]),
        ("started 10 am pacific", ["03-01 18:00"]),
        ("12:30 local time", ["03-02 11:30"]),
        ("between 13:05 and 13:20", ["03-02 12:05", "03-02 12:20"]),
        ("down 09:12-09:20", ["03-02 08:12", "03-02 08:20"]),
        ("(11:50 CET)", ["03-02 10:50"]),
    ],
)
def test_clock_times_are_read_on_the_last_day_that_fits(text: str, times: list[str]) -> None:
    assert read(text) == times


@pytest.mark.parametrize(
    "text",
    [
        "it took 10:05",
        "lasted for 12:30",
        "listens on :8080",
        "api.example.com:1030",
        "10.0.0.1:443",
        "image:12:30",
        "a ratio of 3:10",
        "score 3:10",
        "v1.10.05",
        "release 12.30",
        "version 10:30",
        "fe80::10:05:22",
        "at 11:50 IST",
        "invalid since 14h 21min",
        "at 10 nodes",
        "99:10 or 12:61",
        "1:1 meeting",
        "```\n10:05:22 ERROR\n```",
        "`10:05:22 ERROR`",
        "> 10:05:22 ERROR",
        "https://grafana.example.com/d/x?from=10:05",
    ],
)
def test_what_only_looks_like_a_time_is_left_alone(text: str) -> None:
    assert read(text) == []


def test_without_any_zone_it_is_utc_and_says_so() -> None:
    (spoken,) = spoken_times("since 09:40", SAID, None)
    assert spoken.at == datetime(2026, 3, 2, 9, 40, tzinfo=UTC)
    assert spoken.zone_assumed


def test_a_named_or_known_zone_is_not_assumed() -> None:
    assert not spoken_times("since 09:40 UTC", SAID, None)[0].zone_assumed
    assert not spoken_times("since 09:40", SAID, BERLIN)[0].zone_assumed
    assert not spoken_times("20 minutes ago", SAID, None)[0].zone_assumed


def test_roughly_said_times_are_approximate() -> None:
    assert spoken_times("around 09:40", SAID, BERLIN)[0].approximate
    assert spoken_times("20 minutes ago", SAID, BERLIN)[0].approximate
    assert not spoken_times("at 09:40", SAID, BERLIN)[0].approximate


def test_the_quote_is_what_was_said() -> None:
    assert [spoken.quote for spoken in spoken_times("at 10 am uk time, not 9:50", SAID, BERLIN)] == [
        "10 am uk time",
        "9:50",
    ]


def test_summer_time_counts_on_the_day_that_is_meant() -> None:
    monday = datetime(2026, 3, 30, 8, 0, tzinfo=UTC)
    assert spoken_times("since 09:30", monday, BERLIN)[0].at == datetime(2026, 3, 30, 7, 30, tzinfo=UTC)
    assert spoken_times("2026-03-28 09:30", monday, BERLIN)[0].at == datetime(2026, 3, 28, 8, 30, tzinfo=UTC)


@given(st.text(max_size=200))
def test_no_text_gives_an_error_or_a_time_after_its_message(text: str) -> None:
    for spoken in spoken_times(text, SAID, BERLIN):
        assert (spoken.at - SAID).total_seconds() <= 120
        assert spoken.quote in text


@given(st.times(), st.sampled_from([None, BERLIN, ZoneInfo("America/Los_Angeles"), ZoneInfo("Asia/Kolkata")]))
def test_every_clock_time_lies_within_the_day_before_its_message(clock: object, zone: ZoneInfo | None) -> None:
    (spoken,) = spoken_times(f"since {clock:%H:%M}", SAID, zone)
    assert -120 <= (SAID - spoken.at).total_seconds() <= 25 * 3600
