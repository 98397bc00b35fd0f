"""Intake: events from outside are stored before they are acknowledged, taken in once, parked if they make no sense.

The entries of a thread are written here, whether they come as events or out of a file. A message that was redacted is
never taken in again: neither itself nor a later version of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Max, Q

from musterpoint.actions import issue
from musterpoint.actions.recording import in_step
from musterpoint.core.incident import Basis, Milestone, Moment, time_text
from musterpoint.core.issue_event import IssueEvent
from musterpoint.core.journal import Correction, Deletion, Edit, Message, Note, apply
from musterpoint.core.process import Process
from musterpoint.core.said import Said
from musterpoint.core.scoring import signals
from musterpoint.store import incidents, journal, models, search
from musterpoint.store.codec import decode

#: Seconds until an event is looked at again whose thread is not known yet, and after which it is left.
LOOK_AGAIN, GIVE_UP = 15, 3600


class NotYet(Exception):
    """What the event is about is not known yet: another one may tell. It waits, and is left after GIVE_UP seconds."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an event says: the thread it belongs to and what happened in it. `then` is called in the same transaction,
    after that is written."""

    thread: models.Thread
    said: Sequence[Said]
    then: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What an event asks for: carried out in the transaction that takes the event in. A refusal (NotAllowed, NotFound)
    is to be answered by `carry_out` itself."""

    carry_out: Callable[[], None]


Reader = Callable[[Mapping[str, Any]], Told | Asked | IssueEvent | None]
Prepared = tuple[Said, models.Entry]


def receive(source: str, key: str, event: Mapping[str, Any], now: datetime) -> bool:
    """Store an event; acknowledge it to its sender after this returns. False: it was here already."""
    data = json.dumps(event)  # escaped: half a character or a NUL could not be stored
    row = models.Inbound(source=source, key=key, data=data, received_at=now)
    before = models.Inbound.objects.filter(source=source, key=key).exists()
    models.Inbound.objects.bulk_create([row], ignore_conflicts=True)
    return not before


def take_in(source: str, read: Reader, now: datetime, limit: int = 500, *, process: Process | None = None) -> int:
    """Take in the stored events of a source in the order in which they came. Returns how many entries are new.

    A poison event is parked with its error and never stops the rest; one about an issue that we have not noted yet
    waits. `process` is needed for a tracker's events.
    """
    new = 0
    for number in (
        models.Inbound.objects.filter(Q(not_before=None) | Q(not_before__lte=now), source=source, status="waiting")
        .order_by("id")
        .values_list("id", flat=True)[:limit]
    ):
        try:
            with transaction.atomic():
                new += _take(number, read, now, process)
        except issue.Unknown:
            continue
        except NotYet:
            _wait(number, now)
        except (OperationalError, InterfaceError):  # our own database: no event is to blame
            raise
        except Exception as error:  # noqa: BLE001  (the edge: what is wrong with one event concerns it alone)
            models.Inbound.objects.filter(pk=number).update(
                status="parked", error=f"{type(error).__name__}: {error}", attempt=F("attempt") + 1
            )
    return new


def _take(number: int, read: Reader, now: datetime, process: Process | None) -> int:
    row = models.Inbound.objects.select_for_update().get(pk=number)
    if row.status != "waiting":
        return 0
    told, new = read(json.loads(row.data)), 0
    if isinstance(told, IssueEvent):
        new = issue.take_in(process or Process(), told, row.source, now)
    elif isinstance(told, Asked):
        told.carry_out()
    elif told:
        new = _said(told, row.source, now)
    row.status, row.data = "taken", ""
    row.save()
    return new


def _wait(number: int, now: datetime) -> None:
    waiting = models.Inbound.objects.filter(pk=number, status="waiting")
    waiting.filter(received_at__lt=now - timedelta(seconds=GIVE_UP)).update(status="taken", data="")
    waiting.update(not_before=now + timedelta(seconds=LOOK_AGAIN))


def _said(told: Told, source: str, now: datetime) -> int:
    new = write(told.thread, told.said, source, now)
    if new:
        tell_incidents(told.thread, new, now)
    if told.then is not None:
        told.then()
    return len(new)


def write(
    thread: models.Thread, said: Iterable[Said], source: str, now: datetime, taken_in_by: models.Import | None = None
) -> list[models.Entry]:
    """Append to a thread what is not there yet, inside the caller's transaction. Returns the new rows, saved."""
    return append(thread, prepared(thread, said, source, now, taken_in_by))


