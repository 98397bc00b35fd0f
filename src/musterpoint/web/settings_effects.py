"""Settings, Effects and events: what is on its way outside, what is parked; tried again, dropped, released."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe

from musterpoint import effects, outside
from musterpoint.core.incident import Role
from musterpoint.store import models
from musterpoint.web.asked import Asked, done, signed_in

HERE = "/settings/effects"
#: How many of those that are on their way, and of those that are over.
SHOWN, OVER = 200, 50
WORDS = {
    "thread": "begin the thread in the chat",
    "say": "say it in the chat",
    "card": "the status card in the chat",
    "rewrite": "write a message in the chat anew",
    "slack_direct": "remind somebody in the chat",
    "raise": "make the issue",
    "issue": "bring the issue in step",
    "comment": "comment on the issue",
    "publish": "publish the post",
    "mail": "remind by mail",
    "export": "write an export anew",
}


@require_safe
@signed_in
def parked(request: Asked) -> HttpResponse:
    """Those that are not over; with `?all=1` those that are, too."""
    call, everything = request.call, bool(request.GET.get("all"))
    rows = list(outside.outgoing(call).order_by("id")[: SHOWN + 1])
    over = outside.outgoing(call, everything=True).filter(status__in=outside.OVER) if everything else None
    told = {
        "parked": [_shape(each) for each in rows[:SHOWN] if each.status == "parked"],
        "waiting": [_shape(each) for each in rows[:SHOWN] if each.status != "parked"],
        "more": len(rows) > SHOWN,
        "over": [_shape(each) for each in over.order_by("-id")[:OVER]] if over is not None else [],
        "everything": everything,
        "events": [{**each, "name": f"{outside.EVENT}{each['id']}"} for each in outside.events(call)],
        "held": effects.held(),
        "may": call.actor.role is not Role.VIEWER,
    }
    return render(request, "settings/effects.html", told)


def _shape(row: models.Effect) -> dict[str, Any]:
    return {
        "name": row.key,
        "what": WORDS.get(row.kind, row.kind),
        "ref": row.incident.ref if row.incident else "",
        "title": row.incident.title if row.incident else "",
        "status": row.status,
        "tries": row.tries,
        "error": row.error,
        "created_at": row.created_at,
        "not_before": row.not_before,
        "ended_at": row.ended_at,
    }


@require_POST
@signed_in
def attempts(request: Asked) -> HttpResponse:
    """`name`: an effect's key, or `event:12`."""
    return done(request, HERE, outside.retry(request.call, request.POST.get("name", "")))


@require_POST
@signed_in
def drops(request: Asked) -> HttpResponse:
    return done(request, HERE, outside.drop(request.call, request.POST.get("name", ""), request.POST.get("reason", "")))


@require_POST
@signed_in
def release(request: Asked) -> HttpResponse:
    count = outside.release(request.call)
    return done(request, HERE, f"They go out again; {count} wait. Each is looked up outside first.")


urls: list[URLPattern] = [
    path("settings/effects", parked),
    path("settings/effects/attempts", attempts),
    path("settings/effects/drops", drops),
    path("settings/effects/release", release),
]
