"""Where mail or a chat reaches a person, and which people the identities of a record are."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from musterpoint.store import models

_PERSON, _EMAIL = "person:", "email:"
#: Whom the chat would not find any more.
_UNREACHABLE = ("gone", "app")


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


def chat_users(identities: Iterable[str], chat: str) -> dict[str, str]:
    """Identity → the id under which a chat (`slack`) knows that person, for those whom it can reach; nobody twice."""
    kind = f"{chat}:"
    found: dict[str, str] = {}
    for each in identities:
        named = [each] if each.startswith(kind) else []
        for person in people_named([each]):
            named += sorted(own.name for own in person.identities.all() if own.name.startswith(kind))
        users = [name.removeprefix(kind) for name in named]
        gone = set(models.ChatUser.objects.filter(user__in=users, kind__in=_UNREACHABLE).values_list("user", flat=True))
        user = next((user for user in users if user not in gone), "")
        if user and user not in found.values():
            found[each] = user
    return found
