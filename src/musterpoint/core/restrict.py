"""The security track: an incident that involves security or personal data is known to its members alone."""

from __future__ import annotations

from datetime import datetime

from musterpoint.core.decision import Actor, Draft, NotAllowed, few_words, must_respond, when
from musterpoint.core.declare import members
from musterpoint.core.incident import Incident
from musterpoint.core.journal import Restriction
from musterpoint.core.process import Process


def restrict(
    incident: Incident, actor: Actor, process: Process, now: datetime, why: str = "", declarer: str = ""
) -> Draft:
    """From now on only who restricts it, who declared it (`declarer`, an identity), its lead and the SIRT know of it.

    Any responder may.
    """
    must_respond(actor)
    if incident.restricted:
        raise NotAllowed("already_restricted", f"Incident {incident.ref} is restricted already.")
    others = [declarer] if declarer else []
    others += [incident.lead.identity] if incident.lead else []
    return Draft(Restriction(members(actor, process, others), few_words(why)), when(now, None))
