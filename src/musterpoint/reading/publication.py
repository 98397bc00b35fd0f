"""The public post as surfaces show it: the decision, the draft with its evidence, the advice, what changed since."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from musterpoint import access, posting
from musterpoint.actions import Call
from musterpoint.actions.publishing import as_published, effect_key, known_people, last_published, place
from musterpoint.core import publish, writeup
from musterpoint.core.advice import Advice
from musterpoint.core.aftermath import Decision
from musterpoint.core.aftermath_journal import ActionEnded, PostPublished, PostRequested
from musterpoint.core.check_post import check, grave
from musterpoint.core.compose_record import Record
from musterpoint.core.decision import NotAllowed
from musterpoint.core.front_matter import unstamped
from musterpoint.core.incident import Incident, Kind, time_text
from musterpoint.core.journal import Entry
from musterpoint.core.post_rows import choices
from musterpoint.core.public_words import Known, People, people_of
from musterpoint.core.writeup_parts import PartText
from musterpoint.reading.writeup import version_shape
from musterpoint.store import models


def publication_shape(state: Incident, where: str = "") -> dict[str, Any] | None:
    """The decision and what became of it. Nothing for a security incident: of that no post is made here."""
    if state.restricted or state.kind is Kind.SECURITY:
        return None
    now = state.after.publication
    return {
        "decision": (now.decision or Decision.PUBLISH).value,
        "decided": now.decision is not None,
        "reason": now.reason,
        "by": now.by.name if now.by else None,
        "at": time_text(now.at) if now.at else None,
        "path": now.path or None,
        "url": now.url or None,
        "revision": now.requested,
        "published": 0 < now.requested <= now.published,
        "live_revision": now.published or None,
        "published_at": time_text(now.published_at) if now.published_at else None,
        "where": where or None,
    }


def publication(call: Call, ref: str) -> dict[str, Any]:
    """`publication show`: the decision, the revisions, and what the record has that the published text has not.

    `effect`: how it goes with a revision that is on its way. `refusal`: why it cannot be published now, if so.
    """
    return _publication(_opened(call, ref))


def publication_of(call: Call, ref: str) -> dict[str, Any]:
    """The publication alone, for an answer about it."""
    view = access.find(call.actor, ref)
    row = access.seen(call.actor, ref)
    publish.must_be_public(view.state)
    entries = access.entries(access.NOBODY, row)
    return {"incident": row.ref, "publication": publication_shape(view.state, _where(entries))}


def arrival(call: Call, ref: str) -> dict[str, Any]:
    """How it goes with the revision that was asked for last: `waiting`, `done`, `parked`, `dropped`; None without one.
    Costs little."""
    view = access.find(call.actor, ref)
    row = access.seen(call.actor, ref) if view.row is None else view.row
    publish.must_be_public(view.state)
    effect = _effect(row, view.state)
    return {"incident": row.ref, "status": effect.status if effect else None}


def draft(call: Call, ref: str) -> dict[str, Any]:
    """The post as it would be published now. `source` is the text without the dates that publishing adds: what is
    edited. Each composed sentence comes with the entries and fields that it rests on."""
    return _draft(_opened(call, ref))


def post_check(call: Call, ref: str) -> dict[str, Any]:
    """`publication check`: what to look at before it is published. `grave`: it needs `--anyway`."""
    return _check(_opened(call, ref))


def public_rows(call: Call, ref: str) -> dict[str, Any]:
    """`publication rows`: every row of the timeline as the public would read it, and whether it does."""
    return _rows(_open(call, ref))


def everything(call: Call, ref: str) -> dict[str, Any]:
    """All four of the above, read once: what a page of the post shows."""
    opened = _opened(call, ref)
    return {**_publication(opened), "draft": _draft(opened), **_check(opened), **_rows(opened)}


@dataclass(frozen=True)
class _Open:
    """An incident of which a post may be made, as everybody who may see it reads it."""

    call: Call
    row: models.Incident
    state: Incident
    entries: list[Entry]
    known: list[Known]

    @cached_property
    def people(self) -> People:
        return people_of(self.state, self.entries, self.known)


@dataclass(frozen=True)
class _Opened(_Open):
    """The same with its post. `text` is what would be published now, `there` what is."""

    part: PartText
    there: str
    text: str

    @cached_property
    def advice(self) -> list[Advice]:
        return check(self.text, self.state, self.people, self.call.process)

    @property
    def numbers(self) -> dict[str, int]:
        return {each.ref: each.id for each in reversed(self.entries)}


def _open(call: Call, ref: str) -> _Open:
    view = access.find(call.actor, ref)
    row = access.seen(call.actor, ref) if view.row is None else view.row
    publish.must_be_public(view.state)
    return _Open(call, row, view.state, access.entries(access.NOBODY, row), known_people())


def _opened(call: Call, ref: str) -> _Opened:
    of = _open(call, ref)
    part, _ = posting.post_part(of.state, of.entries, call.process, of.known)
    there = last_published(of.entries)
    return _Opened(call, of.row, of.state, of.entries, of.known, part, there, as_published(part, call, there))


def _publication(of: _Opened) -> dict[str, Any]:
    state, part, there = of.state, of.part, of.there
    since = "" if not there else part.changed if part.version else writeup.difference(_plain(there), _plain(part.text))
    effect = _effect(of.row, state)
    return {
        "incident": of.row.ref,
        "publication": publication_shape(state, _where(of.entries)),
        "revisions": _revisions(of.entries),
        "written_by": part.who.name if part.who else None,
        "unpublished": bool(there) and _plain(there) != _plain(part.text),
        "changed": since,
        "actions_since": _ended_since(state, of.entries),
        "blocked": [each.passage for each in of.advice if grave(each)],
        "effect": {"key": effect.key, "status": effect.status, "error": effect.error or None} if effect else None,
        "refusal": _refusal(of, dropped=effect is not None and effect.status == "dropped"),
    }


def _effect(row: models.Incident, state: Incident) -> models.Effect | None:
    return models.Effect.objects.filter(key=effect_key(row, state.after.publication.requested)).first()


def _refusal(of: _Opened, *, dropped: bool) -> dict[str, str] | None:
    """Why it may not be published now; what its text holds aside."""
    try:
        publish.request(of.state, of.call.actor, of.call.now, "", "", of.text, was=of.there, given_up=dropped)
    except NotAllowed as refused:
        return {"code": refused.code, "message": refused.message, "hint": refused.hint}
    return None


def _draft(of: _Opened) -> dict[str, Any]:
    path, url = place(of.call, of.row, of.state)
    part, numbers = of.part, of.numbers
    return {
        "incident": of.row.ref,
        "path": path,
        "url": url,
        "text": of.text,
        "source": part.text,
        "composed": part.composed.text,
        "version": part.version,
        "written_by": part.who.name if part.who else None,
        "written_at": time_text(part.at) if part.at else None,
        "sentences": [
            {
                "text": each.text,
                "cites": list(each.cites),
                "entries": [numbers[ref] for ref in each.cites if ref in numbers],
            }
            for each in part.composed.sentences
        ],
        "questions": list(part.composed.questions),
        "changed": part.changed,
        "versions": [version_shape(each, part.version) for each in part.versions],
    }


def _check(of: _Opened) -> dict[str, Any]:
    return {
        "incident": of.row.ref,
        "advice": [
            {"code": each.code, "part": each.part, "passage": each.passage, "text": each.text, "grave": grave(each)}
            for each in of.advice
        ],
    }


def _rows(of: _Open) -> dict[str, Any]:
    numbers = {each.ref: each.id for each in of.entries}
    found = choices(Record(of.state, of.entries, of.call.process), of.people)
    return {
        "incident": of.row.ref,
        "rows": [
            {
                "entry": numbers.get(each.key),
                "at": time_text(each.at),
                "kind": each.kind.value,
                "text": each.sentence.text,
                "public": each.public,
                "why": each.why,
                "cites": list(each.sentence.cites),
            }
            for each in found
        ],
    }


def _plain(text: str) -> str:
    """A revision without its dates."""
    lines = unstamped(text).strip().splitlines()
    return "\n".join(line for line in lines if not line.startswith("date: "))


def _where(entries: list[Entry]) -> str:
    there = [each.fact.where for each in entries if isinstance(each.fact, PostPublished)]
    return there[-1] if there else ""


def _revisions(entries: list[Entry]) -> list[dict[str, Any]]:
    there = {each.fact.revision: each for each in entries if isinstance(each.fact, PostPublished)}
    found = []
    for entry in entries:
        if isinstance(entry.fact, PostRequested):
            arrived = there.get(entry.fact.revision)
            fact = arrived.fact if arrived else None
            found.append(
                {
                    "revision": entry.fact.revision,
                    "requested_at": time_text(entry.at),
                    "by": entry.who.name if entry.who else None,
                    "published_at": time_text(arrived.at) if arrived else None,
                    "where": fact.where if isinstance(fact, PostPublished) else None,
                }
            )
    return found


def _ended_since(state: Incident, entries: list[Entry]) -> list[dict[str, Any]]:
    """Actions that were finished, declined or taken up again since the text that is published was asked for."""
    there = max((each.fact.revision for each in entries if isinstance(each.fact, PostPublished)), default=0)
    asked = [each.id for each in entries if isinstance(each.fact, PostRequested) and each.fact.revision == there]
    numbers = {
        each.fact.number for each in entries if asked and isinstance(each.fact, ActionEnded) and each.id > asked[0]
    }
    return [
        {"number": each.number, "title": each.title, "status": each.status.value}
        for each in state.after.actions
        if each.number in numbers
    ]
