"""Times and lengths as a public post puts them, and names with their placeholders filled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from musterpoint.core.incident import Basis, Moment

_MONTHS = (
    "January February March April May June July August September October November December".split()  # in any locale
)
#: A day as `day_words` writes it: the month in it is nobody's name.
DAY = re.compile(rf"\b(?:{'|'.join(_MONTHS)}) \d{{1,2}}(?:st|nd|rd|th)?, \d{{4}}")


def day_words(day: date) -> str:
    """`October 11th, 2023`."""
    ending = "th" if 11 <= day.day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return f"{_MONTHS[day.month - 1]} {day.day}{ending}, {day.year}"


def length_words(length: timedelta) -> str:
    """`2 hours and 5 minutes`: two units at the most, none smaller than a minute unless it is all there is."""
    seconds = max(int(length.total_seconds()), 0)
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3600)
    if days:
        found = [_counted(days, "day"), _counted(hours, "hour")]
    elif hours:
        found = [_counted(hours, "hour"), _counted(rest // 60, "minute")]
    elif seconds >= 60:
        found = [_counted(rest // 60, "minute")]
    else:
        return "less than a minute"
    return " and ".join(each for each in found if each)


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}{'s' if number > 1 else ''}" if number else ""


def clock_words(moment: Moment, near: date | None = None) -> str:
    """`13:40 UTC`, with its day unless that is `near`; `about 13:40 UTC` for an estimate."""
    at = moment.at.astimezone(UTC)
    about = "about " if moment.basis is Basis.ESTIMATED else ""
    on = "" if near == at.date() else f" on {day_words(at.date())}"
    return f"{about}{at:%H:%M} UTC{on}"


def filled(pattern: str, values: Mapping[str, str]) -> str:
    """The pattern with `{name}` replaced where there is such a value; anything else stays as it is."""
    return re.sub(r"\{(\w+)\}", lambda each: values.get(each.group(1), each.group()), pattern)


def names(ref: str, day: date, published: date) -> dict[str, str]:
    """What a title, slug, path, address and branch may name: the incident's day, and the month of the post."""
    return {
        "ref": ref,
        "date": day_words(day),
        "day": day.isoformat(),
        "year": f"{published:%Y}",
        "month": f"{published:%m}",
    }


def slug(text: str) -> str:
    """A text as part of an address."""
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-.") or "incident"


def utc_day(at: datetime) -> date:
    return at.astimezone(UTC).date()
