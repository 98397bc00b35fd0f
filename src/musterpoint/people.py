"""People and their identities. Only an admin changes them; nobody gets authority here (that is in musterpoint.toml)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction

from musterpoint import access
from musterpoint.actions import Call
from musterpoint.core.decision import NotAllowed, some_line
from musterpoint.core.incident import Role, Who
from musterpoint.core.process import Process
from musterpoint.core.spoken_text import kept
from musterpoint.store import models

IDENTITY = re.compile(r"(slack|github|email|account):\S+")
#: Characters; so long are the columns of the database.
NAME_LIMIT, IDENTITY_LIMIT = 200, 250


def shape(person: models.Person, process: Process) -> dict[str, Any]:
    actor = access.actor_of(person, process)
    names = [each.name for each in person.identities.all()]
    return {
        "id": actor.who.identity,
        "name": person.name,
        "role": person.role,
        "authority": actor.authority,
        "zone": person.zone or None,
        "identities": sorted(name for name in names if not name.startswith("person:")),
    }


def _must_be_admin(call: Call) -> None:
    if call.actor.role is not Role.ADMIN:
        raise NotAllowed("not_an_admin", f"{call.actor.who.name} is not an admin.", "An admin can do this.")


def _free(identity: str) -> str:
    """The identity in the form it is stored. Raises NotAllowed for another form, or when it is somebody's."""
    identity = identity.strip()
    if not IDENTITY.fullmatch(identity) or identity != kept(identity) or len(identity) > IDENTITY_LIMIT:
        raise NotAllowed(
            "bad_identity", f"{identity!r} is not an identity.", "Write slack:U…, github:LOGIN, email:… or account:…"
        )
    kind, _, name = identity.partition(":")
    identity = f"{kind}:{name.casefold() if kind in ('github', 'email') else name}"
    taken = models.Identity.objects.filter(name=identity).select_related("person").first()
    if taken:
        raise NotAllowed("taken", f"{identity} is {taken.person.name}'s.", "Unlink it first, or merge the two people.")
    return identity


def known_zone(zone: str) -> str:
    """The time zone, or none. Raises NotAllowed."""
    try:
        return ZoneInfo(zone).key if zone else ""
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise NotAllowed("bad_zone", f"{zone!r} is no time zone.", "Write one like Europe/Berlin.") from error


def _fresh(person: models.Person) -> models.Person:
    return models.Person.objects.prefetch_related("identities").get(pk=person.pk)


def add(call: Call, name: str, role: str, zone: str, identities: Sequence[str]) -> models.Person:
    _must_be_admin(call)
    with transaction.atomic():
        named = some_line(name, "name", NAME_LIMIT)
        person = models.Person.objects.create(name=named, role=role, zone=known_zone(zone))
        for each in identities:
            models.Identity.objects.create(name=_free(each), person=person)
    return _fresh(person)


def link(call: Call, who: str, identity: str) -> models.Person:
    _must_be_admin(call)
    with transaction.atomic():
        person = access.person(who)
        models.Identity.objects.create(name=_free(identity), person=person)
    return _fresh(person)


def unlink(call: Call, identity: str) -> models.Person:
    _must_be_admin(call)
    found = models.Identity.objects.filter(name=kept(identity).strip()).select_related("person").first()
    if found is None:
        raise access.NotFound(f"Nobody has the identity {identity!r}.", "`people list` shows all.")
    person = found.person
    found.delete()
    return _fresh(person)


def _must_not_be_last(admin: models.Person) -> None:
    if not models.Person.objects.filter(role=Role.ADMIN).exclude(pk=admin.pk).exists():
        raise NotAllowed("last_admin", f"{admin.name} is the only admin.", "Make somebody else admin first.")


def merge(call: Call, who: str, into: str) -> models.Person:
    """`who` becomes `into`, with all identities; what the journal says of `person:N` means the other from now on."""
    _must_be_admin(call)
    with transaction.atomic():
        one, other = access.person(who), access.person(into)
        if one.pk == other.pk:
            raise NotAllowed("same_person", f"{one.name} is one person already.")
        if one.role == Role.ADMIN != other.role:
            _must_not_be_last(one)
        models.Identity.objects.filter(person=one).update(person=other)
        models.Identity.objects.create(name=f"person:{one.pk}", person=other)
        one.accounts.update(person=other)
        one.tokens.update(person=other)
        one.delete()
    return _fresh(other)


def change(call: Call, who: str, name: str, role: str, zone: str | None) -> models.Person:
    _must_be_admin(call)
    with transaction.atomic():
        person = access.person(who)
        others = models.Person.objects.filter(role="admin").exclude(pk=person.pk)
        if role and role != Role.ADMIN and person.role == Role.ADMIN and not others.exists():
            raise NotAllowed("last_admin", f"{person.name} is the only admin.", "Make somebody else admin first.")
        person.name = some_line(name, "name", NAME_LIMIT) if name else person.name
        person.role = role or person.role
        person.zone = person.zone if zone is None else known_zone(zone)
        person.save()
    return _fresh(person)


def somebody(call: Call, wanted: str) -> Who:
    """Who is to own something: somebody known here, or whoever has that name; `me` is who asks.

    Raises NotFound for an identity of nobody, Ambiguous for a name of several people, NotAllowed: empty, too_long.
    """
    if wanted == "me":
        return call.actor.who
    name = some_line(wanted, "owner", NAME_LIMIT).removeprefix("@")
    try:
        return access.actor(name, call.process).who
    except access.Ambiguous:
        raise
    except access.NotFound:
        if ":" in name:
            raise
    return Who(f"name:{name}", name)


def names_of(call: Call, wanted: str) -> frozenset[str]:
    """Everything that may name the owner whom `somebody` finds."""
    if wanted == "me":
        return call.actor.identities
    who = somebody(call, wanted)
    if who.identity.startswith("name:"):
        return frozenset([who.identity, who.name])
    return access.actor(wanted, call.process).identities
