"""Whom a comment may mention: the accounts on the tracker of the people whom it names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db.models import Q

from musterpoint.core.incident import Incident
from musterpoint.core.issue_calling import Mentions
from musterpoint.core.journal import Entry
from musterpoint.core.process import Process
from musterpoint.core.quiet_words import quiet
from musterpoint.store import models
from musterpoint.store.addresses import people_named

#: What is mentioned as it stands; the name of an app's account (`name[bot]`) is none.
_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?")


def mentions(process: Process, state: Incident, entries: Iterable[Entry]) -> Mentions:
    """Of everybody in the journal, of the actions' owners, and of those with authority. Empty for a tracker that knows
    no mentions."""
    if process.tracker == "local":
        return {}
    whos = [each.who for each in entries] + [state.nominee, state.lead]
    whos += [who for each in state.after.actions for who in (each.owner, each.ended_by)]
    found = {each: _mention([each], process) for each in {who.identity for who in whos if who}}
    found |= {name: _with_authority(name, process) for name in process.authority}
    return {name: mention for name, mention in found.items() if mention}


def _mention(identities: list[str], process: Process) -> str:
    """An account among these identities, else among those of whoever has them; empty without one."""
    kind = f"{process.tracker}:"
    named = [each for each in identities if each.startswith(kind)]
    for person in people_named(identities):
        named += sorted(each.name for each in person.identities.all() if each.name.startswith(kind))
    logins = (each.removeprefix(kind) for each in named)
    return next((f"@{login}" for login in logins if _LOGIN.fullmatch(login)), "")


def _with_authority(name: str, process: Process) -> str:
    """Whoever a name of `[authority]` means, see `access.names_of`; their name where they have no account there."""
    named = Q(identities__name__in=[name, f"account:{name}"]) | Q(name=name)
    people = models.Person.objects.filter(named).distinct().order_by("pk")
    called = [_mention([f"person:{each.pk}"], process) or quiet(each.name) for each in people]
    return ", ".join(called) or (_mention([name], process) if ":" in name else "")
