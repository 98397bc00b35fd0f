"""Close: only what has nothing left to do closes (handbook, Close); authority may override, with a reason on record."""

from __future__ import annotations

from datetime import datetime

from musterpoint.core.aftermath_journal import Override
from musterpoint.core.blockers import blockers, of_the_issue
from musterpoint.core.decision import (
    REASON_LIMIT,
    Actor,
    Draft,
    NotAllowed,
    few_words,
    must_be_live,
    must_have_authority,
    must_respond,
    some_text,
    when,
)
from musterpoint.core.incident import Incident, Status
from musterpoint.core.journal import StatusChange


def close(incident: Incident, actor: Actor, now: datetime, reason: str = "") -> Draft:
    """Resolved becomes closed. Raises NotAllowed: read_only, cancelled, already_closed, blocked."""
    must_respond(actor)
    must_be_live(incident)
    if incident.status is Status.CLOSED:
        raise NotAllowed("already_closed", f"Incident {incident.ref} is closed already.")
    if found := blockers(incident):
        more = f" ({len(found) - 1} more: blockers {incident.ref})" if len(found) > 1 else ""
        raise NotAllowed(
            "blocked", f"Incident {incident.ref} cannot close yet. {found[0].text}{more}", found[0].resolve
        )
    return Draft(StatusChange(Status.CLOSED, few_words(reason)), when(now, None))


def override(incident: Incident, actor: Actor, reason: str, now: datetime, evidence: str = "") -> Draft:
    """Whoever has authority lets the issue close though write-up or actions are open: an exception, with its reason.
    `evidence` is the `ref` of the comment in which they said so, if it was one.

    Not while customers are affected. Raises NotAllowed: no_authority, cancelled, not_resolved, empty,
    nothing_outstanding.
    """
    must_have_authority(actor, "override what keeps the issue open")
    must_be_live(incident)
    reason = some_text(reason, "reason", REASON_LIMIT)
    if incident.status is Status.OPEN:
        raise NotAllowed(
            "not_resolved",
            f"Incident {incident.ref} is open: customers are affected. That cannot be overridden.",
            f"First: resolve {incident.ref}",
        )
    outstanding = of_the_issue(incident)
    if not outstanding:
        raise NotAllowed("nothing_outstanding", "Nothing keeps the issue open.", f"See: blockers {incident.ref}")
    keys, about = tuple(each.key for each in outstanding), tuple(each.text for each in outstanding)
    return Draft(Override(reason, keys, about, evidence), when(now, None))
