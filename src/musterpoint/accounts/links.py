"""One-time links: set-up (the first admin), invitation (somebody joins), sign-in (a person, without a password).

A link's text is shown once and kept as a digest. Opening its page uses nothing up; sending the form does, once, whoever
else holds the same link.
"""

from __future__ import annotations

import getpass
import hashlib
import secrets
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from musterpoint import access
from musterpoint.accounts import calls
from musterpoint.accounts.joining import is_shut_out
from musterpoint.accounts.models import Account, Link
from musterpoint.actions import Call
from musterpoint.core.decision import NotAllowed
from musterpoint.core.incident import Role
from musterpoint.store.models import Identity, Person

SET_UP, INVITATION, SIGN_IN = "set-up", "invitation", "sign-in"
LASTS = {SET_UP: timedelta(days=1), INVITATION: timedelta(days=7), SIGN_IN: timedelta(hours=1)}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _made(purpose: str, now: datetime, **values: object) -> tuple[Link, str]:
    text = secrets.token_urlsafe(32)
    link = Link.objects.create(digest=digest(text), purpose=purpose, expires_at=now + LASTS[purpose], **values)
    return link, text


def address(base: str, text: str) -> str:
    return f"{base.rstrip('/')}/join/{text}"


def set_up_link(base: str) -> str | None:
    """The address at which the first person makes their account; None once there is one."""
    if Account.objects.exists():
        return None
    mine = Identity.objects.select_related("person").filter(name=f"account:{getpass.getuser()}").first()
    person = mine.person if mine and mine.person.role == Role.ADMIN else None
    _, text = _made(SET_UP, calls.now(), person=person, role=Role.ADMIN)
    return address(base, text)


def must_be_admin(call: Call) -> None:
    if call.actor.role is not Role.ADMIN:
        raise NotAllowed("not_an_admin", f"{call.actor.who.name} is not an admin.", "An admin can do this.")


def _maker(call: Call) -> Person:
    return access.person(call.actor.who.identity)


def invite(call: Call, email: str = "", role: str = Role.RESPONDER, who: str = "") -> tuple[Link, str]:
    """A link by which somebody joins: with that role, or as a person who is known here already.

    An address given here counts as verified: the admin says whose it is. Raises NotAllowed, NotFound.
    """
    must_be_admin(call)
    email = email.strip().casefold()
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise NotAllowed("bad_email", f"{email!r} is not an e-mail address.", "Write ana@example.com.") from None
    if role not in list(Role):
        raise NotAllowed("no_such_role", f"There is no role {role!r}.", f"One of: {', '.join(Role)}.")
    person = access.person(who) if who else None
    if person is not None and Account.objects.filter(person=person).exists():
        raise NotAllowed("has_account", f"{person.name} has an account.", "Make a sign-in link for them instead.")
    if email and Account.objects.filter(email__iexact=email).exists():
        raise NotAllowed("has_account", f"{email} has an account.", "Make a sign-in link for its person instead.")
    return _made(INVITATION, call.now, person=person, email=email, role=role, made_by=_maker(call))


def sign_in(call: Call, who: str) -> tuple[Link, str]:
    """A link by which that person signs in once. Raises NotAllowed, NotFound."""
    must_be_admin(call)
    person = access.person(who)
    if is_shut_out(person):
        raise NotAllowed("deactivated", f"{person.name}'s account is deactivated.", "Activate it again first.")
    return _made(SIGN_IN, call.now, person=person, made_by=_maker(call))


def found(text: str) -> Link | None:
    """The link, while it can be used."""
    return by_digest(digest(text))


def by_digest(wanted: str) -> Link | None:
    query = Link.objects.filter(digest=wanted, used_at=None, expires_at__gt=calls.now())
    link = query.select_related("person", "made_by").first()
    if link is None or (link.purpose == SET_UP and Account.objects.exists()):
        return None
    return link


def use(link: Link) -> bool:
    """Use it up, in the transaction of what it is used for; False where somebody else was quicker."""
    now = calls.now()
    if link.purpose == SET_UP:  # any of them makes the first account, and one account is the first
        waiting = Link.objects.filter(purpose=SET_UP, used_at=None).order_by("pk").select_for_update()
        if link.pk not in [each.pk for each in waiting] or Account.objects.exists():
            return False
        return Link.objects.filter(purpose=SET_UP, used_at=None).update(used_at=now) > 0
    return Link.objects.filter(pk=link.pk, used_at=None, expires_at__gt=now).update(used_at=now) == 1


def waiting(call: Call) -> list[Link]:
    """Invitations that nobody has used yet, newest first. For admins."""
    must_be_admin(call)
    query = Link.objects.filter(purpose=INVITATION, used_at=None, expires_at__gt=call.now)
    return list(query.select_related("person", "made_by").order_by("-pk"))


def withdraw(call: Call, number: int) -> Link:
    """The invitation works no more. Raises NotAllowed, NotFound."""
    must_be_admin(call)
    with transaction.atomic():
        query = Link.objects.filter(pk=number, purpose=INVITATION, used_at=None)
        link = query.first()
        if link is None or not query.update(used_at=call.now):
            raise access.NotFound("There is no such invitation.", "It was used or withdrawn meanwhile.")
    return link


def made_for(person: Person, limit: int = 5) -> list[Link]:
    """The last sign-in links of a person: they are to see that somebody made one."""
    query = Link.objects.filter(person=person, purpose=SIGN_IN).select_related("made_by")
    return list(query.order_by("-pk")[:limit])


def owner_of_email(link: Link) -> Person | None:
    """Whom the invitation's address belongs to already."""
    found = Identity.objects.filter(name=f"email:{link.email}").select_related("person").first() if link.email else None
    return found.person if found else None
