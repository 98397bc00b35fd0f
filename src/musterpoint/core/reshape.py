"""Split, merge, link: which incident reads which stretch of which thread. Entries are never copied."""

from __future__ import annotations

from datetime import datetime

from musterpoint.core.decision import Actor, Draft, NotAllowed, must_be_live, must_respond, some_line, when
from musterpoint.core.declare import TITLE_LIMIT
from musterpoint.core.incident import Basis, Incident, Status
from musterpoint.core.journal import Declaration, Entry, Link, Merge


def split(incident: Incident, actor: Actor, title: str, first: Entry, oldest: datetime, now: datetime) -> Draft:
    """The declaration of the incident that gets everything from the entry `first` on; it is as restricted as this one.

    `oldest` is where what this incident reads begins. Raises NotAllowed.
    """
    must_respond(actor)
    must_be_live(incident)
    if first.at <= oldest:
        raise NotAllowed(
            "nothing_left",
            f"Entry {first.id} is where the thread begins: nothing would be left in incident {incident.ref}.",
            "Choose the first entry of the second incident.",
        )
    fact = Declaration(
        title=some_line(title, "title", TITLE_LIMIT),
        kind=incident.kind,
        restricted=incident.restricted,
        members=tuple(sorted(incident.members | {actor.who.identity})) if incident.restricted else (),
        confined=incident.confined,
        detected_at=first.at,
        detected_basis=Basis.ESTIMATED,
        detected_ref=first.ref,
    )
    return Draft(fact, when(now, None))


def merge(duplicate: Incident, into: Incident, actor: Actor, now: datetime) -> Draft:
    """`into` reads the threads of `duplicate` as well, which is cancelled with a link. Raises NotAllowed."""
    must_respond(actor)
    if duplicate.ref == into.ref:
        raise NotAllowed("same_incident", "An incident cannot be merged into itself.")
    must_be_live(duplicate)
    must_be_live(into)
    if duplicate.status is Status.CLOSED:
        raise NotAllowed("closed", f"Incident {duplicate.ref} is closed.", "Merge the other way round, or link to it.")
    if duplicate.closed_to > into.closed_to:
        others = "all of them" if into.confined else "everybody"
        raise NotAllowed(
            "would_leak",
            f"{less_open(duplicate, into)}: merging would show it to {others}.",
            f"Merge {into.ref} into {duplicate.ref}, or restrict {into.ref} first.",
        )
    return Draft(Merge(duplicate.ref, into.ref), when(now, None))


def less_open(one: Incident, other: Incident) -> str:
    """How the one is more closed than the other, as a clause."""
    if other.confined:
        return f"Incident {one.ref} is for those who handle it and {other.ref} for all in its channel"
    return f"Incident {one.ref} is restricted and {other.ref} is not"


def link(incident: Incident, actor: Actor, thread: str, role: str, now: datetime) -> Draft:
    """The incident reads `thread` (`WORKSPACE/CHANNEL/ROOT`) as well from now on. Raises NotAllowed."""
    must_respond(actor)
    must_be_live(incident)
    return Draft(Link(thread, role=role), when(now, None))
