"""Resolve: customers are no longer impacted (handbook, Resolve). A person says so; a relapse takes it back."""

from __future__ import annotations

from datetime import datetime

from musterpoint.core.decision import Actor, Draft, NotAllowed, few_words, must_be_live, must_respond, when
from musterpoint.core.incident import Basis, Incident, Milestone, Moment, Status
from musterpoint.core.journal import StatusChange


def resolve(incident: Incident, actor: Actor, now: datetime, at: datetime | None = None, reason: str = "") -> Draft:
    """Open becomes resolved. Raises NotAllowed: not_open, before_detection, in_the_future, read_only."""
    must_respond(actor)
    must_be_live(incident)
    if incident.status is not Status.OPEN:
        raise NotAllowed(
            "not_open",
            f"Incident {incident.ref} is {incident.status} already.",
            f"If customers are affected again: relapse {incident.ref}. To change the time: correct {incident.ref}.",
        )
    moment = when(now, at)
    detected = incident.milestones.get(Milestone.DETECTED)
    if detected and moment.basis is Basis.STATED and moment.at < detected.at:
        raise NotAllowed(
            "before_detection",
            f"It was detected at {detected.at:%Y-%m-%d %H:%M} UTC, after {moment.at:%Y-%m-%d %H:%M} UTC.",
            f"Check the time, or first correct {incident.ref} detected --at TIME.",
        )
    return Draft(StatusChange(Status.RESOLVED, few_words(reason)), moment)


def relapse(incident: Incident, actor: Actor, now: datetime, at: datetime | None = None, reason: str = "") -> Draft:
    """Resolved or closed becomes open again; the time of the resolution is withdrawn but stays in the record."""
    must_respond(actor)
    must_be_live(incident)
    if incident.status is Status.OPEN:
        raise NotAllowed("not_resolved", f"Incident {incident.ref} is open: nothing has been resolved yet.")
    moment = when(now, at)
    _after_resolution(incident, moment)
    return Draft(StatusChange(Status.OPEN, few_words(reason), relapse=True), moment)


def _after_resolution(incident: Incident, moment: Moment) -> None:
    resolved = incident.milestones.get(Milestone.RESOLVED)
    if resolved and moment.basis is Basis.STATED and moment.at < resolved.at:
        raise NotAllowed(
            "before_resolution",
            f"It was resolved at {resolved.at:%Y-%m-%d %H:%M} UTC; a relapse comes after that.",
            f"If it was never resolved then: correct {incident.ref} resolved --at TIME.",
        )


def cancel(incident: Incident, actor: Actor, now: datetime, reason: str = "", duplicate_of: str = "") -> Draft:
    """Not an incident, or a duplicate. A closed one stays closed: its issue and post refer to it."""
    must_respond(actor)
    must_be_live(incident)
    if incident.status is Status.CLOSED:
        raise NotAllowed("closed", f"Incident {incident.ref} is closed.", "A closed incident cannot be cancelled.")
    fact = StatusChange(Status.CANCELLED, few_words(reason), duplicate_of=duplicate_of)
    return Draft(fact, when(now, None))
