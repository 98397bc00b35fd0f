"""One step on an incident as a form: beside the thread, and as a page of its own at the step's address.

Its page shows what was refused, beside the field, with everything that was written. What cannot be undone is asked
twice. All that works without JavaScript.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from musterpoint import access, reading
from musterpoint.access import NotFound
from musterpoint.core.decision import NotAllowed
from musterpoint.core.incident import Who
from musterpoint.reading.thread import thread_entry
from musterpoint.web import written
from musterpoint.web.asked import Asked, done, signed_in
from musterpoint.web.head import page

Head = dict[str, Any]
Refusal = NotAllowed | NotFound


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `kind`: text, area, time, person, incident or choice. `starts_as`: what of the head stands in it."""

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    required: bool = False
    starts_as: str = ""
    choices: Callable[[Asked], Sequence[tuple[str, str]]] | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A step's form as it was sent."""

    request: Asked
    ref: str

    def text(self, name: str) -> str:
        return written.text(self.request, name).strip()

    def time(self, name: str = "at") -> datetime | None:
        return written.time(self.request, name, self.request.call.now)

    def person(self, name: str = "person") -> Who:
        return written.person(self.text(name), self.request.call.process)


@dataclass(frozen=True, slots=True)
class Done:
    """What is said after a step, and where one goes."""

    sentence: str
    where: str


@dataclass(frozen=True, slots=True)
class Step:
    """`address` is below the incident's; `needs` is its name in `core.possible`. `told` says what it means; `final` why
    it must be confirmed. `shortcuts`: buttons that need no field, by the value of the field `choice`."""

    address: str
    title: str
    button: str
    needs: str
    act: Callable[[Given], Done]
    fields: tuple[Field, ...] = ()
    told: str = ""
    final: str = ""
    shortcuts: Callable[[Asked, Head], Sequence[tuple[str, str]]] | None = None
    rare: bool = False
    #: it is about one entry, or about something that stands elsewhere on the page
    elsewhere: bool = False

    @property
    def name(self) -> str:
        return self.address.replace("/", "-")


def form(request: Asked, head: Head, step: Step, error: Refusal | None = None) -> dict[str, Any]:
    """What the templates show of a step."""
    place = _place(step, error)
    return {
        "step": step,
        "action": f"/incidents/{head['ref']}/{step.address}",
        "shortcuts": step.shortcuts(request, head) if step.shortcuts else (),
        "fields": [
            {
                "field": field,
                "id": f"{step.name}-{field.name}",
                "value": _value(request, head, step, field),
                "choices": field.choices(request) if field.choices else (),
                "error": error if field is place else None,
            }
            for field in step.fields
        ],
        "error": error if place is None else None,
    }


def _value(request: Asked, head: Head, step: Step, field: Field) -> str:
    """What was sent here, what the address says, or what stands now."""
    if request.path.endswith(f"/{step.address}"):
        if request.method == "POST":
            return written.text(request, field.name)
        if field.name in request.GET:
            return request.GET[field.name]
    return str(head.get(field.starts_as) or "")


def _place(step: Step, error: Refusal | None) -> Field | None:
    """The field that a refusal is about, as far as one can tell."""
    if error is None:
        return None
    if isinstance(error, NotFound):
        kinds: tuple[str, ...] = ("person", "incident")
    elif error.code in written.ABOUT_TIME:
        kinds = ("time",)
    elif error.code in ("empty", "too_long"):
        kinds = ("text", "area")
    else:
        kinds = ()
    return next((each for each in step.fields if each.kind in kinds), None)


def turn_to(contact: str) -> str:
    """Whom to turn to about a restricted incident, as a sentence that follows another."""
    return f" Turn to {contact}." if contact else " No security contact is set; turn to your security team."


def lists(request: Asked) -> dict[str, Any]:
    """What is offered while somebody types: people, and the newest incidents that they may see."""
    return {"people": written.people(), "incidents": access.listing(request.call.actor, limit=20)}


def view(step: Step) -> Callable[..., HttpResponse]:
    """The view at the step's address: GET shows its form, POST does it."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @signed_in
    def answer(request: Asked, ref: str) -> HttpResponse:
        if request.method != "POST":
            return _page(request, ref, step)
        if step.final and request.POST.get("confirmed") != "yes":
            return _page(request, ref, step, confirm=True)
        try:
            result = step.act(Given(request, ref))
        except (NotAllowed, NotFound) as error:
            return _page(request, ref, step, error)
        return done(request, result.where, result.sentence)

    return answer


def _page(request: Asked, ref: str, step: Step, error: Refusal | None = None, *, confirm: bool = False) -> HttpResponse:
    head = reading.head(request.call, ref)
    told = {
        "form": form(request, head, step, error),
        "confirm": confirm,
        "possible": step.needs in head["can"] or error is not None,
        "quoted": _quoted(request, ref, step),
        **lists(request),
    }
    return page(request, ref, "thread", told, template="incident/step.html", status=409 if error else 200)


def _quoted(request: Asked, ref: str, step: Step) -> dict[str, Any] | None:
    """The entry that the form is about, as it is now."""
    number = (request.POST if request.method == "POST" else request.GET).get("entry", "").strip()
    if not number or all(each.name != "entry" for each in step.fields):
        return None
    try:
        return thread_entry(request.call, ref, number.removeprefix("entry:"))
    except (NotFound, NotAllowed):
        return None
