"""Puts regions into a body: written anew where they stand, put back where they are missing, all else as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from musterpoint.core import issue_timeline
from musterpoint.core.regions import Region, begin_marker, inside, lines_of, normalised, regions, written


@dataclass(frozen=True, slots=True)
class Content:
    """What belongs into a region. `words`: a person's, in the place of rows of ours; `known` are the rows that may
    stand there (see `issue_timeline.Keyed.known`)."""

    text: str
    words: bool = False
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a region belongs: under its own heading; `section` is the heading of the section that holds that one.
    Without a heading it stands first."""

    name: str
    heading: str = ""
    section: str = ""


def has_rows(region: Region) -> bool:
    """Whether it is one of those that rows of ours stand in, in the body or in a comment."""
    return not region.words and (region.name == issue_timeline.TIMELINE or is_page(region.name))


def is_page(name: str) -> bool:
    """`timeline-2` and so on, as comments have them."""
    timeline, _, number = name.partition("-")
    return timeline == issue_timeline.TIMELINE and number.isascii() and number.isdecimal()


def filled(body: str, places: Sequence[Place], found: Mapping[str, Content]) -> str:
    """The body with what belongs into its regions; those of `places` that are missing are put back."""
    line_end = "\r\n" if body.partition("\n")[0].endswith("\r") else "\n"
    lines = _replaced(lines_of(body), found, line_end)
    for place in places:
        content = found[place.name]
        _put_back(lines, place, written(place.name, content.text, line_end, words=content.words), line_end)
    return "".join(lines)


def _replaced(lines: list[str], found: Mapping[str, Content], line_end: str) -> list[str]:
    """With what belongs into the regions that are there. One that says the same already stays as it is written."""
    result, done = [], 0
    for region in sorted(regions(lines).values(), key=lambda each: each.begin):
        content = found.get(region.name)
        if content is None or (content.words == region.words and normalised(content.text) == inside(lines, region)):
            continue
        end = "\r\n" if lines[region.begin].endswith("\r\n") else "\n"
        result += [*lines[done : region.begin], *_written_over(lines, region, content, end)]
        done = region.end + 1
        if own := people_s(lines, region, content):
            result += _apart(result, own, lines[done : done + 1], line_end)
    return result + lines[done:]


def _written_over(lines: Sequence[str], region: Region, content: Content, line_end: str) -> list[str]:
    between = written(region.name, content.text, line_end)[1:-1]
    begin = lines[region.begin]
    if content.words != region.words:
        begin = f"{begin_marker(region.name, words=content.words)}{line_end}"
    return [begin, *between, lines[region.end]]


def people_s(lines: Sequence[str], region: Region, content: Content) -> list[str]:
    """What stands among the rows of a region and is somebody's own."""
    if not has_rows(region) or normalised(content.text) == inside(lines, region):
        return []
    return issue_timeline.strays(lines[region.begin + 1 : region.end], content.known)


def _apart(before: list[str], own: Sequence[str], following: Sequence[str], line_end: str) -> list[str]:
    """Lines of their own below a region: an empty one before, and one behind where text follows at once."""
    if not before[-1].endswith("\n"):
        before[-1] += line_end
    return [line_end, *own, *([line_end] if following and following[0].strip() else [])]


def moved_out(body: str, known: frozenset[str]) -> str:
    """The body with what is somebody's own among the rows of ours moved below them; nothing else is touched."""
    lines = lines_of(body)
    region = regions(lines).get(issue_timeline.TIMELINE)
    if region is None or not has_rows(region):
        return body
    between = lines[region.begin + 1 : region.end]
    own = issue_timeline.strays(between, known)
    if not own:
        return body
    line_end = "\r\n" if lines[region.begin].endswith("\r\n") else "\n"
    head = lines[: region.end + 1]
    return "".join(
        [*head, *_apart(head, own, lines[region.end + 1 : region.end + 2], line_end), *lines[region.end + 1 :]]
    )


def _put_back(lines: list[str], place: Place, region: list[str], line_end: str) -> None:
    """Put a region that is missing under its heading; where that is gone too, at the end of its section or of all."""
    taken = regions(lines)
    if place.name in taken:
        return
    if not place.heading:
        lines[:0] = [*region, *([line_end] if lines else [])]
        return
    free = _outside(lines)
    where = _line_with(lines, free, place.heading)
    if where is not None:
        _insert(lines, where + 1, region, line_end)
        return
    within = _line_with(lines, free, place.section) if place.section else None
    if within is None and place.section:
        _insert(lines, len(lines), [f"{place.section}{line_end}"], line_end, apart=True)
    after = len(lines) if within is None else _end_of_section(lines, free, within)
    _insert(lines, after, [f"{place.heading}{line_end}", *region], line_end, apart=True)


def _outside(lines: Sequence[str]) -> list[int]:
    """The places of the lines that are in no region."""
    free: list[int] = []
    done = 0
    for region in sorted(regions(lines).values(), key=lambda each: each.begin):
        free += range(done, region.begin)
        done = region.end + 1
    return [*free, *range(done, len(lines))]


def _line_with(lines: Sequence[str], free: Sequence[int], heading: str) -> int | None:
    return next((place for place in free if lines[place].rstrip() == heading), None)


def _end_of_section(lines: Sequence[str], free: Sequence[int], heading: int) -> int:
    later = (place for place in free if place > heading and lines[place].startswith(("# ", "## ")))
    return next(later, len(lines))


def _insert(lines: list[str], where: int, new: Sequence[str], line_end: str, *, apart: bool = False) -> None:
    """Insert whole lines, with an empty one before (`apart`), and one behind where something follows."""
    if where and not lines[where - 1].endswith("\n"):
        lines[where - 1] += line_end
    before = [line_end] if apart and where and lines[where - 1].strip() else []
    behind = [line_end] if where < len(lines) and lines[where].strip() else []
    lines[where:where] = [*before, *new, *behind]
