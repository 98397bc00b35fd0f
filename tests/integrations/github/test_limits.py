"""GitHub's limits: at one nothing was done, and nobody calls before the time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from musterpoint.integrations.github import troubles
from musterpoint.ports import NotSent
from musterpoint.store import models
from tests.github.github import GitHub
from tests.integrations.github.calls import REPOSITORY, failed, hours_reset, read, write
from tests.integrations.github.odd import Odd, Said

pytestmark = pytest.mark.usefixtures("db")

SECONDARY = {"message": "You have exceeded a secondary rate limit.", "documentation_url": "https://docs.github.com"}


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        (Said(429, SECONDARY, {"Retry-After": "17"}), 17),
        (Said(403, SECONDARY, {"Retry-After": "17"}), 17),
        (Said(403, {"message": "API rate limit exceeded"}, hours_reset(1234)), 1234),
        (Said(403, {"message": "API rate limit exceeded"}, hours_reset(1234, clock=500)), 1234),
        (Said(403, {"message": "API rate limit exceeded"}, hours_reset(-5)), 1),
        (Said(403, SECONDARY), 60),
        (Said(429, b""), 60),
        (Said(429, SECONDARY, {"Retry-After": "soon"}), 60),
    ],
)
@pytest.mark.parametrize("how", [read, write])
def test_at_a_limit_nothing_was_done_and_nobody_calls_before_the_time(
    odd: Odd, said: Said, wait: int, how: Any
) -> None:
    odd.says(said)
    error = failed(how)
    assert isinstance(error, NotSent)
    assert error.retry_after == pytest.approx(wait, abs=1)
    assert [failed(again).retry_after <= wait for again in (read, write)] == [True, True]
    assert len(odd.asked) == 1


def test_after_the_pause_it_goes_on(odd: Odd, monkeypatch: pytest.MonkeyPatch) -> None:
    odd.says(Said(403, SECONDARY), Said(403, SECONDARY), Said(201, {"number": 1}), Said(403, SECONDARY))
    start, waits = timezone.now(), list[float]()
    monkeypatch.setattr(timezone, "now", lambda: start + timedelta(seconds=sum(waits)))
    for _ in range(4):
        try:
            write()
        except NotSent as error:
            waits.append(error.retry_after or 0)
    assert waits == [60, 120, 60]  # what worked in between made it forget


def test_a_long_pause_is_told_and_a_short_one_is_not(odd: Odd, monkeypatch: pytest.MonkeyPatch) -> None:
    odd.says(Said(429, SECONDARY, {"Retry-After": "90"}), Said(429, SECONDARY, {"Retry-After": "900"}), Said(200, []))
    now = timezone.now()
    failed(read)
    assert troubles.of() == []
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(seconds=100))
    failed(read)
    assert [each.code for each in troubles.of()] == ["ratelimited"]
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(seconds=1100))
    read()
    assert troubles.of() == []


def test_ninety_writes_never_meet_githubs_own_limit(github: GitHub, moves: Callable[[float], None]) -> None:
    waits: list[float] = []
    while len(github.issues(REPOSITORY)) < 90:
        try:
            write()
        except NotSent as error:
            waits.append(error.retry_after or 0)
            moves(waits[-1])
    assert 0 < sum(waits) <= 61
    assert models.Throttle.objects.get().held_until is None  # GitHub never had to ask


def test_where_others_have_used_up_the_minute_we_wait_as_long_as_github_says(
    github: GitHub, moves: Callable[[float], None]
) -> None:
    github.rates.a_minute = 2
    write()
    moves(10)
    write()
    error = failed(write)
    assert error.retry_after == pytest.approx(50, abs=1.5)
    assert len(github.writes) == 3
    moves(error.retry_after)
    write()
    assert len(github.issues(REPOSITORY)) == 3


def test_where_others_have_used_up_the_hour_we_wait_for_the_next(
    github: GitHub, moves: Callable[[float], None]
) -> None:
    github.rates.primary["core"] = 1
    read()
    error = failed(read)
    assert error.retry_after == pytest.approx(3600, abs=2)
    moves(error.retry_after + 1)
    assert read().status == 200
