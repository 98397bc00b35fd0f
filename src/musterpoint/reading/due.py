"""`due`: what waits in the incidents that a person may see, the most urgent first, and what to do about each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from musterpoint import access
from musterpoint.actions import Call
from musterpoint.actions.reminding import addressed, known_people
from musterpoint.core.decision import Actor
from musterpoint.core.incident import Status, time_text
from musterpoint.core.reminder_words import is_for
from musterpoint.core.reminders import Due, waiting
from musterpoint.store import incidents, models

_LIVE = (Status.OPEN.value, Status.RESOLVED.value)


@dataclass(frozen=True, slots=True)
class Waits:
    """Something that waits in an incident."""

    ref: str
    title: str
    due: Due


def waiting_for(call: Call, ref: str = "", person: Actor | None = None) -> list[Waits]:
    """Everything that waits, in one incident or in all; with `person` what waits for them, as far as they see it.

    Raises NotFound where there is no such incident.
    """
    known = known_people(call.process)
    found = [
        Waits(row.ref, row.title, each)
        for row in _rows(call, ref, person)
        for each in addressed(_of(call, row), known)
        if person is None or is_for(each.whom, person.identities)
    ]
    return sorted(found, key=lambda each: (each.due.dismissed, not each.due.urgent, each.due.since))


def _rows(call: Call, ref: str, person: Actor | None) -> Iterator[models.Incident]:
    if ref:
        view = access.find(call.actor, ref)
        query = access.visible(call.actor).filter(pk=view.row.pk if view.row else 0)
    else:
        query = access.visible(call.actor)
    if person is not None:
        query = query.filter(pk__in=access.visible(person).values("pk"))
    return query.filter(status__in=_LIVE).order_by("pk").iterator(chunk_size=500)


def _of(call: Call, row: models.Incident) -> list[Due]:
    return waiting(incidents.state(row), row.spoken_at, call.now, call.process)


def due_shape(waits: Waits) -> dict[str, Any]:
    due = waits.due
    return {
        "incident": waits.ref,
        "title": waits.title,
        "name": due.name,
        "text": due.text,
        "urgent": due.urgent,
        "since": time_text(due.since),
        "whom": [each.name for each in due.whom],
        "resolve": due.resolve,
        "reminded": due.times,
        "next_at": time_text(due.next_at) if due.next_at else None,
        "until": time_text(due.until) if due.until else None,
        "dismissed": due.dismissed,
    }
