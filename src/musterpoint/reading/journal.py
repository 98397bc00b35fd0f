"""The journal as it was written: every entry in the order in which it was learnt, a page at a time.

Texts that an edit or a deletion took away are for responders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from musterpoint import access
from musterpoint.actions import Call
from musterpoint.actions.responding import target
from musterpoint.core.describe import describe
from musterpoint.core.incident import Role, time_text
from musterpoint.core.journal import Curation, Edit, Entry, Message, Note
from musterpoint.store import journal, models

#: Entries of one page.
WINDOW = 200


def journal_of(call: Call, ref: str, page: int = 0) -> dict[str, Any]:
    """One page, the last one for 0. Of an incident where only a number is left, nothing. Raises NotFound."""
    view = access.find(call.actor, ref)
    if view.row is None:
        return {"incident": view.state.ref, "entries": [], "total": 0, "page": 1, "pages": 1}
    rows = _readable(call, view.row)
    total = rows.count()
    pages = max(1, -(-total // WINDOW))
    page = min(page, pages) if page > 0 else pages
    window = list(rows.order_by("id")[(page - 1) * WINDOW : page * WINDOW])
    return {
        "incident": view.state.ref,
        "entries": _shapes(call, window),
        "total": total,
        "page": page,
        "pages": pages,
    }


def learnt_after(call: Call, ref: str, after: int, limit: int) -> list[dict[str, Any]]:
    """The entries with a number above `after`, at most so many. Of an incident where only a number is left, nothing.

    Raises NotFound.
    """
    view = access.find(call.actor, ref)
    if view.row is None:
        return []
    return _shapes(call, list(_readable(call, view.row).filter(pk__gt=after).order_by("id")[:limit]))


def number_of(call: Call, ref: str, entry: str) -> int:
    """The number of the entry that a reference names. Raises NotFound, and NotAllowed where only a number is left."""
    return target(call, access.seen(call.actor, ref), entry).pk


def evidence_of(call: Call, ref: str, refs: Sequence[str]) -> dict[str, dict[str, Any]]:
    """For each of these references of entries its number, when it was and who it was. Raises NotFound."""
    view = access.find(call.actor, ref)
    if view.row is None:
        return {}
    own = [int(each[6:]) for each in refs if each.startswith("entry:") and each[6:].isdecimal()]
    rows = _readable(call, view.row).filter(Q(ref__in=refs) | Q(pk__in=own)).order_by("-id")
    return {
        row.ref or f"entry:{row.pk}": {"entry": row.pk, "at": time_text(row.at), "who": row.who_name or None}
        for row in rows
    }


def _readable(call: Call, row: models.Incident) -> QuerySet[models.Entry]:
    wanted = Q(incident=row)
    for each in access.stretches(call.actor, row):
        wanted |= journal.stretch(each)
    return models.Entry.objects.filter(wanted).exclude(taken_in_by__in=journal.unfinished())


@dataclass(frozen=True, slots=True)
class _Gone:
    """Which messages an edit or a deletion took the text of, by thread and `ref`."""

    edited: frozenset[tuple[int | None, str]]
    deleted: frozenset[tuple[int | None, str]]


def _gone(rows: Sequence[models.Entry]) -> _Gone:
    changes = models.Entry.objects.filter(
        kind__in=("edit", "deletion"),
        thread__in={row.thread_id for row in rows if row.thread_id},
        anchor__in={row.anchor for row in rows},
    ).exclude(taken_in_by__in=journal.unfinished())
    found = [(row.kind, (row.thread_id, str(getattr(journal.entry(row).fact, "of", "")))) for row in changes]
    return _Gone(
        frozenset(about for kind, about in found if kind == "edit"),
        frozenset(about for kind, about in found if kind == "deletion"),
    )


def _shapes(call: Call, rows: Sequence[models.Entry]) -> list[dict[str, Any]]:
    gone, unfolded = _gone(rows), call.actor.role is not Role.VIEWER
    return [_shape(journal.entry(row), row.thread_id, gone, unfolded) for row in rows]


def _shape(entry: Entry, thread: int | None, gone: _Gone, unfolded: bool) -> dict[str, Any]:
    fact, about = entry.fact, (thread, entry.ref)
    spoken = isinstance(fact, Message | Note)
    edited, deleted = spoken and about in gone.edited, spoken and about in gone.deleted
    text = fact.text if isinstance(fact, Message | Note | Edit | Curation) else ""
    return {
        "entry": entry.id,
        "kind": entry.kind,
        "spoken": spoken,
        "sentence": "" if spoken else describe(entry),
        "text": text if unfolded or not (edited or deleted or isinstance(fact, Edit)) else "",
        "at": time_text(entry.at),
        "basis": entry.basis.value,
        "known_at": time_text(entry.known_at),
        "late": abs((entry.known_at - entry.at).total_seconds()) >= 1,
        "who": entry.who.name if entry.who else None,
        "source": entry.source,
        "ref": entry.ref,
        "of": getattr(fact, "of", None) or None,
        "url": entry.url or None,
        "edited": edited,
        "was_deleted": deleted,
        "redacted": entry.redacted,
    }
