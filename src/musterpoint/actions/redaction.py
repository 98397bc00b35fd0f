"""Redact: the one exception to "never updated". A pasted secret, personal data, a legal duty.

The text goes from our tables, indexes and files; copies outside that we wrote are written anew; what is out of our
reach is listed with its address; who, when and why stay. Whatever was redacted is never taken in again from an import.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.models import Q

from musterpoint import access, effects
from musterpoint.actions.recording import Call, record
from musterpoint.actions.responding import own_ref, target
from musterpoint.core.decision import Draft, must_respond, some_text, when
from musterpoint.core.journal import Edit, Message, Note, Redaction
from musterpoint.core.scoring import signals
from musterpoint.store import incidents, journal, models, search

GONE = "[redacted]"
#: fields of facts that hold what people wrote (see core.journal)
TEXTS = ("text", "quote", "was_text", "name", "link", "title", "affected", "why", "reason")

Change = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Redacted:
    """`entries` were cleaned; `unreachable` are the copies that people must see to themselves."""

    entries: int
    places: tuple[str, ...]
    unreachable: tuple[str, ...]


def redact(call: Call, ref: str, why: str, entry: str = "", text: str = "") -> Redacted:
    """Remove the text of one entry with all its versions, or (`text`) a text wherever the incident holds it."""
    must_respond(call.actor)
    why = some_text(why, "reason")
    with access.locked(call.actor, ref) as [(row, state)]:
        if entry:
            about = target(call, row, entry)
            rows, of = _versions(about), own_ref(about)
            change: Change = _everything
            _clean_title(row, rows)
        else:
            secret = some_text(text, "text")
            rows, change, of = _holding(call, row, secret), _only(secret), "*"
            _clean_state(row, change)
        cleaned = [each for each in rows if _clean(each, change, row.title)]
        _clean_inbound(cleaned, text)
        rewritten = _write_anew(row, cleaned, call)
        unreachable = (*_elsewhere(cleaned), *_copies(row))
        places = ("journal", "search", *(["chat"] if rewritten else []))
        fact = Redaction(of, why, places, unreachable)
        record(call, row, incidents.state(row, state.members), Draft(fact, when(call.now, None)))
    search.scrub()
    return Redacted(len(cleaned), places, unreachable)


def _everything(_: str) -> str:
    return GONE


def _only(secret: str) -> Change:
    return lambda text: text.replace(secret, GONE)


def _versions(about: models.Entry) -> list[models.Entry]:
    """A message, its edits, and whatever quotes it: rewordings of its row, times confirmed from it."""
    ref = own_ref(about)
    named = Q(data__contains=json.dumps(ref, ensure_ascii=False))
    near = Q(thread=about.thread_id) if about.thread_id else Q(incident=about.incident_id)
    quoting = Q(kind__in=("correction", "declaration"))
    rows = models.Entry.objects.filter(named & (near | quoting)).exclude(kind__in=("redaction", "split", "mark"))
    return [about, *(each for each in rows if each.pk != about.pk)]


def _holding(call: Call, row: models.Incident, secret: str) -> list[models.Entry]:
    wanted = Q(incident=row)
    for reading in access.stretches(call.actor, row):
        wanted |= journal.stretch(reading)
    written = json.dumps(secret, ensure_ascii=False)[1:-1]
    return list(models.Entry.objects.filter(wanted, Q(data__contains=written) | Q(who_name__contains=secret)))


def _clean_state(row: models.Incident, change: Change) -> None:
    row.title, row.affected = change(row.title), change(row.affected)


def _clean_title(row: models.Incident, versions: list[models.Entry]) -> None:
    """A title that was taken from the message goes with it; one that a person gave stays."""
    said = [str(json.loads(each.data).get("text", "")) for each in versions if each.kind in ("message", "note", "edit")]
    if any(row.title.removesuffix("…") in " ".join(text.split()) for text in said):
        row.title = GONE


def _cleaned(value: Any, change: Change) -> Any:
    return change(value) if isinstance(value, str) and value else value


def _clean(row: models.Entry, change: Change, title: str) -> bool:
    """Rewrite one entry in place. Its digest goes too (a short text can be guessed from it)."""
    if row.kind == "declaration" and change is _everything and title != GONE:
        return False
    data = json.loads(row.data)
    before = dict(data)
    for name in TEXTS:
        if name in data:
            data[name] = _cleaned(data[name], change)
    row.who_name = row.who_name if change is _everything else change(row.who_name)
    data.pop("digest", None)
    row.data = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    row.redacted = True
    fact = journal.entry(row).fact
    if isinstance(fact, (Message, Note, Edit)):
        scored = signals(fact.text)
        row.reasons = json.dumps(scored.reasons, ensure_ascii=False) if scored.reasons else ""
    row.save()
    search.remove([row.pk])
    if change is not _everything and journal.text_of(fact):
        search.index([(row.pk, journal.text_of(fact))])
    return bool(data != before)


def _clean_inbound(rows: Iterable[models.Entry], secret: str) -> None:
    """Events that could not be taken in yet may hold the text as well; those that were taken in hold none."""
    stamps = {each.key.split(":")[-1] for each in rows if each.source not in ("cli", "web", "api")}
    for event in models.Inbound.objects.exclude(data=""):
        if (secret and json.dumps(secret)[1:-1] in event.data) or any(each in event.data for each in stamps):
            event.status, event.data, event.error = "parked", "", "redacted"
            event.save()


def _write_anew(row: models.Incident, rows: list[models.Entry], call: Call) -> int:
    """What we posted about these entries is written anew, by an effect; what still waits takes the new text itself."""
    keys = [f"say:{row.ref}:{each.pk}" for each in rows]
    sent = models.Effect.objects.filter(key__in=keys, status="done")
    for each in sent:
        effects.intend("rewrite", f"rewrite:{each.key}:{row.version}", row, {"effect": each.key})
    for post in models.LocalPost.objects.filter(key__in=keys):
        post.text = GONE
        post.save()
    return len(sent)


def _elsewhere(rows: list[models.Entry]) -> list[str]:
    """The originals in a chat belong to who wrote them: they must be deleted there."""
    outside = [each for each in rows if each.ref and each.kind in ("message", "file")]
    return [f"{each.url or each.ref} (delete it there)" for each in outside]


def _copies(row: models.Incident) -> list[str]:
    """Backups and exports that we wrote and that are still there."""
    copies = models.Copy.objects.filter(Q(incident_ref="") | Q(incident_ref=row.ref))
    return [
        f"{each.path} ({each.kind} of {each.made_at:%Y-%m-%d %H:%M} UTC)" for each in copies if Path(each.path).exists()
    ]
