"""Record: the one place where the journal, the state and the intended effects of a step are written together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from musterpoint import effects
from musterpoint.core.decision import Actor, Draft
from musterpoint.core.incident import Incident
from musterpoint.core.journal import Entry, Note, apply
from musterpoint.core.process import Process
from musterpoint.core.scoring import signals
from musterpoint.store import incidents, journal, models, search

LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an action: on whose behalf, under which process, through which surface, at what time (UTC)."""

    actor: Actor
    process: Process
    source: str
    now: datetime


def local_thread(row: models.Incident) -> models.Thread:
    """The thread on the incident's own page."""
    return models.Thread.objects.get(workspace=LOCAL, channel="incident", root=row.ref)


def write(
    call: Call, row: models.Incident, draft: Draft, thread: models.Thread | None = None, anchor: datetime | None = None
) -> Entry:
    """Append one entry, to the incident or to a thread it reads. The state is not touched: see `record`."""
    owner = journal.Owner(thread=thread, anchor=anchor) if thread else journal.Owner(incident=row)
    fact = draft.fact
    scored = signals(fact.text) if isinstance(fact, Note) else None
    saved = journal.row(owner, fact, draft.moment, call.actor.who, call.source, call.now, signals=scored)
    saved.save(force_insert=True)
    if text := journal.text_of(fact):
        search.index([(saved.pk, text)])
    return journal.entry(saved)


def record(call: Call, row: models.Incident, state: Incident, draft: Draft) -> tuple[Entry, Incident]:
    """Append an entry of the incident and bring its state up to date, inside the caller's transaction."""
    entry = write(call, row, draft)
    state = apply(state, entry)
    incidents.project(row, state)
    row.version += 1
    row.save()
    announce(call, row, "card", f"card:{row.ref}:{row.version}")
    return entry, state


def touched(row: models.Incident) -> None:
    """Something was said in the incident's thread: whoever looks at it looks again."""
    models.Incident.objects.filter(pk=row.pk).update(version=F("version") + 1)


def announce(call: Call, row: models.Incident, kind: str, key: str, **data: object) -> None:
    """Intend to tell the chat, if there is one to tell. A restricted incident is never announced."""
    if row.restricted or not row.announced:
        return
    effects.intend(kind, key, row, data)
    transaction.on_commit(lambda: effects.carry(key))
