"""Incidents: list, search, declare, show."""

from __future__ import annotations

import json
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Router
from ninja.params.functions import Query
from pydantic import Field

from musterpoint import actions, reading
from musterpoint.access import NotFound
from musterpoint.api.answers import named
from musterpoint.api.caller import Request
from musterpoint.api.fields import Name, Ref, Time, answer
from musterpoint.api.paging import Cursor, Limit, Page, packed, page, unpacked
from musterpoint.api.shapes import incident as shapes
from musterpoint.api.tags import seen_already, tag
from musterpoint.core.decision import NotAllowed
from musterpoint.core.declare import DeclareRequest
from musterpoint.core.incident import Basis, Moment
from musterpoint.reading.listing import Wanted, listed, searched

router = Router(tags=["incidents"])

ANY_STATUS: Any = Query([])
TAGGED = {
    "parameters": [
        {
            "in": "header",
            "name": "If-None-Match",
            "required": False,
            "schema": {"type": "string"},
            "description": "An ETag: the answer is 304, with no body, while nothing has changed.",
        }
    ],
    "responses": {
        200: {"headers": {"ETag": {"schema": {"type": "string"}, "description": "of what is shown, to this person"}}},
        304: {"description": "What was seen is what is."},
    },
}


@router.get("/incidents", response=Page[shapes.Listed])
def list_incidents(
    request: Request,
    status: list[shapes.StatusIn] = ANY_STATUS,
    kind: shapes.KindIn = "",
    severity: shapes.SeverityIn = "",
    since: Time | None = None,
    restricted: bool = False,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> HttpResponse:
    """Incidents, newest first. `since`: declared to us since. `severity=none`: those that have none."""
    wanted = Wanted(tuple(status), kind, severity, since, restricted)
    before = "".join(unpacked(cursor, str))
    try:
        found = listed(request.auth.call, wanted, before, limit)
    except NotFound as error:
        raise NotAllowed("bad_cursor", "The incident where this page began is gone.", "Begin without one.") from error
    return answer(page(found["incidents"], packed(found["next"]) if found["next"] else None))


@router.get("/search", response=Page[shapes.Found])
def search(
    request: Request,
    q: Annotated[Name, Field(description="words; the last one may be a beginning")],
    status: list[shapes.StatusIn] = ANY_STATUS,
    kind: shapes.KindIn = "",
    severity: shapes.SeverityIn = "",
    since: Time | None = None,
    restricted: bool = False,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> HttpResponse:
    """Incidents in whose titles, threads and write-ups all words are found, with the lines; newest first."""
    wanted = Wanted(tuple(status), kind, severity, since, restricted)
    before = next(iter(unpacked(cursor, int)), None)
    found = searched(request.auth.call, q, wanted, before, limit)
    items = [{**each, "lines": [_line(line) for line in each["lines"]]} for each in found["found"]]
    return answer(page(items, packed(found["next"]) if found["next"] else None))


def _line(line: dict[str, Any]) -> dict[str, Any]:
    pieces = line.pop("pieces")
    return {**line, "text": "".join(text for text, _ in pieces)}


@router.post("/incidents", response={201: shapes.Declared})
def declare(request: Request, payload: shapes.Declaration) -> HttpResponse:
    """Declare an incident."""
    asked = DeclareRequest(
        title=payload.title,
        affected=payload.affected,
        severity=payload.severity,
        security=payload.security,
        at=payload.at,
        detected=Moment(payload.detected, Basis.STATED) if payload.detected else None,
    )
    done = actions.declare(request.auth.call, asked)
    shape = {"incident": done.state.ref, "entry": named(done.entry), "restricted": done.restricted}
    return answer({**shape, "contact": done.contact or None}, 201)


@router.get("/incidents/{ref}", response=shapes.Shown, openapi_extra=TAGGED)
def show_incident(request: Request, ref: Ref) -> HttpResponse:
    """What is known of an incident, and what this person could do now."""
    shape = reading.head(request.auth.call, ref)
    text = json.dumps(shape, ensure_ascii=False)
    made = tag(shape["version"], text)
    if seen_already(made, request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304, headers={"ETag": made})
    return HttpResponse(text, content_type="application/json; charset=utf-8", headers={"ETag": made})
