"""One's own tokens: listed and revoked. They are made where a person sees them: on the page, by `token issue`."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpResponse
from ninja import Path, Router
from pydantic import Field

from musterpoint.accounts import tokens
from musterpoint.api.caller import Request
from musterpoint.api.fields import answer
from musterpoint.api.paging import Page, page
from musterpoint.api.shapes import people as shapes

router = Router(tags=["people"])

Number = Annotated[int, Field(ge=1, lt=2**53, description="its `id`"), Path()]


@router.get("/tokens", response=Page[shapes.Token])
def list_tokens(request: Request) -> HttpResponse:
    """Your tokens that are not revoked, the newest first."""
    return answer(page([tokens.shape(each) for each in tokens.listed(request.auth.person)], None))


@router.delete("/tokens/{number}", response=shapes.Token)
def revoke_token(request: Request, number: Number) -> HttpResponse:
    """It works no more; an admin, with the scope `admin`, may revoke everybody's."""
    return answer(tokens.shape(tokens.revoke(request.auth.call.actor, number)))
