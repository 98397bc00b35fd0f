"""Where mail reaches a person, and which people the identities of a record are."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from musterpoint.store import models

_PERSON, _EMAIL = "person:", "email:"


def people_named(identities: Iterable[str]) -> list[models.Person]:
    """The people who have one of these identities, each once."""
    names = set(identities)
    numbers = [int(each[len(_PERSON) :]) for each in names if each.startswith(_PERSON) and each[7:].isdecimal()]
    people = models.Person.objects.filter(Q(pk__in=numbers) | Q(identities__name__in=names)).distinct()
    return list(people.prefetch_related("identities", "accounts").order_by("pk"))


def mail_address(person: models.Person) -> str:
    """Their `email:` identity, else the e-mail of an account of theirs that is active; empty where there is neither."""
    named = [each.name.removeprefix(_EMAIL) for each in person.identities.all() if each.name.startswith(_EMAIL)]
    active = [each.email for each in person.accounts.all() if each.is_active]
    return next(iter([*sorted(named), *sorted(active)]), "")
