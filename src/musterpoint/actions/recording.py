"""Record: the one place where the journal, the state and the intended effects of a step are written together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from musterpoint import effects
from musterpoint.core.aftermath import IssueCause
from musterpoint.core.aftermath_journal import IssueChange
from musterpoint.core.decision import Actor, Draft
from musterpoint.core.guard import consequence
from musterpoint.core.incident import Basis, Incident, Moment, Who
from musterpoint.core.journal import Entry, Fact, Note, apply
from musterpoint.core.process import Process
from musterpoint.core.said_aloud import is_said
from musterpoint.core.scoring import signals
from musterpoint.store import incidents, journal, models, search

LOCAL = "local"
OURSELVES = "musterpoint"


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
    return _append(owner, draft.fact, draft.moment, call.actor.who, call.source, call.now)


def _append(
    owner: journal.Owner,
    fact: Fact,
    moment: Moment,
    who: Who | None,
    source: str,
    now: datetime,
    ref: str = "",
    url: str = "",
) -> Entry:
    scored = signals(fact.text) if isinstance(fact, Note) else None
    saved = journal.row(owner, fact, moment, who, source, now, ref=ref, url=url, signals=scored)
    saved.save(force_insert=True)
    if replaced := journal.replaced_by(fact):
        search.remove(replaced)
    if text := journal.text_of(fact):
        search.index([(saved.pk, text)])
    return journal.entry(saved)


def record(call: Call, row: models.Incident, state: Incident, draft: Draft) -> tuple[Entry, Incident]:
    """Append an entry of the incident and bring its state up to date, inside the caller's transaction.

    What follows from it by itself (the issue closes, or opens again) is recorded with it.
    """
    entry = write(call, row, draft)
    return entry, _followed(call.process, row, apply(state, entry), entry.fact, call.now)


def happened(
    process: Process,
    row: models.Incident,
    state: Incident,
    fact: Fact,
    now: datetime,
    *,
    who: Who | None = None,
    source: str = OURSELVES,
    at: datetime | None = None,
    ref: str = "",
    url: str = "",
) -> tuple[Entry, Incident]:
    """The same for what nobody asked us to do: it happened outside, or we did it ourselves."""
    moment = Moment(at or now, Basis.RECORDED)
    entry = _append(journal.Owner(incident=row), fact, moment, who, source, now, ref, url)
    return entry, _followed(process, row, apply(state, entry), fact, now)


def remark(
    row: models.Incident, state: Incident, fact: Fact, now: datetime, *, who: Who | None = None, source: str = OURSELVES
) -> tuple[Entry, Incident]:
    """The same for what is no change of the incident: neither its card nor its issue is written anew. Whoever looks at
    the incident sees it all the same."""
    entry = _append(journal.Owner(incident=row), fact, Moment(now, Basis.RECORDED), who, source, now)
    state = apply(state, entry)
    incidents.project(row, state)
    row.version += 1
    row.save(update_fields=["after", "version"])
    return entry, state


def _followed(process: Process, row: models.Incident, state: Incident, fact: Fact, now: datetime) -> Incident:
    """Record what follows from a fact, then write the state and keep card and issue in step with it."""
    while (follows := consequence(state, fact, process.reopenings)) is not None:
        entry = _append(journal.Owner(incident=row), follows, Moment(now, Basis.RECORDED), None, OURSELVES, now)
        state, fact = apply(state, entry), follows
        if isinstance(follows, IssueChange) and follows.cause is not IssueCause.PERSON:
            comment(row, entry)
    incidents.project(row, state)
    row.version += 1
    row.save()
    say_card(row)
    in_step(row)
    return state


def touched(row: models.Incident, spoken: datetime | None = None) -> None:
    """Something was said in the incident's thread (`spoken`: by whom it is led or helped, at that time): whoever looks
    at it looks again. The row must be locked."""
    row.version += 1
    if spoken and (row.spoken_at is None or spoken > row.spoken_at):
        row.spoken_at = spoken
    row.save(update_fields=["version", "spoken_at"])
    in_step(row)


def in_step(row: models.Incident) -> None:
    """Intend to bring the issue to what the journal says, if there is one; once for each version of the incident."""
    if row.after.get("issue", {}).get("ref"):
        intend("issue", f"issue:{row.ref}:{row.version}", row)


def look(row: models.Incident, key: str) -> None:
    """Intend to read the issue at once, if there is one: something may have happened there. `key` tells what; the same
    twice is one look."""
    if (row.after.get("issue") or {}).get("ref"):
        intend("issue", f"issue:{row.ref}:look:{key}", row, look=True)


def comment(row: models.Incident, entry: Entry, **data: object) -> None:
    """Intend to say on the issue what that entry says, or what `data` tells about it."""
    intend("comment", f"comment:{row.ref}:{entry.id}", row, entry=entry.id, **data)


def intend(kind: str, key: str, row: models.Incident, **data: object) -> None:
    effects.intend(kind, key, row, data)
    transaction.on_commit(lambda: effects.carry(key))


def say_card(row: models.Incident) -> None:
    announce(row, "card", f"card:{row.ref}:{row.version}")


def aloud(process: Process, row: models.Incident, entry: Entry) -> None:
    """Intend to say in the incident's thread in the chat what that entry says, once, if the team wants it said."""
    if is_said(entry, process):
        announce(row, "say", f"say:{row.ref}:{entry.id}", entry=entry.id)


def announce(row: models.Incident, kind: str, key: str, **data: object) -> None:
    """Intend to tell the chat, if there is one to tell. A restricted incident is never announced, but for one that is
    confined to a private channel: it is spoken of there."""
    if row.announced and (row.confined or not row.restricted):
        intend(kind, key, row, **data)
