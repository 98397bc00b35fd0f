"""The public post, from the decision to the website."""

from __future__ import annotations

from django.http import HttpResponse
from ninja import Router

from musterpoint import actions
from musterpoint.api.answers import recorded, written
from musterpoint.api.caller import Request
from musterpoint.api.fields import Ref, answer
from musterpoint.api.shapes import publication as shapes
from musterpoint.api.shapes.incident import Recorded
from musterpoint.api.shapes.writeup import Words, Written
from musterpoint.reading import publication as reading

router = Router(tags=["publication"])

AS_IT_IS = shapes.Publish()


@router.get("/incidents/{ref}/publication", response=shapes.PublicationShown)
def show_publication(request: Request, ref: Ref) -> HttpResponse:
    """The decision, the revisions, and what changed since."""
    return answer(reading.publication(request.auth.call, ref))


@router.put("/incidents/{ref}/publication/decision", response=Recorded)
def decide_publication(request: Request, ref: Ref, payload: shapes.Decided) -> HttpResponse:
    """To publish, to skip, or no decision any more."""
    return recorded(ref, actions.decide_publication(request.auth.call, ref, payload.decision, payload.reason))


@router.get("/incidents/{ref}/publication/draft", response=shapes.Draft)
def show_draft(request: Request, ref: Ref) -> HttpResponse:
    """The post as it would be published now."""
    return answer(reading.draft(request.auth.call, ref))


@router.put("/incidents/{ref}/publication/draft", response=Written)
def write_draft(request: Request, ref: Ref, payload: Words) -> HttpResponse:
    """Write the post. Where somebody else wrote it meanwhile, their text stands and this one is kept aside."""
    return written(ref, actions.write_post(request.auth.call, ref, payload.text, seen=payload.seen))


@router.delete("/incidents/{ref}/publication/draft", response=Written)
def reset_draft(request: Request, ref: Ref) -> HttpResponse:
    """Let it be composed from the record again."""
    return written(ref, actions.reset_post(request.auth.call, ref))


@router.get("/incidents/{ref}/publication/advice", response=shapes.PostAdviceGiven)
def check_draft(request: Request, ref: Ref) -> HttpResponse:
    """What to look at before it is published."""
    return answer(reading.post_check(request.auth.call, ref))


@router.get("/incidents/{ref}/publication/rows", response=shapes.PublicRows)
def list_public_rows(request: Request, ref: Ref) -> HttpResponse:
    """Every row as the public would read it, and whether it does."""
    return answer(reading.public_rows(request.auth.call, ref))


@router.post("/incidents/{ref}/publication/rows", response=Recorded)
def choose_row(request: Request, ref: Ref, payload: shapes.RowChosen) -> HttpResponse:
    """Choose a row for the public, or keep it from the public."""
    return recorded(ref, actions.choose_row(request.auth.call, ref, payload.entry, public=payload.public))


@router.post("/incidents/{ref}/publication/revisions", response={201: Recorded})
def publish(request: Request, ref: Ref, payload: shapes.Publish = AS_IT_IS) -> HttpResponse:
    """Publish the post as it stands, or its next revision."""
    return recorded(ref, actions.publish(request.auth.call, ref, anyway=payload.anyway), 201)
