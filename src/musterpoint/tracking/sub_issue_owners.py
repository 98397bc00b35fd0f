"""Who owns an action and whom its issue is assigned to: the same person, where somebody here is linked to them."""

from __future__ import annotations

from musterpoint.core.aftermath import Action
from musterpoint.core.incident import Who
from musterpoint.store.addresses import people_named


def assignee(action: Action, tracker: str) -> str:
    """The identity on the tracker (`github:LOGIN`) of the action's owner; empty where nobody is linked to one."""
    kind, owner = f"{tracker}:", action.owner
    if owner is None:
        return ""
    if owner.identity.startswith(kind):
        return owner.identity.casefold()
    named = (each.name for person in people_named([owner.identity]) for each in person.identities.all())
    return min((name for name in named if name.startswith(kind)), default="")


def owner(assigned: Who | None) -> Who | None:
    """The person here whom the tracker names; whoever nobody is linked to is who they are there."""
    if assigned is None:
        return None
    for person in people_named([assigned.identity.casefold()]):
        return Who(f"person:{person.pk}", person.name)
    return assigned
