"""The record of an incident: each step of the process with its evidence, what waits, the journal, all to keep."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe

from musterpoint import access, actions, exporting, outside
from musterpoint.core.conformance_steps import StepStatus
from musterpoint.core.describe import describe
from musterpoint.core.journal import Entry
from musterpoint.core.put_off import time_to_come
from musterpoint.reading.conformance import conformance, step_shape
from musterpoint.reading.due import due_shape, waiting_for
from musterpoint.reading.journal import evidence_of, journal_of, number_of
from musterpoint.store import models
from musterpoint.web import written
from musterpoint.web.asked import Asked, done, number, signed_in
from musterpoint.web.head import page
from musterpoint.web.where import solved_at

SIGNS = {
    StepStatus.DONE: "✓",
    StepStatus.OPEN: "○",
    StepStatus.EXCEPTION: "!",
    StepStatus.NOT_APPLICABLE: "–",
    StepStatus.MISSING: "?",
}
#: Where on the pages a step of the process is done; the others are done beside the thread.
DONE_AT = {
    "record": "#note",
    "timeline": "/timeline",
    "rca": "/writeup",
    "actions": "/actions",
    "publish": "/publication",
}
#: So many pieces of evidence of a step are linked, and so many effects of each kind are listed.
EVIDENCE, EFFECTS = 5, 50


@require_safe
@signed_in
def record(request: Asked, ref: str) -> HttpResponse:
    call = request.call
    steps = [step_shape(each) for each in conformance(call, ref)]
    evidence = evidence_of(call, ref, [each for step in steps for each in step["evidence"][:EVIDENCE]])
    waiting = [due_shape(each) for each in waiting_for(call, ref)]
    told = {
        "steps": [_step(each, ref, evidence) for each in steps],
        "waiting": [{**each, "url": solved_at(each["name"], each["incident"])} for each in waiting],
        "effects": _effects(request, ref),
    }
    return page(request, ref, "record", told)


def _step(shape: dict[str, Any], ref: str, evidence: dict[str, dict[str, Any]]) -> dict[str, Any]:
    status = StepStatus(shape["status"])
    left = status in (StepStatus.OPEN, StepStatus.MISSING)
    return {
        **shape,
        "sign": SIGNS[status],
        "url": f"/incidents/{ref}{DONE_AT.get(shape['name'], '#steps')}" if left else "",
        "evidence": [evidence[each] for each in shape["evidence"][:EVIDENCE] if each in evidence],
        "more": max(0, len(shape["evidence"]) - EVIDENCE),
    }


def _effects(request: Asked, ref: str) -> dict[str, list[models.Effect]]:
    """What goes outside, newest first, and what went there; shown here, dealt with in the settings."""
    row = access.find(request.call.actor, ref).row
    if row is None:
        return {}
    mine = outside.outgoing(request.call, everything=True).filter(incident=row).order_by("-id")
    over = mine.filter(status__in=outside.OVER)
    return {"unfinished": list(mine.exclude(status__in=outside.OVER)[:EFFECTS]), "over": list(over[:EFFECTS])}


@require_safe
@signed_in
def journal(request: Asked, ref: str) -> HttpResponse:
    """Every entry, in the order in which it was learnt."""
    told = journal_of(request.call, ref, number(request, "page"))
    return page(request, ref, "record", told, template="incident/record_journal.html")


@require_safe
@signed_in
def entry(request: Asked, ref: str, wanted: str) -> HttpResponse:
    """Evidence by its reference (`slack:C1/1700.1`, `entry:12`): its page has the entry's number."""
    return redirect(f"/incidents/{ref}/entries/{number_of(request.call, ref, wanted)}")


@require_safe
@signed_in
def export(request: Asked, ref: str) -> HttpResponse:
    """All of it as Markdown and as JSON Lines, in a zip; nothing of it stays on the server."""
    texts = exporting.texts(request.call, ref)
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(name, text)
    name = next(iter(texts)).removesuffix(".md")
    answer = HttpResponse(file.getbuffer(), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _reminder(act: Callable[[Asked, str, str], Entry]) -> Callable[..., HttpResponse]:
    @require_POST
    @signed_in
    def answer(request: Asked, ref: str, name: str) -> HttpResponse:
        made = act(request, ref, name)
        return done(request, f"/incidents/{ref}/record#waiting", f"{describe(made)}.")

    return answer


def _delay(request: Asked, ref: str, name: str) -> Entry:
    until = time_to_come(written.text(request, "until"), request.call.now)
    return actions.put_off(request.call, ref, name, until)


_REMINDER = "incidents/<str:ref>/reminders/<str:name>"
urls: list[URLPattern] = [
    path("incidents/<str:ref>/record", record),
    path("incidents/<str:ref>/record/journal", journal),
    path("incidents/<str:ref>/export.zip", export),
    path("incidents/<str:ref>/entries/<path:wanted>", entry),
    path(f"{_REMINDER}/delay", _reminder(_delay)),
    path(f"{_REMINDER}/dismissal", _reminder(lambda asked, ref, name: actions.put_off(asked.call, ref, name, None))),
    path(f"{_REMINDER}/resumption", _reminder(lambda asked, ref, name: actions.resume_reminder(asked.call, ref, name))),
]
