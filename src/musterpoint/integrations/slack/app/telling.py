"""What whoever declared is told, privately: where the thread is, what is still to be said, whom to turn to."""

from __future__ import annotations

from typing import Any

from musterpoint import access
from musterpoint.actions import Call
from musterpoint.core.incident import Incident
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import modals
from musterpoint.integrations.slack.app.asking import Reply
from musterpoint.integrations.slack.app.help import page


def declared(state: Incident, process: Process) -> str:
    """An incident that everybody may know of."""
    return f"Incident {state.ref} is declared: {state.title}. Its thread begins in {process.channel}."


def adopted(state: Incident) -> str:
    """Everything said in the thread belongs to the incident."""
    told = f"This thread is incident {state.ref} now: {state.title}."
    if not state.confined:
        return f"{told} What was said in it before is taken in."
    return (
        f"{told} The channel is private: only who is in it knows of the incident. Somebody with authority can open it"
        f" to everybody, with all that is said in this thread: {page(state.ref)}"
    )


def left_to_say(state: Incident) -> str:
    """What the form would have asked."""
    return (
        "Slack did not show the form. Please add what is affected and when it was noticed. If security or personal data"
        f" could be involved, restrict it at once: {page(state.ref)}"
    )


def shown(asking: Call, ref: str) -> Reply:
    """How a form ends: it closes, or becomes the answer that nobody else sees where the incident is restricted."""
    state = access.find(asking.actor, ref).state
    if state.restricted and not state.confined:
        return {"response_action": "update", "view": restricted(state, asking.process)}
    return {"response_action": "clear"}


def restricted(state: Incident, process: Process) -> dict[str, Any]:
    contact = process.security_contact
    turn_to = f"Turn to {contact}." if contact else "No security contact is set: turn to your security team."
    return modals.said(
        f"Incident {state.ref}",
        f"Incident {state.ref} is restricted: nothing of it is said in any channel. {turn_to}",
        f"Who knows of it: {', '.join(_names(state))}.",
        f"Write and read there, not in a channel: {page(state.ref)}",
    )


def _names(state: Incident) -> list[str]:
    return list(dict.fromkeys(_named(each) for each in sorted(state.members)))


def _named(identity: str) -> str:
    """As they are called here, or as the settings name them."""
    try:
        return access.person(identity).name
    except access.NotFound:
        return identity.partition(":")[2] or identity
