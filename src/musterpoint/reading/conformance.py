"""`conformance`: the record of the process, step by step, as one person may read it."""

from __future__ import annotations

from typing import Any

from musterpoint import access
from musterpoint.actions import Call
from musterpoint.core import conformance as rules
from musterpoint.core.conformance_steps import StepRecord
from musterpoint.core.incident import time_text


def conformance(call: Call, ref: str) -> list[StepRecord]:
    """The steps of the incident. For one of which only a number is left, nothing. Raises NotFound."""
    view = access.find(call.actor, ref)
    if view.row is None:
        return []
    return rules.conformance(view.state, access.entries(call.actor, view.row), call.process, call.now)


def step_shape(step: StepRecord) -> dict[str, Any]:
    return {
        "name": step.name,
        "title": step.title,
        "rule": step.rule,
        "status": step.status.value,
        "at": time_text(step.at) if step.at else None,
        "basis": step.basis.value if step.basis else None,
        "who": step.who.name if step.who else None,
        "evidence": list(step.evidence),
        "note": step.note,
        "exception": step.exception or None,
        "exception_by": step.exception_by.name if step.exception_by else None,
    }
