"""Follow-up actions: of one incident, or of all."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Path, Router
from pydantic import Field

from musterpoint import actions, people, reading
from musterpoint.actions import Call
from musterpoint.api.caller import Request
from musterpoint.api.fields import Name, Ref, answer
from musterpoint.api.paging import Cursor, Limit, Page, packed, page, unpacked
from musterpoint.api.shapes import actions as shapes
from musterpoint.core.aftermath_journal import ActionAdded, ActionChanged, ActionEnded
from musterpoint.core.decision import NotAllowed
from musterpoint.core.followup import Fields
from musterpoint.core.issue_journal import ActionIssueWanted
from musterpoint.core.journal import Entry

router = Router(tags=["actions"])

Numbered = Annotated[int, Field(ge=1, lt=2**31, description="the action's number"), Path()]
Owner = Annotated[Name, Field(description="a name, an account, `person:3` or `me`")]


def _owner(call: Call, wanted: str) -> frozenset[str]:
    return people.names_of(call, wanted) if wanted else frozenset()


@router.get("/actions", response=Page[shapes.Action])
def list_all_actions(
    request: Request,
    owner: Owner = "",
    ended: bool = False,
    overdue: bool = False,
    limit: Limit = 100,
    cursor: Cursor = "",
) -> HttpResponse:
    """The actions of all incidents, the overdue ones first; those that ended only with `ended`."""
    call = request.auth.call
    found = reading.all_actions(call, owner=_owner(call, owner), open_only=not ended, overdue_only=overdue)
    place = unpacked(cursor, int)
    begin = place[0] if place else 0
    more = len(found) > begin + limit
    return answer(page(found[begin : begin + limit], packed(begin + limit) if more else None))


@router.get("/incidents/{ref}/actions", response=shapes.Actions)
def list_actions(
    request: Request, ref: Ref, owner: Owner = "", ended: bool = True, overdue: bool = False
) -> HttpResponse:
    """The actions of an incident, and what its record proposes."""
    call = request.auth.call
    found = reading.actions_of(call, ref, owner=_owner(call, owner), open_only=not ended, overdue_only=overdue)
    return answer(found)


@router.post("/incidents/{ref}/actions", response={201: shapes.ActionDone})
def add_action(request: Request, ref: Ref, payload: shapes.ActionAsked) -> HttpResponse:
    """Add one, or adopt what an entry proposes."""
    call = request.auth.call
    if not payload.title and not payload.entry and not payload.issue:
        raise NotAllowed("empty", "What is to be done?", "Give a title, or the entry that proposes it.")
    owner = people.somebody(call, payload.owner) if payload.owner else None
    entry = actions.add_action(
        call, ref, payload.title, owner, payload.due, payload.kind, payload.tracked, payload.entry, payload.issue
    )
    return _told(call, ref, entry, 201)


@router.patch("/incidents/{ref}/actions/{number}", response=shapes.ActionDone)
def change_action(request: Request, ref: Ref, number: Numbered, payload: shapes.ActionChange) -> HttpResponse:
    """Change what is given."""
    call, given = request.auth.call, payload.model_fields_set
    fields: Fields = {}
    if "title" in given:
        fields["title"] = payload.title or ""
    if "owner" in given:
        fields["owner"] = people.somebody(call, payload.owner) if payload.owner else None
    if "due" in given:
        fields["due"] = payload.due or ""
    if "kind" in given:
        fields["kind"] = payload.kind
    if "tracked" in given:
        fields["tracked"] = payload.tracked or ""
    if not fields:
        raise NotAllowed("empty", "Nothing is to be changed.", "Give title, owner, due, kind or tracked.")
    return _told(call, ref, actions.change_action(call, ref, number, **fields))


@router.put("/incidents/{ref}/actions/{number}/status", response=shapes.ActionDone)
def end_action(request: Request, ref: Ref, number: Numbered, payload: shapes.ActionEnd) -> HttpResponse:
    """Done, declined, or open again."""
    call = request.auth.call
    return _told(call, ref, actions.end_action(call, ref, number, payload.status, payload.reason))


@router.put("/incidents/{ref}/actions/{number}/issue", response=shapes.ActionDone)
def give_action_issue(request: Request, ref: Ref, number: Numbered, payload: shapes.ActionIssueAsked) -> HttpResponse:
    """Give it an issue of its own on the tracker; that is made, or linked, after the answer."""
    call = request.auth.call
    return _told(call, ref, actions.change_action_issue(call, ref, number, payload.repository, payload.issue))


@router.delete("/incidents/{ref}/actions/{number}/issue", response=shapes.ActionDone)
def give_up_action_issue(request: Request, ref: Ref, number: Numbered) -> HttpResponse:
    """It is a line of the Incident issue alone from now on; the issue that it had stays."""
    call = request.auth.call
    return _told(call, ref, actions.change_action_issue(call, ref, number, none=True))


def _told(call: Call, ref: str, entry: Entry, status: int = 200) -> HttpResponse:
    assert isinstance(entry.fact, ActionAdded | ActionChanged | ActionEnded | ActionIssueWanted)
    found: list[dict[str, Any]] = reading.head(call, ref)["actions"]
    shape = next(each for each in found if each["number"] == entry.fact.number)
    return answer({"incident": ref, "entry": entry.id, "action": shape}, status)
