"""The issue, what keeps an incident from closing, and its end."""

from __future__ import annotations

from django.http import HttpResponse
from ninja import Router

from musterpoint import access, actions
from musterpoint.api.answers import recorded
from musterpoint.api.caller import Request
from musterpoint.api.fields import Ref, answer
from musterpoint.api.shapes import steps as shapes
from musterpoint.api.shapes.incident import Blockers, Recorded
from musterpoint.core.blockers import blockers

router = Router(tags=["closure"])

NO_CLOSURE = shapes.Closure()


@router.post("/incidents/{ref}/issue", response=Recorded)
def raise_issue(request: Request, ref: Ref) -> HttpResponse:
    """Raise the incident's issue; the tracker makes it a moment later."""
    return recorded(ref, actions.raise_issue(request.auth.call, ref))


@router.get("/incidents/{ref}/blockers", response=Blockers)
def list_blockers(request: Request, ref: Ref) -> HttpResponse:
    """Why it cannot close yet."""
    state = access.find(request.auth.call.actor, ref).state
    found = [{"code": each.code, "text": each.text, "resolve": each.resolve} for each in blockers(state)]
    return answer({"incident": state.ref, "blockers": found})


@router.post("/incidents/{ref}/closure", response=Recorded)
def close(request: Request, ref: Ref, payload: shapes.Closure = NO_CLOSURE) -> HttpResponse:
    """Close it, if nothing is left to do."""
    return recorded(ref, actions.close(request.auth.call, ref, payload.reason, payload.override))


@router.post("/incidents/{ref}/override", response=Recorded)
def override(request: Request, ref: Ref, payload: shapes.NeededReason) -> HttpResponse:
    """Let its issue close though something is outstanding (authority alone)."""
    return recorded(ref, actions.override(request.auth.call, ref, payload.reason))
