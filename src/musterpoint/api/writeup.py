"""The write-up: its parts, done or taken up again, advice, similar incidents."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpResponse
from ninja import Path, Router
from pydantic import Field

from musterpoint import actions
from musterpoint.api.answers import recorded, written
from musterpoint.api.caller import Request
from musterpoint.api.fields import Name, Ref, answer
from musterpoint.api.shapes import writeup as shapes
from musterpoint.api.shapes.incident import Recorded
from musterpoint.api.shapes.steps import Reason
from musterpoint.reading import writeup as reading

router = Router(tags=["write-up"])

PartName = Annotated[Name, Field(description="its name in the write-up"), Path()]
NO_REASON = Reason()


@router.get("/incidents/{ref}/writeup", response=shapes.Writeup)
def show_writeup(request: Request, ref: Ref) -> HttpResponse:
    """The write-up: what stands in each part, what is open, what is similar."""
    return answer(reading.writeup(request.auth.call, ref))


@router.get("/incidents/{ref}/writeup/advice", response=shapes.AdviceGiven)
def check_writeup(request: Request, ref: Ref) -> HttpResponse:
    """What a careful reader would point out."""
    return answer(reading.check(request.auth.call, ref))


@router.get("/incidents/{ref}/similar", response=shapes.SimilarOnes)
def show_similar(request: Request, ref: Ref) -> HttpResponse:
    """Earlier incidents that are like this one."""
    return answer(reading.similar(request.auth.call, ref))


@router.get("/incidents/{ref}/writeup/parts/{part}", response=shapes.OnePart)
def show_part(request: Request, ref: Ref, part: PartName) -> HttpResponse:
    """One part of it."""
    return answer(reading.writeup(request.auth.call, ref, part))


@router.put("/incidents/{ref}/writeup/parts/{part}", response=shapes.Written)
def write_part(request: Request, ref: Ref, part: PartName, payload: shapes.Words) -> HttpResponse:
    """Write a part. Where somebody else wrote it meanwhile, their text stands and this one is kept aside."""
    return written(ref, actions.write_part(request.auth.call, ref, part, payload.text, seen=payload.seen))


@router.delete("/incidents/{ref}/writeup/parts/{part}", response=shapes.Written)
def reset_part(request: Request, ref: Ref, part: PartName) -> HttpResponse:
    """Let it be composed from the record again; what people wrote stays among its versions."""
    return written(ref, actions.reset_part(request.auth.call, ref, part))


@router.post("/incidents/{ref}/writeup/completion", response=Recorded)
def finish_writeup(request: Request, ref: Ref) -> HttpResponse:
    """The write-up is done."""
    return recorded(ref, actions.writeup_done(request.auth.call, ref))


@router.post("/incidents/{ref}/writeup/reopening", response=Recorded)
def reopen_writeup(request: Request, ref: Ref, payload: Reason = NO_REASON) -> HttpResponse:
    """It is worked on again."""
    return recorded(ref, actions.writeup_reopen(request.auth.call, ref, payload.reason))
