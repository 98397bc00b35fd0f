"""Redact: the one exception to "never updated". A pasted secret, personal data, a legal duty.

The text goes from our tables, indexes and files; copies outside that we wrote are written anew; what is out of our
reach is listed with its address; who, when and why stay. Whatever was redacted is never taken in again from an import.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q

from musterpoint import access
from musterpoint.actions.recording import Call, announce, intend, record
from musterpoint.actions.redaction_afterwards import GONE, clean_issues, forms, on_trackers, published, quoting, without
from musterpoint.actions.responding import own_ref, target
from musterpoint.core.decision import Draft, must_respond, some_text, when
from musterpoint.core.journal import Edit, Message, Note, Redaction, replay
from musterpoint.core.scoring import signals
from musterpoint.store import incidents, journal, models, search

#: fields of facts that hold what people wrote (see core.journal)
TEXTS = ("text", "quote", "was_text", "name", "link", "title", "affected", "why", "reason", "composed", "about")

#: (name of the field, its value) → the value that is left
Change = Callable[[str, str], str]


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
            about = _message(target(call, row, entry))
            quotes, words = _quoting(about)
            of, wanted = own_ref(about), [*_versions(about), *_repeating(about), *quotes]
        else:
            words = forms(some_text(text, "text"))
            of, wanted = "*", [(each, _only(words)) for each in _holding(call, row, words)]
        cleaned = [each for each, change in wanted if _clean(each, change)]
        _index_anew(cleaned)
        _project_anew(call, row, cleaned)
        _clean_inbound(cleaned if entry else [], text)
        concerned = [row.pk, *(each.incident_id for each in cleaned if each.incident_id)]
        issues = clean_issues(concerned, words)
        rewritten = _write_anew(row, cleaned)
        exports = _export_anew(call, row)
        unreachable = (*_elsewhere(cleaned), *published(cleaned), *on_trackers(concerned), *_backups())
        places = ("journal", "search", *(["chat"] if rewritten else []), *(["issue"] if issues else []), *exports)
        fact = Redaction(of, why, places, unreachable)
        record(call, row, incidents.state(row, state.members), Draft(fact, when(call.now, None)))
    transaction.on_commit(search.scrub)
    return Redacted(len(cleaned), places, unreachable)


def _everything(_: str, value: str) -> str:
    return GONE


def _only(words: Sequence[str]) -> Change:
    return lambda _, value: without(value, words)


def _quoting(about: models.Entry) -> tuple[list[tuple[models.Entry, Change]], list[str]]:
    """What write-ups, actions, issues and posts quote of the message, and the forms of its texts."""
    said = [json.loads(each.data).get("text", "") for each, _ in _versions(about)]
    readers = Q(readings__thread=about.thread_id) if about.thread_id else Q(pk=about.incident_id)
    rows, words = quoting(said, readers)
    return [(each, _only(words)) for each in rows], words


def _message(about: models.Entry) -> models.Entry:
    """Who names an edit or a deletion means the message with all its versions."""
    if about.kind not in ("edit", "deletion"):
        return about
    of = json.loads(about.data)["of"]
    return models.Entry.objects.filter(thread=about.thread_id, kind="message", ref=of).first() or about


def _versions(about: models.Entry) -> list[tuple[models.Entry, Change]]:
    """A message, its edits and files, and what people decided about its row."""
    named = Q(data__contains=json.dumps(own_ref(about), ensure_ascii=False))
    near = Q(thread=about.thread_id) if about.thread_id else Q(incident=about.incident_id)
    kinds = ("edit", "file", "curation", "row_time")
    rows = models.Entry.objects.filter(named & near, kind__in=kinds).exclude(pk=about.pk)
    return [(each, _everything) for each in (about, *rows)]


def _repeating(about: models.Entry) -> list[tuple[models.Entry, Change]]:
    """What incidents took from the message: titles, quotes, reasons. A title that a person gave stays."""
    texts = [" ".join(json.loads(each.data).get("text", "").split()) for each, _ in _versions(about)]
    said = [each for each in texts if each]
    readers = Q(readings__thread=about.thread_id) if about.thread_id else Q(pk=about.incident_id)
    rows = models.Entry.objects.filter(
        incident__in=models.Incident.objects.filter(readers), kind__in=("declaration", "correction", "status")
    ).exclude(pk=about.pk)
    ref = own_ref(about)
    titled = {
        each.incident_id
        for each in rows
        if each.kind == "declaration" and json.loads(each.data).get("detected_ref") == ref
    }

    def change(row: models.Entry) -> Change:
        ours = row.incident_id in titled or json.loads(row.data).get("evidence") == ref

        def cleaned(name: str, value: str) -> str:
            words, cut = " ".join(value.removesuffix("…").split()), value.endswith("…")
            if name in ("quote", "reason", "why"):
                return GONE if any(words in each for each in said) else value
            taken = any(each == words or (cut and each.startswith(words)) for each in said)
            return GONE if ours and taken and name != "name" else value

        return cleaned

    return [(each, change(each)) for each in rows]


def _holding(call: Call, row: models.Incident, words: Sequence[str]) -> list[models.Entry]:
    wanted = Q(incident=row)
    for reading in access.stretches(call.actor, row):
        wanted |= journal.stretch(reading)
    held = Q()
    for each in words:
        held |= Q(data__contains=json.dumps(each, ensure_ascii=False)[1:-1]) | Q(who_name__contains=each)
    return list(models.Entry.objects.filter(wanted, held))


def _cleaned(name: str, value: Any, change: Change) -> Any:
    """A field of a fact. People are objects with an identity, which stays, and a name."""
    if isinstance(value, dict):
        return {**value, "name": change("name", value["name"])} if change is not _everything else value
    if isinstance(value, list):
        return [_cleaned(name, each, change) for each in value]
    return change(name, value) if name in TEXTS and isinstance(value, str) and value else value


def _clean(row: models.Entry, change: Change) -> bool:
    """Rewrite one entry in place. Its digest goes too (a short text can be guessed from it)."""
    before = json.loads(row.data)
    data = {name: _cleaned(name, value, change) for name, value in before.items()}
    name = row.who_name if change is _everything else change("name", row.who_name)
    if data == before and name == row.who_name and change is not _everything:
        return False
    if digest := data.pop("digest", ""):
        other = models.unique_key()
        row.key, row.ref = row.key.replace(digest, other), row.ref.replace(digest, other)
    row.data, row.who_name = json.dumps(data, ensure_ascii=False, separators=(",", ":")), name
    row.redacted = True
    fact = journal.entry(row).fact
    if isinstance(fact, (Message, Note, Edit)):
        scored = signals(fact.text)
        row.reasons = json.dumps(scored.reasons, ensure_ascii=False) if scored.reasons else ""
    row.save()
    return True


def _index_anew(cleaned: Iterable[models.Entry]) -> None:
    """A message is found by its last text, if that is left; one that was deleted is not found."""
    found = {each.pk: each for each in cleaned}
    near = models.Entry.objects.filter(
        thread__in={each.thread_id for each in found.values() if each.thread_id},
        anchor__in={each.anchor for each in found.values()},
    )
    found |= {each.pk: each for each in near.filter(kind__in=("message", "note"))}
    search.remove(list(found))
    deleted = {(each.thread_id, json.loads(each.data)["of"]) for each in near.filter(kind="deletion")}
    left = journal.standing(list(found.values()))
    texts = journal.last_texts(left)
    there = [each.pk for each in left if (each.thread_id, each.ref) not in deleted]
    search.index((number, texts[number]) for number in there if texts[number] != GONE)


def _project_anew(call: Call, row: models.Incident, cleaned: Iterable[models.Entry]) -> None:
    """The state is what the journal says: so it is for the incidents of which an entry was cleaned."""
    for number in {each.incident_id for each in cleaned if each.incident_id}:
        incident = row if number == row.pk else models.Incident.objects.select_for_update().get(pk=number)
        said = [journal.entry(each) for each in models.Entry.objects.filter(incident=number)]
        incidents.project(incident, replay(incident.ref, said))
        incident.version += 1
        incident.save()
        if incident is not row:
            announce(incident, "card", f"card:{incident.ref}:{incident.version}")


def _clean_inbound(rows: Iterable[models.Entry], secret: str) -> None:
    """Events that could not be taken in yet may hold the text as well; those that were taken in hold none."""
    stamps = {each.key for each in rows if each.kind == "message"}
    written = {json.dumps(secret, ensure_ascii=ascii)[1:-1] for ascii in (True, False) if secret}
    for event in models.Inbound.objects.exclude(data=""):
        if any(each in event.data for each in stamps | written):
            event.status, event.data, event.error = "parked", "", "redacted"
            event.save()


def _write_anew(row: models.Incident, rows: list[models.Entry]) -> int:
    """What we posted about these entries, for whichever incident, is written anew, by an effect.

    So is what somebody began to post: it may lie there already. What nobody began takes the new text by itself.
    """
    entries = [json.dumps({"entry": each.pk}) for each in rows]
    about = Q(data__in=entries) | Q(pk__in=_saying_several({each.pk for each in rows}))
    said = models.Effect.objects.filter(about, kind="say").select_related("incident")
    said.exclude(error="").update(error=GONE)
    sent = [each for each in said if each.status == "done" or each.tries]
    for each in sent:
        intend("rewrite", f"rewrite:{each.key}:{row.version}", each.incident or row, effect=each.key)
    models.LocalPost.objects.filter(key__in=[each.key for each in sent]).update(text=GONE)
    return len(sent)


def _saying_several(entries: set[int]) -> list[int]:
    """The effects that say one of these entries together with others."""
    incidents_of = models.Entry.objects.filter(pk__in=entries, incident__isnull=False).values("incident")
    said = models.Effect.objects.filter(kind="say", incident__in=incidents_of, data__startswith='{"entries"')
    return [each.pk for each in said if not entries.isdisjoint(json.loads(each.data)["entries"])]


def _elsewhere(rows: list[models.Entry]) -> list[str]:
    """The originals in a chat belong to who wrote them: they must be deleted there."""
    outside = [each for each in rows if each.ref and each.kind in ("message", "file")]
    return [f"{each.url or each.ref} (delete it there)" for each in outside]


def _export_anew(call: Call, row: models.Incident) -> list[str]:
    """Exports of the incident that we wrote and that still lie there are written anew, by an effect. Their paths."""
    paths = models.Copy.objects.filter(kind="export", incident_ref=row.ref).values_list("path", flat=True)
    there = [path for path in paths if Path(path).exists()]
    for path in there:
        key = f"export:{path}:{row.version}"[-200:]
        intend("export", key, row, path=path, person=call.actor.who.identity)
    return there


def _backups() -> list[str]:
    """A backup cannot be cleaned: it is replaced by a new one, and deleted."""
    copies = models.Copy.objects.filter(kind="backup").order_by("made_at")
    there = [each for each in copies if Path(each.path).exists()]
    return [f"{each.path} (backup of {each.made_at:%Y-%m-%d %H:%M} UTC: make a new one, delete this)" for each in there]
