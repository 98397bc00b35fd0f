"""Settings, Tokens: one's own, made here and shown once; an admin sees and revokes everybody's."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from musterpoint import access
from musterpoint.accounts import tokens
from musterpoint.core.incident import Role
from musterpoint.web.asked import Asked, done, signed_in

HERE = "/settings/tokens"
#: What a form offers, each as a person reads it.
LASTS = {"30d": "30 days", "90d": "90 days", "365d": "a year", tokens.NEVER: "for ever"}
MAY = {
    "read": "read: see what I see",
    "write": "write: do what I do",
    "admin": "admin: run the installation, too",
}
OFFERED = {Role.VIEWER: ["read"], Role.RESPONDER: ["read", "write"], Role.ADMIN: ["read", "write", "admin"]}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def ours(request: Asked) -> HttpResponse:
    return _issued(request) if request.method == "POST" else _page(request)


def _page(request: Asked) -> HttpResponse:
    actor = request.call.actor
    everybody = actor.role is Role.ADMIN and "everybody" in request.GET
    person = None if everybody else access.person(actor.who.identity)
    told = {
        "tokens": [tokens.shape(each) for each in tokens.listed(person)],
        "everybody": everybody,
        "admin": actor.role is Role.ADMIN,
        "may": {each: MAY[each] for each in OFFERED[actor.role]},
        "lasts": LASTS,
    }
    return render(request, "settings/tokens.html", told)


def _issued(request: Asked) -> HttpResponse:
    """The answer itself shows it: a token in an address or in a session would be kept there."""
    given = request.POST
    expires_at = tokens.expiry(given.get("expires", ""), request.call.now)
    person = access.person(request.call.actor.who.identity)
    text = tokens.issue(person, given.get("name", ""), given.getlist("scope"), expires_at)
    site = (settings.ADDRESS or request.build_absolute_uri("/")).rstrip("/")
    told = {"token": tokens.shape(tokens.named(text)), "text": text, "site": site}
    return render(request, "settings/token.html", told)


@require_POST
@signed_in
def revocation(request: Asked, number: int) -> HttpResponse:
    gone = tokens.revoke(request.call.actor, number)
    where = f"{HERE}?everybody" if request.POST.get("everybody") else HERE
    return done(request, where, f"The token {gone.name} of {gone.person.name} works no more.")


urls: list[URLPattern] = [
    path("settings/tokens", ours),
    path("settings/tokens/<int:number>/revocation", revocation),
]
