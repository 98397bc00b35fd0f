"""The follow-up actions of all incidents as a page shows them: whose they are, what is overdue, a part at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from musterpoint import access
from musterpoint.actions import Call
from musterpoint.core.aftermath import Action, ActionStatus
from musterpoint.core.incident import Incident, Status
from musterpoint.reading.actions import action_shape, in_order, with_actions

#: Actions on a page, and how many of the newest incidents are looked at for actions that ended.
PAGE, NEWEST = 50, 1000
ME, NOBODY = "me", "nobody"


@dataclass(frozen=True, slots=True)
class Chosen:
    """`who`: ME, NOBODY, the name of an owner, or anybody's. `ended`: those as well that are done or declined."""

    who: str = ""
    overdue: bool = False
    ended: bool = False


def followups(call: Call, chosen: Chosen, page: int = 1) -> dict[str, Any]:
    """`actions` of that page, each with its incident's `title`; how many there are in all and how many pages; and the
    `owners` of all that are open, those with the most that is overdue first."""
    found = [(action, action_shape(state, action, call.process, call.now)) for state, action in _all(call, chosen)]
    wanted = in_order([shape for action, shape in found if _wanted(call, action, shape, chosen)])
    pages = max(1, -(-len(wanted) // PAGE))
    page = min(max(page, 1), pages)
    return {
        "actions": _with_titles(call, wanted[(page - 1) * PAGE : page * PAGE]),
        "total": len(wanted),
        "page": page,
        "pages": pages,
        "owners": _owners(call, [pair for pair in found if pair[1]["status"] == ActionStatus.OPEN]),
    }


def _all(call: Call, chosen: Chosen) -> Iterator[tuple[Incident, Action]]:
    rows = access.visible(call.actor).exclude(status=Status.CANCELLED.value).order_by("-pk")
    for state in with_actions(rows.filter(open_actions__gt=0)):
        yield from ((state, each) for each in state.after.open_actions)
    if chosen.ended:
        for state in with_actions(rows.exclude(after={})[:NEWEST]):
            yield from ((state, each) for each in state.after.actions if each.status is not ActionStatus.OPEN)


def _wanted(call: Call, action: Action, shape: dict[str, Any], chosen: Chosen) -> bool:
    if chosen.overdue and not shape["overdue"]:
        return False
    if chosen.who == ME:
        return _mine(call, action)
    if chosen.who == NOBODY:
        return action.owner is None
    return not chosen.who or shape["owner"] == chosen.who


def _mine(call: Call, action: Action) -> bool:
    return action.owner is not None and not call.actor.identities.isdisjoint((action.owner.identity, action.owner.name))


def _with_titles(call: Call, shapes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = access.visible(call.actor).filter(ref__in={each["incident"] for each in shapes})
    titles = {ref: (title, restricted) for ref, title, restricted in rows.values_list("ref", "title", "restricted")}
    return [
        {**each, "incident_title": titles[each["incident"]][0], "restricted": titles[each["incident"]][1]}
        for each in shapes
    ]


def _owners(call: Call, found: list[tuple[Action, dict[str, Any]]]) -> list[dict[str, Any]]:
    owners: dict[str, dict[str, Any]] = {}
    for action, shape in found:
        name = shape["owner"] or ""
        counted = owners.setdefault(name, {"name": name, "me": False, "open": 0, "overdue": 0})
        counted["open"] += 1
        counted["overdue"] += shape["overdue"]
        counted["me"] = counted["me"] or _mine(call, action)
    return sorted(owners.values(), key=lambda each: (-each["overdue"], bool(each["name"]), -each["open"], each["name"]))
