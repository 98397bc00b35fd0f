"""A time that a person gives to a command: `14:20`, `2026-03-02 14:20`, `2026-03-02T14:20Z`, `10m ago`, `now`."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from musterpoint.core.decision import NotAllowed

CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?$")
AGO = re.compile(r"(\d+)\s*(s|m|min|h|d)[a-z]*(?:\s+ago)?$")
UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400}


def given_time(text: str, now: datetime, zone: tzinfo = UTC) -> datetime:
    """The time in UTC. A clock time alone is read in `zone`, on the day that puts it at or before `now`.

    Raises NotAllowed (`bad_time`) for anything else than the forms above.
    """
    text = text.strip()
    if text == "now":
        return now
    if match := AGO.match(text):
        return _ago(match, now)
    zone, bare = (UTC, text.removesuffix("UTC").removesuffix("Z").rstrip()) if _says_utc(text) else (zone, text)
    try:
        if match := CLOCK.match(bare):
            return _today(time(int(match[1]), int(match[2]), int(match[3] or 0)), now, zone)
        at = datetime.fromisoformat(bare)
    except ValueError as error:
        raise _bad(text) from error
    if "T" not in bare and " " not in bare:  # a day alone
        raise _bad(text)
    try:
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError as error:
        raise _bad(text) from error


def _ago(match: re.Match[str], now: datetime) -> datetime:
    try:
        return now - timedelta(seconds=int(match[1]) * UNITS[match[2]])
    except (OverflowError, ValueError) as error:
        raise _bad(match[0]) from error


def _says_utc(text: str) -> bool:
    return text.endswith(("Z", "UTC"))


def _today(clock: time, now: datetime, zone: tzinfo) -> datetime:
    day: date = now.astimezone(zone).date()
    at = datetime.combine(day, clock, tzinfo=zone)
    if at > now:
        at = datetime.combine(day - timedelta(days=1), clock, tzinfo=zone)
    return at.astimezone(UTC)


def _bad(text: str) -> NotAllowed:
    return NotAllowed(
        "bad_time", f"{text!r} is not a time.", "Write 14:20, 2026-03-02 14:20, 2026-03-02T14:20Z, or 10m ago (UTC)."
    )
