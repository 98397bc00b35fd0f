"""Raise: the CTO, or a nominated individual, raises the Incident issue once it is resolved (handbook, Raise)."""

from __future__ import annotations

from datetime import datetime

from musterpoint.core.aftermath_journal import IssueRequested
from musterpoint.core.decision import Actor, Draft, NotAllowed, must_be_live, must_respond, when
from musterpoint.core.incident import Incident, Status
from musterpoint.core.process import Process


def raise_issue(incident: Incident, actor: Actor, process: Process, now: datetime) -> Draft:
    """The nominee (without one, the default nominee) or somebody with authority raises it, once.

    Raises NotAllowed: read_only, cancelled, not_resolved, already_raised, not_nominated, would_leak.
    """
    must_respond(actor)
    must_be_live(incident)
    if incident.status is Status.OPEN:
        raise NotAllowed(
            "not_resolved",
            f"Incident {incident.ref} is open: customers are affected. The issue is raised afterwards.",
            f"First: resolve {incident.ref}",
        )
    if (issue := incident.after.issue) is not None:
        is_there = f"The issue of incident {incident.ref} is {issue.ref}." if issue.ref else "The issue is on its way."
        raise NotAllowed("already_raised", is_there, f"See: issue show {incident.ref}" if issue.ref else "See: effects")
    _must_be_nominated(incident, actor, process)
    if incident.restricted and process.tracker != "local":
        raise NotAllowed(
            "would_leak",
            f"Incident {incident.ref} is restricted: an issue in the tracker would show it to others.",
            "Its record is kept here. Export it where it may lie.",
        )
    return Draft(IssueRequested(), when(now, None))


def _must_be_nominated(incident: Incident, actor: Actor, process: Process) -> None:
    wanted = incident.nominee.identity if incident.nominee else process.nominee
    if actor.authority or (wanted and wanted in (*actor.identities, actor.who.identity)):
        return
    name = incident.nominee.name if incident.nominee else process.nominee
    raises = f"{name} raises it" if name else "nobody is nominated to raise it"
    raise NotAllowed(
        "not_nominated",
        f"{actor.who.name} does not raise the issue of incident {incident.ref}: {raises}.",
        f"Somebody with authority nominates: nominate {incident.ref} PERSON",
    )
