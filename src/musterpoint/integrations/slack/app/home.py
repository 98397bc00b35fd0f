"""The app's home: what waits for me, which incidents are open, and a button to declare one. Seen by one person alone.

https://docs.slack.dev/reference/methods/views.publish
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from musterpoint import access, effects
from musterpoint.actions import Call
from musterpoint.core.card import NAMES, NOBODY
from musterpoint.core.decision import NotAllowed
from musterpoint.core.describe import clock
from musterpoint.core.incident import Incident, Milestone, Status
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import cutting, people
from musterpoint.integrations.slack.app.calling import Trouble
from musterpoint.integrations.slack.app.calling import call as ask
from musterpoint.integrations.slack.app.showing import address, link_to
from musterpoint.ports import Posted, Refused
from musterpoint.reading.due import Waits, waiting_for_me
from musterpoint.store import incidents, models

KIND = "slack_home"
#: So much is shown; the rest is on the pages.
WAITING, OPEN = 20, 20
Block = dict[str, Any]
#: What waits → the button that settles it here. All else is done on the incident's page.
_HERE = {"no_lead": ("Take the lead", "home:lead"), "still_affected": ("Resolved…", "home:resolved")}
_TABS = {"action": "/actions", "decision": "/publication", "post": "/publication", "writeup": "/writeup"}


def opened(process: Process, workspace: str, user: str, now: datetime) -> None:
    """Somebody opened it, or something they did changed it: intend to write it anew, in the caller's transaction."""
    key = f"{KIND}:{workspace}:{user}:"
    waiting = models.Effect.objects.filter(kind=KIND, status="waiting", key__startswith=key, leased_until=None)
    if waiting.exists():
        return
    key += secrets.token_hex(6)
    effects.intend(KIND, key, None, {"workspace": workspace, "user": user})
    transaction.on_commit(lambda: effects.carry(key))


def deliver(effect: models.Effect, process: Process, renew: Callable[[], None]) -> Posted:
    """Carry out the effect `slack_home`. Raises Unavailable."""
    data = json.loads(effect.data)
    workspace, user = data["workspace"], data["user"]
    try:
        if people.who(workspace, user) is None:
            renew()
            people.fetch(process, workspace, user, timezone.now(), process.timeout)
        view = shown(process, workspace, user, timezone.now())
        renew()
        answer = ask(process.timeout, "views.publish", user_id=user, view=view)
    except Trouble:
        raise
    except Refused as error:
        return Posted(f"given up: {error}"[:300])
    return Posted(str((answer.get("view") or {}).get("id") or ""))


def shown(process: Process, workspace: str, user: str, now: datetime) -> Block:
    """The view for this person. Raises people.Unknown."""
    try:
        with transaction.atomic():
            call = people.caller(process, workspace, user, now)
    except NotAllowed as refusal:
        return _view([_words(f"Welcome. {refusal.message} {refusal.hint}")])
    waits, more = waiting_for_me(call, WAITING)
    rows = access.listing(call.actor, status=[Status.OPEN.value], limit=OPEN + 1)
    declare = cutting.button("Declare an incident", "home:declare", style="danger" if not rows else "")
    return _view(
        [
            *cutting.actions([declare]),
            _head("What waits for you"),
            *_waiting(call, [each for each in waits if not each.due.dismissed], more),
            _head("Open incidents"),
            *_open(rows),
        ]
    )


def _view(blocks: list[Block]) -> Block:
    return {"type": "home", "blocks": blocks[: cutting.VIEW_BLOCKS]}


def _head(text: str) -> Block:
    return {"type": "header", "text": cutting.plain(text, cutting.HEADER)}


def _words(text: str) -> Block:
    return cutting.section(text)


def _waiting(call: Call, waits: list[Waits], more: bool) -> list[Block]:
    if not waits:
        return [_words("Nothing.")]
    blocks = [_one(call, number, each) for number, each in enumerate(waits[:WAITING])]
    if more or len(waits) > WAITING:
        blocks.append(_words(f"And more. {_rest()}".strip()))
    return blocks


def _rest() -> str:
    where = address("").removesuffix("/incidents/")
    return f"All of it: {where}" if where else ""


def _one(call: Call, number: int, waits: Waits) -> Block:
    due, ref = waits.due, waits.ref
    block = cutting.section(f"{'Now: ' if due.urgent else ''}{due.text}.\nIncident {ref}: {waits.title}")
    kind = due.name.partition(":")[0]
    if kind in _HERE:
        label, action = _HERE[kind]
        return block | {"accessory": cutting.button(label, f"{action}#{number}", ref)}
    where = address(ref, _TABS.get(kind.partition("_")[0], "")) or _link(call, ref)
    return block | ({"accessory": cutting.button("Open", f"home:open#{number}", ref, url=where)} if where else {})


def _link(call: Call, ref: str) -> str:
    row = access.find(call.actor, ref).row
    return link_to(row) if row is not None else ""


def _open(rows: list[models.Incident]) -> list[Block]:
    if not rows:
        return [_words("None. Customers are not affected by anything that we know of.")]
    blocks = [_incident(row, incidents.state(row)) for row in rows[:OPEN]]
    return [*blocks, *([_words(f"And more. {_rest()}".strip())] if len(rows) > OPEN else [])]


def _incident(row: models.Incident, state: Incident) -> Block:
    where = link_to(row)
    title = cutting.line(f"{state.ref}: {state.title}", 300)
    severity = f" · {state.severity.value}" if state.severity else ""
    lead = cutting.line(state.lead.name, 200) if state.lead else NOBODY
    lines = [
        f"*{cutting.link(where, f'{state.ref}: {state.title}'[:300]) or title}*",
        f"{state.status.value}{severity} · {_since(state)} · lead: {lead}{' · restricted' if state.restricted else ''}",
    ]
    return {"type": "section", "text": cutting.marked("\n".join(lines))}


def _since(state: Incident) -> str:
    """Since when, in UTC and where the reader is."""
    for milestone in (Milestone.IMPACT_BEGAN, Milestone.DETECTED, Milestone.DECLARED):
        if (moment := state.milestones.get(milestone)) is not None:
            seconds, utc = int(moment.at.timestamp()), clock(moment.at)
            name = NAMES[milestone][:1].lower() + NAMES[milestone][1:]
            return f"{name} {utc} (<!date^{seconds}^{{date_short_pretty}} {{time}} where you are|{utc}>)"
    return "open"
