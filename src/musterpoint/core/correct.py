"""Correct: a milestone's time, or the title. The old value stays in the record, beside the new one."""

from __future__ import annotations

from datetime import datetime

from musterpoint.core.decision import Actor, Draft, NotAllowed, few_words, must_be_live, must_respond, some_line, when
from musterpoint.core.declare import TITLE_LIMIT
from musterpoint.core.incident import Basis, Incident, Milestone, Moment
from musterpoint.core.journal import Correction, RowTime

#: These are set by other steps alone: the issue is raised and the incident closed when that happens.
FIXED = (Milestone.ISSUE_RAISED, Milestone.CLOSED)
IN_ORDER = (Milestone.IMPACT_BEGAN, Milestone.DETECTED, Milestone.RESOLVED)


def correct_time(
    incident: Incident,
    actor: Actor,
    milestone: Milestone,
    moment: Moment | None,
    now: datetime,
    *,
    why: str = "",
    evidence: str = "",
    quote: str = "",
) -> Draft:
    """A milestone gets another time (None: it is not known). Order is kept: impact, detection, resolution."""
    must_respond(actor)
    must_be_live(incident)
    if milestone in FIXED:
        raise NotAllowed("fixed", f"{milestone} is recorded when it happens and cannot be corrected.")
    if moment is None and milestone is Milestone.DECLARED:
        raise NotAllowed("fixed", "An incident has always been declared at some time.", "Give --at TIME.")
    was = incident.milestones.get(milestone)
    if milestone is Milestone.RESOLVED and was is None:
        raise NotAllowed(
            "not_resolved", f"Incident {incident.ref} is not resolved.", f"resolve {incident.ref} --at TIME."
        )
    if moment is not None:
        when(now, moment.at)
        _in_order(incident, milestone, moment)
    if was == moment:
        raise NotAllowed("unchanged", f"{milestone} has that time already.")
    fact = Correction(
        field=milestone.value,
        moment_at=moment.at if moment else None,
        moment_basis=moment.basis if moment else Basis.STATED,
        was_at=was.at if was else None,
        was_basis=was.basis if was else None,
        why=few_words(why),
        evidence=evidence,
        quote=quote,
    )
    return Draft(fact, when(now, None))


def _in_order(incident: Incident, milestone: Milestone, moment: Moment) -> None:
    if milestone not in IN_ORDER:
        return
    place = IN_ORDER.index(milestone)
    for position, other in enumerate(IN_ORDER):
        known = incident.milestones.get(other)
        if known is None or other is milestone:
            continue
        if (position < place and known.at > moment.at) or (position > place and known.at < moment.at):
            raise NotAllowed(
                "out_of_order",
                f"{milestone} at {moment.at:%Y-%m-%d %H:%M} UTC contradicts {other} at {known.at:%Y-%m-%d %H:%M} UTC.",
                f"Correct {other} first if that one is wrong.",
            )


def correct_text(incident: Incident, actor: Actor, field: str, text: str, now: datetime, why: str = "") -> Draft:
    """`title` or `affected` gets another text."""
    must_respond(actor)
    must_be_live(incident)
    text = some_line(text, field, TITLE_LIMIT)
    was = incident.title if field == "title" else incident.affected
    if text == was:
        raise NotAllowed("unchanged", f"The {field} is that already.")
    return Draft(Correction(field=field, text=text, was_text=was, why=few_words(why)), when(now, None))


def correct_row(
    incident: Incident, actor: Actor, of: str, was: datetime, at: datetime, now: datetime, why: str = ""
) -> Draft:
    """One row of the timeline gets the time a person states; its message keeps its own."""
    must_respond(actor)
    must_be_live(incident)
    return Draft(RowTime(of, when(now, at).at, was, few_words(why)), when(now, None))
