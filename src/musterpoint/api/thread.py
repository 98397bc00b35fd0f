"""The thread: what was said and done, notes, marks."""

from __future__ import annotations

from django.http import HttpResponse
from ninja import Router

from musterpoint import actions
from musterpoint.api.answers import recorded
from musterpoint.api.caller import Request
from musterpoint.api.fields import Entry, Ref, answer
from musterpoint.api.paging import Cursor, Limit, Page, packed, page, unpacked
from musterpoint.api.shapes import thread as shapes
from musterpoint.api.shapes.incident import Recorded
from musterpoint.core.journal import MarkKind
from musterpoint.reading.journal import learnt_after
from musterpoint.reading.thread import thread_entry, thread_window

router = Router(tags=["thread"])


@router.get("/incidents/{ref}/thread", response=Page[shapes.ThreadEntry])
def show_thread(request: Request, ref: Ref, limit: Limit = 100, cursor: Cursor = "") -> HttpResponse:
    """Everything that was said and done, the newest first."""
    before = next(iter(unpacked(cursor, int)), None)
    found = thread_window(request.auth.call, ref, "" if before is None else str(before), limit)
    following = packed(found.entries[0]["id"]) if found.earlier else None
    return answer(page(found.entries[::-1], following))


@router.get("/incidents/{ref}/thread/{entry}", response=shapes.ThreadEntry)
def show_entry(request: Request, ref: Ref, entry: Entry) -> HttpResponse:
    """One entry of it."""
    return answer(thread_entry(request.auth.call, ref, str(entry)))


@router.get("/incidents/{ref}/journal", response=Page[shapes.JournalEntry])
def show_journal(request: Request, ref: Ref, after: int = 0, limit: Limit = 100, cursor: Cursor = "") -> HttpResponse:
    """Every entry in the order in which it was learnt. To follow an incident, ask for what comes `after` the last one
    that you have."""
    place = unpacked(cursor, int) or [after]
    found = learnt_after(request.auth.call, ref, place[0], limit + 1)
    shown = found[:limit]
    return answer(page(shown, packed(shown[-1]["entry"]) if len(found) > limit else None))


@router.post("/incidents/{ref}/notes", response={201: Recorded})
def write_note(request: Request, ref: Ref, payload: shapes.Note) -> HttpResponse:
    """Write into the incident's own thread."""
    entry = actions.note(request.auth.call, ref, payload.text, payload.at, payload.mark)
    return recorded(ref, entry, 201)


@router.put("/incidents/{ref}/thread/{entry}/marks/{mark}", response=Recorded)
def set_mark(request: Request, ref: Ref, entry: Entry, mark: MarkKind) -> HttpResponse:
    """Mark what somebody wrote."""
    return recorded(ref, actions.mark(request.auth.call, ref, str(entry), mark))


@router.delete("/incidents/{ref}/thread/{entry}/marks/{mark}", response=Recorded)
def remove_mark(request: Request, ref: Ref, entry: Entry, mark: MarkKind) -> HttpResponse:
    """Take the mark away."""
    return recorded(ref, actions.mark(request.auth.call, ref, str(entry), mark, on=False))
