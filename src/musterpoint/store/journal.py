"""The journal in the database: appended to in one place, read in one place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from musterpoint.core.aftermath_journal import WriteupEdit
from musterpoint.core.incident import Basis, Moment, Who
from musterpoint.core.journal import (
    KIND_OF,
    Correction,
    Declaration,
    Edit,
    Entry,
    Fact,
    Message,
    Note,
    RowKind,
    Signals,
)
from musterpoint.store import models
from musterpoint.store.codec import decode, encode

COLUMNS = (
    "id",
    "kind",
    "data",
    "at",
    "basis",
    "known_at",
    "who_identity",
    "who_name",
    "source",
    "ref",
    "url",
    "score",
    "row_kind",
    "reasons",
    "redacted",
)
#: The same with times as texts: the databases' own readers of times take a third of the time of a long thread.
LOADED = tuple(Cast(name, TextField()) if name in ("at", "known_at") else name for name in COLUMNS)


@dataclass(frozen=True, slots=True)
class Owner:
    """What an entry belongs to: an incident, or a thread with its place in it (`anchor`, UTC)."""

    incident: models.Incident | None = None
    thread: models.Thread | None = None
    anchor: datetime | None = None


def row(
    owner: Owner,
    fact: Fact,
    moment: Moment,
    who: Who | None,
    source: str,
    now: datetime,
    *,
    key: str = "",
    ref: str = "",
    url: str = "",
    signals: Signals | None = None,
) -> models.Entry:
    """An unsaved row. Without a `key` it gets its own: only what comes from outside can come twice."""
    return models.Entry(
        incident=owner.incident,
        thread=owner.thread,
        key=key or models.unique_key(),
        kind=KIND_OF[type(fact)],
        at=moment.at,
        basis=moment.basis.value,
        known_at=now,
        anchor=owner.anchor or moment.at,
        who_identity=who.identity if who else "",
        who_name=who.name if who else "",
        source=source,
        ref=ref,
        url=url,
        data=encode(fact),
        score=signals.score if signals else None,
        row_kind=signals.kind.value if signals else "",
        reasons=json.dumps(signals.reasons, ensure_ascii=False) if signals and signals.reasons else "",
    )


def entry(saved: models.Entry) -> Entry:
    """The frozen entry of a saved row."""
    return _entry(tuple(getattr(saved, name) for name in COLUMNS))


def _entry(values: tuple[Any, ...]) -> Entry:
    (number, kind, data, at, basis, known_at, identity, name, source, ref, url, score, row_kind, reasons, redacted) = (
        values
    )
    signals = None
    if score is not None:
        signals = Signals(score, RowKind(row_kind), _reasons(reasons) if reasons else ())
    return Entry(
        id=number,
        fact=decode(kind, data),
        at=_time(at),
        basis=Basis(basis),
        known_at=_time(known_at),
        who=_who(identity, name) if identity else None,
        source=source,
        ref=ref or f"entry:{number}",
        url=url,
        signals=signals,
        redacted=redacted,
    )


def _time(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else _read(value)


@lru_cache(maxsize=1000)
def _read(text: str) -> datetime:
    """A time as the database writes it. SQLite leaves the zone out: it is UTC."""
    at = datetime.fromisoformat(text)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


@lru_cache(maxsize=1000)
def _who(identity: str, name: str) -> Who:
    """The few people of a thread as one value each, not one for every message."""
    return Who(identity, name)


@lru_cache(maxsize=1000)
def _reasons(data: str) -> tuple[str, ...]:
    return tuple(json.loads(data))


def unfinished() -> QuerySet[models.Import, Any]:
    """The imports whose entries must not show yet, as a part of the statement that reads the entries: an import that
    begins in between shows nothing."""
    return models.Import.objects.exclude(status="whole").values("id")


def stretch(reading: models.Reading) -> Q:
    """The entries of the thread that a reading covers."""
    wanted = Q(thread=reading.thread_id)
    if reading.since:
        wanted &= Q(anchor__gte=reading.since)
    if reading.until:
        wanted &= Q(anchor__lt=reading.until)
    return wanted


def load(incident: models.Incident, readings: Sequence[models.Reading]) -> list[Entry]:
    """The whole journal of an incident in the order in which it was learnt: one query for each stretch."""
    found: dict[int, tuple[Any, ...]] = {}
    for wanted in [Q(incident=incident), *(stretch(each) for each in readings)]:
        query = models.Entry.objects.filter(wanted).exclude(taken_in_by__in=unfinished())
        for values in query.values_list(*LOADED).iterator(chunk_size=5000):
            found[values[0]] = values
    return [_entry(found[number]) for number in sorted(found)]


def text_of(fact: Fact) -> str:
    """The text under which an entry is found and shown; empty for what nobody wrote."""
    match fact:
        case Message() | Note() | Correction():
            return fact.text
        case Declaration():
            return f"{fact.title} {fact.affected}".strip()
        case WriteupEdit(aside=False):
            return fact.text
        case _:
            return ""


def replaced_by(fact: Fact) -> list[int]:
    """The entries whose text is found no longer once this fact is recorded: of a write-up, what stands is found."""
    return [fact.on] if isinstance(fact, WriteupEdit) and fact.on and not fact.aside else []


def standing(rows: Sequence[models.Entry]) -> list[models.Entry]:
    """Without the versions of a write-up in whose place another one stands, or none."""
    incidents = models.Incident.objects.filter(pk__in={row.incident_id for row in rows if row.kind == "writeup_edit"})
    stand = {number for each in incidents for number in each.after.get("parts", {}).values()}
    return [row for row in rows if row.kind != "writeup_edit" or row.pk in stand]


def last_texts(rows: Sequence[models.Entry]) -> dict[int, str]:
    """The text of each entry as it stands now: after the last edit of it."""
    edits = models.Entry.objects.filter(
        kind="edit", thread__in={row.thread_id for row in rows}, anchor__in={row.anchor for row in rows}
    )
    last: dict[tuple[int | None, str], str] = {}
    for row in edits.exclude(taken_in_by__in=unfinished()).order_by("at", "id"):
        fact = decode(row.kind, row.data)
        if isinstance(fact, Edit):
            last[row.thread_id, fact.of] = fact.text
    return {row.pk: last.get((row.thread_id, row.ref), text_of(decode(row.kind, row.data))) for row in rows}
