"""Clock times in prose: `customers reported at 11:50`, `since noon`, `about 20 minutes ago`.

A time without a zone is read in the speaker's zone, on the day that puts it at or before its message; with no zone
known it is UTC, and `zone_assumed` says so. What only looks like a time (versions, ratios, ports, durations,
log lines in code blocks) is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(frozen=True, slots=True)
class SpokenTime:
    """`at` is UTC; `quote` the words it was read from; `approximate` when the speaker said "around" or "ago"."""

    at: datetime
    quote: str
    zone_assumed: bool
    approximate: bool


#: Abbreviations with one meaning. IST (India, Ireland, Israel) and CST (America, China) have several: left alone.
_OFFSETS = {
    "utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3,
    "est": -5, "edt": -4, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "jst": 9, "aest": 10, "aedt": 11,
}  # fmt: skip
_PLACES = {
    "uk": "Europe/London", "london": "Europe/London", "british": "Europe/London", "irish": "Europe/Dublin",
    "et": "America/New_York", "eastern": "America/New_York", "new york": "America/New_York", "nyc": "America/New_York",
    "ct": "America/Chicago", "central": "America/Chicago", "mountain": "America/Denver",
    "pt": "America/Los_Angeles", "pacific": "America/Los_Angeles", "sf": "America/Los_Angeles",
    "berlin": "Europe/Berlin", "german": "Europe/Berlin", "paris": "Europe/Paris", "amsterdam": "Europe/Amsterdam",
    "madrid": "Europe/Madrid", "lisbon": "Europe/Lisbon", "dublin": "Europe/Dublin", "tokyo": "Asia/Tokyo",
    "singapore": "Asia/Singapore", "sydney": "Australia/Sydney", "india": "Asia/Kolkata", "indian": "Asia/Kolkata",
    "central european": "Europe/Berlin", "japan": "Asia/Tokyo", "brazil": "America/Sao_Paulo",
}  # fmt: skip
#: Places that need the word "time" behind them; short codes stand by themselves.
_CODES = frozenset(("et", "pt", "ct"))
_AMBIGUOUS = frozenset(("ist", "cst", "sst", "bdt"))
_WORDS = {"noon": time(12), "midday": time(12), "midnight": time(0)}
_WORD_AMOUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10, "fifteen": 15,
                 "twenty": 20, "thirty": 30, "half an": 0.5, "a couple of": 2, "a couple": 2, "a few": 3}  # fmt: skip
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

_ZONE = (
    r"(?:\s?(?P<zone>(?i:utc|gmt|z|west|wet|bst|cest|cet|eest|eet|est|edt|cdt|mst|mdt|pst|pdt|jst|aest|aedt|ist|cst|et|pt|ct))\b(?![-/'’])"
    r"(?P<offset>[+-]\d{1,2}(?::?\d\d)?)?"
    rf"|\s\(?(?P<place>(?i:{'|'.join(sorted(_PLACES, key=len, reverse=True))}))\s(?i:standard\s|daylight\s)?(?i:time)\b"
    r"|\s\(?(?P<pacific>(?i:pacific|eastern))\b"
    r"|\s(?P<local>(?i:local(?:\stime)?|my\stime|here))\b)?"
)
_DAY = (
    r"(?:(?P<day>\d{4}-\d\d-\d\d)[T\s]\s?"
    r"|(?i:(?P<yesterday>yesterday|last\snight)|(?P<today>today|this\smorning)"
    r"|(?P<weekday>mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)(?:,)?\s(?i:at\s|around\s|about\s)?)?"
)
_ABOUT = (
    r"(?P<about>(?i:around|about|approx(?:imately|\.)?|roughly|circa|ca\.?|~|near|shortly\s(?:before|after)"
    r"|just\s(?:before|after)|a\sbit\s(?:before|after)|before|after)\s?)?"
)
_CLOCK = (
    r"(?:(?P<hour>[01]?\d|2[0-3])(?:(?P<sep>[:.h])(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:\.\d+)?)?)?"
    r"(?:\s?(?P<half>(?i:[ap]\.?m\b\.?))|(?P<french>h)\b)?"
    r"|(?P<word>(?i:noon|midday|midnight)))"
)
_TIME = re.compile(
    rf"(?<![\w.:/@#$+\[])(?<!(?<!:\d\d)-)(?:{_ABOUT}{_DAY}{_CLOCK}{_ZONE})(?![\w:/%]|-(?!\d\d?:\d\d)|[.,]\d)"
)
_AGO = re.compile(
    r"(?P<about>(?:around|about|roughly|approximately|some|maybe|like|~)\s?)?\b(?P<amount>\d{1,4}|"
    + "|".join(sorted(_WORD_AMOUNTS, key=len, reverse=True))
    + r")\s?(?P<unit>s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?|d(?:ays?)?)\s(?:ago|earlier)\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|https?://\S+|^\s*>.*$", re.DOTALL | re.MULTILINE)
#: A bare hour ("at 10", "14h") needs a word before it that makes it a time.
_LEADS = re.compile(
    r"(?:\b(?:at|around|about|since|until|till|by|from|before|after|circa|ca\.?)|~|@)\s?$", re.IGNORECASE
)
_DURATION = re.compile(
    r"\b(?:took|takes|lasted|lasts|for|within|duration|elapsed|uptime|in|score|ratio|version|port|verse)\s(?:of\s|about\s)?$",
    re.IGNORECASE,
)
_MINUTES = re.compile(r"\s?\d+\s?m", re.IGNORECASE)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SKEW = timedelta(minutes=2)


def spoken_times(text: str, said_at: datetime, zone: tzinfo | None) -> list[SpokenTime]:
    """The times that `text`, said at `said_at` (with its zone) by somebody who lives in `zone`, speaks of, in order.

    None of them is later than the message (two minutes of slack for clocks that differ).
    """
    prose = _CODE.sub(lambda found: " " * (len(found[0]) - 1) + "\x00", text)
    read = [*_clocks(prose, said_at, zone), *_agos(prose, said_at)]
    return [spoken for _, spoken in sorted(read, key=lambda pair: pair[0])]


def _agos(text: str, said_at: datetime) -> Iterator[tuple[int, SpokenTime]]:
    for found in _AGO.finditer(text):
        amount = found["amount"].lower()
        number = _WORD_AMOUNTS[amount] if amount in _WORD_AMOUNTS else float(amount)
        at = said_at - timedelta(seconds=number * _UNITS[found["unit"][0].lower()])
        yield found.start(), SpokenTime(at.astimezone(UTC), found[0].strip(), False, True)


def _clocks(text: str, said_at: datetime, zone: tzinfo | None) -> Iterator[tuple[int, SpokenTime]]:
    for found in _TIME.finditer(text):
        clock = _clock(found, text)
        if clock is None or (found["zone"] or "").lower() in _AMBIGUOUS:
            continue
        named, known = _zone(found)
        where = named or zone or UTC
        at = _on_its_day(found, clock, said_at, where)
        if at is not None:
            approximate = bool(found["about"])
            yield found.start(), SpokenTime(at, found[0].strip(" ("), not known and zone is None, approximate)


def _clock(found: re.Match[str], text: str) -> time | None:
    """The time of day, or None where it only looks like one."""
    if found["french"] and _MINUTES.match(found.string, found.end()):
        return None  # "14h 21min" is how long
    if found["word"]:
        return _WORDS[found["word"].lower()]
    before = text[max(0, found.start() - 24) : found.start()]
    hour, half = int(found["hour"]), (found["half"] or "").lower()
    zoned = found["zone"] or found["place"] or found["pacific"]
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    dotted = found["sep"] == "."
    plain = found["minute"] is None or dotted
    if plain and not half and not _bare_hour(found, before, bool(zoned)):
        return None
    if not half and not zoned and _DURATION.search(before):
        return None
    return time(hour, int(found["minute"] or 0), int(found["second"] or 0))


def _bare_hour(found: re.Match[str], before: str, zoned: bool) -> bool:
    """Whether "14h", "10.30" or "10" is an hour of the day."""
    led = bool(_LEADS.search(before) or found["about"])
    if found["sep"] == "." or (found["minute"] is None and found["french"] is None):
        return led and zoned
    return led or zoned


def _zone(found: re.Match[str]) -> tuple[tzinfo | None, bool]:
    """The zone that was said, and whether any word about a zone was."""
    if code := (found["zone"] or "").lower():
        if code in _CODES:
            return _place(code), True
        return timezone(timedelta(hours=_OFFSETS[code]) + _offset(found["offset"])), True
    if place := found["place"] or found["pacific"]:
        return _place(place.lower()), True
    return None, False


def _place(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(_PLACES[" ".join(name.split())])
    except ZoneInfoNotFoundError:
        return None


def _offset(text: str | None) -> timedelta:
    """`+2`, `-0330` or `+05:30` behind "UTC"."""
    if not text:
        return timedelta()
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    return (-1 if text[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes)


def _on_its_day(found: re.Match[str], clock: time, said_at: datetime, zone: tzinfo) -> datetime | None:
    """The moment in UTC: on the day that was said, else on the last day that puts it at or before the message."""
    said = said_at.astimezone(zone)
    if found["day"]:
        try:
            day = date.fromisoformat(found["day"])
        except ValueError:
            return None
    elif found["yesterday"] and not (found["yesterday"].lower() != "yesterday" and clock.hour < 12):
        day = said.date() - timedelta(days=1)
    elif found["weekday"]:
        back = (said.weekday() - _WEEKDAYS.index(found["weekday"][:3].lower())) % 7
        day = said.date() - timedelta(days=back)
    else:
        day = said.date()
    at = datetime.combine(day, clock, zone).astimezone(UTC)
    if at > said_at + _SKEW:
        if found["day"] or found["today"] or found["yesterday"]:
            return None
        earlier = day - timedelta(days=7 if found["weekday"] else 1)
        at = datetime.combine(earlier, clock, zone).astimezone(UTC)
    return at
