"""Who is who. Only an admin, with a token of the scope `admin`, changes it."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpResponse
from ninja import Path, Router
from pydantic import Field

from musterpoint import people as directory
from musterpoint.api.caller import ADMIN, Request
from musterpoint.api.fields import Name, answer
from musterpoint.api.paging import Cursor, Limit, Page, packed, page, unpacked
from musterpoint.api.shapes import people as shapes
from musterpoint.store import models

router = Router(tags=["people"])

Person = Annotated[Name, Field(description="`person:3`, a name, an account"), Path()]


@router.get("/me", response=shapes.Me)
def show_me(request: Request) -> HttpResponse:
    """Who asks."""
    caller = request.auth
    shape = directory.shape(caller.person, caller.call.process)
    return answer({"person": shape, "scopes": caller.token.scopes.split() if caller.token else None})


@router.get("/people", response=Page[shapes.Person])
def list_people(request: Request, limit: Limit = 100, cursor: Cursor = "") -> HttpResponse:
    """Everybody, in the order in which they were added."""
    query = models.Person.objects.prefetch_related("identities").order_by("pk")
    found = list(query.filter(pk__gt=next(iter(unpacked(cursor, int)), 0))[: limit + 1])
    following = packed(found[limit - 1].pk) if len(found) > limit else None
    return answer(page([directory.shape(each, request.auth.call.process) for each in found[:limit]], following))


@router.post("/people", response={201: shapes.Person}, auth=ADMIN)
def add_person(request: Request, payload: shapes.PersonAsked) -> HttpResponse:
    """Add a person."""
    call = request.auth.call
    person = directory.add(call, payload.name, payload.role.value, payload.zone, payload.identities)
    return answer(directory.shape(person, call.process), 201)


@router.patch("/people/{person}", response=shapes.Person, auth=ADMIN)
def change_person(request: Request, person: Person, payload: shapes.PersonChange) -> HttpResponse:
    """Change name, role or time zone."""
    call, role = request.auth.call, payload.role.value if payload.role else ""
    changed = directory.change(call, person, payload.name or "", role, payload.zone)
    return answer(directory.shape(changed, call.process))


@router.post("/people/{person}/identities", response={201: shapes.Person}, auth=ADMIN)
def link_identity(request: Request, person: Person, payload: shapes.Identity) -> HttpResponse:
    """Say that an identity is this person's."""
    call = request.auth.call
    return answer(directory.shape(directory.link(call, person, payload.identity), call.process), 201)


@router.delete("/identities/{identity}", response=shapes.Person, auth=ADMIN)
def unlink_identity(request: Request, identity: Annotated[Name, Path()]) -> HttpResponse:
    """Take an identity away from its person."""
    call = request.auth.call
    return answer(directory.shape(directory.unlink(call, identity), call.process))


@router.post("/people/{person}/merge", response=shapes.Person, auth=ADMIN)
def merge_people(request: Request, person: Person, payload: shapes.MergeInto) -> HttpResponse:
    """Two people are one: the other, who is answered, keeps everything."""
    call = request.auth.call
    return answer(directory.shape(directory.merge(call, person, payload.into), call.process))
