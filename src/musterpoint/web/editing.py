"""A text that people write together, edited in place: its form, its preview, its versions, and two texts that crossed.

A part of the write-up is one, the public post is another. What somebody sends is never lost: where two edits crossed,
the second one is kept as a version aside, and whoever wrote it has both before them to put them together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from musterpoint.actions.writeup import Written
from musterpoint.core import writeup as core
from musterpoint.core.decision import NotAllowed
from musterpoint.core.put_together import put_together
from musterpoint.core.writeup_parts import Part
from musterpoint.reading import writeup as reading
from musterpoint.web.asked import Asked, done, number
from musterpoint.web.cited import changes
from musterpoint.web.head import page

#: htmx asks no more once it got this.
ENOUGH = 286


@dataclass(frozen=True, slots=True)
class Text:
    """What is edited: `address` is where it is posted to, `back` where it is read; `shown` is its preview's template,
    which gets what `seen_as` makes of the Markdown."""

    ref: str
    tab: str
    part: Part
    address: str
    back: str
    shown: str
    seen_as: Callable[[str], dict[str, Any]]

    @property
    def title(self) -> str:
        return self.part.title

    @property
    def draft(self) -> str:
        return f"{self.tab}:{self.ref}:{self.part.name}"


def form(
    request: Asked, text: Text, shape: dict[str, Any], written: str | None = None, seen: int | None = None
) -> HttpResponse:
    """The form and its preview, with what stands or with what somebody wrote, having seen version `seen`."""
    words = shape["text"] if written is None else written
    told = {
        "text": text,
        "shape": shape,
        "words": words,
        "seen": shape["version"] if seen is None else seen,
        "changes": changes(shape["changed"], text.ref),
        "preview": text.seen_as(words),
    }
    return page(request, text.ref, text.tab, told, template="incident/writeup_edit.html")


def save(
    request: Asked, text: Text, write: Callable[[str, int], Written], reset: Callable[[], Written]
) -> HttpResponse:
    """Take what was written; an emptied text is composed again. Two that crossed are shown."""
    written, seen = request.POST.get("text", ""), number(request, "seen", request.POST)
    if not written.strip():
        return compose_again(request, text, seen, reset)
    outcome = write(written, seen)
    if outcome.entry is None:
        return done(request, text.back, f"Nothing was changed: “{text.title}” says that already.")
    if outcome.aside:
        told = f"What you wrote is kept, as version {outcome.entry.id}. It does not stand yet: see below."
        return done(request, f"{text.address}/versions/{outcome.entry.id}?seen={seen}", told)
    return done(request, text.back, f"“{text.title}” stands as you wrote it.")


def compose_again(request: Asked, text: Text, seen: int, reset: Callable[[], Written]) -> HttpResponse:
    """Only what the person saw is put aside for it."""
    if reading.standing(request.call, text.ref)["parts"][text.part.name] != seen:
        message = f"Somebody saved another text of “{text.title}” meanwhile, so it was not composed again."
        raise NotAllowed("changed", message, "Look at what stands now, and decide again.")
    reset()
    return done(request, text.back, f"“{text.title}” is composed from the record. What people wrote is kept.")


def preview(request: Asked, text: Text, shape: Callable[[], dict[str, Any]]) -> HttpResponse:
    """How what somebody writes will look. Without JavaScript it is the form again, with the preview beside it."""
    written = request.POST.get("text", "")
    reading.standing(request.call, text.ref)  # raises, for whom it does not exist
    core.must_fit(written, text.part)
    if request.htmx:
        return render(request, text.shown, {"preview": text.seen_as(core.plain(written))})
    return form(request, text, shape(), core.plain(written), number(request, "seen", request.POST))


def news(request: Asked, text: Text) -> HttpResponse:
    """Whether another text stands by now than the one that somebody is writing on."""
    seen, stands = number(request, "seen"), reading.standing(request.call, text.ref)["parts"]
    if stands[text.part.name] == seen:
        return HttpResponse(status=204)
    told = {"text": text, "stands": stands[text.part.name]}
    return render(request, "incident/writeup_news.html", told, status=ENOUGH)


def version(request: Asked, text: Text, shape: dict[str, Any], wanted: int) -> HttpResponse:
    """One version. Of one that stands aside: also what stands, what it was based on, and both put together."""
    found = next((each for each in shape["versions"] if each["version"] == wanted), None)
    if found is None:
        raise Http404(f"“{text.title}” has no version {wanted}.")
    told = {"text": text, "shape": shape, "found": found}
    if found["aside"]:
        told |= {
            "waits": waits(found, shape["version"]),
            "based": _based(shape, number(request, "seen")) if "seen" in request.GET else None,
            "together": put_together(shape["text"], found["text"]),
        }
    else:
        told["changes"] = changes(core.difference(found["text"], shape["text"]))
    return page(request, text.ref, text.tab, told, template="incident/writeup_version.html")


def waits(found: dict[str, Any], stands: int) -> bool:
    """It crossed with what stands, and nobody has written since."""
    return bool(found["aside"]) and found["version"] > stands > 0


def _based(shape: dict[str, Any], seen: int) -> dict[str, Any] | None:
    """What was seen by whoever wrote it; for 0 that was composed, and may have read a little differently then."""
    if not seen:
        return {"version": 0, "text": shape["composed"]}
    return next((each for each in shape["versions"] if each["version"] == seen), None)
