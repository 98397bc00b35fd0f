"""A timeline that is too long for the issue's body: a digest stands there, and the rows between follow in comments.

A page keeps the rows that it has: rows that are added at the end fill the last one, and what grows in the middle moves
a few rows to the next one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from musterpoint.core.issue_changes import Changes
from musterpoint.core.issue_timeline import EMPTIED, TIMELINE, Keyed, KeyedRow, keys_of, row_changes, written
from musterpoint.core.quiet_words import quiet
from musterpoint.core.region_placing import Content, filled
from musterpoint.core.regions import inside, lines_of, regions
from musterpoint.core.regions import written as region_written

#: How many first and last rows a digest may have. The fewest steps that do: a step that changes moves rows to others.
STEPS = ((400, 40), (200, 40), (100, 20), (50, 20), (20, 10), (10, 5), (5, 3), (2, 2), (0, 0))
#: More rows come back into the body only where this share of the room stays free, so that they do not go to and fro.
FREE = 0.1
#: Of a page is left free for rows that grow.
GROWS = 0.1
#: The page that the body itself is.
BODY = 1
#: Characters of a page besides its rows and its people's own: markers, sentences.
_FRAME = 600
_DIGEST = re.compile(
    r"^\*([0-9]+) rows(?: in all: the first ([0-9]+) and the last ([0-9]+) |, all of them )", re.MULTILINE
)


# --- the digest ---------------------------------------------------------------------------------------------------


def digest(timeline: Keyed, first: int, last: int) -> str:
    """The text of the region in the body: the first and the last rows, and how many are where."""
    count = len(timeline.rows)
    shown = [*timeline.rows[:first], *timeline.rows[count - last :]]
    return written(timeline.zone, shown, _sentence(count, first, last), first)


def _sentence(count: int, first: int, last: int) -> str:
    if not first and not last:
        return f"*{count} rows, all of them in the comments below.*"
    between = count - first - last
    return (
        f"*{count} rows in all: the first {first} and the last {last} stand here, the {between} between them follow "
        "in the comments below.*"
    )


def shown(body: str) -> tuple[int, int] | None:
    """How many first and last rows stand in a body with a digest; None where no digest stands there."""
    lines = lines_of(body)
    region = regions(lines).get(TIMELINE)
    found = _DIGEST.search(inside(lines, region)) if region is not None and not region.words else None
    return (int(found[2] or 0), int(found[3] or 0)) if found else None


def fitting(timeline: Keyed, body: str, whole: Callable[[str], str], limit: int) -> str:
    """The text of the region, with as many rows as `whole`, the body that it makes, has room for. `body` is what stands
    there: without need, no row leaves it or comes back."""
    steps = [None, *(each for each in STEPS if sum(each) < len(timeline.rows))]
    stands = shown(body)
    now = steps.index(stands) if stands in steps else 0
    for place, step in enumerate(steps):
        text = written(timeline.zone, timeline.rows) if step is None else digest(timeline, *step)
        if len(whole(text)) <= (limit if place >= now else limit * (1 - FREE)):
            return text
    return digest(timeline, 0, 0)


# --- the pages ----------------------------------------------------------------------------------------------------


def paged(
    timeline: Keyed, first: int, last: int, standing: Mapping[str, int], room: Callable[[int], int]
) -> dict[int, list[KeyedRow]]:
    """The rows between the digest's, on pages by their numbers from 2 on. `standing` tells on which page a row stands,
    `room` how many characters of rows a page may have."""
    pages: dict[int, list[KeyedRow]] = {}
    number, size = BODY, 0
    day = ""
    for row in timeline.rows[first : len(timeline.rows) - last]:
        stands = standing.get(row.key, 0)
        long = len(quiet(row.line)) + 1 + (len(row.day) + 3 if row.day != day else 0)
        full = room(number) * (1 if stands == number else 1 - GROWS)
        if number == BODY or stands > number or size + long > full:
            number, size = max(number + 1, stands), 0
        pages.setdefault(number, []).append(row)
        size, day = size + long, row.day
    return pages


def room(limit: int, page: str, number: int) -> int:
    """For rows on a page: what people wrote there themselves stays."""
    lines = lines_of(page)
    region = regions(lines).get(name(number))
    taken = sum(len(line) for line in lines[region.begin : region.end + 1]) if region else 0
    return limit - _FRAME - (len(page) - taken)


def name(number: int) -> str:
    """Of the region on that page."""
    return f"{TIMELINE}-{number}"


def keys_on(page: str, number: int) -> Collection[str]:
    """The keys of the rows that stand on a page."""
    lines = lines_of(page)
    region = regions(lines).get(name(number))
    return keys_of(lines[region.begin + 1 : region.end]) if region else ()


def page(
    ref: str, number: int, timeline: Keyed | None, rows: Sequence[KeyedRow], was: str, given_up: Collection[str]
) -> str:
    """The text of the comment; `was` is what stands there, empty for a new one. Without rows it says where they are."""
    text = written(timeline.zone, rows) if timeline is not None and rows else EMPTIED
    known = timeline.known if timeline is not None else frozenset()
    region = name(number)
    if region in regions(lines_of(was)):
        return filled(was, (), {region: Content(text, known=known)})
    if region in given_up:
        return was
    above = was if was.strip() else f"The timeline of incident {ref} goes on here ({number}).\n"
    return f"{above.rstrip()}\n\n{''.join(region_written(region, text))}"


def page_changes(number: int, before: str, after: str) -> Changes:
    """What somebody did to the rows of a page."""
    region, was, now = name(number), lines_of(before), lines_of(after)
    old, new = regions(was).get(region), regions(now).get(region)
    if new is None:
        return Changes(lost=(region,)) if old is not None else Changes()
    before_lines: Sequence[str] = was[old.begin + 1 : old.end] if old is not None else ()
    rows = row_changes(before_lines, now[new.begin + 1 : new.end])
    return Changes(rows=rows, found=() if old is not None else (region,))
