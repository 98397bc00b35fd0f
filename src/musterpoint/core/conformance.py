"""The record of the process: each step with its evidence, its time, or the exception and who made it.

Says what the record shows and no more: what is missing from it may have happened all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from musterpoint.core import conformance_aftermath as aftermath
from musterpoint.core import conformance_response as response
from musterpoint.core.conformance_case import Case
from musterpoint.core.conformance_own import own_step
from musterpoint.core.conformance_steps import STEPS, Step, StepRecord, StepStatus
from musterpoint.core.incident import Incident, Status
from musterpoint.core.journal import Entry
from musterpoint.core.process import Process

_EVIDENCE: dict[str, Callable[[Case, Step], StepRecord]] = {
    "identify": response.identify,
    "route": response.route,
    "sirt": response.sirt,
    "severity": response.severity,
    "thread": response.thread,
    "huddle": response.huddle,
    "record": response.documented,
    "resolve": response.resolve,
    "raise": aftermath.raised,
    "timeline": aftermath.timeline_written,
    "rca": aftermath.rca,
    "actions": aftermath.actions,
    "close": aftermath.close,
    "publish": aftermath.publish,
}


def conformance(incident: Incident, entries: Sequence[Entry], process: Process, now: datetime) -> list[StepRecord]:
    """Every step that applies to this kind of incident, in the order of the process, then the team's own."""
    case = Case(incident, sorted(entries, key=lambda entry: entry.id), process, now)
    kind = incident.kind
    found = [_EVIDENCE[step.name](case, step.of(kind)) for step in STEPS if kind in step.kinds]
    own = [own_step(case, step) for step in process.steps if not step.incidents or kind in step.incidents]
    return [_cancelled(each, incident) for each in [*found, *own]]


def _cancelled(record: StepRecord, incident: Incident) -> StepRecord:
    if incident.status is not Status.CANCELLED or record.status not in (StepStatus.OPEN, StepStatus.MISSING):
        return record
    note = f"a duplicate of {incident.duplicate_of}" if incident.duplicate_of else "the incident was cancelled"
    return replace(record, status=StepStatus.NOT_APPLICABLE, note=note)
