"""Asks in an action's issue why it was declined, once, where the tracker has only said that it was."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.conf import settings

from musterpoint.actions.recording import intend
from musterpoint.core.action_issue import reason_asked
from musterpoint.core.followup import awaits_reason
from musterpoint.core.journal import Entry
from musterpoint.core.process import Process
from musterpoint.effects import name_outside
from musterpoint.integrations import registry
from musterpoint.ports import Posted
from musterpoint.store import incidents, models
from musterpoint.tracking.document import incident_of


def page_of(row: models.Incident) -> str:
    """The address of the incident's page; empty where it is not known how people reach it."""
    return f"{settings.ADDRESS}/incidents/{row.ref}" if settings.ADDRESS else ""


def intend_to_ask(row: models.Incident, number: int, entry: Entry) -> None:
    intend("action_issue", f"action_issue:{row.ref}:{number}:{entry.id}:why", row, number=number, asks=entry.id)


def ask(effect: models.Effect, process: Process, renew: Callable[[], None]) -> Posted:
    """Raises Unavailable, Refused."""
    number, row, key = json.loads(effect.data)["number"], incident_of(effect), name_outside(effect)
    state, tracker = incidents.state(row, incidents.members(row)), registry.tracker(process)
    action = state.after.action(number)
    if action is None or not action.issue or not awaits_reason(action) or state.restricted:
        return Posted("nobody has to be asked any more")
    if effect.tries > 1 and (there := tracker.commented(action.issue, key)) is not None:
        return there
    page = page_of(row)
    text = reason_asked(state, action, action.ended_by, f"{page}/actions" if page else "")
    renew()
    return tracker.comment(action.issue, text, key)
