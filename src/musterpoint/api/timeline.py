"""The timeline: all of its rows at once, and curating them."""

from __future__ import annotations

from django.http import HttpResponse
from ninja import Router

from musterpoint import actions, reading
from musterpoint.api.answers import recorded
from musterpoint.api.caller import Request
from musterpoint.api.fields import Ref, answer
from musterpoint.api.shapes import thread as shapes
from musterpoint.api.shapes.incident import Recorded

router = Router(tags=["timeline"])


@router.get("/incidents/{ref}/timeline", response=shapes.Timeline)
def show_timeline(request: Request, ref: Ref) -> HttpResponse:
    """Every row with its evidence: kept, suggested and dropped."""
    rows = reading.rows_of(request.auth.call, ref)
    return answer({"incident": ref, "rows": [reading.row_shape(row) for row in rows]})


@router.post("/incidents/{ref}/timeline/curations", response=Recorded)
def curate(request: Request, ref: Ref, payload: shapes.Curation) -> HttpResponse:
    """Keep, drop or reword a row, or reset what was decided about it."""
    entry = actions.curate(
        request.auth.call,
        ref,
        payload.entry,
        payload.verdict,
        text=payload.text,
        row_kind=payload.kind,
        why=payload.why,
    )
    return recorded(ref, entry)


@router.post("/incidents/{ref}/timeline/times", response=Recorded)
def correct_row(request: Request, ref: Ref, payload: shapes.RowTime) -> HttpResponse:
    """A row gets the right time; its message keeps its own."""
    return recorded(ref, actions.correct_row(request.auth.call, ref, payload.entry, payload.at, payload.why))


@router.post("/incidents/{ref}/timeline/undo", response=Recorded)
def undo_row(request: Request, ref: Ref, payload: shapes.RowUndo) -> HttpResponse:
    """Take back what was decided last about a row."""
    return recorded(ref, actions.undo_row(request.auth.call, ref, payload.entry, payload.undone))
