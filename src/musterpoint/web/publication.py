"""The public post of an incident: decided, written, looked at as the public will see it, published, kept honest."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from musterpoint import actions
from musterpoint.core import front_matter
from musterpoint.core.aftermath import Decision
from musterpoint.core.check_post import MORE
from musterpoint.core.decision import NotAllowed
from musterpoint.core.writeup_parts import POST, Part, Section
from musterpoint.reading import publication as reading
from musterpoint.web import editing
from musterpoint.web.asked import Asked, done, signed_in
from musterpoint.web.asked import number as number_of
from musterpoint.web.cited import changes, sentences
from musterpoint.web.editing import Text
from musterpoint.web.head import page

_DECISIONS = {"publish": Decision.PUBLISH, "skip": Decision.SKIP, "undecided": None}
_DECIDED = {
    "publish": "It is decided: a post is published.",
    "skip": "It is decided: no post is published.",
    "undecided": "The decision is taken back. A post is the default.",
}


def _home(ref: str) -> str:
    return f"/incidents/{ref}/publication"


def _about(ref: str) -> Text:
    return Text(
        ref,
        "publication",
        Part(POST, "Public post", Section.HEAD),
        f"{_home(ref)}/text",
        _home(ref),
        "incident/publication_article.html",
        article,
    )


def article(text: str) -> dict[str, Any]:
    """The post as a reader of the website has it: what its front matter says, its introduction, and the rest."""
    values, _ = front_matter.read(text)
    first, more, rest = front_matter.body(text).partition(MORE)
    authors = values.get("authors", [])
    return {
        "values": values,
        "authors": [authors] if isinstance(authors, str) else authors,
        "introduction": first if more else "",
        "rest": rest if more else first,
    }


@signed_in
@require_safe
def publication(request: Asked, ref: str) -> HttpResponse:
    """Of a security incident there is none, nor of one of which only a number is left, or with a broken template."""
    try:
        shape = reading.everything(request.call, ref)
    except NotAllowed as refused:
        told = {"refused": refused, "contact": request.call.process.security_contact}
        return page(request, ref, "publication", told)
    number = shape["incident"]
    told = {
        "post": shape,
        "article": article(shape["draft"]["text"]),
        "changes": changes(shape["changed"], number),
        "sentences": sentences(shape["draft"]["sentences"], number),
        "grave": [each for each in shape["advice"] if each["grave"]],
        "waiting": [each for each in shape["draft"]["versions"] if editing.waits(each, shape["draft"]["version"])],
    }
    return page(request, ref, "publication", told)


@signed_in
@require_POST
def decision(request: Asked, ref: str) -> HttpResponse:
    wanted = request.POST.get("decision", "")
    if wanted not in _DECISIONS:
        raise NotAllowed("unknown_decision", f"There is no decision {wanted!r}.", "It is publish, skip or undecided.")
    actions.decide_publication(request.call, ref, _DECISIONS[wanted], request.POST.get("reason", ""))
    return done(request, f"{_home(ref)}#decision", _DECIDED[wanted])


@signed_in
@require_POST
def rows(request: Asked, ref: str) -> HttpResponse:
    """Show a row of the timeline to the public, or keep it from the public."""
    entry, public = number_of(request, "entry", request.POST), request.POST.get("public") == "yes"
    actions.choose_row(request.call, ref, str(entry), public=public)
    told = "That row is in the post." if public else "That row is kept from the public."
    return done(request, f"{_home(ref)}#row-{entry}", told)


@signed_in
@require_POST
def revisions(request: Asked, ref: str) -> HttpResponse:
    """Publish what stands."""
    try:
        actions.publish(request.call, ref, anyway=request.POST.get("anyway") == "yes")
    except NotAllowed as refused:
        if refused.code != "not_fit":
            raise
        messages.error(request, f"It was not published. {refused.message}")
        return redirect(f"{_home(ref)}#grave")
    return done(request, f"{_home(ref)}#decision", "It is on its way to the website.")


@signed_in
@require_safe
def news(request: Asked, ref: str) -> HttpResponse:
    """Whether the revision that was on its way is there, or was hindered: then the page is fetched anew."""
    answer = HttpResponse(status=204)
    if reading.arrival(request.call, ref)["status"] != request.GET.get("status"):
        answer["HX-Refresh"] = "true"
    return answer


# --- its text -----------------------------------------------------------------------------------------------------


def _shape(request: Asked, ref: str) -> dict[str, Any]:
    draft = reading.draft(request.call, ref)
    return {**draft, "text": draft["source"], "who": draft["written_by"], "at": draft["written_at"]}


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: Asked, ref: str) -> HttpResponse:
    call = request.call
    if request.method != "POST":
        return editing.form(request, _about(ref), _shape(request, ref))
    return editing.save(
        request,
        _about(ref),
        lambda written, seen: actions.write_post(call, ref, written, seen=seen),
        lambda: actions.reset_post(call, ref),
    )


@signed_in
@require_POST
def preview(request: Asked, ref: str) -> HttpResponse:
    return editing.preview(request, _about(ref), lambda: _shape(request, ref))


@signed_in
@require_safe
def text_news(request: Asked, ref: str) -> HttpResponse:
    return editing.news(request, _about(ref))


@signed_in
@require_POST
def composition(request: Asked, ref: str) -> HttpResponse:
    """The post is composed from the record again."""
    seen = number_of(request, "seen", request.POST)
    return editing.compose_again(request, _about(ref), seen, lambda: actions.reset_post(request.call, ref))


@signed_in
@require_safe
def version(request: Asked, ref: str, number: int) -> HttpResponse:
    return editing.version(request, _about(ref), _shape(request, ref), number)


_HOME = "incidents/<str:ref>/publication"
urls: list[URLPattern] = [
    path(_HOME, publication),
    path(f"{_HOME}/decision", decision),
    path(f"{_HOME}/rows", rows),
    path(f"{_HOME}/revisions", revisions),
    path(f"{_HOME}/news", news),
    path(f"{_HOME}/text", text),
    path(f"{_HOME}/text/preview", preview),
    path(f"{_HOME}/text/news", text_news),
    path(f"{_HOME}/text/composition", composition),
    path(f"{_HOME}/text/versions/<int:number>", version),
]