def prepared(
    thread: models.Thread, said: Iterable[Said], source: str, now: datetime, taken_in_by: models.Import | None = None
) -> list[Prepared]:
    """What is costly and needs no lock: rows for `append`, each scored. Best done before the transaction begins."""
    return [(each, _row(thread, each, source, now, taken_in_by)) for each in said]


def append(thread: models.Thread, rows: Iterable[Prepared]) -> list[models.Entry]:
    """Append what is not there yet, inside the caller's transaction. Returns the new rows, saved."""
    new = {each.key: (each, row) for each, row in rows}
    known = models.Entry.objects.filter(thread=thread, key__in=list(new)).values_list("key", flat=True)
    for key in known:
        del new[key]
    wanted = _without_redacted(thread, {key: each for key, (each, _) in new.items()})
    first = models.Entry.objects.aggregate(Max("id"))["id__max"] or 0
    models.Entry.objects.bulk_create([new[key][1] for key in wanted], ignore_conflicts=True)
    saved = list(models.Entry.objects.filter(thread=thread, key__in=list(wanted), id__gt=first).order_by("id"))
    _index(thread, saved, wanted)
    return saved


def changed(thread: models.Thread, said: Iterable[Said], now: datetime) -> list[Said]:
    """Edits that a later copy of a thread shows without telling of them: a message says something else by now.

    Learnt now, hence estimated. Nothing for what was redacted, nor for a wording that is known.
    """
    told = list(said)
    edited = {each.fact.of for each in told if isinstance(each.fact, Edit)}
    copies = {each.key: (each, each.fact) for each in told if isinstance(each.fact, Message) and each.fact.digest}
    rows = models.Entry.objects.filter(thread=thread, kind="message", redacted=False).values_list("key", "data")
    found = []
    for key, data in rows.iterator():
        known = decode("message", data)
        if key not in copies or not isinstance(known, Message):
            continue
        copy, fact = copies[key]
        if known.digest not in ("", fact.digest) and copy.ref not in edited:
            edit, sign = Edit(copy.ref, fact.text, fact.digest), f"-:{fact.digest}"
            found.append(replace(copy, key=f"edit:{key}:{sign}", ref=f"{copy.ref}#edit-{sign}", fact=edit, at=now))
    return [replace(each, basis=Basis.ESTIMATED) for each in found if not _is_known(thread, each)]


def _is_known(thread: models.Thread, edit: Said) -> bool:
    """Whether there is an edit to these words already, or one that was redacted."""
    assert isinstance(edit.fact, Edit)
    rows = models.Entry.objects.filter(thread=thread, kind="edit", anchor=edit.anchor)
    facts = [(row.redacted, journal.entry(row).fact) for row in rows]
    mine = [(gone, fact.digest) for gone, fact in facts if isinstance(fact, Edit) and fact.of == edit.fact.of]
    return any(gone or digest == edit.fact.digest for gone, digest in mine)


def _without_redacted(thread: models.Thread, wanted: dict[str, Said]) -> dict[str, Said]:
    edits = [each for each in wanted.values() if isinstance(each.fact, Edit)]
    if not edits:
        return wanted
    rows = models.Entry.objects.filter(
        thread=thread, redacted=True, kind__in=("message", "edit"), anchor__in={each.anchor for each in edits}
    )
    gone = {fact.of if isinstance(fact, Edit) else row.ref for row in rows for fact in [journal.entry(row).fact]}
    return {key: each for key, each in wanted.items() if not (isinstance(each.fact, Edit) and each.fact.of in gone)}


def _row(
    thread: models.Thread, each: Said, source: str, now: datetime, taken_in_by: models.Import | None
) -> models.Entry:
    fact = each.fact
    scored = None
    if isinstance(fact, Message):
        scored = signals(fact.text, bot=fact.bot, root=fact.root)
    elif isinstance(fact, (Edit, Note)):
        scored = signals(fact.text)
    row = journal.row(
        journal.Owner(thread=thread, anchor=each.anchor),
        fact,
        Moment(each.at, each.basis),
        each.who,
        source,
        now,
        key=each.key,
        ref=each.ref,
        url=each.url,
        signals=scored,
    )
    row.taken_in_by = taken_in_by
    return row


