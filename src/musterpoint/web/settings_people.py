"""Settings, People: who is who, and who may come in. Everybody reads; an admin changes."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from musterpoint import people
from musterpoint.accounts import letters, links, lockout, roster
from musterpoint.actions import Call
from musterpoint.core.incident import Role
from musterpoint.store.models import Person
from musterpoint.web.asked import Asked, done, signed_in

HERE = "/settings/people"
ROLES = [each.value for each in Role]


@require_safe
@signed_in
def everybody(request: Asked) -> HttpResponse:
    admin = request.call.actor.role is Role.ADMIN
    told = {"people": roster.everybody(request.call.process), "admin": admin, "roles": ROLES}
    told["invitations"] = links.waiting(request.call) if admin else []
    return render(request, "settings/people.html", told)


@require_safe
@signed_in
def one(request: Asked, number: int) -> HttpResponse:
    everyone = roster.everybody(request.call.process)
    told = {
        "one": roster.one(number, request.call.process),
        "others": [each for each in everyone if each["number"] != number],
        "admin": request.call.actor.role is Role.ADMIN,
        "roles": ROLES,
    }
    return render(request, "settings/person.html", told)


@require_POST
@signed_in
def add(request: Asked) -> HttpResponse:
    given = request.POST
    identities = given.get("identities", "").split()
    person = people.add(
        request.call, given.get("name", ""), _role(given.get("role", "")), given.get("zone", ""), identities
    )
    return done(request, f"{HERE}/{person.pk}", f"{person.name} was added.")


def _role(wanted: str) -> str:
    return wanted if wanted in ROLES else Role.RESPONDER


@require_POST
@signed_in
def change(request: Asked, number: int) -> HttpResponse:
    given = request.POST
    role = _role(given["role"]) if given.get("role") else ""
    person = people.change(request.call, f"person:{number}", given.get("name", ""), role, given.get("zone"))
    return done(request, f"{HERE}/{number}", f"{person.name} was changed.")


@require_POST
@signed_in
def link(request: Asked, number: int) -> HttpResponse:
    identity = request.POST.get("identity", "")
    person = people.link(request.call, f"person:{number}", identity)
    return done(request, f"{HERE}/{number}", f"{identity.strip()} is {person.name}'s.")


@require_POST
@signed_in
def unlink(request: Asked, number: int) -> HttpResponse:
    identity = request.POST.get("identity", "")
    people.unlink(request.call, identity)
    return done(request, f"{HERE}/{number}", f"{identity.strip()} is nobody's any more.")


@require_POST
@signed_in
def merge(request: Asked, number: int) -> HttpResponse:
    other = people.merge(request.call, f"person:{number}", f"person:{request.POST.get('into', '')}")
    return done(request, f"{HERE}/{other.pk}", f"They are one person now: {other.name}.")


def _step(step: Callable[[Call, str], Person], sentence: str) -> Callable[..., HttpResponse]:
    """A view that does this to one person."""

    @require_POST
    @signed_in
    def view(request: Asked, number: int) -> HttpResponse:
        person = step(request.call, f"person:{number}")
        return done(request, f"{HERE}/{number}", sentence.format(person.name))

    return view


def _address(request: Asked, text: str) -> str:
    return links.address(settings.ADDRESS or request.build_absolute_uri("/"), text)


@never_cache
@require_POST
@signed_in
def sign_in(request: Asked, number: int) -> HttpResponse:
    made, text = links.sign_in(request.call, f"person:{number}")
    told = {"made": made, "address": _address(request, text), "back": f"{HERE}/{number}"}
    return render(request, "settings/link.html", told)


@never_cache
@require_POST
@signed_in
def invite(request: Asked) -> HttpResponse:
    given = request.POST
    who = f"person:{given['person']}" if given.get("person") else ""
    made, text = links.invite(request.call, given.get("email", ""), _role(given.get("role", "")), who)
    address = _address(request, text)
    told = {"made": made, "address": address, "mailed": letters.sent(made, address), "back": HERE}
    return render(request, "settings/link.html", told)


@require_POST
@signed_in
def withdraw(request: Asked, number: int) -> HttpResponse:
    links.withdraw(request.call, number)
    return done(request, HERE, "The invitation was withdrawn.")


_ONE = "settings/people/<int:number>"
urls: list[URLPattern] = [
    path("settings/people", everybody),
    path("settings/people/additions", add),
    path("settings/people/invitations", invite),
    path("settings/people/invitations/<int:number>/withdrawal", withdraw),
    path(_ONE, one),
    path(f"{_ONE}/change", change),
    path(f"{_ONE}/identities", link),
    path(f"{_ONE}/identities/removal", unlink),
    path(f"{_ONE}/merger", merge),
    path(f"{_ONE}/sign-in", sign_in),
    path(f"{_ONE}/deactivation", _step(lockout.deactivate, "{}'s account is deactivated.")),
    path(f"{_ONE}/activation", _step(lockout.reactivate, "{}'s account is active again.")),
    path(f"{_ONE}/second-factor/removal", _step(lockout.remove_second_factor, "{}'s second factor was removed.")),
]
