"""Durations in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from musterpoint.core.durations import duration_text


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(0), "0 s"),
        (timedelta(seconds=59, microseconds=999_999), "59 s"),
        (timedelta(seconds=60), "1 min"),
        (timedelta(minutes=12, seconds=59), "12 min"),
        (timedelta(hours=1, minutes=5), "1 h 05 min"),
        (timedelta(hours=23, minutes=59), "23 h 59 min"),
        (timedelta(days=2, hours=4, minutes=50), "2 d 4 h"),
        (timedelta(minutes=-12), "-12 min"),
    ],
)
def test_a_duration_in_two_units_at_the_most(length: timedelta, text: str) -> None:
    assert duration_text(length) == text
