"""Lists of incidents, and what a search finds in them: newest first, a page at a time, with little work for a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from musterpoint import access
from musterpoint.actions import Call
from musterpoint.core.incident import time_text
from musterpoint.store import models, search

PAGE = 50
#: Characters of the line that shows a match, how many stand before it, and how far into a text is looked.
LINE, BEFORE, LOOKED_AT = 170, 50, 30_000
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which incidents a list is to show. Texts as they are stored; empty is any, the severity `none` is none."""

    status: tuple[str, ...] = ()
    kind: str = ""
    severity: str = ""
    since: datetime | None = None
    restricted: bool = False


def listed(call: Call, wanted: Wanted, before: str = "", limit: int = PAGE) -> dict[str, Any]:
    """`incidents` newest first, and `next`: the reference after which the next page begins (None: there is none).

    Raises NotFound where there is no incident `before`.
    """
    place = access.find(call.actor, before).row if before else None
    if before and place is None:
        raise access.NotFound(f"There is no incident {before!r}.")
    rows = access.listing(call.actor, **asdict(wanted), limit=limit + 1, before=place.pk if place else None, lean=True)
    shown = rows[:limit]
    return {"incidents": [_shape(row) for row in shown], "next": shown[-1].ref if len(rows) > limit else None}


def _shape(row: models.Incident) -> dict[str, Any]:
    times = row.milestones
    begun = times.get("impact_began") or times.get("detected") or times.get("declared")
    ended = times.get("resolved")
    return {
        "ref": row.ref,
        "title": row.title,
        "status": row.status,
        "kind": row.kind,
        "severity": row.severity or None,
        "restricted": row.restricted,
        "lead": row.lead_name or None,
        "declared": times["declared"]["at"] if "declared" in times else None,
        "affected_since": begun["at"] if begun else None,
        "affected_until": ended["at"] if ended else None,
    }


def searched(call: Call, query: str, wanted: Wanted, before: int | None = None, limit: int = PAGE) -> dict[str, Any]:
    """`found`: incidents in the order of their newest hit, each with its `lines`; `next`: the number of the entry after
    which the next page begins. Raises NotAllowed: empty_query, too_many_words."""
    only = access.narrowed(**asdict(wanted)) if wanted != Wanted() else None
    hits, following = access.found_page(call.actor, query, limit, before, only)
    terms = search.words(query)
    found: dict[int, dict[str, Any]] = {}
    for hit in hits:
        group = found.setdefault(hit.incident.pk, {**_shape(hit.incident), "lines": []})
        group["lines"].append(_line(hit, terms))
    return {
        "found": list(found.values()),
        "lines": len(hits),
        "next": following,
    }


def _line(hit: access.Hit, terms: Sequence[str]) -> dict[str, Any]:
    entry = hit.entry
    return {
        "entry": entry.id,
        "kind": entry.kind,
        "at": time_text(entry.at),
        "who": entry.who.name if entry.who else None,
        "pieces": pieces(hit.text, terms),
    }


def pieces(text: str, terms: Sequence[str]) -> list[tuple[str, bool]]:
    """The line around the first match, in pieces; True: this piece is what was searched for."""
    text = " ".join(text[:LOOKED_AT].split())
    matches = _matches(text, terms)
    first = next(matches, (0, 0))
    begin = max(0, first[0] - BEFORE)
    begin = text.find(" ", begin) + 1 if begin and " " in text[begin : first[0]] else begin
    end = begin + LINE
    found: list[tuple[str, bool]] = [("…", False)] if begin else []
    place = begin
    for start, stop in (first, *matches):
        if start >= end:
            break
        found += [(text[place:start], False), (text[start:stop], True)]
        place = stop
    found.append((text[place:end] + ("…" if len(text) > max(place, end) else ""), False))
    return [each for each in found if each[0]]


def _matches(text: str, terms: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where the words stand. The last one may be the beginning of a word."""
    wanted, beginning = frozenset(terms), terms[-1]
    for word in _WORD.finditer(text):
        folded = word[0].casefold() if word[0].isascii() else "".join(search.words(word[0]))
        if folded in wanted or folded.startswith(beginning):
            yield word.span()
