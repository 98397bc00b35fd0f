"""The steps of the response: who leads, how severe it is, resolved, again, cancelled; merge, split, restrict."""

from __future__ import annotations

from django.http import HttpResponse
from ninja import Router

from musterpoint import access, actions
from musterpoint.api.answers import recorded
from musterpoint.api.caller import Request
from musterpoint.api.fields import Ref, answer
from musterpoint.api.shapes import steps as shapes
from musterpoint.api.shapes.incident import Recorded

router = Router(tags=["steps"])

NO_STEP, NO_CANCELLATION, NO_REASON = shapes.Step(), shapes.Cancellation(), shapes.Reason()


@router.put("/incidents/{ref}/lead", response=Recorded)
def set_lead(request: Request, ref: Ref, payload: shapes.Lead) -> HttpResponse:
    """Say who co-ordinates."""
    call = request.auth.call
    person = None
    if payload.person is not None:
        person = call.actor.who if payload.person == "me" else access.actor(payload.person, call.process).who
    return recorded(ref, actions.lead(call, ref, person, payload.at))


@router.put("/incidents/{ref}/severity", response=Recorded)
def set_severity(request: Request, ref: Ref, payload: shapes.SeveritySet) -> HttpResponse:
    """Say how severe it is."""
    return recorded(ref, actions.severity(request.auth.call, ref, payload.severity, payload.at))


@router.put("/incidents/{ref}/nominee", response=Recorded)
def nominate(request: Request, ref: Ref, payload: shapes.Nominee) -> HttpResponse:
    """Say who raises the issue (authority alone)."""
    call = request.auth.call
    person = call.actor.who if payload.person == "me" else access.actor(payload.person, call.process).who
    return recorded(ref, actions.nominate(call, ref, person))


@router.post("/incidents/{ref}/resolution", response=Recorded)
def resolve(request: Request, ref: Ref, payload: shapes.Step = NO_STEP) -> HttpResponse:
    """Customers are no longer impacted."""
    return recorded(ref, actions.resolve(request.auth.call, ref, payload.at, payload.reason))


@router.post("/incidents/{ref}/relapse", response=Recorded)
def relapse(request: Request, ref: Ref, payload: shapes.Step = NO_STEP) -> HttpResponse:
    """Customers are impacted again: the resolution is taken back."""
    return recorded(ref, actions.relapse(request.auth.call, ref, payload.at, payload.reason))


@router.post("/incidents/{ref}/cancellation", response=Recorded)
def cancel(request: Request, ref: Ref, payload: shapes.Cancellation = NO_CANCELLATION) -> HttpResponse:
    """It was no incident, or repeats another."""
    return recorded(ref, actions.cancel(request.auth.call, ref, payload.reason, payload.duplicate_of))


@router.post("/incidents/{ref}/merge", response=Recorded)
def merge(request: Request, ref: Ref, payload: shapes.Into) -> HttpResponse:
    """It becomes a duplicate of `into`, which reads both threads, and of which the entry is."""
    return recorded(payload.into, actions.merge(request.auth.call, ref, payload.into))


@router.post("/incidents/{ref}/split", response={201: shapes.SplitOff})
def split(request: Request, ref: Ref, payload: shapes.Split) -> HttpResponse:
    """Everything from an entry on becomes an incident of its own, which is answered."""
    into = actions.split(request.auth.call, ref, payload.first, payload.title)
    return answer({"incident": into.ref, "origin": ref}, 201)


@router.post("/incidents/{ref}/restriction", response=Recorded)
def restrict(request: Request, ref: Ref, payload: shapes.Reason = NO_REASON) -> HttpResponse:
    """Security or personal data is involved: from now on you, its lead and the security team alone see it."""
    return recorded(ref, actions.restrict(request.auth.call, ref, payload.reason))


@router.post("/incidents/{ref}/opening", response=Recorded)
def open_up(request: Request, ref: Ref, payload: shapes.NeededReason) -> HttpResponse:
    """An incident of a private channel is for everybody from now on, with all of its thread (authority alone)."""
    return recorded(ref, actions.open_up(request.auth.call, ref, payload.reason))


@router.post("/incidents/{ref}/huddles", response={201: shapes.Room})
def huddle(request: Request, ref: Ref) -> HttpResponse:
    """Open a thread for what is typed while people talk."""
    return answer({"incident": ref, "thread": actions.huddle(request.auth.call, ref)}, 201)


@router.put("/incidents/{ref}/huddle", response=Recorded)
def settle_huddle(request: Request, ref: Ref, payload: shapes.Settled) -> HttpResponse:
    """Say that a huddle runs, or that none is needed: nobody is asked again."""
    return recorded(ref, actions.settle_huddle(request.auth.call, ref, payload.runs))
