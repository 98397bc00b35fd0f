"""The write-up of an incident: read, edited in place part by part, marked as done, copied as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from musterpoint import actions
from musterpoint.core.decision import NotAllowed
from musterpoint.core.writeup_parts import PARTS
from musterpoint.reading import writeup as reading
from musterpoint.web import editing
from musterpoint.web.asked import Asked, done, signed_in
from musterpoint.web.asked import number as number_of
from musterpoint.web.cited import changes, linked, sentences
from musterpoint.web.editing import Text
from musterpoint.web.head import page

_PARTS = {part.name: part for part in PARTS}
_TITLES = {part.name: part.title for part in PARTS} | {"actions": "Actions"}


def _about(ref: str, name: str) -> Text:
    if name not in _PARTS:
        raise Http404(f"The write-up has no part {name!r}.")
    home = f"/incidents/{ref}/writeup"
    return Text(
        ref,
        "writeup",
        _PARTS[name],
        f"{home}/{name}",
        f"{home}#part-{name}",
        "incident/writeup_preview.html",
        lambda written: {"text": linked(written, ref, {})},
    )


def _shape(request: Asked, ref: str, name: str) -> dict[str, Any]:
    shape: dict[str, Any] = reading.writeup(request.call, ref, name)["parts"][0]
    return shape


@signed_in
@require_safe
def writeup(request: Asked, ref: str) -> HttpResponse:
    """Of an incident of which only a number is left there is none."""
    try:
        shape = reading.writeup(request.call, ref, advice=True)
    except NotAllowed:
        return page(request, ref, "writeup", {"writeup": None})
    remarks = [each for each in shape["advice"] if each["code"] != "open_question"]  # those are listed by themselves
    told = {
        "writeup": shape,
        "parts": [_part(each, shape, remarks) for each in shape["parts"]],
        "advice": _grouped(remarks, shape["incident"]),
    }
    return page(request, ref, "writeup", told)


def _part(part: dict[str, Any], shape: dict[str, Any], remarks: Sequence[dict[str, str]]) -> dict[str, Any]:
    """`waiting` are the versions that crossed with what stands, and have not been put together with it."""
    ref, evidence = shape["incident"], shape["evidence"]
    return {
        **part,
        "shown": linked(part["text"], ref, evidence),
        "sentences": sentences(part["sentences"], ref),
        "changes": changes(part["changed"], ref, evidence),
        "waiting": [each for each in part["versions"] if editing.waits(each, part["version"])],
        "remarks": sum(each["part"] == part["name"] for each in remarks),
    }


def _grouped(advice: Sequence[dict[str, str]], ref: str) -> list[dict[str, Any]]:
    home = f"/incidents/{ref}"
    return [
        {
            "title": _TITLES.get(name, name),
            "url": f"{home}/actions" if name == "actions" else f"{home}/writeup#part-{name}",
            "remarks": [{**each, "passage": each["passage"].removeprefix("- ")} for each in remarks],
        }
        for name, remarks in groupby(advice, lambda each: each["part"])
    ]


@signed_in
@require_safe
def markdown(request: Asked, ref: str) -> HttpResponse:
    text = reading.as_markdown(reading.writeup(request.call, ref))
    answer = HttpResponse(text, content_type="text/markdown; charset=utf-8")
    answer["Content-Disposition"] = f'inline; filename="writeup-{ref}.md"'
    return answer


@signed_in
@require_safe
def news(request: Asked, ref: str) -> HttpResponse:
    """Whether something happened to the incident since version `version` of it was shown."""
    if reading.standing(request.call, ref)["version"] == number_of(request, "version"):
        return HttpResponse(status=204)
    return render(request, "incident/writeup_changed.html", {"ref": ref}, status=editing.ENOUGH)


@signed_in
@require_POST
def completion(request: Asked, ref: str) -> HttpResponse:
    actions.writeup_done(request.call, ref)
    return done(request, f"/incidents/{ref}/writeup#done", "The write-up is marked as done.")


@signed_in
@require_POST
def reopening(request: Asked, ref: str) -> HttpResponse:
    actions.writeup_reopen(request.call, ref, request.POST.get("reason", ""))
    return done(request, f"/incidents/{ref}/writeup#done", "The write-up is worked on again.")


# --- one part -----------------------------------------------------------------------------------------------------


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def part(request: Asked, ref: str, name: str) -> HttpResponse:
    about, call = _about(ref, name), request.call
    if request.method != "POST":
        return editing.form(request, about, _shape(request, ref, name))
    return editing.save(
        request,
        about,
        lambda text, seen: actions.write_part(call, ref, name, text, seen=seen),
        lambda: actions.reset_part(call, ref, name),
    )


@signed_in
@require_POST
def preview(request: Asked, ref: str, name: str) -> HttpResponse:
    return editing.preview(request, _about(ref, name), lambda: _shape(request, ref, name))


@signed_in
@require_safe
def part_news(request: Asked, ref: str, name: str) -> HttpResponse:
    return editing.news(request, _about(ref, name))


@signed_in
@require_POST
def composition(request: Asked, ref: str, name: str) -> HttpResponse:
    """The part is composed from the record again."""
    seen = number_of(request, "seen", request.POST)
    return editing.compose_again(request, _about(ref, name), seen, lambda: actions.reset_part(request.call, ref, name))


@signed_in
@require_safe
def version(request: Asked, ref: str, name: str, number: int) -> HttpResponse:
    return editing.version(request, _about(ref, name), _shape(request, ref, name), number)


_HOME = "incidents/<str:ref>/writeup"
_PART = f"{_HOME}/<slug:name>"
urls: list[URLPattern] = [
    path(_HOME, writeup),
    path(f"{_HOME}.md", markdown),
    path(f"{_HOME}/news", news),
    path(f"{_HOME}/completion", completion),
    path(f"{_HOME}/reopening", reopening),
    path(_PART, part),
    path(f"{_PART}/preview", preview),
    path(f"{_PART}/news", part_news),
    path(f"{_PART}/composition", composition),
    path(f"{_PART}/versions/<int:number>", version),
]
