"""The timeline as it is curated: each row with what was really said and what was decided about it last; windowed.

Everything comes out of one reading of the journal, for a thread of ten thousand entries has thousands of rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from musterpoint import access
from musterpoint.actions import Call
from musterpoint.actions.responding import own_ref, target
from musterpoint.core.conversation import Told, conversation
from musterpoint.core.describe import describe
from musterpoint.core.incident import time_text
from musterpoint.core.journal import Correction, Entry, Message, Note
from musterpoint.core.proposals import proposals
from musterpoint.core.timeline import Row, RowStatus, timeline
from musterpoint.core.undo import decisions
from musterpoint.reading.incident import correction_shape, proposal_shape, row_shape, zones

#: Rows of one page.
WINDOW = 100
#: What is shown of the rows: those that nobody dropped, those that somebody kept, or all.
SHOWN = {
    "": (RowStatus.KEPT, RowStatus.SUGGESTED),
    "kept": (RowStatus.KEPT,),
    "all": tuple(RowStatus),
}


def curated(call: Call, ref: str, show: str = "", page: int = 1, beside: str = "") -> dict[str, Any]:
    """One page of the rows, with corrections made so far and, on the first page, times that the record proposes.

    `show` is a key of `SHOWN`. `beside` names an entry: then it is the page with its row, which is shown whatever
    `show` says. `seen` is the version of the incident before it was read. Of one where only a number is left, nothing.
    Raises NotFound.
    """
    view = access.find(call.actor, ref)
    if view.row is None:
        return _shape(view.state.ref, 0, [], [], [], 1, 1)
    entries = access.entries(call.actor, view.row)
    key = next((each.ref for each in entries if beside and beside in (str(each.id), each.ref)), "")
    rows = timeline(entries)
    wanted = SHOWN.get(show, SHOWN[""])
    chosen = [row for row in rows if row.status in wanted or row.key == key]
    place = next((index for index, row in enumerate(chosen) if row.key == key), None)
    pages = max(1, -(-len(chosen) // WINDOW))
    page = min(max(page, 1), pages) if place is None else place // WINDOW + 1
    window = chosen[(page - 1) * WINDOW : page * WINDOW]
    shape = _shape(view.state.ref, view.row.version, rows, chosen, _with_evidence(entries, window), page, pages)
    proposed = proposals(view.state, entries, zones(entries)) if page == 1 else []
    return {
        **shape,
        "proposals": [proposal_shape(each) for each in proposed],
        "corrections": [correction_shape(each) for each in entries if isinstance(each.fact, Correction)],
    }


def _shape(
    ref: str, version: int, rows: Sequence[Row], chosen: Sequence[Row], shapes: list[dict[str, Any]], page: int, of: int
) -> dict[str, Any]:
    return {
        "incident": ref,
        "seen": version,
        "counts": {each.value: sum(row.status is each for row in rows) for each in RowStatus},
        "chosen": len(chosen),
        "rows": shapes,
        "page": page,
        "pages": of,
        "proposals": [],
        "corrections": [],
    }


def curated_row(call: Call, ref: str, entry: str) -> dict[str, Any]:
    """The row of one entry in the same shape; `status` is empty where the entry has no row (any more).

    Raises NotFound, and NotAllowed where only a number is left.
    """
    row = access.seen(call.actor, ref)
    about = target(call, row, entry)
    key = own_ref(about)
    entries = access.entries(call.actor, row)
    told = _told_of(entries, {key}).get(key)
    if told is None:  # an edit, a mark: it is about a row, and is none
        raise access.NotFound(f"Entry {about.pk} of incident {row.ref} has no row of its own.", "See the timeline.")
    shape = next((row_shape(each) for each in timeline(entries) if each.key == key), {})
    return {"incident": row.ref, "seen": row.version, "row": {**_evidence(*told), **shape}}


def _with_evidence(entries: Sequence[Entry], rows: Sequence[Row]) -> list[dict[str, Any]]:
    told = _told_of(entries, {row.key for row in rows})
    return [{**_evidence(*told[row.key]), **row_shape(row)} for row in rows]


def _told_of(entries: Sequence[Entry], keys: set[str]) -> dict[str, tuple[Told, list[Entry]]]:
    """What these entries say now, each with what was decided about its row."""
    about: dict[str, list[Entry]] = {key: [] for key in keys}
    for entry in entries:
        of = getattr(entry.fact, "of", "")
        if of in keys:
            about[of].append(entry)
        elif entry.ref in keys:
            about[entry.ref].append(entry)
    near = [each for group in about.values() for each in group]
    told = {one.entry.ref: one for one in conversation(near)}
    return {key: (told[key], decisions(about[key], key)) for key in keys if key in told}


def _evidence(told: Told, decided: list[Entry]) -> dict[str, Any]:
    entry, spoken = told.entry, isinstance(told.entry.fact, Message | Note)
    said = "" if told.deleted else told.text if spoken else describe(entry)
    return {
        "entry": entry.id,
        "status": "",
        "said": said,
        "said_by": entry.who.name if entry.who else None,
        "said_at": time_text(entry.at),
        "spoken": spoken,
        "deleted": told.deleted is not None,
        "edited": spoken and not told.deleted and said != entry.fact.text,  # type: ignore[union-attr]  # it is spoken
        "url": entry.url or None,
        "last": {"entry": decided[-1].id, "text": describe(decided[-1])} if decided else None,
    }
