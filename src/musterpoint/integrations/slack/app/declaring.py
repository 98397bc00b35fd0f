"""Declare from Slack: `/incident`, the shortcuts, and the forms that they open.

Opening a form and answering whoever clicked go out directly, outside of any transaction. Whatever Slack does then, an
incident is declared: without a form it is declared from its words.
https://docs.slack.dev/interactivity/implementing-slash-commands
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from musterpoint import actions
from musterpoint.actions import Call
from musterpoint.core.decision import NotAllowed
from musterpoint.core.declare import DeclareRequest
from musterpoint.core.incident import read_time
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import adopting, completing, modals, people, telling
from musterpoint.integrations.slack.app.asking import Place, Reply, Request, privately
from musterpoint.integrations.slack.app.clicking import (
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
from musterpoint.integrations.slack.app.cutting import escaped
from musterpoint.integrations.slack.app.filled_in import Wrong, errors, request_of, title_of
from musterpoint.integrations.slack.app.keyed import made_by, once
from musterpoint.integrations.slack.app.modals import Origin
from musterpoint.integrations.slack.shapes import Object, string
from musterpoint.integrations.slack.text import plain
from musterpoint.ports import Posted, Refused, Unavailable
from musterpoint.store import models

_HELP = ("help", "?", "-h", "--help")
_WHO = "Slack does not say who you are right now."


def slash(request: Request, text: str) -> Reply:
    """`/incident [title]`."""
    if text.strip().casefold() in _HELP:
        from musterpoint.integrations.slack.app.help import outside

        return privately(outside(request.process))
    key = f"command:{request.trigger}"
    given = title_of(plain(text, people.names(workspace_of(request)).by_id), "")
    try:
        asking = whoever_asks(request)
    except NotAllowed as refusal:
        return privately(escaped(words(refusal)))
    except (Unavailable, Refused):
        later("slack_declare", key, request, title=given)
        return privately(f"{_WHO} The incident is declared as soon as it does; nothing is lost.")
    origin = Origin(key, request.place.channel)
    if opened(request, modals.declare_form(given, zone_name(request, asking), origin)):
        return None
    told = _from_words(request, asking, key, given)
    return privately(escaped(told)) if told else None


def _from_words(request: Request, asking: Call, key: str, given: str) -> str:
    """Declare without a form; what is said to who asked."""
    title = given or f"Incident declared by {asking.actor.who.name}"
    try:
        with once(key, request.now) as click:
            if click.before:
                return f"Incident {click.made} is declared already." if click.made else ""
            made = actions.declare(asking, DeclareRequest(title, unasked=True))
            click.made = made.state.ref
    except NotAllowed as refusal:
        return words(refusal)
    return f"{telling.declared(made.state, request.process)}\n{telling.left_to_say(made.state)}"


def deliver(effect: models.Effect, process: Process, renew: Callable[[], None]) -> Posted:
    """The effect `slack_declare`: a command of somebody of whom Slack had not told. Raises Unavailable, Refused."""
    data = json.loads(effect.data)
    place = Place(data["channel"])
    request = Request(process, read_time(data["at"]), data["workspace"], data["user"], place)
    renew()
    try:
        asking = whoever_asks(request, process.timeout)
    except NotAllowed as refusal:
        answer(request, words(refusal))
        return Posted("")
    if told := _from_words(request, asking, data["key"], data.get("title", "")):
        answer(request, told)
    forget(effect)
    return Posted("")


# --- shortcuts and forms ------------------------------------------------------------------------------------------


def shortcut(request: Request) -> Reply:
    """The global shortcut `declare_incident`, and `adopt_thread` on a message."""
    key = f"shortcut:{request.trigger}"
    try:
        asking = whoever_asks(request)
    except NotAllowed as refusal:
        tell(request, "Declare an incident", words(refusal))
        return None
    except (Unavailable, Refused):
        tell(request, "Declare an incident", f"{_WHO} Try again in a minute.")
        return None
    if string(request.payload, "callback_id") == modals.ADOPT:
        adopting.shortcut(request, asking, key)
        return None
    shown = opened(request, modals.declare_form("", zone_name(request, asking), Origin(key)))
    if not shown and (told := _from_words(request, asking, key, "")):
        answer(request, told)
    return None


def sent(request: Request, view: Object) -> Reply:
    """A form was sent (`view_submission`): it is done, or what is wrong stands beside its field. Twice is once."""
    carry_out = _FORMS.get(string(view, "callback_id"))
    if carry_out is None:
        return None
    origin = modals.origin_of(view)
    request = replace(request, place=Place(origin.channel, origin.thread), payload=view)
    try:
        return carry_out(request, whoever_asks(request), origin)
    except (NotAllowed, Wrong) as refusal:
        return {"response_action": "errors", "errors": errors(refusal)}
    except (Unavailable, Refused):
        told = f"{_WHO} Nothing is lost: send it again in a minute."
        return {"response_action": "errors", "errors": {modals.INVOLVED: told}}


def _declared(request: Request, asking: Call, origin: Origin) -> Reply:
    zone = zone_of(workspace_of(request), request.user, asking)
    wanted = request_of(modals.answers_of(request.payload), request.now, zone, None, "")
    if earlier := made_by(origin.key):
        return completing.completed(request, asking, earlier, wanted)
    with once(modals.key_of(request.payload), request.now) as click:
        if click.before:
            return telling.shown(asking, click.made)
        made = actions.declare(asking, wanted)
        click.made = made.state.ref
        if not made.restricted:
            answer(request, telling.declared(made.state, request.process))
    return telling.shown(asking, made.state.ref)


#: Each form by its name, and what sending it does. All of them ask about security: other troubles stand there, too.
_FORMS: dict[str, Callable[[Request, Call, Origin], Reply]] = {
    modals.DECLARE: _declared,
    modals.ADOPT: adopting.sent,
    modals.SECURITY: completing.answered,
}
