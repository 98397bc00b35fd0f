"""On whose behalf something is done that was asked for in the workspace: the person here who a full member is.

Whoever does something for the first time becomes a person, once, or is known to be one: by an e-mail that is confirmed
there and proven here. Guests, people of other workspaces and apps do nothing; whom Slack or an admin here has shut out
does nothing either. Nobody chooses a name that means somebody else (`accounts.joining`).
"""

from __future__ import annotations

from datetime import datetime

from django.apps import apps
from django.db import IntegrityError, transaction

from musterpoint import access
from musterpoint.accounts import joining
from musterpoint.actions import Call
from musterpoint.core.decision import NotAllowed
from musterpoint.core.incident import Role
from musterpoint.core.process import Process
from musterpoint.people import known_zone
from musterpoint.store import models

SOURCE = "slack"
#: Why each kind of user but a member may do nothing.
_NOT = {
    "guest": "Guests of the workspace cannot do this.",
    "stranger": "People of another workspace cannot do this.",
    "app": "Apps cannot do this.",
    "gone": "This account of the workspace is deactivated.",
}
_INSTEAD = "What you write in the thread is recorded all the same. Ask somebody of the workspace to do it for you."


class Unknown(LookupError):
    """Slack has not told yet who this is: ask it (`people.fetch`), outside of the transaction, and try again."""

    def __init__(self, workspace: str, user: str) -> None:
        super().__init__(f"Nothing is known of {user} in {workspace}.")
        self.workspace, self.user = workspace, user


def caller(process: Process, workspace: str, user: str, now: datetime) -> Call:
    """The call of somebody who asks for something there. No network: may be called inside a transaction, which then
    holds the new person, too. Raises Unknown; NotAllowed: not_a_member, deactivated."""
    row = models.ChatUser.objects.filter(workspace=workspace, user=user).first()
    if row is None:
        raise Unknown(workspace, user)
    if row.kind != "member":
        raise NotAllowed("not_a_member", _NOT.get(row.kind, _NOT["stranger"]), _INSTEAD)
    person = _known(user) or _joined(process, row)
    if joining.is_shut_out(person):
        raise NotAllowed("deactivated", f"{person.name}'s account here was deactivated.", "An admin can activate it.")
    return Call(access.actor_of(person, process), process, SOURCE, now)


def _known(user: str) -> models.Person | None:
    people = models.Person.objects.prefetch_related("identities")
    return people.filter(identities__name=f"slack:{user}").first()


def _joined(process: Process, row: models.ChatUser) -> models.Person:
    """The person whom this member is from now on. Of two who come at once, one makes the person, the other finds it."""
    identity = f"slack:{row.user}"
    try:
        with transaction.atomic():
            person = _by_email(row.email) or _made(process, row)
            models.Identity.objects.create(name=identity, person=person)
            joining.give(person, [f"email:{row.email}"] if row.email else [])
    except IntegrityError:
        person = models.Identity.objects.select_related("person").get(name=identity).person
    return models.Person.objects.prefetch_related("identities").get(pk=person.pk)


def _made(process: Process, row: models.ChatUser) -> models.Person:
    try:
        zone = known_zone(row.zone)
    except NotAllowed:
        zone = ""
    name = joining.free_name(row.name, process, (f"slack:{row.user}",))
    return models.Person.objects.create(name=name, role=Role.RESPONDER, zone=zone)


def _by_email(email: str) -> models.Person | None:
    """Whose address this is by their identity, or as the verified one of an account."""
    if not email:
        return None
    identity = models.Identity.objects.filter(name=f"email:{email}").select_related("person").first()
    if identity is not None:
        return identity.person
    if not apps.is_installed("allauth.account"):  # the command line does without: it signs nobody in
        return None
    from musterpoint.accounts import opening

    found = opening.owner_of([email])
    return found[0].person if found is not None else None
