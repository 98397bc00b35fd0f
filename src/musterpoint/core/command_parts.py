"""The parts of what people say to us: a person, a time at the beginning or the end, a reason, a due date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum

from musterpoint.core.decision import NotAllowed
from musterpoint.core.given_time import given_time
from musterpoint.core.spoken_times import spoken_times


class Person(StrEnum):
    """Who needs no name."""

    ME = "me"
    NOBODY = ""


@dataclass(frozen=True, slots=True)
class SpokenAt:
    """A time (UTC) and what stands behind it. `zone_assumed`: no zone was said or known, so it was read as UTC."""

    at: datetime | None = None
    zone_assumed: bool = False
    rest: str = ""


_ME = frozenset("me myself i mine self".split())
_NOBODY = frozenset(("nobody", "none", "no one", "noone", "no-one"))
_AT = re.compile(r"(?:at|since|from)\s+", re.IGNORECASE)
_NOW = re.compile(r"(?:right\s+)?now\b", re.IGNORECASE)
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\s?(?:Z|UTC)\b|[+-]\d\d:?\d\d)?")
_LIKE_A_TIME = re.compile(r"\d{1,4}[:.h]\d{1,4}(?!\w)|\d{4}-\d{1,2}-\d")
_DAY_AFTER = re.compile(r"\s*,?\s*(yesterday|today|this\smorning|last\snight)\b", re.IGNORECASE)
_OPENING = "`*_~\"'“”„’«» \u2018\u201a"
#: So many characters at most are looked at for a time.
_LONGEST = 80

_BECAUSE = re.compile(r"(?:\A|(?<=[\s,;:–—-]))(?:because|cause|due\s+to|reason)\b:?\s*", re.IGNORECASE)
_MENTION = re.compile(r"@[^\s,;@<>]{1,250}")
_NAME = re.compile(r"[^\s@#<>:?!,;]+(?: [^\s@#<>:?!,;]+){0,3}")
_END = ".,;:!?"

_BY = re.compile(
    r"\sby\s+(\d{4}-\d{1,2}-\d{1,2}|\d{1,4}\s?(?:d|w|days?|weeks?)|today|tomorrow"
    r"|(?:next\s)?(?:mon|tues|wednes|thurs|fri|satur|sun)day|next\s(?:week|month)|end\sof\s\w+)[.!]?\Z",
    re.IGNORECASE,
)
_OWNER = re.compile(r"(?:\A|\s)(@[^\s,;@<>]{1,250})[.,!]?\Z")


def time_first(text: str, now: datetime, zone: tzinfo | None, *, led: bool = False) -> SpokenAt | None:
    """The time with which `text` begins, with or (`led`) only with "at" before it; None where there is none.

    Without a zone it is read in `zone`, on the day that puts it at or before `now`. Raises NotAllowed (`bad_time`) for
    what must be meant as a time and is none.
    """
    found = _AT.match(text)
    if led and (found is None or found[0].strip().lower() != "at"):
        return None
    body = text[found.end() :] if found else text
    body = body.lstrip(_OPENING)
    if (now_said := _NOW.match(body)) is not None:
        return SpokenAt(now, False, body[now_said.end() :].lstrip())
    spoken = _iso(body, now, zone) or _spoken(body, now, zone)
    if spoken is None and _LIKE_A_TIME.match(body):
        raise _no_time(body.split()[0])
    return spoken


def _iso(body: str, now: datetime, zone: tzinfo | None) -> SpokenAt | None:
    found = _ISO.match(body)
    if found is None:
        return None
    try:
        at = given_time(found[0], now, zone or UTC)
    except NotAllowed:
        raise _no_time(found[0]) from None
    bare = re.search(r"(?:Z|UTC|[+-]\d\d:?\d\d)\Z", found[0][10:]) is None
    return SpokenAt(at, bare and zone is None, body[found.end() :].lstrip(_OPENING))


def _spoken(body: str, now: datetime, zone: tzinfo | None) -> SpokenAt | None:
    prose = body[:_LONGEST].replace("`", " ")
    for each in spoken_times(f"at {prose}", now, zone)[:1]:
        if not prose.startswith(each.quote):
            return None
        rest = body[len(each.quote) :]
        if (day := _DAY_AFTER.match(rest)) is not None:
            for other in spoken_times(f"{day[1]} at {each.quote}", now, zone)[:1]:
                return SpokenAt(other.at, other.zone_assumed, rest[day.end() :].lstrip(_OPENING))
        return SpokenAt(each.at, each.zone_assumed, rest.lstrip(_OPENING))
    return None


def time_last(text: str, now: datetime, zone: tzinfo | None) -> tuple[str, SpokenAt]:
    """What stands before the last " at " and the time behind it; all of `text` where that is none."""
    head, at, tail = text.rpartition(" at ")
    if not at:
        return text, SpokenAt()
    spoken = time_first(tail, now, zone)
    return (head.strip(), spoken) if spoken is not None and not spoken.rest.strip(_END) else (text, SpokenAt())


def _no_time(words: str) -> NotAllowed:
    return NotAllowed(
        "bad_time",
        f"“{words[:40]}” is no time; nothing was changed.",
        "Say `at 14:20`, `at 2026-03-02 14:20`, `at 14:20 UTC` or `10 minutes ago`.",
    )


def reason_of(text: str) -> tuple[str, str]:
    """What stands before "because", and what stands behind it."""
    found = _BECAUSE.search(text)
    return (text[: found.start()].strip(), text[found.end() :].strip()) if found else (text.strip(), "")


def person_of(text: str) -> str | None:
    """`me`, Person.NOBODY, an identity or a name; None where it is not one person."""
    text = re.sub(r"\A(?:is|to|=)\s+", "", text.strip(), flags=re.IGNORECASE).rstrip(_END)
    if text.casefold() in _ME:
        return Person.ME
    if " ".join(text.casefold().split()) in _NOBODY:
        return Person.NOBODY
    if _MENTION.fullmatch(text):
        return text[1:]
    return " ".join(text.split()) if _NAME.fullmatch(text) else None


def due_last(text: str) -> tuple[str, str, str]:
    """Title, owner and due date of an action: `TITLE [@owner] [by DATE]`, the two last in any order."""
    owner = due = ""
    for _ in range(2):
        if not due and (found := _BY.search(text)) is not None:
            due, text = found[1], text[: found.start()].rstrip()
        if not owner and (found := _OWNER.search(text)) is not None:
            owner, text = found[1][1:].rstrip(_END), text[: found.start()].rstrip()
    return text, owner, due
