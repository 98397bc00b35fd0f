"""Composes the write-up: what the record says of each part, and as open questions what nobody said.

Every sentence cites an entry or a field and says no more than that; lengths of time are computed, never taken from
prose. A first draft is there from the moment on at which somebody declares.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from musterpoint.core import compose_rca
from musterpoint.core.compose_impact import impact
from musterpoint.core.compose_record import Record
from musterpoint.core.compose_summary import summary
from musterpoint.core.incident import Incident
from musterpoint.core.journal import Entry
from musterpoint.core.process import Process
from musterpoint.core.timeline_markdown import clause, rows_markdown
from musterpoint.core.writeup_parts import Composed, Sentence


def _timeline(record: Record) -> Composed:
    if not record.rows:
        return Composed((), ("What happened, and when?",), "*Open question: What happened, and when?*")
    sentences = tuple(Sentence(clause(row), tuple(each.ref for each in row.evidence)) for row in record.rows)
    return Composed(sentences, (), rows_markdown(record.rows))


_COMPOSERS: dict[str, Callable[[Record], Composed]] = {
    "summary": summary,
    "impact": impact,
    "timeline": _timeline,
    "trigger": compose_rca.trigger,
    "factors": compose_rca.factors,
    "detection": compose_rca.detection,
    "resolution": compose_rca.resolution,
    "lucky": compose_rca.lucky,
    "went_well": compose_rca.went_well,
}


def compose(incident: Incident, entries: Sequence[Entry], process: Process) -> dict[str, Composed]:
    """Every part by its name."""
    record = Record(incident, entries, process)
    return {name: composer(record) for name, composer in _COMPOSERS.items()}


def compose_part(incident: Incident, entries: Sequence[Entry], process: Process, name: str) -> Composed:
    """One part alone. Raises KeyError for a name that is none."""
    return _COMPOSERS[name](Record(incident, entries, process))
