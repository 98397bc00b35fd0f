"""A thread that is there already becomes an incident: by a reaction, or by the shortcut on one of its messages.

The chosen message may be a reply: its thread is meant. What must be asked of Slack is asked outside of transactions; if
it does not answer, the effect `slack_adopt` goes on as soon as it does.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from musterpoint import actions
from musterpoint.actions import Call, ThreadPlace
from musterpoint.actions.adopting import must_be_free
from musterpoint.core.decision import NotAllowed
from musterpoint.core.declare import DeclareRequest, Security
from musterpoint.core.incident import Basis, Moment, read_time
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import completing, modals, people, private, telling
from musterpoint.integrations.slack.app.asking import Place, Reply, Request
from musterpoint.integrations.slack.app.calling import Refusal, Trouble, call
from musterpoint.integrations.slack.app.clicking import (
    LOOKING,
    answer,
    forget,
    later,
    opened,
    tell,
    whoever_asks,
    words,
    workspace_of,
    zone_name,
)
from musterpoint.integrations.slack.app.commands import zone_of
from musterpoint.integrations.slack.app.filled_in import request_of, title_of
from musterpoint.integrations.slack.app.keyed import made_by, once
from musterpoint.integrations.slack.app.modals import Answers, Origin
from musterpoint.integrations.slack.content import content
from musterpoint.integrations.slack.shapes import Object, inner, objects, string
from musterpoint.integrations.slack.stamps import is_stamp, moment
from musterpoint.ports import Posted, Unavailable
from musterpoint.store import models

KIND = "slack_adopt"
TITLE = "Start an incident"
#: How Slack names a private channel to an app: https://docs.slack.dev/reference/interaction-payloads
_PRIVATE = "privategroup"
_GONE = ("thread_not_found", "message_not_found")
_INVITE = "The app is not in this channel, so it cannot read the thread. Invite it with /invite and try again."


def reaction(process: Process, workspace: str, channel: str, ts: str, user: str, now: datetime) -> None:
    """Somebody gave the configured reaction to a message; in the transaction that takes the event in."""
    if is_stamp(ts):
        request = Request(process, now, workspace, user, Place(channel, "", ts))
        later(KIND, f"{channel}/{ts}:{user}:{now:%Y%m%dT%H%M%S.%f}", request, message=ts)


def shortcut(request: Request, asking: Call, key: str) -> None:
    """ "Start an incident from this thread": a form, with what the chosen message says as the title."""
    message, told = inner(request.payload, "message"), inner(request.payload, "channel")
    ts, channel = string(request.payload, "message_ts") or string(message, "ts"), string(told, "id")
    root = string(message, "thread_ts") or ts
    request = replace(request, place=Place(channel, root, ts))
    if not is_stamp(root):
        tell(request, TITLE, "Slack did not say which message is meant. Try again.")
        return
    try:
        must_be_free(asking, ThreadPlace(workspace_of(request), channel, root))
    except NotAllowed as refusal:
        tell(request, TITLE, words(refusal))
        return
    title = _first_words(request, message, "")
    name = string(told, "name")
    origin = Origin(key, channel, root, "" if name == _PRIVATE else name, private=name == _PRIVATE)
    if not opened(request, modals.adopt_form(title, zone_name(request, asking), origin)):
        later(KIND, key, request, message=ts, thread=root, title=title)


def _first_words(request: Request, message: Object, otherwise: str) -> str:
    return title_of(content(message, people.names(workspace_of(request)).by_id), otherwise)


def sent(request: Request, asking: Call, origin: Origin) -> Reply:
    """The form was sent. Where security may be involved nothing is asked of Slack: nothing is said there either."""
    answers = modals.answers_of(request.payload)
    wanted = _wanted(request, asking, answers)
    if earlier := made_by(origin.key):
        return completing.completed(request, asking, earlier, wanted)
    try:
        secret = wanted.security is not Security.NO
        place = _as_told(request, origin) if secret else _place(request, LOOKING)
        ref = _once(request, asking, wanted, place, modals.key_of(request.payload))
    except NotAllowed as refusal:
        if refusal.code not in ("already_an_incident", "cannot_adopt"):
            raise
        return {"response_action": "update", "view": modals.said(TITLE, words(refusal))}
    except Unavailable as error:
        if isinstance(error, Trouble) and error.place == request.place.channel:
            return {"response_action": "update", "view": modals.said(TITLE, _INVITE)}
        return _as_soon_as_it_can(request, answers)
    except Refusal as error:
        told = f"Slack does not tell what this place is like ({error.code}), so its thread cannot become an incident."
        return {"response_action": "update", "view": modals.said(TITLE, told)}
    return telling.shown(asking, ref)


def _wanted(request: Request, asking: Call, answers: Answers) -> DeclareRequest:
    """Noticed when the thread began, unless the person says otherwise. Raises Wrong."""
    root, channel = request.place.thread, request.place.channel
    zone = zone_of(workspace_of(request), request.user, asking)
    return request_of(answers, request.now, zone, Moment(moment(root), Basis.ESTIMATED), f"slack:{channel}/{root}")


def _as_told(request: Request, origin: Origin) -> ThreadPlace:
    """The place as far as it is known without asking."""
    channel, root = request.place.channel, request.place.thread
    name = f"#{origin.channel_name}" if origin.channel_name else ""
    url = private.address(channel, root)
    return ThreadPlace(workspace_of(request), channel, root, name, url, private=origin.private)


def _place(request: Request, timeout: float) -> ThreadPlace:
    place = request.place
    return private.place(request.process, workspace_of(request), place.channel, place.thread, request.now, timeout)


def _once(request: Request, asking: Call, wanted: DeclareRequest, place: ThreadPlace, key: str) -> str:
    """Adopt it in the transaction that marks this click as done. Returns the incident's reference."""
    with once(key, request.now) as click:
        if not click.before:
            made = actions.adopt(asking, wanted, place)
            click.made = made.state.ref
            if wanted.security is Security.NO:
                answer(request, telling.adopted(made.state))
        return click.made


