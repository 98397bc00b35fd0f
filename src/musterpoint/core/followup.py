"""Follow-up actions: what the RCA identified, each with an owner and a date (handbook, Actions).

They may be added at any time, also to a closed incident: the guard opens it again. Nothing is taken away; what is not
done is declined, with its reason.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict, Unpack

from musterpoint.core.aftermath import Action, ActionKind, ActionStatus
from musterpoint.core.aftermath_journal import ActionAdded, ActionChanged, ActionEnded
from musterpoint.core.decision import Actor, Draft, NotAllowed, must_be_live, must_respond, some_text, when
from musterpoint.core.due_date import due_date
from musterpoint.core.incident import Incident, Who
from musterpoint.core.proposed_actions import TITLE_LIMIT, ProposedAction, proposed
from musterpoint.core.spoken_text import kept, one_line

__all__ = ["Fields", "ProposedAction", "add", "awaits_reason", "change", "end", "known", "proposed"]

TRACKED_LIMIT = 500
REASON_LIMIT = 2000


class Fields(TypedDict, total=False):
    """What can be changed of an action; `due` as a person writes it."""

    title: str
    owner: Who | None
    due: str
    kind: ActionKind | None
    tracked: str


def add(
    incident: Incident,
    actor: Actor,
    title: str,
    now: datetime,
    owner: Who | None = None,
    due: str = "",
    kind: ActionKind | None = None,
    tracked: str = "",
    of: str = "",
) -> Draft:
    """Raises NotAllowed: read_only, cancelled, empty, too_long, bad_date, already_adopted."""
    must_respond(actor)
    must_be_live(incident)
    there = incident.after.actions
    if of and (same := next((each for each in there if each.of == of), None)):
        raise NotAllowed("already_adopted", f"That is action {same.number} already: {same.title}")
    number = max((each.number for each in there), default=0) + 1
    fact = ActionAdded(number, _title(title), owner, due_date(due, now), kind, _tracked(tracked), of)
    return Draft(fact, when(now, None))


def change(incident: Incident, actor: Actor, number: int, now: datetime, **fields: Unpack[Fields]) -> Draft:
    """The fields that are given; those that are as they were are left out. One that ended may be changed, too.

    Raises NotAllowed: read_only, cancelled, no_such_action, unchanged, and what `add` raises for a field.
    """
    must_respond(actor)
    must_be_live(incident)
    action = known(incident, number)
    wanted = fields.copy()
    if "title" in wanted:
        wanted["title"] = _title(wanted["title"])
    if "due" in wanted:
        wanted["due"] = due_date(wanted["due"], now)
    if "tracked" in wanted:
        wanted["tracked"] = _tracked(wanted["tracked"])
    changed = tuple(name for name, value in wanted.items() if getattr(action, name) != value)
    if not changed:
        raise NotAllowed("unchanged", f"Action {number} of incident {incident.ref} is like that already.")
    for name in set(wanted) - set(changed):
        del wanted[name]  # type: ignore[misc]  # names of Fields
    return Draft(ActionChanged(number, changed, **wanted), when(now, None))


def end(
    incident: Incident,
    actor: Actor,
    number: int,
    status: ActionStatus,
    now: datetime,
    reason: str = "",
    *,
    told: bool = False,
) -> Draft:
    """Done, declined with a reason, or open again. What was declined may be done after all.

    `told`: the tracker says so. Then it may be declined without a reason, which is asked for and can be given later by
    declining it once more; and done, it may be declined.

    Raises NotAllowed: read_only, cancelled, no_such_action, unchanged, not_open, no_reason, too_long.
    """
    must_respond(actor)
    must_be_live(incident)
    action, ref, reason = known(incident, number), incident.ref, kept(reason).strip()
    if action.status is status and (told or not awaits_reason(action)):
        raise NotAllowed("unchanged", f"Action {number} of incident {ref} is {status} already.")
    if len(reason) > REASON_LIMIT:
        raise _too_long("reason", reason, REASON_LIMIT)
    if status is ActionStatus.DECLINED and not told:
        _must_have_reason(action, ref, reason)
    return Draft(ActionEnded(number, status, reason, action.title), when(now, None))


def awaits_reason(action: Action) -> bool:
    """It was declined on the tracker, and nobody has said yet why."""
    return action.status is ActionStatus.DECLINED and not action.reason


def _must_have_reason(action: Action, ref: str, reason: str) -> None:
    if action.status is ActionStatus.DONE:
        hint = f"If it is not: action reopen {ref} {action.number}"
        raise NotAllowed("not_open", f"Action {action.number} is done.", hint)
    if not reason:
        raise NotAllowed(
            "no_reason",
            f"Action {action.number} needs a reason to be declined: the issue and the post tell it.",
            f"action decline {ref} {action.number} --reason WHY",
        )


def known(incident: Incident, number: int) -> Action:
    """The action with that number. Raises NotAllowed: no_such_action."""
    if (action := incident.after.action(number)) is not None:
        return action
    numbers = ", ".join(str(each.number) for each in incident.after.actions)
    hint = f"Its actions: {numbers}. See: action list {incident.ref}" if numbers else f"action add {incident.ref} TITLE"
    raise NotAllowed("no_such_action", f"Incident {incident.ref} has no action {number}.", hint)


def _title(text: str) -> str:
    text = some_text(text, "title")
    if len(text.splitlines()) > 1:
        raise NotAllowed("several_lines", "The title of an action is one line.", "Say what is to be done, in short.")
    if len(text) > TITLE_LIMIT:
        raise _too_long("title", text, TITLE_LIMIT)
    return one_line(text)


def _tracked(text: str) -> str:
    text = kept(text).strip()
    if len(text.splitlines()) > 1:
        raise NotAllowed("several_lines", "Where an action is tracked is one line.", "Give an address.")
    if len(text) > TRACKED_LIMIT:
        raise _too_long("address", text, TRACKED_LIMIT)
    return text


def _too_long(what: str, text: str, limit: int) -> NotAllowed:
    return NotAllowed(
        "too_long", f"The {what} has {len(text)} characters; {limit} are allowed.", "Link to the long text."
    )
