"""The thread of an incident, a window of it at a time: notes, marks, the page of one entry. `live` adds what is new."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe

from musterpoint import actions
from musterpoint.access import NotFound
from musterpoint.core.decision import NotAllowed
from musterpoint.core.incident import Role
from musterpoint.core.journal import MarkKind
from musterpoint.reading.thread import Window, thread_entry, thread_window
from musterpoint.web import written
from musterpoint.web.aside import aside
from musterpoint.web.asked import Asked, done, signed_in
from musterpoint.web.entries import MARKS, shown
from musterpoint.web.head import head, page
from musterpoint.web.live import live, poller

#: What refuses a note for what stands in its box; whatever else refuses it, there may be no box any more.
OF_THE_NOTE = (*written.ABOUT_TIME, "empty", "too_long", "bad_mark")


@require_safe
@signed_in
def thread(request: Asked, ref: str) -> HttpResponse:
    """The newest window, or (`?before=ENTRY`) the one before that entry; to htmx the earlier entries alone."""
    before = request.GET.get("before", "")
    found = thread_window(request.call, ref, before)
    if before and request.htmx:
        return render(request, "incident/thread_earlier.html", {"ref": ref, **_entries(request, found, True)})
    return _page(request, ref, found, before)


def _page(request: Asked, ref: str, found: Window, before: str = "", error: NotAllowed | None = None) -> HttpResponse:
    known = head(request, ref)
    told = {
        **_entries(request, found, "note" in known["can"]),
        "before": before,
        "live": "" if before or not known["version"] else poller(ref, found.cursor),
        "note": _note(request, error),
        "marks": MARKS,
        **aside(request, known),
    }
    return page(request, ref, "thread", told, status=409 if error else 200)


def _entries(request: Asked, found: Window, may_mark: bool) -> dict[str, Any]:
    may_mark = may_mark and request.call.actor.role is not Role.VIEWER
    return {"entries": shown(found.entries, may_mark), "earlier": found.earlier, "from": found.cursor.first or ""}


def _note(request: Asked, error: NotAllowed | None) -> dict[str, Any]:
    """The box to write in, with what was written if it was refused."""
    if error is None:
        return {}
    about_time = error.code in written.ABOUT_TIME
    return {
        **{name: written.text(request, name) for name in ("text", "at", "mark")},
        "at_error": error if about_time else None,
        "text_error": None if about_time else error,
    }


@require_POST
@signed_in
def notes(request: Asked, ref: str) -> HttpResponse:
    """To htmx the note itself comes with the next look (see `live`), which this asks for at once."""
    try:
        at = written.time(request, "at", request.call.now)
        entry = actions.note(request.call, ref, written.text(request, "text"), at, _mark(request, "mark"))
    except NotAllowed as error:
        if request.htmx or error.code not in OF_THE_NOTE:
            raise
        return _page(request, ref, thread_window(request.call, ref), error=error)
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Trigger": "look"})
    return done(request, f"/incidents/{ref}#entry-{entry.id}", "Noted.")


@require_POST
@signed_in
def marks(request: Asked, ref: str, number: int) -> HttpResponse:
    """Mark an entry (`on`) or take a mark away (`off`). Whoever wants what is so already gets what they want."""
    on = "off" not in request.POST
    kind = _mark(request, "on" if on else "off")
    if kind is None:
        raise NotAllowed("no_mark", "No mark was named.", "Choose one of the marks.")
    try:
        actions.mark(request.call, ref, str(number), kind, on=on)
    except NotAllowed as error:
        if error.code != "unchanged":
            raise
    if request.htmx:
        found = shown([thread_entry(request.call, ref, str(number))], True)
        return render(request, "incident/entry.html", {"ref": ref, "entry": found[0], "marks": MARKS})
    said = f"Marked {MARKS[kind].told}." if on else "The mark is gone."
    return done(request, f"/incidents/{ref}#entry-{number}", said)


def _mark(request: Asked, name: str) -> MarkKind | None:
    value = written.text(request, name)
    if value and value not in list(MarkKind):
        raise NotAllowed("bad_mark", f"There is no mark {value[:40]!r}.", f"One of: {', '.join(MarkKind)}.")
    return MarkKind(value) if value else None


@require_safe
@signed_in
def entry(request: Asked, ref: str, number: int) -> HttpResponse:
    """One entry with its old texts, and what may be done about it alone."""
    known = head(request, ref)
    if not known["version"]:
        raise NotFound(f"There is no entry {number}.")
    may = "note" in known["can"]
    found = shown([thread_entry(request.call, ref, str(number))], may)
    told = {"entry": found[0], "marks": MARKS, "may": may}
    return page(request, ref, "thread", told, template="incident/entry_page.html")


urls: list[URLPattern] = [
    path("incidents/<str:ref>", thread),
    path("incidents/<str:ref>/live", live),
    path("incidents/<str:ref>/notes", notes),
    path("incidents/<str:ref>/entries/<int:number>", entry),
    path("incidents/<str:ref>/entries/<int:number>/marks", marks),
]
