"""What goes outside: what waits, what is parked. To try again or to drop it needs the scope `admin`."""

from __future__ import annotations

from django.http import HttpResponse
from ninja import Router

from musterpoint import outside
from musterpoint.api.caller import ADMIN, Request
from musterpoint.api.fields import answer
from musterpoint.api.paging import Cursor, Limit, Page, packed, page, unpacked
from musterpoint.api.shapes import people as shapes

router = Router(tags=["effects"])


@router.get("/effects", response=Page[shapes.Effect])
def list_effects(request: Request, ended: bool = False, limit: Limit = 100, cursor: Cursor = "") -> HttpResponse:
    """What waits and what is parked; with `ended` what is done or dropped as well. Oldest first."""
    rows = outside.outgoing(request.auth.call, everything=ended).order_by("pk")
    found = list(rows.filter(pk__gt=next(iter(unpacked(cursor, int)), 0))[: limit + 1])
    following = packed(found[limit - 1].pk) if len(found) > limit else None
    return answer(page([outside.effect_shape(each) for each in found[:limit]], following))


@router.get("/effects/events", response=Page[shapes.Event])
def list_events(request: Request) -> HttpResponse:
    """What came in from outside and could not be taken in. Its key, to try it again or to drop it, is `event:ID`."""
    return answer(page(outside.events(request.auth.call), None))


@router.post("/effects/retries", response=shapes.EffectNow, auth=ADMIN)
def retry_effect(request: Request, payload: shapes.EffectKey) -> HttpResponse:
    """Try one again that is parked or dropped; the other side is looked at first."""
    outside.retry(request.auth.call, payload.key)
    return answer({"effect": payload.key, "status": "waiting"})


@router.post("/effects/drops", response=shapes.EffectNow, auth=ADMIN)
def drop_effect(request: Request, payload: shapes.EffectDrop) -> HttpResponse:
    """Leave one; it stays visible with the reason."""
    outside.drop(request.auth.call, payload.key, payload.reason)
    return answer({"effect": payload.key, "status": "dropped"})


@router.post("/effects/release", response=shapes.Released, auth=ADMIN)
def release_effects(request: Request) -> HttpResponse:
    """After a restore: let effects go out again."""
    return answer({"released": outside.release(request.auth.call)})
