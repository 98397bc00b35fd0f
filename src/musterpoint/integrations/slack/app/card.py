"""What can be pressed below the status card: what comes next, by how the incident stands."""

from __future__ import annotations

from typing import Any

from musterpoint.core.card import NOBODY, Card
from musterpoint.core.incident import Status
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import cutting
from musterpoint.integrations.slack.app.ourselves import workspace
from musterpoint.store import models

#: What the card does not show at once; the options of `card:more`, each with the step that it is.
MORE = (
    ("note", "Write a note…"),
    ("nominate", "Nominate who raises the issue…"),
    ("restrict", "Security or personal data could be involved…"),
    ("cancel", "It is no incident…"),
)
_OVER = (Status.RESOLVED, Status.CLOSED)


def buttons(shown: Card, channel: str = "") -> list[dict[str, Any]]:
    """The elements of the card's `actions` block; none for a cancelled incident. Each value begins with the reference.

    `channel` is where the card is to be, if no thread of the incident tells.
    """
    ref = shown.ref
    if shown.status is Status.OPEN:
        lead = [cutting.button("Take the lead", "card:lead", ref, style="primary")] if _nobody_leads(shown) else []
        resolved = cutting.button("Resolved…", "card:resolved", ref)
        return [*_security(shown), *lead, *_severity(shown), resolved, *_huddle(ref, channel), _more(ref)]
    if shown.status in _OVER:
        raised = [] if shown.issue or shown.status is not Status.RESOLVED else [_raise(ref)]
        relapse = cutting.button("Customers are affected again…", "card:relapse", ref)
        return [*raised, *_writeup(shown), relapse, *([_more(ref)] if shown.status is Status.RESOLVED else [])]
    return []


def _nobody_leads(shown: Card) -> bool:
    return dict(shown.standing).get("lead") == NOBODY


def _security(shown: Card) -> list[dict[str, Any]]:
    """Who declared it without the form was not asked."""
    return [cutting.button("Could security be involved?", "card:security", shown.ref)] if shown.unasked else []


def _severity(shown: Card) -> list[dict[str, Any]]:
    options = {
        level.value: {"text": cutting.plain(name, cutting.OPTION), "value": f"{shown.ref} {level.value}"}
        for level, name in shown.severities
    }
    if not options:
        return []
    made = {
        "type": "static_select",
        "action_id": "card:severity",
        "placeholder": cutting.plain("Severity", cutting.PLACEHOLDER),
        "options": list(options.values()),
    }
    stands = options.get(dict(shown.standing).get("severity", ""))
    return [made | ({"initial_option": stands} if stands else {})]


def _huddle(ref: str, channel: str) -> list[dict[str, Any]]:
    """Opens the channel's huddle, or begins one: an address that does so, though Slack never promised it."""
    team, where = _place(ref, channel)
    if not team or not where:
        return []
    return [cutting.button("Huddle", "huddle:open", ref, url=f"https://app.slack.com/huddle/{team}/{where}")]


def _place(ref: str, channel: str) -> tuple[str, str]:
    readings = models.Reading.objects.filter(incident__ref=ref, role="chat").select_related("thread").order_by("id")
    first = readings.first()
    if first is not None:
        return first.thread.workspace, first.thread.channel
    return workspace(Process()), channel if channel[:1] in ("C", "G") else ""


def _more(ref: str) -> dict[str, Any]:
    options = [{"text": cutting.plain(label, cutting.OPTION), "value": f"{ref} {step}"} for step, label in MORE]
    return {"type": "overflow", "action_id": "card:more", "options": options}


def _raise(ref: str) -> dict[str, Any]:
    asked = {
        "title": cutting.plain("Raise the issue?", cutting.OPTION),
        "text": cutting.plain("The issue is made now. Whoever is nominated, or has authority, does this.", 300),
        "confirm": cutting.plain("Raise it", 30),
        "deny": cutting.plain("Not yet", 30),
    }
    return cutting.button("Raise the issue", "card:raise", ref, style="primary") | {"confirm": asked}


def _writeup(shown: Card) -> list[dict[str, Any]]:
    if not shown.address:
        return []
    return [cutting.button("Write-up", "card:open", shown.ref, url=f"{shown.address}/writeup")]
