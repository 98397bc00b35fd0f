"""Who knows of an incident: its members alone, for security or because its thread is in a private channel."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from musterpoint.core.decision import (
    REASON_LIMIT,
    Actor,
    Draft,
    NotAllowed,
    few_words,
    must_have_authority,
    must_respond,
    some_text,
    when,
)
from musterpoint.core.declare import members
from musterpoint.core.incident import Incident
from musterpoint.core.journal import Membership, Opening, Restriction, SecurityAnswer
from musterpoint.core.process import Process


def restrict(
    incident: Incident, actor: Actor, process: Process, now: datetime, why: str = "", declarer: str = ""
) -> Draft:
    """From now on only who restricts it, who declared it (`declarer`, an identity), its lead and the SIRT know of it.

    Any responder may. One that was confined to a private channel is not for all of that channel any more.
    """
    must_respond(actor)
    if incident.restricted and not incident.confined:
        raise NotAllowed("already_restricted", f"Incident {incident.ref} is restricted already.")
    others = [declarer] if declarer else []
    others += [incident.lead.identity] if incident.lead else []
    return Draft(Restriction(members(actor, process, others), few_words(why)), when(now, None))


def security_ruled_out(incident: Incident, actor: Actor, now: datetime) -> Draft:
    """The answer "no" to what nobody was asked when the incident was declared."""
    must_respond(actor)
    if not incident.after.security_unasked:
        raise NotAllowed("unchanged", f"That was answered for incident {incident.ref} already.")
    return Draft(SecurityAnswer(), when(now, None))


def open_up(incident: Incident, actor: Actor, why: str, now: datetime) -> Draft:
    """An incident that is confined to a private channel exists for everybody from now on, with all that was said in its
    thread. Authority alone may, with the reason; a security incident is never opened. Raises NotAllowed."""
    must_respond(actor)
    if not incident.restricted:
        raise NotAllowed("already_open", f"Incident {incident.ref} exists for everybody already.")
    if not incident.confined:
        raise NotAllowed(
            "security",
            f"Incident {incident.ref} involves security or personal data: it stays with those who handle it.",
            "Declare another incident for what everybody may know.",
        )
    must_have_authority(actor, "open an incident of a private channel to everybody")
    return Draft(Opening(some_text(why, "reason", REASON_LIMIT)), when(now, None))


def membership(incident: Incident, people: Collection[str], now: datetime, *, joined: bool) -> Draft | None:
    """Somebody joined the private channel that the incident is confined to, or left it. None where that changes
    nothing: an incident of another kind, or people of whom it is known."""
    changed = [each for each in dict.fromkeys(people) if (each in incident.members) is not joined]
    if not incident.confined or not changed:
        return None
    return Draft(Membership(tuple(changed), joined), when(now, None))
