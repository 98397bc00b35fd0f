"""The body of the Incident issue: what stands before the three sections, then Timeline, RCA and Actions.

Only what stands between our markers is written (see `regions`); everything else is people's and stays as it is. What
people changed within is told by `changes`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from musterpoint.core.action_lines import actions_text
from musterpoint.core.incident import Incident
from musterpoint.core.issue_changes import ACTIONS, FACTS, Changes, PartChange, changes, texts
from musterpoint.core.issue_facts import facts_text
from musterpoint.core.issue_pages import fitting
from musterpoint.core.issue_timeline import TIMELINE, Keyed, keyed, written
from musterpoint.core.process import Process
from musterpoint.core.region_placing import Content, Place, filled
from musterpoint.core.shortening import shortened
from musterpoint.core.writeup_parts import PartText, Section

__all__ = ["Changes", "PartChange", "changes", "render", "texts", "timeline_of"]


def render(
    incident: Incident,
    parts: Sequence[PartText],
    process: Process,
    body: str = "",
    limit: int = 65_536,
    *,
    document: bool = False,
) -> str:
    """The Markdown of the issue; `body` is what stands there now.

    Longer than `limit` characters, the timeline becomes a digest (see `issue_pages`) and then other composed parts a
    pointer; people's own words are never cut. A `document` is no issue: its rows have no keys, and no part is left out.
    """
    issue = incident.after.issue
    given_up = issue.given_up if issue is not None and not document else ()
    places = [each for each in _places(parts, process) if each.name not in given_up]
    found = {FACTS: Content(facts_text(incident, process)), ACTIONS: Content(actions_text(incident.after.actions))}
    found |= {each.part.name: Content(each.text, words=each.part.name == TIMELINE) for each in parts}
    rows = None if document else timeline_of(parts)
    if rows is not None:
        found[TIMELINE] = Content(written(rows.zone, rows.rows), known=rows.known)
    whole = filled(body, places, found)
    if len(whole) <= limit and rows is None:
        return whole
    if rows is not None:
        found[TIMELINE] = _digest(rows, body, found, places, limit)
    composed = {each.part.name for each in parts if not each.version and (rows is None or each.part.name != TIMELINE)}
    return shortened(incident.ref, found, composed, lambda shown: filled(body, places, shown), limit)


def timeline_of(parts: Sequence[PartText]) -> Keyed | None:
    """The rows of the timeline, as long as it is composed."""
    part = next((each for each in parts if each.part.name == TIMELINE), None)
    return keyed(part.composed) if part is not None and not part.version else None


def _digest(rows: Keyed, body: str, found: Mapping[str, Content], places: Sequence[Place], limit: int) -> Content:
    content = found[TIMELINE]

    def whole(text: str) -> str:
        return filled(body, places, {**found, TIMELINE: replace(content, text=text)})

    return replace(content, text=fitting(rows, body, whole, limit))


def _places(parts: Sequence[PartText], process: Process) -> Iterator[Place]:
    yield Place(FACTS)
    for each in parts:
        if each.part.section is Section.HEAD:
            yield Place(each.part.name, f"## {each.part.title}")
    headings = {
        Section.TIMELINE: f"## {process.heading_timeline}",
        Section.RCA: f"## {process.heading_rca}",
        Section.ACTIONS: f"## {process.heading_actions}",
    }
    for section in (Section(name) for name in process.sections):
        mine = [each.part for each in parts if each.part.section is section]
        if section is Section.ACTIONS:
            yield Place(ACTIONS, headings[section])
        elif section is Section.TIMELINE:
            yield from (Place(part.name, headings[section]) for part in mine)
        else:
            yield from (Place(part.name, f"### {part.title}", headings[section]) for part in mine)
