"""Reactions as they come: each one given and each one taken back is a fact of its own, with its time.

An event names a message by channel and ts alone, without its thread. Where that message is not recorded, Slack is asked
for it once (`slack_find`), by `conversations.replies`: `conversations.history` holds no replies and would answer with a
neighbour (https://docs.slack.dev/reference/methods/conversations.replies).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from musterpoint import intake
from musterpoint.core.incident import Basis
from musterpoint.core.journal import ReactionAdded, ReactionRemoved
from musterpoint.core.process import Process
from musterpoint.core.said import Said
from musterpoint.integrations.slack import messages
from musterpoint.integrations.slack.app import calling, facts, marking, ourselves, people
from musterpoint.integrations.slack.app.wanted import reaction_name
from musterpoint.integrations.slack.authors import person
from musterpoint.integrations.slack.shapes import Object, inner, objects, string
from musterpoint.integrations.slack.stamps import moment, permalink
from musterpoint.ports import Posted, Refused
from musterpoint.store import models
from musterpoint.store.live import LIVE

if TYPE_CHECKING:
    from musterpoint.integrations.slack.app.events import Pass, Read

FIND = "slack_find"


def read(of: Pass, event: Object, received: datetime) -> Read:
    """Raises intake.NotYet while it is not known where the message is."""
    item, user, name = inner(event, "item"), string(event, "user"), reaction_name(event)
    channel, stamp = string(item, "channel"), string(item, "ts")
    thread = of.thread_with(channel, stamp)
    if thread is None and name == of.process.reaction:
        added = string(event, "type") == "reaction_added"
        return intake.Asked(partial(_adopt, of, channel, stamp, user)) if added else None
    if thread is None:
        return _unknown(of, channel, stamp, marks=name in of.process.marks)
    of.must_know([user], received)
    said = _said(of, event, thread)
    return intake.Told(thread, [said], partial(marking.follow, of.process, of.workspace, thread, said, of.now))


def _said(of: Pass, event: Object, thread: models.Thread) -> Said:
    stamp, user, name = string(inner(event, "item"), "ts"), string(event, "user"), string(event, "reaction")
    happened, ref = string(event, "event_ts"), f"slack:{thread.channel}/{stamp}"
    detail = f"{name}:{user}:{happened}"
    fact = ReactionAdded(ref, name) if string(event, "type") == "reaction_added" else ReactionRemoved(ref, name)
    return Said(
        key=f"reaction:{stamp}:{detail}",
        ref=f"{ref}#reaction-{detail}",
        anchor=moment(stamp),
        fact=fact,
        at=moment(happened),
        basis=Basis.RECORDED,
        who=person(user, of.names),
        url=permalink(of.host, thread.channel, stamp, thread.root),
    )


def _adopt(of: Pass, channel: str, stamp: str, user: str) -> None:
    from musterpoint.integrations.slack.app import adopting

    adopting.reaction(of.process, of.workspace, channel, stamp, user, of.now)


# --- a message that is not recorded --------------------------------------------------------------------------------


def _unknown(of: Pass, channel: str, stamp: str, *, marks: bool) -> Read:
    """Worth asking where it could be in a thread that an incident reads. What was asked for once is known to be
    elsewhere, unless it is recorded."""
    threads = models.Thread.objects.filter(workspace=of.workspace, channel=channel, readings__isnull=False)
    if not (threads if marks else threads.filter(readings__incident__status__in=LIVE)).exists():
        return None
    key = f"{FIND}:{channel}:{stamp}"
    known = models.Effect.objects.filter(key=key).values_list("status", flat=True).first()
    if known in (None, "waiting"):
        from musterpoint.integrations.slack.app import events

        ask = partial(events.ask, FIND, key, workspace=of.workspace, channel=channel, ts=stamp)
        raise intake.NotYet("which message is it", ask, events.AGAIN)
    return None


def deliver(effect: models.Effect, process: Process, renew: Callable[[], None]) -> Posted:
    """The effect `slack_find` (data: workspace, channel, ts): record a message that should be, once found."""
    data = json.loads(effect.data)
    channel, stamp = data["channel"], data["ts"]
    renew()
    message = _fetched(process, channel, stamp)
    if message is None or facts.is_ours(message, ourselves.ourselves()):
        return Posted("")
    root = string(message, "thread_ts") or stamp
    threads = models.Thread.objects.filter(workspace=data["workspace"], channel=channel, root=root)
    thread = threads.filter(readings__isnull=False).first()
    if thread is None:
        return Posted("")
    alone = {key: value for key, value in message.items() if key != "reactions"}  # their own events wait
    said = messages.said(alone, channel, root, people.names(data["workspace"]), ourselves.address())
    with transaction.atomic():
        intake.say([intake.Told(thread, said)], "slack_history", timezone.now())
    return Posted(stamp)


def _fetched(process: Process, channel: str, stamp: str) -> Object | None:
    """The message, or None where there is none. Raises Trouble, Unavailable."""
    try:
        answer = calling.call(
            process.timeout, "conversations.replies", channel=channel, ts=stamp, oldest=stamp, inclusive=True, limit=1
        )
    except Refused:
        return None
    found = objects(answer.data, "messages") if isinstance(answer.data, dict) else []
    return next((each for each in found if string(each, "ts") == stamp), None)
