"""The times of an incident from its timeline: confirm one that the record proposes, or correct it by hand."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from musterpoint import actions, reading
from musterpoint.core.decision import NotAllowed
from musterpoint.core.incident import Milestone, time_text
from musterpoint.core.proposals import Proposal
from musterpoint.web.asked import Asked, done, signed_in
from musterpoint.web.step_form import Given
from musterpoint.web.steps import MILESTONES, TIMES


@require_POST
@signed_in
def correct(request: Asked, ref: str, name: str) -> HttpResponse:
    """The step at `milestones/NAME`; it leads back to the timeline."""
    told = TIMES[_milestone(name)].act(Given(request, ref))
    return done(request, _place(ref), told.sentence)


@require_POST
@signed_in
def confirm(request: Asked, ref: str, name: str) -> HttpResponse:
    """The time that the record proposes, if it is the one that the page showed (`at`, `evidence`)."""
    milestone = _milestone(name)
    shown = (request.POST.get("at", ""), request.POST.get("evidence", ""))
    found = [each for each in reading.proposals_of(request.call, ref) if each.milestone is milestone]
    if not found or _of(found[0]) != shown:
        raise NotAllowed("changed_meanwhile", "The record does not propose that time any more.", "Look at it again.")
    actions.confirm(request.call, ref, found[0])
    return done(request, _place(ref), f"{MILESTONES[milestone]}: {found[0].moment.at:%Y-%m-%d %H:%M} UTC, confirmed.")


def _of(proposal: Proposal) -> tuple[str, str]:
    return time_text(proposal.moment.at), proposal.ref


def _milestone(name: str) -> Milestone:
    if name not in list(MILESTONES):
        raise NotAllowed("no_milestone", f"There is no time {name[:40]!r} to correct.", "Choose one that is shown.")
    return Milestone(name)


def _place(ref: str) -> str:
    return f"/incidents/{ref}/timeline#times"


urls: list[URLPattern] = [
    path("incidents/<str:ref>/timeline/times/<str:name>", correct),
    path("incidents/<str:ref>/timeline/times/<str:name>/confirmation", confirm),
]
