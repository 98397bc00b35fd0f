"""What Slack tells the app, by HTTP or over Socket Mode: events are stored, and who asks for something is answered.

`kind` is Slack's own word: `events_api`, `slash_commands`, `interactive`. Who answers what is a table. Whoever answers
may ask Slack for things (a form opens within three seconds of a click), so that runs outside of any transaction; what
they do they do once, in a transaction of their own. A request that is stored and was not answered, because the process
died, is carried out late by a sweep: nobody hears the answer then.

https://docs.slack.dev/interactivity/handling-user-interaction
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from typing import Any

from django.db import InterfaceError, OperationalError

from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import ourselves, storing, wanted
from musterpoint.integrations.slack.app.asking import Place, Reply, Request, privately
from musterpoint.integrations.slack.shapes import Object, inner, string
from musterpoint.store import models

log = logging.getLogger("musterpoint.slack")

EVENTS, COMMANDS, INTERACTIVE = "events_api", "slash_commands", "interactive"
#: Type of a request → the first word of its key, and who answers: a module of this package and its function.
ANSWERED_BY = {
    "slash_command": ("command", "declaring:slash"),
    "block_actions": ("action", "pressing:pressed"),
    "message_action": ("shortcut", "declaring:shortcut"),
    "shortcut": ("shortcut", "declaring:shortcut"),
    "view_submission": ("view", "declaring:sent"),
}
#: Forms that others answer, by the first word of their `callback_id`.
FORMS = {"say": "pressing:sent"}
SORRY = (
    "Something went wrong here, and what you asked for was not done. It is kept: an admin finds it in the settings, "
    "under what could not be taken in."
)


class Nonsense(ValueError):
    """Nothing that Slack sends looks like this."""


def heard(kind: str, payload: Mapping[str, Any], process: Process, now: datetime) -> Reply:
    """Returns when what was sent is on disk, with what to answer. Raises Nonsense, and storing.NotStored: then it must
    not be acknowledged, so that Slack sends it again."""
    if kind == EVENTS:
        _event(payload, process, now)
        return None
    if kind not in (COMMANDS, INTERACTIVE):
        raise Nonsense(f"nothing is known of {kind!r}")
    asked = _type(kind, payload)
    if asked not in ANSWERED_BY:
        return None  # a modal was closed, options are asked for: nothing of ours
    return _asked(kind, payload, process, now)


def _event(payload: Mapping[str, Any], process: Process, now: datetime) -> None:
    key = string(payload, "event_id")
    if not key or len(key) > 200 or not string(inner(payload, "event"), "type"):
        raise Nonsense("an event without its id or its type")
    storing.store(key, payload, now, process)


def _asked(kind: str, payload: Mapping[str, Any], process: Process, now: datetime) -> Reply:
    key, request = key_of(kind, payload), request_of(kind, payload, process, now)
    if wanted.is_foreign(process, payload if kind == COMMANDS else {"api_app_id": payload.get("api_app_id")}):
        storing.note_foreign(payload, now)
        return privately("This app belongs to another workspace.") if kind == COMMANDS else None
    if not storing.store_request(key, kind, payload, now, process):
        return None  # sent a second time
    return _tried(key, kind, request)


def _tried(key: str, kind: str, request: Request) -> Reply:
    """Carry it out, and note what became of it."""
    waiting = models.Inbound.objects.filter(source=storing.REQUESTS, key=key, status="waiting")
    try:
        reply = _answer(kind, request)
        if reply is not None and reply.get("response_action") == "errors":
            waiting.delete()  # the same form is sent again, mended
        else:
            waiting.update(status="taken", data="")
        return reply
    except (OperationalError, InterfaceError) as error:
        raise storing.NotStored("the database is busy") from error
    except Exception as error:  # the edge: one request that goes wrong concerns it alone
        log.exception("a request of Slack's failed as none should")
        waiting.update(status="parked", error=f"{type(error).__name__}: {error}")
        return _sorry(kind, request.payload)


def late(process: Process, now: datetime) -> None:
    """Carry out what was stored and not answered, or what somebody wants tried again."""
    rows = models.Inbound.objects.filter(source=storing.REQUESTS, status="waiting")
    for key, data in rows.filter(not_before__lte=now).order_by("id").values_list("key", "data"):
        told = json.loads(data)
        _tried(key, told["kind"], request_of(told["kind"], told["payload"], process, now))


def _answer(kind: str, request: Request) -> Reply:
    asked = _type(kind, request.payload)
    form = string(inner(request.payload, "view"), "callback_id").partition(":")[0] if asked == "view_submission" else ""
    module, _, function = FORMS.get(form, ANSWERED_BY[asked][1]).partition(":")
    answers: Callable[..., Reply] = getattr(import_module(f"{__package__}.{module}"), function)
    if asked == "slash_command":
        return answers(request, string(request.payload, "text"))
    return answers(request, inner(request.payload, "view")) if asked == "view_submission" else answers(request)


def _sorry(kind: str, payload: Object) -> Reply:
    if kind == COMMANDS:
        return privately(SORRY)
    if string(payload, "type") != "view_submission":
        return None
    words = {"type": "section", "text": {"type": "plain_text", "text": SORRY}}
    view = {"type": "modal", "title": {"type": "plain_text", "text": "It went wrong"}, "blocks": [words]}
    return {"response_action": "update", "view": view}


# --- what was asked for --------------------------------------------------------------------------------------------


def _type(kind: str, payload: Object) -> str:
    return "slash_command" if kind == COMMANDS else string(payload, "type")


def key_of(kind: str, payload: Object) -> str:
    """What tells one request from another: a click has a trigger of its own, a form is sent once. Raises Nonsense."""
    word, _ = ANSWERED_BY[_type(kind, payload)]
    view, own = inner(payload, "view"), string(payload, "trigger_id")
    if word == "view":
        own = f"{string(view, 'id')}:{string(view, 'hash')}" if string(view, "id") else ""
    if not own or len(own) > 200:
        raise Nonsense("a request that nothing tells from another")
    return f"{word}:{own}"


def request_of(kind: str, payload: Mapping[str, Any], process: Process, now: datetime) -> Request:
    """Raises Nonsense where nobody asks."""
    if kind == COMMANDS:
        user, team, place = string(payload, "user_id"), string(payload, "team_id"), _channel(payload)
    else:
        user, team = string(inner(payload, "user"), "id"), string(inner(payload, "team"), "id")
        place = _place(payload)
    if not user:
        raise Nonsense("a request of nobody")
    return Request(
        process=process,
        now=now,
        workspace=ourselves.workspace(process) or team,
        user=user,
        place=place,
        trigger=string(payload, "trigger_id"),
        response_url=string(payload, "response_url"),
        payload=payload,
    )


def _channel(payload: Object) -> Place:
    return Place(string(payload, "channel_id"))


def _place(payload: Object) -> Place:
    container, message = inner(payload, "container"), inner(payload, "message")
    return Place(
        channel=string(inner(payload, "channel"), "id") or string(container, "channel_id"),
        thread=string(container, "thread_ts") or string(message, "thread_ts"),
        message=string(payload, "message_ts") or string(container, "message_ts") or string(message, "ts"),
    )
