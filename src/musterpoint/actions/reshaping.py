"""Split, merge, restrict: what an incident reads and who knows of it. Entries are never copied."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db.models import Min

from musterpoint import access
from musterpoint.actions.begin import begin
from musterpoint.actions.recording import LOCAL, Call, aloud, record, write
from musterpoint.actions.responding import target
from musterpoint.core import reshape
from musterpoint.core import resolve as resolution
from musterpoint.core import restrict as restriction
from musterpoint.core.decision import Draft, NotAllowed, when
from musterpoint.core.incident import Incident
from musterpoint.core.journal import Entry, Restriction, Split
from musterpoint.store import journal, models


def split(call: Call, ref: str, first: str, title: str) -> Incident:
    """Everything from the entry `first` on becomes an incident of its own, which is returned."""
    with access.locked(call.actor, ref) as [(row, state)]:
        about = target(call, row, first)
        if about.thread is None:
            raise NotAllowed("not_in_thread", f"Entry {about.pk} is about the incident, not part of its thread.")
        readings = list(row.readings.select_related("thread"))
        oldest = _oldest(readings) or about.anchor
        begins = replace(journal.entry(about), at=about.anchor)  # an edit moves with its message
        declared = reshape.split(state, call.actor, title, begins, oldest, call.now)
        row_into, _, into = begin(call, declared)
        for reading in readings:
            _cut(reading, about.anchor, row_into, call.now)
        _nowhere_to_speak(row_into, call.now)
        fact = Split(row.ref, into.ref, about.anchor, about.ref or f"entry:{about.pk}")
        record(call, row, state, Draft(fact, when(call.now, None)))
        write(call, row_into, Draft(fact, when(call.now, None)))
        return into


def _nowhere_to_speak(row: models.Incident, now: datetime) -> None:
    """What is split off in a private channel is spoken of in its part of the thread there, or not at all."""
    if row.confined and row.announced and not row.readings.filter(role="chat").exists():
        row.announced = False
        row.save(update_fields=["announced"])
        begins = models.Effect.objects.filter(incident=row, kind="thread", status="waiting")
        begins.update(status="dropped", error="no part of a thread in its channel is read by it", ended_at=now)


def _oldest(readings: list[models.Reading]) -> datetime | None:
    found = [
        models.Entry.objects.filter(journal.stretch(each), kind__in=("message", "note")).aggregate(Min("anchor"))
        for each in readings
    ]
    times = [each["anchor__min"] for each in found if each["anchor__min"]]
    return min(times) if times else None


def _cut(reading: models.Reading, cut: datetime, into: models.Incident, now: datetime) -> None:
    """Give the stretch from `cut` on to the other incident; what is written on our own page later stays with us."""
    if reading.until and reading.until <= cut:
        return
    since = max(cut, reading.since) if reading.since else cut
    until = reading.until
    if reading.role == LOCAL and until is None:
        until = now
        models.Reading.objects.create(incident=reading.incident, thread=reading.thread, since=now, role=LOCAL)
    models.Reading.objects.create(
        incident=into,
        thread=reading.thread,
        since=since,
        until=until,
        role=reading.role if reading.role != LOCAL else "thread",
    )
    if reading.since and reading.since >= cut:
        reading.delete()
    else:
        reading.until = cut
        reading.save(update_fields=["until"])


def merge(call: Call, ref: str, into: str) -> Entry:
    """`into` reads what `ref` reads; `ref` is cancelled as its duplicate, and as restricted as `into` from then on."""
    with access.locked(call.actor, ref, into) as [(row, state), (row_into, state_into)]:
        draft = reshape.merge(state, state_into, call.actor, call.now)
        cancelled = resolution.cancel(state, call.actor, call.now, "merged", duplicate_of=row_into.ref)
        known = {(each.thread_id, each.since, each.until) for each in row_into.readings.all()}
        for each in row.readings.all():
            if (each.thread_id, each.since, each.until) not in known:
                models.Reading.objects.create(
                    incident=row_into, thread_id=each.thread_id, since=each.since, until=each.until, role="thread"
                )
        row_into.huddle_at = row_into.huddle_at or row.huddle_at
        entry, merged = record(call, row, state, draft)
        _, merged = record(call, row, merged, cancelled)
        if state_into.closed_to > state.closed_to:
            known_to = Restriction(tuple(sorted(state_into.members)), f"merged into {row_into.ref}")
            _restrict(call, row, merged, Draft(known_to, when(call.now, None)))
        aloud(call.process, row, entry)
        entry, _ = record(call, row_into, state_into, draft)
        aloud(call.process, row_into, entry)
        return entry


def restrict(call: Call, ref: str, why: str = "") -> Entry:
    """From now on the incident exists for its members alone, and nothing about it goes out."""
    with access.locked(call.actor, ref) as [(row, state)]:
        declared = row.entries.filter(kind="declaration").values_list("who_identity", flat=True)
        declarer = declared.first() or ""
        draft = restriction.restrict(state, call.actor, call.process, call.now, why, declarer)
        return _restrict(call, row, state, draft)


#: These stay where the tracker is our own: its issue is for those who see the incident.
ISSUE_EFFECTS = ("raise", "issue", "comment")


def _restrict(call: Call, row: models.Incident, state: Incident, draft: Draft) -> Entry:
    fact = draft.fact
    assert isinstance(fact, Restriction)
    entry, _ = record(call, row, state, draft)
    if state.confined:  # it is not for all of its channel any more
        row.members.exclude(identity__in=fact.members).delete()
    models.Member.objects.bulk_create(
        [models.Member(incident=row, identity=each) for each in fact.members], ignore_conflicts=True
    )
    ours = ISSUE_EFFECTS if call.process.tracker == LOCAL else ()
    outside = models.Effect.objects.filter(incident=row, status__in=("waiting", "parked")).exclude(kind__in=ours)
    outside.update(
        status="dropped", error="the incident was restricted", leased_until=None, leased_by="", ended_at=call.now
    )
    return entry
