"""Whoever clicked or typed a command and waits: who they are, the form that opens, what they alone are told.

Slack is asked directly here, with short time-outs and never inside a transaction.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction

from musterpoint import effects
from musterpoint.actions import Call
from musterpoint.core.decision import NotAllowed, must_respond
from musterpoint.core.incident import time_text
from musterpoint.integrations.slack.app import modals, people
from musterpoint.integrations.slack.app.asking import Request
from musterpoint.integrations.slack.app.calling import Refusal, call
from musterpoint.integrations.slack.app.commands import zone_of
from musterpoint.integrations.slack.app.keyed import LATER
from musterpoint.integrations.slack.app.whispering import whisper
from musterpoint.ports import Refused, Unavailable
from musterpoint.store import models

#: Seconds: what opens a form is good for three.
OPENING = 2.0
LOOKING = 1.0
#: Of what an effect carries: people's words.
_WORDS = ("title", "affected", "noticed")
#: A form was opened with it before: the same request came twice.
_OPENED = "exchanged_trigger_id"


def whoever_asks(request: Request, timeout: float = LOOKING) -> Call:
    """On whose behalf. Slack is asked for somebody of whom nothing is known yet.

    Raises NotAllowed; Unavailable and Refused where Slack does not say who that is.
    """
    workspace = workspace_of(request)
    try:
        found = people.caller(request.process, workspace, request.user, request.now)
    except people.Unknown:
        people.fetch(request.process, workspace, request.user, request.now, timeout)
        found = people.caller(request.process, workspace, request.user, request.now)
    must_respond(found.actor)
    return found


def workspace_of(request: Request) -> str:
    """Ours, whatever the request says: in a shared channel it may name the other one."""
    return people.workspace(request.process) or request.workspace


def zone_name(request: Request, asking: Call) -> str:
    """The time zone in which the person's times are read."""
    return str(zone_of(workspace_of(request), request.user, asking) or "UTC")


def words(refusal: NotAllowed) -> str:
    return f"{refusal.message} {refusal.hint}".strip()


def opened(request: Request, view: dict[str, Any]) -> bool:
    """Whether the form is open. It may be open though this says no: an answer can be late or lost."""
    try:
        call(OPENING, "views.open", trigger_id=request.trigger, view=view)
    except Refusal as refusal:
        return refusal.code == _OPENED
    except (Unavailable, Refused):
        return False
    return True


def answer(request: Request, text: str) -> None:
    """Say something to who asked, where they asked, and to nobody else: an effect."""
    place = request.place
    whisper(workspace_of(request), request.user, place.channel, place.thread, text)


def tell(request: Request, title: str, text: str) -> None:
    """The same at once, in a form; as an effect if that cannot be shown."""
    if not opened(request, modals.said(title, text)):
        answer(request, text)


def forget(effect: models.Effect) -> None:
    """What an effect was to say is in the record by now, or to nobody's use: there alone it can be redacted."""
    kept = {key: each for key, each in json.loads(effect.data).items() if key not in _WORDS}
    models.Effect.objects.filter(pk=effect.pk).update(data=json.dumps(kept))


def later(kind: str, key: str, request: Request, **data: str) -> None:
    """What cannot be done without Slack is done as soon as it answers: an effect of that kind. `key` is the click's."""
    place = {"workspace": workspace_of(request), "user": request.user, "channel": request.place.channel}
    name = f"{kind}:{key}"[:200]
    with transaction.atomic():
        effects.intend(kind, name, None, {**place, "key": f"{LATER}{key}", "at": time_text(request.now), **data})
        transaction.on_commit(lambda: effects.carry(name))
