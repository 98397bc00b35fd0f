"""The timeline, curated: each row beside what was really said. Whatever is decided about a row can be undone.

With htmx the row changes in its place; without JavaScript the page comes again, at that row.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe

from musterpoint import access, actions, reading
from musterpoint.core.decision import NotAllowed
from musterpoint.core.journal import Entry, RowKind, Verdict
from musterpoint.core.timeline_markdown import markdown
from musterpoint.reading.timeline import SHOWN, curated, curated_row
from musterpoint.web import milestones, written
from musterpoint.web.asked import Asked, done, number, signed_in
from musterpoint.web.head import page
from musterpoint.web.steps import MILESTONES

#: What the filter offers: the word in the address, and what it says.
FILTERS = (("", "Kept and suggested"), ("kept", "Kept alone"), ("all", "With dropped ones"))
TOLD = {
    Verdict.KEEP: "The row is kept.",
    Verdict.DROP: "The row is dropped.",
    Verdict.REWORD: "The row is reworded.",
    Verdict.RESET: "The row is as it was before anybody decided about it.",
}


@require_safe
@signed_in
def timeline(request: Asked, ref: str) -> HttpResponse:
    show, row, changed = _show(request), request.GET.get("row", ""), number(request, "changed")
    shape = curated(request.call, ref, show, number(request, "page"), row)
    filters = [
        {"name": name, "label": label, "count": sum(shape["counts"][each] for each in SHOWN[name])}
        for name, label in FILTERS
    ]
    told = {**shape, **_choices(request), "filters": filters, "changed": changed, "open": False}
    if row and changed and all(str(each["entry"]) != row for each in shape["rows"]):
        told["gone"] = curated_row(request.call, ref, row)["row"]  # it can be brought back all the same
    return page(request, ref, "timeline", told)


@require_safe
@signed_in
def as_markdown(request: Asked, ref: str) -> HttpResponse:
    """What `timeline REF --format markdown` prints."""
    title = access.find(request.call.actor, ref).state.title
    wanted = SHOWN[_show(request)]
    rows = [row for row in reading.rows_of(request.call, ref) if row.status in wanted]
    answer = HttpResponse(markdown(title, rows) + "\n", content_type="text/markdown; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_safe
@signed_in
def news(request: Asked, ref: str) -> HttpResponse:
    """Nothing (204) as long as the record is what the page shows: rows do not move under anybody's hands."""
    row = access.find(request.call.actor, ref).row
    if (row.version if row else 0) == number(request, "version"):
        return HttpResponse(status=204)
    return render(request, "incident/timeline_news.html", {"ref": ref, "show": _show(request)})


@require_safe
@signed_in
def one(request: Asked, ref: str, entry: int) -> HttpResponse:
    """A row with everything that can be decided about it; `?shut` is the row as it stands in its list."""
    shape = curated_row(request.call, ref, str(entry))
    told = {**shape, **_choices(request), "open": "shut" not in request.GET}
    if request.htmx:
        told["head"] = reading.head(request.call, ref)
        return render(request, "incident/timeline_row.html", told)
    return page(request, ref, "timeline", told, template="incident/timeline_one.html")


@require_POST
@signed_in
def verdict(request: Asked, ref: str, entry: int) -> HttpResponse:
    """Keep, drop or reset, with the kind of row and the reason where they are given."""
    try:
        wanted = Verdict(request.POST.get("verdict", ""))
    except ValueError as error:
        raise NotAllowed("no_verdict", "What is to become of the row?", "Keep it, drop it, or reset it.") from error
    return _curated(request, ref, entry, wanted)


@require_POST
@signed_in
def wording(request: Asked, ref: str, entry: int) -> HttpResponse:
    return _curated(request, ref, entry, Verdict.REWORD)


@require_POST
@signed_in
def time(request: Asked, ref: str, entry: int) -> HttpResponse:
    at = written.time(request, "at", request.call.now)
    if at is None:
        raise NotAllowed("no_time", "No time was given.", "Write one, such as 2026-03-02 14:20 (UTC).")
    made = actions.correct_row(request.call, ref, str(entry), at, written.text(request, "why"))
    return _changed(request, ref, entry, made, f"The row has the time {at:%Y-%m-%d %H:%M} UTC.", moved=True)


@require_POST
@signed_in
def undo(request: Asked, ref: str, entry: int) -> HttpResponse:
    """What was decided last is taken back; `undone` says which decision that is."""
    undone = request.POST.get("undone", "")
    actions.undo_row(request.call, ref, str(entry), undone)
    return _changed(request, ref, entry, None, "Undone: the row is what it was before.")


def _curated(request: Asked, ref: str, entry: int, wanted: Verdict) -> HttpResponse:
    kind, why = request.POST.get("kind", ""), request.POST.get("why", "").strip()
    if kind and kind not in list(RowKind):
        raise NotAllowed("no_kind", f"{kind!r} is no kind of row.", f"One of: {', '.join(RowKind)}.")
    made = actions.curate(
        request.call,
        ref,
        str(entry),
        wanted,
        text=request.POST.get("text", "") if wanted is Verdict.REWORD else "",
        row_kind=RowKind(kind) if kind else None,
        why=why,
    )
    return _changed(request, ref, entry, made, TOLD[wanted])


def _changed(
    request: Asked, ref: str, entry: int, made: Entry | None, said: str, *, moved: bool = False
) -> HttpResponse:
    """The row as it is now, with a way to undo what was `made`."""
    changed = made.id if made else 0
    if not request.htmx:
        place = f"/incidents/{ref}/timeline?show={_show(request)}&row={entry}&changed={changed}#row-{entry}"
        return done(request, place, said)
    shape = curated_row(request.call, ref, str(entry))
    told = {**shape, **_choices(request), "changed": changed, "said": said, "moved": moved, "open": False}
    told["head"] = {"can": ["note"]}  # it has just been done
    told["renewed"] = True
    told["alone"] = shape["seen"] == number(request, "version", request.POST) + 1
    return render(request, "incident/timeline_row.html", told)


def _show(request: Asked) -> str:
    show = request.GET.get("show", "")
    return show if show in SHOWN else ""


def _choices(request: Asked) -> dict[str, Any]:
    show = _show(request)
    return {
        "show": show,
        "query": f"?show={show}" if show else "",
        "kinds": [each.value for each in RowKind],
        "correctable": [each.value for each in MILESTONES],
    }


_ROW = "incidents/<str:ref>/timeline/<int:entry>"
urls: list[URLPattern] = [
    path("incidents/<str:ref>/timeline", timeline),
    path("incidents/<str:ref>/timeline.md", as_markdown),
    path("incidents/<str:ref>/timeline/news", news),
    path(_ROW, one),
    path(f"{_ROW}/verdict", verdict),
    path(f"{_ROW}/wording", wording),
    path(f"{_ROW}/time", time),
    path(f"{_ROW}/undo", undo),
    *milestones.urls,
]
