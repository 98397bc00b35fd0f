"""Follow-up actions as surfaces show them: of one incident, or of all that a person may see; overdue ones first."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from musterpoint import access
from musterpoint.actions import Call
from musterpoint.core.aftermath import Action, ActionStatus, Aftermath
from musterpoint.core.due_date import overdue
from musterpoint.core.followup import proposed
from musterpoint.core.incident import Incident, Status, time_text
from musterpoint.core.process import Process
from musterpoint.store import models
from musterpoint.store.codec import read


def action_shape(incident: Incident, action: Action, process: Process, now: datetime) -> dict[str, Any]:
    """`overdue`: open, and its day has passed where the team works. `issue` is its own on the tracker; `apart` tells
    why that is only a link, or why there is none."""
    owner, open_still = action.owner, action.status is ActionStatus.OPEN and incident.status is not Status.CANCELLED
    return {
        "incident": incident.ref,
        "number": action.number,
        "title": action.title,
        "owner": owner.name if owner else None,
        "owner_known": not owner.identity.startswith("name:") if owner else None,
        "due": action.due or None,
        "kind": action.kind.value if action.kind else None,
        "tracked": action.tracked or None,
        "issue": action.issue or None,
        "issue_wanted": action.wanted,
        "apart": action.apart or None,
        "status": action.status.value,
        "reason": action.reason or None,
        "overdue": open_still and overdue(action.due, now, ZoneInfo(process.zone)),
        "of": action.of or None,
        "ended_at": time_text(action.ended_at) if action.ended_at else None,
        "ended_by": action.ended_by.name if action.ended_by else None,
    }


def action_shapes(incident: Incident, process: Process, now: datetime) -> list[dict[str, Any]]:
    """All actions of an incident."""
    return in_order([action_shape(incident, each, process, now) for each in incident.after.actions])


def actions_of(
    call: Call, ref: str, *, owner: Collection[str] = (), open_only: bool = False, overdue_only: bool = False
) -> dict[str, Any]:
    """The actions of one incident and what its record proposes. Of one where only a number is left, nothing."""
    view = access.find(call.actor, ref)
    if view.row is None:
        return {"incident": view.state.ref, "actions": [], "proposed": []}
    entries = access.entries(call.actor, view.row)
    numbers = {each.ref: each.id for each in reversed(entries)}
    suggested = [
        {
            "entry": numbers[each.ref],
            "ref": each.ref,
            "text": each.text,
            "who": each.who.name if each.who else None,
            "at": time_text(each.at),
            "why": each.why,
        }
        for each in proposed(entries, view.state)
    ]
    found = [action_shape(view.state, each, call.process, call.now) for each in _owned(view.state, owner)]
    return {"incident": view.state.ref, "actions": _chosen(found, open_only, overdue_only), "proposed": suggested}


def all_actions(
    call: Call,
    *,
    owner: Collection[str] = (),
    open_only: bool = True,
    overdue_only: bool = False,
    limit: int | None = None,
) -> list[dict[str, Any]]:
    """Those of all incidents that exist for this person. `owner`: everything that may name the owner, if it matters.

    Open actions of cancelled incidents are nobody's work any more.
    """
    rows = access.visible(call.actor).exclude(status=Status.CANCELLED.value)
    rows = rows.filter(open_actions__gt=0) if open_only or overdue_only else rows.exclude(after={})
    states = with_actions(rows.order_by("pk"))
    found = [action_shape(state, each, call.process, call.now) for state in states for each in _owned(state, owner)]
    return _chosen(found, open_only, overdue_only)[:limit]


def with_actions(rows: QuerySet[models.Incident]) -> Iterator[Incident]:
    """The incidents' references, statuses and actions: nothing else is read, so that very many take little time."""
    for ref, status, text in rows.values_list("ref", "status", Cast("after", TextField())).iterator(chunk_size=2000):
        actions = tuple(read(Action, each) for each in json.loads(text).get("actions", ()))
        yield Incident(ref, status=Status(status), after=Aftermath(actions=actions))


def _owned(incident: Incident, owner: Collection[str]) -> list[Action]:
    names = set(owner)
    return [
        each
        for each in incident.after.actions
        if not names or (each.owner is not None and not names.isdisjoint((each.owner.identity, each.owner.name)))
    ]


def _chosen(shapes: list[dict[str, Any]], open_only: bool, overdue_only: bool) -> list[dict[str, Any]]:
    shapes = [each for each in shapes if each["status"] == ActionStatus.OPEN or not open_only]
    return in_order([each for each in shapes if each["overdue"] or not overdue_only])


def in_order(shapes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Overdue ones first (the oldest day first), then unowned ones, then by day; what ended comes last."""

    def order(shape: dict[str, Any]) -> tuple[Any, ...]:
        ended = shape["status"] != ActionStatus.OPEN
        day = shape["due"] or "9999"
        incident = shape["incident"]
        place = (int(incident), "") if incident.isdecimal() else (0, incident)
        return (
            ended,
            not shape["overdue"],
            not shape["overdue"] and shape["owner"] is not None,
            day,
            place,
            shape["number"],
        )

    return sorted(shapes, key=order)