def _index(thread: models.Thread, saved: list[models.Entry], wanted: Mapping[str, Said]) -> None:
    """Messages are found by their last text; an edit or a deletion takes the old text out at once.

    An import that is not whole leaves alone what others see: see `reindex`.
    """
    facts = [(row, wanted[row.key].fact) for row in saved]
    search.index((row.pk, fact.text) for row, fact in facts if isinstance(fact, (Message, Note)))
    anchors = {row.anchor for row, fact in facts if isinstance(fact, (Message, Note, Edit, Deletion))}
    imported = {row.taken_in_by_id for row in saved} - {None}
    _reindex(thread, anchors, Q(taken_in_by__in=imported) if imported else Q())


def reindex(record: models.Import) -> None:
    """An import is whole: what it says about messages that were here before takes their old text out."""
    changes = record.entries.filter(kind__in=("edit", "deletion"))
    anchors = set(changes.values_list("anchor", flat=True))
    _reindex(record.thread, anchors, Q(taken_in_by=None) | ~Q(taken_in_by=record))


def _reindex(thread: models.Thread, anchors: set[datetime], which: Q) -> None:
    """Bring the index to the last text of those messages that were edited or deleted, whatever came first."""
    changes = models.Entry.objects.filter(thread=thread, kind__in=("edit", "deletion"), anchor__in=anchors)
    last: dict[str, str | None] = {}
    for row in changes.order_by("at", "id"):
        fact = journal.entry(row).fact
        if isinstance(fact, Deletion):
            last[fact.of] = None
        elif isinstance(fact, Edit) and last.get(fact.of, "") is not None:
            last[fact.of] = fact.text
    messages = models.Entry.objects.filter(which, thread=thread, ref__in=list(last), kind__in=("message", "note"))
    for number, ref in messages.values_list("id", "ref"):
        search.remove([number])
        if text := last[ref]:
            search.index([(number, text)])


def tell_incidents(thread: models.Thread, new: list[models.Entry], now: datetime) -> None:
    """Whoever reads the thread looks again; the first person to answer is the first responder."""
    readings = models.Reading.objects.filter(thread=thread).select_related("incident")
    for reading in readings:
        covered = [row for row in new if _covers(reading, row.anchor)]
        if covered:
            incident = models.Incident.objects.select_for_update().get(pk=reading.incident_id)
            incident.version += 1
            _spoken(incident, covered)
            _first_responder(incident, covered, now)
            incident.save()
            in_step(incident)


def _covers(reading: models.Reading, anchor: datetime) -> bool:
    return (not reading.since or anchor >= reading.since) and (not reading.until or anchor < reading.until)


def _spoken(incident: models.Incident, new: list[models.Entry]) -> None:
    """When a person last wrote: an app that repeats itself is no sign of life."""
    said = [journal.entry(row) for row in new if row.kind == "message"]
    times = [each.at for each in said if isinstance(each.fact, Message) and not each.fact.bot]
    if times and (incident.spoken_at is None or max(times) > incident.spoken_at):
        incident.spoken_at = max(times)


def _first_responder(incident: models.Incident, new: list[models.Entry], now: datetime) -> None:
    """Recorded from the thread: an estimate, since the first to write need not be the first to act."""
    if Milestone.FIRST_RESPONDER.value in incident.milestones:
        return
    for row in new:
        fact = journal.entry(row).fact
        if isinstance(fact, Message) and not fact.bot and not fact.root:
            correction = Correction(
                field=Milestone.FIRST_RESPONDER.value,
                moment_at=row.at,
                moment_basis=Basis.ESTIMATED,
                why="first to answer in the thread",
                evidence=row.ref,
            )
            saved = journal.row(
                journal.Owner(incident=incident), correction, Moment(now, Basis.RECORDED), None, "musterpoint", now
            )
            saved.save()
            incidents.project(incident, apply(incidents.state(incident), journal.entry(saved)))
            return


def parked() -> list[dict[str, Any]]:
    """Events that could not be taken in, with what is wrong with each; for one person see `outside.events`."""
    rows = models.Inbound.objects.filter(status="parked").order_by("id")
    return [
        {
            "id": row.pk,
            "source": row.source,
            "key": row.key,
            "error": row.error,
            "received_at": time_text(row.received_at),
        }
        for row in rows
    ]


def retry(number: int) -> bool:
    """A person says: take it in anew. The next sweep does."""
    return bool(models.Inbound.objects.filter(pk=number, status="parked").update(status="waiting", error=""))


def drop(number: int, reason: str) -> bool:
    """A person says: leave it. Its content is forgotten, the reason stays."""
    rows = models.Inbound.objects.filter(pk=number, status="parked")
    return bool(rows.update(status="dropped", error=reason, data=""))
