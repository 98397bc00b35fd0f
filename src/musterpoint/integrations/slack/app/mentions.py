"""What is said to us by name: `@musterpoint resolved at 14:20`. Done once, answered to the speaker alone.

Called inside the transaction that takes the event in: no network. An edit of a message never does it again.
https://docs.slack.dev/reference/events/app_mention
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from musterpoint import access, intake
from musterpoint.access import NotFound
from musterpoint.actions import Call
from musterpoint.core.command import Command, understood
from musterpoint.core.command_words import MARKING, Verb
from musterpoint.core.decision import NotAllowed
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import people, showing, whichincident
from musterpoint.integrations.slack.app.asking import Place, Request
from musterpoint.integrations.slack.app.commands import Asked, carry_out, read
from musterpoint.integrations.slack.app.events import AGAIN, ask
from musterpoint.integrations.slack.app.help import in_the_thread, misplaced, of_a_thread, outside
from musterpoint.integrations.slack.app.keyed import once
from musterpoint.integrations.slack.app.spoken import addressed, behind
from musterpoint.integrations.slack.app.whispering import whisper
from musterpoint.integrations.slack.shapes import string
from musterpoint.integrations.slack.stamps import is_stamp, moment
from musterpoint.ports import Button
from musterpoint.store import models

SOURCE = "slack"
#: Characters that a button's value may have (https://docs.slack.dev/reference/block-kit/block-elements/button-element).
_VALUE = 2_000
_BUTTONS = 10


def mentioned(process: Process, event: Mapping[str, Any], now: datetime) -> None:
    """Somebody mentioned us: the inner event of `app_mention`. Raises intake.NotYet for people not known yet."""
    user, channel, ts = string(event, "user"), string(event, "channel"), string(event, "ts")
    if string(event, "bot_id") or not user or not channel or not is_stamp(ts):
        return
    root = string(event, "thread_ts")
    request = Request(process, now, people.workspace(process), user, Place(channel, root, ts), payload=event)
    text = addressed(string(event, "text"), people.ourselves()[0])
    if text is None:
        _not_addressed(request)
    elif event.get("edited"):
        _edited(request)
    else:
        try:
            _first(request, text)
        except people.Unknown as error:
            raise _not_yet(error) from error


def _first(request: Request, text: str) -> None:
    with once(_key("mention", request), request.now) as click:
        if not click.before:
            done(request, text)


def _not_addressed(request: Request) -> None:
    """We were only spoken of, unless it looks as if somebody wanted something."""
    rest = behind(string(request.payload, "text"), people.ourselves()[0])
    if rest and understood(rest):
        _remark(request, "hint", "Nothing was done: only a message that begins with `@musterpoint` tells me something.")


def _edited(request: Request) -> None:
    """A message that was carried out when it was new is not carried out again, and one that was not is not either."""
    known = models.Inbound.objects.filter(source=SOURCE, key=_key("mention", request)).exists()
    if not known:
        _remark(request, "edited", "Nothing was done: an edited message is not carried out. Write a new one.")


def _remark(request: Request, what: str, text: str) -> None:
    with once(_key(what, request), request.now) as click:
        if not click.before:
            answer(request, text)


def _key(what: str, request: Request) -> str:
    return f"{what}:{request.place.channel}:{request.place.message}"


def _not_yet(error: people.Unknown) -> intake.NotYet:
    """The event waits while Slack is asked who that is."""
    workspace, user = error.workspace, error.user
    return intake.NotYet(
        str(error), lambda: ask("slack_who", f"slack_who:{workspace}:{user}", workspace=workspace, user=user), AGAIN
    )


def answer(request: Request, text: str, buttons: tuple[Button, ...] = ()) -> None:
    """Say something to who asked, and to nobody else."""
    place = request.place
    whisper(request.workspace, request.user, place.channel, place.thread, text, buttons)


def refusal(error: NotAllowed | NotFound) -> str:
    """What is so, and what would work, in the words of a thread."""
    return "\n".join(in_the_thread(each) for each in (error.message, error.hint) if each)


def done(request: Request, text: str, ref: str = "") -> None:
    """Carry out what follows our name, and answer. `ref`: the incident that the speaker chose where several were meant.

    Raises people.Unknown.
    """
    try:
        with transaction.atomic():
            call = people.caller(request.process, request.workspace, request.user, request.now)
            call = replace(call, now=min(call.now, moment(request.place.message)))
            _tell(request, call, text, ref)
    except (NotAllowed, NotFound) as error:
        answer(request, refusal(error))


def _tell(request: Request, call: Call, text: str, ref: str) -> None:
    place, at = request.place, moment(request.place.message)
    rows = whichincident.here(call.actor, request.workspace, place, at)
    gone = whichincident.withdrawn(call.actor, request.workspace, place, at)
    command = read(text, call, request)
    if not rows and not gone:
        answer(request, _elsewhere(call, command))
        return
    if command.verb is Verb.HELP and not command.ref:
        answer(request, of_a_thread(request.process))
        return
    found = whichincident.meant(rows, ref or command.ref)
    if not found and (named := [each for each in gone if command.ref in ("", each)]):
        raise NotAllowed("cancelled", f"Incident {named[0]} was cancelled.", "Declare a new one if it is real.")
    if len(found) > 1:
        _which(request, found, text)
        return
    if not found:
        here = ", ".join(row.ref for row in rows)
        raise NotAllowed("not_here", f"Incident {command.ref} does not read this thread.", f"Those that do: {here}.")
    message = _message(request) if command.verb in MARKING else ""
    answer(request, carry_out(Asked(request, call, found[0], command, message)))


def _elsewhere(call: Call, command: Command) -> str:
    """Outside of the threads of incidents."""
    if command.verb is Verb.STATUS:
        return showing.status(call, access.seen(call.actor, command.ref)) if command.ref else showing.open_ones(call)
    if command.verb is Verb.HELP:
        return outside(call.process)
    return misplaced(command.verb, call.process)


def _which(request: Request, rows: list[models.Incident], text: str) -> None:
    """Several incidents read this thread: whoever asks chooses, and the same is carried out then."""
    place = request.place
    buttons = []
    for row in rows[:_BUTTONS]:
        value = "\n".join((row.ref, place.message, place.thread, text))
        if len(value) <= _VALUE:
            buttons.append(Button(f"{row.ref}: {row.title}"[:75], "whisper:which", value))
    numbers = " or ".join(f"`#{row.ref} …`" for row in rows[:_BUTTONS])
    answer(request, f"Several incidents read this thread. Which do you mean? Next time: {numbers}", tuple(buttons))


def _message(request: Request) -> str:
    """The reference of the entry that is this very message: it was taken in before this is called."""
    place = request.place
    rows = models.Entry.objects.filter(
        thread__workspace=request.workspace,
        thread__channel=place.channel,
        thread__root=place.thread or place.message,
        key=place.message,
    )
    found = rows.values_list("ref", flat=True).first()
    if found is None:
        raise NotAllowed("not_yet", "Your message has not arrived here yet.", "Say it again in a moment.")
    return found
