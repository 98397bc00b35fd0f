"""Huddle: a person says that one runs, which the chat has not told of, or that none is needed (handbook, Huddle)."""

from __future__ import annotations

from datetime import datetime

from musterpoint.core.decision import Actor, Draft, NotAllowed, must_be_live, must_respond, when
from musterpoint.core.incident import Incident, Status
from musterpoint.core.journal import HuddleSettled


def settle(incident: Incident, actor: Actor, runs: bool, stands: HuddleSettled | None, now: datetime) -> Draft:
    """`stands` is what was said last, if anything was: somebody may think better of it.

    Raises NotAllowed: read_only, cancelled, not_open, unchanged.
    """
    must_respond(actor)
    must_be_live(incident)
    if incident.status is not Status.OPEN:
        raise NotAllowed(
            "not_open",
            f"Incident {incident.ref} is {incident.status}: nobody asks for a huddle any more.",
            f"After a relapse: relapse {incident.ref}",
        )
    fact = HuddleSettled(runs)
    if fact == stands:
        words = "the huddle runs" if runs else "no huddle is needed"
        raise NotAllowed("unchanged", f"Somebody has said already that {words}.")
    return Draft(fact, when(now, None))
