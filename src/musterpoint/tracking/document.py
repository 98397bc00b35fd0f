"""The document that the issue is to have, from the journal, and how we know our own words again."""

from __future__ import annotations

import hashlib

from musterpoint import access
from musterpoint.core import writeup
from musterpoint.core.incident import Incident
from musterpoint.core.issue_body import render
from musterpoint.core.process import Process
from musterpoint.store import incidents, models

#: So many of our bodies are known again.
KEPT = 50


def incident_of(effect: models.Effect) -> models.Incident:
    assert effect.incident is not None
    return models.Incident.objects.get(pk=effect.incident.pk)


def document(row: models.Incident, process: Process, body: str, limit: int) -> tuple[Incident, str]:
    """The state, and the body that the issue is to have; `body` is what stands there now."""
    state = incidents.state(row, incidents.members(row))
    entries = access.entries(access.NOBODY, row)
    return state, render(state, writeup.parts(state, entries, process), process, body, limit)


def digest(body: str) -> str:
    """The same for a body whose line ends were changed on the way."""
    return hashlib.sha256(body.replace("\r\n", "\n").strip().encode()).hexdigest()[:32]


def noted_as_ours(wrote: str, body: str) -> str:
    """IssueCopy.wrote with one more body."""
    return "\n".join([*wrote.split(), digest(body)][-KEPT:])
