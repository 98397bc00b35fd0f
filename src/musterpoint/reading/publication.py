"""The public post as surfaces show it: the decision, the draft with its evidence, the advice, what changed since."""

from __future__ import annotations

from typing import Any

from musterpoint import access, posting
from musterpoint.actions import Call
from musterpoint.actions.publishing import as_published, known_people, last_published, place
from musterpoint.core import publish, writeup
from musterpoint.core.aftermath import Decision
from musterpoint.core.aftermath_journal import ActionEnded, PostPublished, PostRequested
from musterpoint.core.check_post import check, grave
from musterpoint.core.compose_record import Record
from musterpoint.core.front_matter import unstamped
from musterpoint.core.incident import Incident, Kind, time_text
from musterpoint.core.journal import Entry
from musterpoint.core.post_rows import choices
from musterpoint.core.public_words import people_of
from musterpoint.core.writeup_parts import PartText
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
    """`publication show`: the decision, the revisions, and what the record has that the published text has not."""
    row, state, entries, part = _opened(call, ref)
    there = last_published(entries)
    since = "" if not there else part.changed if part.version else writeup.difference(_plain(there), _plain(part.text))
    return {
        "incident": row.ref,
        "publication": publication_shape(state, _where(entries)),
        "revisions": _revisions(entries),
        "written_by": part.who.name if part.who else None,
        "unpublished": bool(there) and _plain(there) != _plain(part.text),
        "changed": since,
        "actions_since": _ended_since(state, entries),
        "blocked": [each.passage for each in _advice(state, entries, call, part) if grave(each)],
    }


def publication_of(call: Call, ref: str) -> dict[str, Any]:
    """The publication alone, for an answer about it."""
    view = access.find(call.actor, ref)
    row = access.seen(call.actor, ref)
    publish.must_be_public(view.state)
    entries = access.entries(access.NOBODY, row)
    return {"incident": row.ref, "publication": publication_shape(view.state, _where(entries))}


def draft(call: Call, ref: str) -> dict[str, Any]:
    """The post as it would be published now. `source` is the text without the dates that publishing adds: what is
    edited. Each composed sentence comes with the entries and fields that it rests on."""
    row, state, entries, part = _opened(call, ref)
    path, url = place(call, row, state)
    return {
        "incident": row.ref,
        "path": path,
        "url": url,
        "text": as_published(part, call, last_published(entries)),
        "source": part.text,
        "version": part.version,
        "written_by": part.who.name if part.who else None,
        "sentences": [{"text": each.text, "cites": list(each.cites)} for each in part.composed.sentences],
        "questions": list(part.composed.questions),
        "changed": part.changed,
        "versions": [
            {
                "version": each.number,
                "who": each.who.name if each.who else None,
                "at": time_text(each.at),
                "aside": each.aside,
                "text": each.text,
            }
            for each in part.versions
        ],
    }


def post_check(call: Call, ref: str) -> dict[str, Any]:
    """`publication check`: what to look at before it is published. `grave`: it needs `--anyway`."""
    row, state, entries, part = _opened(call, ref)
    return {
        "incident": row.ref,
        "advice": [
            {"code": each.code, "part": each.part, "passage": each.passage, "text": each.text, "grave": grave(each)}
            for each in _advice(state, entries, call, part)
        ],
    }


def public_rows(call: Call, ref: str) -> dict[str, Any]:
    """`publication rows`: every row of the timeline as the public would read it, and whether it does."""
    row = access.seen(call.actor, ref)
    state = access.find(call.actor, ref).state
    publish.must_be_public(state)
    entries = access.entries(access.NOBODY, row)
    numbers = {each.ref: each.id for each in entries}
    found = choices(Record(state, entries, call.process), people_of(state, entries, known_people()))
    return {
        "incident": row.ref,
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


def _opened(call: Call, ref: str) -> tuple[models.Incident, Incident, list[Entry], PartText]:
    row = access.seen(call.actor, ref)
    state = access.find(call.actor, ref).state
    publish.must_be_public(state)
    entries = access.entries(access.NOBODY, row)
    part, _ = posting.post_part(state, entries, call.process, known_people())
    return row, state, entries, part


def _advice(state: Incident, entries: list[Entry], call: Call, part: PartText) -> list[Any]:
    text = as_published(part, call, last_published(entries))
    return check(text, state, people_of(state, entries, known_people()), call.process)


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
