"""Corrections: of the title, of what is affected, of times; and redaction, which takes something away for good."""

from __future__ import annotations

from django.http import HttpResponse
from ninja import Router

from musterpoint import actions, reading
from musterpoint.api.answers import recorded
from musterpoint.api.caller import Request
from musterpoint.api.fields import Ref, answer
from musterpoint.api.shapes import steps as shapes
from musterpoint.api.shapes.incident import Recorded, Times
from musterpoint.core.decision import NotAllowed
from musterpoint.core.incident import Milestone

router = Router(tags=["corrections"])


@router.put("/incidents/{ref}/title", response=Recorded)
def correct_title(request: Request, ref: Ref, payload: shapes.Wording) -> HttpResponse:
    """Another title; the old one stays in the record."""
    return recorded(ref, actions.correct_text(request.auth.call, ref, "title", payload.text, payload.why))


@router.put("/incidents/{ref}/affected", response=Recorded)
def correct_affected(request: Request, ref: Ref, payload: shapes.Wording) -> HttpResponse:
    """Something else is affected."""
    return recorded(ref, actions.correct_text(request.auth.call, ref, "affected", payload.text, payload.why))


@router.get("/incidents/{ref}/milestones", response=Times, by_alias=True)
def show_times(request: Request, ref: Ref) -> HttpResponse:
    """The times, what the record proposes for them, and what was corrected."""
    shape = reading.shown(request.auth.call, ref)
    return answer(
        {"incident": shape["ref"], **{name: shape[name] for name in ("milestones", "proposals", "corrections")}}
    )


@router.put("/incidents/{ref}/milestones/{milestone}", response=Recorded)
def correct_time(request: Request, ref: Ref, milestone: Milestone, payload: shapes.MilestoneTime) -> HttpResponse:
    """The right time of a milestone, or that it is not known."""
    entry = actions.correct_time(
        request.auth.call, ref, milestone, payload.at, why=payload.why, evidence=payload.evidence
    )
    return recorded(ref, entry)


@router.post("/incidents/{ref}/milestones/{milestone}/confirmation", response=Recorded)
def confirm_time(request: Request, ref: Ref, milestone: Milestone) -> HttpResponse:
    """Take the time that the record proposes, with its evidence."""
    call = request.auth.call
    found = [each for each in reading.proposals_of(call, ref) if each.milestone is milestone]
    if not found:
        raise NotAllowed("nothing_proposed", f"The record proposes no time for {milestone}.", "Give the time.")
    return recorded(ref, actions.confirm(call, ref, found[0]))


@router.post("/incidents/{ref}/redactions", response=shapes.Redacted)
def redact(request: Request, ref: Ref, payload: shapes.Redaction) -> HttpResponse:
    """A secret, personal data: removed everywhere in our reach, and what is out of it is named."""
    if bool(payload.entry) == bool(payload.text):
        raise NotAllowed("what", "Say what goes: an entry, or a text.", "One of the two.")
    done = actions.redact(request.auth.call, ref, payload.why, payload.entry, payload.text)
    return answer(
        {
            "incident": ref,
            "entries": done.entries,
            "places": list(done.places),
            "unreachable": list(done.unreachable),
        }
    )
