"""Reads the times in what people wrote: those that the record does not have, and lengths that differ from it.

In real reports a third of the stated lengths differed from the difference of the stated times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

from musterpoint.core.advice import Advice
from musterpoint.core.durations import duration_text
from musterpoint.core.incident import Incident
from musterpoint.core.journal import Entry
from musterpoint.core.prose import prose, sentence_at
from musterpoint.core.writeup_parts import PartText

_CLOCK = re.compile(
    r"(?P<about>\b(?:about|around|approximately|roughly|circa|ca\.|(?:shortly|some time) (?:after|before))\s+|~\s?)?"
    r"(?<![\d:.,/-])\b(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::[0-5]\d)?(?![\d:%]|\.\d)"
    r"(?P<half>\s?[ap]\.?m\b)?(?P<zone>\s*\(?(?:[A-Z]{2,4}T|CET|CEST|[+-]\d{2}:?\d{2}))?",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?<![\d-])(\d{4})-(\d{2})-(\d{2})(?![\d-])")
_LENGTH = re.compile(
    r"(?P<about>\b(?:about|around|approximately|roughly|almost|nearly|over|under|some|more than|less than|at least|"
    r"up to)\s+|~\s?)?(?<![\w.,:-])(?=\d)(?:(?P<days>\d+)\s?(?:d|days?)\b(?:[\s,]|and)*)?"
    r"(?:(?P<hours>\d+(?:\.\d+)?)\s?(?:h|hrs?|hours?)\b(?:[\s,]|and)*)?"
    r"(?:(?P<minutes>\d+)\s?(?:mins?|minutes?)\b)?",
    re.IGNORECASE,
)
#: Near to a length, these say that it is one of the incident's; how near is counted in characters.
_BEFORE = re.compile(
    r"\b(?:lasted|outage|downtime|disruption|affected|impacted|unavailable|unreachable|offline|were down|was down|"
    r"(?:resolved|detected|noticed|recovered|fixed|restored) (?:in|within|after)|time to \w+)\b[^.!?]{0,40}$",
    re.IGNORECASE,
)
_BEHIND = re.compile(r"^[^.!?]{0,12}\b(?:outage|downtime|disruption|to (?:detect|resolve|recover))\b", re.IGNORECASE)
#: With these it is counted from something else.
_FROM_ELSEWHERE = re.compile(
    r"^\W*(?:after|before|later|earlier|into|ago|prior|of (?!downtime|outage|disruption))\b", re.I
)
_OTHER = re.compile(r"\b(?:every|each|first|another|last|next|further|timeout of|per)\s*$", re.IGNORECASE)
#: In these parts a day that the record does not have is a mistake; causes may lie further back.
_OF_THE_DAY = ("summary", "impact", "timeline", "detection", "resolution")
ROUGHLY = timedelta(minutes=10)


@dataclass(frozen=True)
class Known:
    """The times of the record: minutes of the day, days, and the lengths between milestones and of stretches."""

    minutes: frozenset[int]
    days: frozenset[date]
    lengths: tuple[timedelta, ...]


def known(
    incident: Incident, shown: Sequence[tuple[datetime, str]], entries: Sequence[Entry], lengths: Sequence[timedelta]
) -> Known:
    """`shown` are the times of rows and quotes, with their words: a time that is named there counts as known."""
    moments = [moment.at.astimezone(UTC) for moment in incident.milestones.values()]
    times = [*moments, *(at.astimezone(UTC) for at, _ in shown)]
    minutes = {each.hour * 60 + each.minute for each in times}
    for _, text in shown:
        minutes |= {_minute(found) for found in _CLOCK.finditer(text)}
    days = {each.date() for each in times} | {entry.at.astimezone(UTC).date() for entry in entries}
    pairs = (abs(one - other) for one, other in combinations(moments, 2))
    return Known(frozenset(minutes), frozenset(days), tuple(sorted({*pairs, *lengths})))


def times(part: PartText, record: Known) -> Iterator[Advice]:
    """Times and lengths in a person's part that disagree with the record. Quoted words are somebody else's."""
    name, text, read = part.part.name, part.text, prose(part.text, quotes=False)
    for clock in _CLOCK.finditer(read):
        if not clock["zone"] and not _fits(_minute(clock), record.minutes, bool(clock["about"])):
            passage = sentence_at(text, clock.start("hour"))
            yield Advice("time_not_in_record", name, passage, f"Nothing in the record is at {_shown(clock)} UTC.")
    if name in _OF_THE_DAY:
        for found in _DATE.finditer(read):
            if _day(found) not in record.days:
                passage = sentence_at(text, found.start())
                yield Advice("time_not_in_record", name, passage, f"Nothing in the record is of {found[0]}.")
    yield from _lengths(name, text, read, record)


def _lengths(name: str, text: str, read: str, record: Known) -> Iterator[Advice]:
    for found in _LENGTH.finditer(read):
        if not any(found[unit] for unit in ("days", "hours", "minutes")) or not record.lengths:
            continue
        passage = sentence_at(text, max(found.start(unit) for unit in ("days", "hours", "minutes")))
        if _of_the_incident(read, found) and not any(_agrees(found, length) for length in record.lengths):
            there = ", ".join(duration_text(each) for each in record.lengths if each >= timedelta(minutes=1))
            stated = found[0].removeprefix(found["about"] or "").strip()
            yield Advice("length_differs", name, passage, f"The record has no length of {stated}; it has {there}.")


def _of_the_incident(read: str, found: re.Match[str]) -> bool:
    before, behind = read[max(0, found.start() - 80) : found.start()], read[found.end() : found.end() + 40]
    if _FROM_ELSEWHERE.search(behind) or _OTHER.search(before):
        return False
    return bool(_BEFORE.search(before) or _BEHIND.search(behind))


def _minute(clock: re.Match[str]) -> int:
    hour = int(clock["hour"])
    if clock["half"]:
        hour = hour % 12 + (12 if clock["half"].strip().lower().startswith("p") else 0)
    return hour * 60 + int(clock["minute"])


def _shown(clock: re.Match[str]) -> str:
    return f"{_minute(clock) // 60:02d}:{_minute(clock) % 60:02d}"


def _fits(minute: int, minutes: frozenset[int], roughly: bool) -> bool:
    if minute in minutes:
        return True
    near = int(ROUGHLY.total_seconds()) // 60
    return roughly and any(min(abs(minute - each), 1440 - abs(minute - each)) <= near for each in minutes)


def _day(found: re.Match[str]) -> date | None:
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _agrees(found: re.Match[str], length: timedelta) -> bool:
    """Whether a stated length is this one, as exactly as it was stated."""
    hours = found["hours"] or "0"
    stated = timedelta(days=int(found["days"] or 0), hours=float(hours), minutes=int(found["minutes"] or 0))
    if found["minutes"]:
        exact = timedelta(minutes=1)
    elif found["hours"]:
        exact = timedelta(minutes=6 if "." in hours else 30)
    else:
        exact = timedelta(hours=12)
    return abs(stated - length) <= (max(exact, length / 10, ROUGHLY / 2) if found["about"] else exact)
