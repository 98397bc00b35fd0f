"""`due`: what waits in the incidents that a person may see, the most urgent first, and what to do about each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from musterpoint import access
from musterpoint.actions import Call
from musterpoint.actions.reminding import addressed, known_people
from musterpoint.core.decision import Actor
from musterpoint.core.incident import time_text
from musterpoint.core.reminder_words import is_for
from musterpoint.core.reminders import Due, waiting
from musterpoint.reading.concerned import concerned
from musterpoint.store import incidents, live, models


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
    return _sorted(found)


def waiting_for_me(call: Call, limit: int) -> tuple[list[Waits], bool]:
    """What `waiting_for` finds for whoever asks, in a time that does not grow with the number of incidents: where very
    many concern them, in the oldest ones (see `concerned`). And whether there are more."""
    known = known_people(call.process)
    rows, more = concerned(call, limit)
    found = []
    for row in rows:
        state, heard = live.state(row)
        for each in addressed(waiting(state, heard, call.now, call.process), known):
            if is_for(each.whom, call.actor.identities):
                found.append(Waits(state.ref, row[-1], each))
    return _sorted(found), more


def _sorted(found: list[Waits]) -> list[Waits]:
    return sorted(found, key=lambda each: (each.due.dismissed, not each.due.urgent, each.due.since))


def _rows(call: Call, ref: str, person: Actor | None) -> Iterator[models.Incident]:
    if ref:
        view = access.find(call.actor, ref)
        query = access.visible(call.actor).filter(pk=view.row.pk if view.row else 0)
    else:
        query = access.visible(call.actor)
    if person is not None:
        query = query.filter(pk__in=access.visible(person).values("pk"))
    return query.filter(status__in=live.LIVE).order_by("pk").iterator(chunk_size=500)


def _of(call: Call, row: models.Incident) -> list[Due]:
    return waiting(incidents.state(row), live.heard(row), call.now, call.process)


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