def _as_soon_as_it_can(request: Request, answers: Answers) -> Reply:
    """Slack does not say what the channel is like: a private one must not become known to everybody."""
    filled = {"title": answers.title, "affected": answers.affected, "noticed": answers.noticed, "asked": "yes"}
    later(KIND, modals.key_of(request.payload), request, thread=request.place.thread, **filled)
    told = "Slack does not answer right now. The thread becomes an incident as soon as it does; nothing is lost."
    return {"response_action": "update", "view": modals.said(TITLE, told)}


# --- the effect ---------------------------------------------------------------------------------------------------


def deliver(effect: models.Effect, process: Process, renew: Callable[[], None]) -> Posted:
    """Carry out `slack_adopt`: find the thread, ask what its channel is like, declare. Raises Unavailable, Refused."""
    data = json.loads(effect.data)
    channel, thread, ts = data["channel"], data.get("thread", ""), data.get("message", "")
    request = Request(process, read_time(data["at"]), data["workspace"], data["user"], Place(channel, thread, ts))
    renew()
    try:
        asking = whoever_asks(request, process.timeout)
        ref = made_by(data["key"]) or _adopted(request, asking, data, renew)
    except NotAllowed as refusal:
        answer(request, words(refusal))
        ref = ""
    forget(effect)
    return Posted(ref)


def _adopted(request: Request, asking: Call, data: dict[str, str], renew: Callable[[], None]) -> str:
    """The incident's reference; empty where the message is gone."""
    title, ts = data.get("title", ""), request.place.message
    if not request.place.thread:
        renew()
        found = _message(request, ts)
        if found is None:
            return ""
        root = string(found, "thread_ts") or ts
        request = replace(request, place=replace(request.place, thread=root))
        must_be_free(asking, ThreadPlace(workspace_of(request), request.place.channel, root))
        title = _title(request, found, renew)
    renew()
    place = _place(request, request.process.timeout)
    security = Security.NO if data.get("asked") else None
    answers = Answers(title or _nameless(place), data.get("affected", ""), data.get("noticed", ""), security)
    wanted = _wanted(request, asking, answers)
    return _once(request, asking, wanted, place, data["key"])


def _message(request: Request, ts: str) -> Object | None:
    """One message, be it a reply or not: the history of a channel has no replies. None where it is gone."""
    where = {"channel": request.place.channel, "ts": ts, "oldest": ts}
    try:
        told = call(request.process.timeout, "conversations.replies", **where, inclusive=True, limit=1)
    except Refusal as refusal:
        if refusal.code in _GONE:
            return None
        raise
    messages = objects(told.data if isinstance(told.data, dict) else {}, "messages")
    return next((each for each in messages if string(each, "ts") == ts), None)


def _title(request: Request, chosen: Object, renew: Callable[[], None]) -> str:
    """What the root says; what the chosen reply says where Slack does not tell (it may let us ask once a minute)."""
    root = request.place.thread
    first: Object | None = chosen
    if string(chosen, "ts") != root:
        renew()
        try:
            first = _message(request, root)
        except Unavailable:
            first = None
    return (_first_words(request, first, "") if first else "") or _first_words(request, chosen, "")


def _nameless(place: ThreadPlace) -> str:
    return f"Thread of {place.channel_name or place.channel} at {moment(place.root):%Y-%m-%d %H:%M} UTC"
