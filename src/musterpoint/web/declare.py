"""Declare an incident: one page, a title, and nothing else that must be known."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from musterpoint import actions
from musterpoint.core.decision import NotAllowed, must_respond
from musterpoint.core.declare import TITLE_LIMIT, DeclareRequest, Security
from musterpoint.core.incident import Basis, Moment
from musterpoint.web import written
from musterpoint.web.asked import Asked, done, signed_in
from musterpoint.web.step_form import turn_to

#: The session remembers so many forms that led to an incident.
REMEMBERED = 20
DECLARED = "declared"
CHOICES = (
    (Security.NO, "No", "Everybody here can see the incident."),
    (Security.UNSURE, "Not sure", "Treated like yes, to be safe: only you and the security team can see it."),
    (Security.YES, "Yes", "Only you and the security team can see it, and nothing goes to chat."),
)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def declare(request: Asked) -> HttpResponse:
    """The form; and once for each form, however often it is sent, the incident."""
    if request.method != "POST":
        try:
            must_respond(request.call.actor)
        except NotAllowed as error:
            return _form(request, refused=error)
        return _form(request)
    once = written.text(request, "once")[:64]
    with transaction.atomic():
        if known := _already(request, once):
            return done(request, f"/incidents/{known}", "This was declared already: here it is.")
        try:
            declared = actions.declare(request.call, _request(request))
        except NotAllowed as error:
            return _form(request, error)
        _remember(request, once, declared.state.ref)
    ref = declared.state.ref
    if declared.restricted:
        sentence = f"Declared. Only you and the security team know of it.{turn_to(declared.contact)}"
    else:
        sentence = f"Incident {ref} is declared. Say who leads, and write down what you see and do."
    return done(request, f"/incidents/{ref}", sentence)


def _request(request: Asked) -> DeclareRequest:
    noticed = written.time(request, "noticed", request.call.now)
    security = written.text(request, "security") or Security.NO.value
    if security not in list(Security):
        raise NotAllowed("bad_security", "Could security or personal data be involved?", "Say no, not sure or yes.")
    return DeclareRequest(
        title=written.text(request, "title"),
        affected=written.text(request, "affected"),
        security=Security(security),
        detected=Moment(noticed, Basis.STATED) if noticed else None,
    )


def _already(request: Asked, once: str) -> str:
    """The incident that this form led to. Locks the session, as a double click sends two requests at once."""
    row = Session.objects.select_for_update().filter(session_key=request.session.session_key).first()
    known: dict[str, str] = row.get_decoded().get(DECLARED, {}) if row and once else {}
    return known.get(once, "")


def _remember(request: Asked, once: str, ref: str) -> None:
    """Written at once, in the transaction of the declaration, not with the answer."""
    known = {**request.session.get(DECLARED, {}), once: ref}
    request.session[DECLARED] = dict(list(known.items())[-REMEMBERED:])
    request.session.save()


def _form(request: Asked, error: NotAllowed | None = None, refused: NotAllowed | None = None) -> HttpResponse:
    told = {
        "choices": CHOICES,
        "given": _given(request),
        "once": written.text(request, "once") or secrets.token_urlsafe(16),
        "limit": TITLE_LIMIT,
        "error": error,
        "error_at": _field(error) if error else "",
        "refused": refused,
    }
    return render(request, "declare.html", told, status=409 if error else 200)


def _given(request: Asked) -> dict[str, Any]:
    names = ("title", "affected", "noticed", "security")
    given = {name: written.text(request, name) for name in names}
    return {**given, "security": given["security"] or Security.NO.value}


def _field(error: NotAllowed) -> str:
    """The field that a refusal is about."""
    if error.code in written.ABOUT_TIME:
        return "noticed"
    if error.code in ("empty", "too_long"):
        return "affected" if "affected" in error.message else "title"
    return "security" if error.code == "bad_security" else ""


urls: list[URLPattern] = [path("declare", declare)]
