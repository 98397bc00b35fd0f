"""Reads the timeline of a write-up: whether it tells of detection and resolution, and where it is silent for long."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, timedelta
from itertools import pairwise

from musterpoint.core.advice import Advice
from musterpoint.core.durations import duration_text
from musterpoint.core.incident import Incident, Milestone, Status
from musterpoint.core.journal import RowKind
from musterpoint.core.process import Process
from musterpoint.core.timeline import Row
from musterpoint.core.timeline_markdown import said_by
from musterpoint.core.writeup_parts import PartText

_DETECTED = re.compile(r"\b(?:detect|alert|notic|report|page[dr]|monitor|complain|probe|alarm)\w*", re.IGNORECASE)
_RESOLVED = re.compile(r"\b(?:resol|recover|restor|fixed|mitigated|back to normal|all clear)\w*", re.IGNORECASE)
NO_DETECTION = "The timeline does not tell how it was detected. Mark the message that does, or write the row."
NO_RESOLUTION = "The timeline does not tell how it was resolved. Mark the message that does, or write the row."


def told(part: PartText, incident: Incident, rows: Sequence[Row], process: Process) -> Iterator[Advice]:
    """`rows` are those that the composed timeline shows."""
    resolved = incident.status is not Status.OPEN
    if part.version:
        first, *_, last = [*part.text.splitlines(), ""]
        last = part.text.splitlines()[-1] if part.text else last
        if not _in_text(part.text, incident, Milestone.DETECTED, _DETECTED):
            yield Advice("no_detection", "timeline", first, NO_DETECTION)
        if resolved and not _in_text(part.text, incident, Milestone.RESOLVED, _RESOLVED):
            yield Advice("no_resolution", "timeline", last, NO_RESOLUTION)
        return
    if not _in_rows(rows, incident, Milestone.DETECTED, RowKind.DETECTION):
        yield Advice("no_detection", "timeline", _row(rows[0]) if rows else "", NO_DETECTION)
    if resolved and not _in_rows(rows, incident, Milestone.RESOLVED, RowKind.RESOLUTION):
        yield Advice("no_resolution", "timeline", _row(rows[-1]) if rows else "", NO_RESOLUTION)
    yield from _silences(rows, incident, process)


def _in_rows(rows: Sequence[Row], incident: Incident, milestone: Milestone, kind: RowKind) -> bool:
    moment = incident.milestones.get(milestone)
    near = timedelta(minutes=1)
    return any(row.kind is kind or (moment and abs(row.at - moment.at) < near) for row in rows)


def _in_text(text: str, incident: Incident, milestone: Milestone, words: re.Pattern[str]) -> bool:
    moment = incident.milestones.get(milestone)
    return bool(words.search(text)) or (moment is not None and f"{moment.at.astimezone(UTC):%H:%M}" in text)


def _silences(rows: Sequence[Row], incident: Incident, process: Process) -> Iterator[Advice]:
    """From the detection to the resolution; before and after that, nobody needs to write."""
    moments = incident.milestones
    begin, end = moments.get(Milestone.DETECTED) or moments.get(Milestone.DECLARED), moments.get(Milestone.RESOLVED)
    during = [row for row in rows if (not begin or row.at >= begin.at) and (not end or row.at <= end.at)]
    for before, after in pairwise(during):
        if (gap := after.at - before.at) > timedelta(seconds=process.silence):
            text = f"The timeline is silent for {duration_text(gap)}. What was done, and what was waited for?"
            yield Advice("silence", "timeline", f"{_row(before)} … {_row(after)}", text)


def _row(row: Row) -> str:
    return f"{row.at:%Y-%m-%d %H:%M} {said_by(row)}{row.text}"
