"""An admin shuts somebody's account, opens it again, or takes a lost second factor away."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction

from musterpoint import access
from musterpoint.accounts.links import must_be_admin
from musterpoint.accounts.models import Account, Link
from musterpoint.actions import Call
from musterpoint.core.decision import NotAllowed
from musterpoint.core.incident import Role
from musterpoint.store.models import Person


def deactivate(call: Call, who: str) -> Person:
    """All of the person's accounts, sessions and tokens work no more from now on. Raises NotAllowed, NotFound."""
    must_be_admin(call)
    with transaction.atomic():
        person = access.person(who)
        if f"person:{person.pk}" == call.actor.who.identity:
            raise NotAllowed("yourself", "That is your own account.", "Another admin can do this.")
        mine = Account.objects.select_for_update().filter(person=person)
        if not mine:
            raise NotAllowed("no_account", f"{person.name} has no account.", "There is nothing to deactivate.")
        others = Account.objects.filter(person__role=Role.ADMIN, is_active=True).exclude(person=person)
        if person.role == Role.ADMIN and not others.exists():
            raise NotAllowed("last_admin", f"{person.name} is the only admin with an account.", "Invite another first.")
        mine.update(is_active=False)
        Link.objects.filter(person=person, used_at=None).update(used_at=call.now)
    return person


def reactivate(call: Call, who: str) -> Person:
    must_be_admin(call)
    person = access.person(who)
    Account.objects.filter(person=person).update(is_active=True)
    return person


def remove_second_factor(call: Call, who: str) -> Person:
    """For somebody who lost it, and their recovery codes. Raises NotAllowed, NotFound."""
    must_be_admin(call)
    person = access.person(who)
    if not Authenticator.objects.filter(user__person=person).delete()[0]:
        raise NotAllowed("no_second_factor", f"{person.name} has no second factor.", "There is nothing to remove.")
    return person
