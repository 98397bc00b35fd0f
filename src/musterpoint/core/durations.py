"""Durations are always computed, never taken from prose (8 of 24 stated ones were wrong in real reports)."""

from __future__ import annotations

from datetime import timedelta


def duration_text(length: timedelta) -> str:
    """`2 d 4 h`, `1 h 05 min`, `12 min`, `40 s`: two units at the most."""
    seconds = int(length.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes = rest // 60
    if days:
        return f"{sign}{days} d {hours} h"
    if hours:
        return f"{sign}{hours} h {minutes:02d} min"
    if minutes:
        return f"{sign}{minutes} min"
    return f"{sign}{seconds} s"
