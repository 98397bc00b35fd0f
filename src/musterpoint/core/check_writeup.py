"""The reader of drafts: points out what a careful colleague would, each with its passage. Advice, never a block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from musterpoint.core.advice import Advice
from musterpoint.core.check_writeup_actions import actions
from musterpoint.core.check_writeup_timeline import told
from musterpoint.core.check_writeup_times import known, times
from musterpoint.core.check_writeup_words import blaming, names, words
from musterpoint.core.compose_record import Record
from musterpoint.core.incident import Incident, Milestone, Status
from musterpoint.core.journal import Entry
from musterpoint.core.process import Process
from musterpoint.core.writeup_parts import PartText


def check(
    incident: Incident, entries: Sequence[Entry], parts: Sequence[PartText], process: Process, now: datetime
) -> list[Advice]:
    """What is to be said of the write-up as it stands, part by part, then of its actions."""
    record = Record(incident, entries, process)
    written = any(part.version for part in parts)
    times_known = known(incident, _shown(record, parts), entries, _lengths(record, now)) if written else None
    blame = blaming(names(entries))
    found: list[Advice] = []
    for part in parts:
        if part.part.name == "timeline":
            found += told(part, incident, record.rows, process)
        found += words(part, blame)
        if part.version and times_known is not None:
            found += times(part, times_known)
    return [*_once(found), *actions(incident.after.actions)]


def _once(found: Sequence[Advice]) -> Iterator[Advice]:
    """A question that two parts ask is told once."""
    seen = set[tuple[str, str]]()
    for each in dict.fromkeys(found):
        key = (each.code, each.passage)
        if each.code != "open_question" or key not in seen:
            seen.add(key)
            yield each


def _shown(record: Record, parts: Sequence[PartText]) -> list[tuple[datetime, str]]:
    """When what the composed parts show was said, and its words."""
    cited = {ref for part in parts for sentence in part.composed.sentences for ref in sentence.cites}
    said = [(entry.at, "") for entry in record.entries if entry.ref in cited]
    return [*((row.at, row.text) for row in record.rows), *said]


def _lengths(record: Record, now: datetime) -> list[timedelta]:
    """Of the stretches, of all together, and of what still lasts."""
    ended = [(each.begin, each.end) for each in record.stretches if each.begin and each.end]
    lengths = [end.at - begin.at for begin, end in ended]
    if record.incident.status is Status.OPEN:
        begun = (record.moment(Milestone.IMPACT_BEGAN), record.moment(Milestone.DETECTED), record.stretches[-1].begin)
        lengths += [now - moment.at for moment in begun if moment is not None]
    return [*lengths, sum(lengths, timedelta())] if lengths else []
