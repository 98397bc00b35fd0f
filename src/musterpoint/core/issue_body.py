"""The body of the Incident issue: what stands before the three sections, then Timeline, RCA and Actions.

Only what stands between our markers is written (see `regions`); everything else is people's and stays as it is. What
people changed within is told by `changes`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from musterpoint.core.action_lines import actions_text
from musterpoint.core.incident import Incident
from musterpoint.core.issue_changes import ACTIONS, FACTS, Changes, PartChange, changes, texts
from musterpoint.core.issue_facts import facts_text
from musterpoint.core.process import Process
from musterpoint.core.regions import inside, lines_of, normalised, regions, written
from musterpoint.core.shortening import shortened
from musterpoint.core.writeup_parts import PartText, Section

__all__ = ["Changes", "PartChange", "changes", "render", "texts"]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a region belongs: under its own heading; `section` is the heading of the section that holds that one."""

    name: str
    heading: str = ""
    section: str = ""


def render(incident: Incident, parts: Sequence[PartText], process: Process, body: str = "", limit: int = 65_536) -> str:
    """The Markdown of the issue; `body` is what stands there now.

    Longer than `limit` characters, composed parts are shortened, the timeline first; people's own words never are.
    """
    places = list(_places(parts, process))
    found = {
        FACTS: facts_text(incident, process),
        ACTIONS: actions_text(incident.after.actions),
        **{each.part.name: each.text for each in parts},
    }
    composed = {each.part.name for each in parts if not each.version}
    return shortened(incident.ref, found, composed, lambda shown: _filled(body, places, shown), limit)


def _places(parts: Sequence[PartText], process: Process) -> Iterator[_Place]:
    yield _Place(FACTS)
    for each in parts:
        if each.part.section is Section.HEAD:
            yield _Place(each.part.name, f"## {each.part.title}")
    headings = {
        Section.TIMELINE: f"## {process.heading_timeline}",
        Section.RCA: f"## {process.heading_rca}",
        Section.ACTIONS: f"## {process.heading_actions}",
    }
    for section in (Section(name) for name in process.sections):
        mine = [each.part for each in parts if each.part.section is section]
        if section is Section.ACTIONS:
            yield _Place(ACTIONS, headings[section])
        elif section is Section.TIMELINE:
            yield from (_Place(part.name, headings[section]) for part in mine)
        else:
            yield from (_Place(part.name, f"### {part.title}", headings[section]) for part in mine)


def _filled(body: str, places: Sequence[_Place], found: Mapping[str, str]) -> str:
    line_end = "\r\n" if body.partition("\n")[0].endswith("\r") else "\n"
    lines = _replaced(lines_of(body), found)
    for place in places:
        _put_back(lines, place, written(place.name, found[place.name], line_end), line_end)
    return "".join(lines)


def _replaced(lines: list[str], found: Mapping[str, str]) -> list[str]:
    """With what belongs into the regions that are there. One that says the same already stays as it is written."""
    result, done = [], 0
    for region in sorted(regions(lines).values(), key=lambda each: each.begin):
        text = found.get(region.name)
        if text is None or normalised(text) == inside(lines, region):
            continue
        line_end = "\r\n" if lines[region.begin].endswith("\r\n") else "\n"
        result += [*lines[done : region.begin + 1], *written(region.name, text, line_end)[1:-1]]
        done = region.end
    return result + lines[done:]


def _put_back(lines: list[str], place: _Place, region: list[str], line_end: str) -> None:
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
