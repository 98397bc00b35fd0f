"""From a stored event to what it tells or asks for: by its type, to whoever knows what to do with it.

https://docs.slack.dev/reference/events
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction

from musterpoint import effects, intake
from musterpoint.core.incident import read_time
from musterpoint.core.journal import Deletion
from musterpoint.core.process import Process
from musterpoint.core.said import Said
from musterpoint.integrations.slack.app import channels, facts, ourselves, people
from musterpoint.integrations.slack.names import Names
from musterpoint.integrations.slack.shapes import Object, inner, string
from musterpoint.store import models

SOURCE = "slack"
#: Seconds that an event waits for Slack to say who somebody is, and until it is looked at again.
PATIENCE, AGAIN = 60, 1.0
Read = intake.Told | intake.Asked | None


def reader(process: Process, now: datetime) -> intake.Reader:
    """What reads stored events, for one pass: it remembers threads and names."""
    return Pass(process, now).read


class Pass:
    """One pass over stored events."""

    def __init__(self, process: Process, now: datetime) -> None:
        self.process, self.now = process, now
        self.workspace, self.ours = ourselves.workspace(process), ourselves.ourselves()
        self.host = ourselves.address()
        self.names: Names = people.names(self.workspace)
        self._threads: dict[tuple[str, str], models.Thread] = {}

    def read(self, data: Mapping[str, Any]) -> Read:
        """Raises intake.NotYet; KeyError, ValueError, TypeError for what makes no sense."""
        event = data["payload"]["event"]
        self.workspace = self.workspace or string(data["payload"], "team_id")
        if (read := _READ.get(string(event, "type"))) is None:
            return None
        return read(self, event, read_time(data["received"]))

    def thread(self, channel: str, root: str) -> models.Thread | None:
        """The thread that an incident reads; what is found is remembered."""
        if (channel, root) not in self._threads:
            rows = models.Thread.objects.filter(workspace=self.workspace, channel=channel, root=root)
            if (found := rows.filter(readings__isnull=False).first()) is None:
                return None
            self._threads[channel, root] = found
        return self._threads[channel, root]

    def thread_with(self, channel: str, stamp: str) -> models.Thread | None:
        """The thread that has this message, where the event does not say which one it is in."""
        rows = models.Entry.objects.filter(thread__workspace=self.workspace, thread__channel=channel, key=stamp)
        row = rows.filter(thread__readings__isnull=False).select_related("thread").first()
        return row.thread if row is not None else None

    def must_know(self, users: list[str], received: datetime) -> None:
        """Raises NotYet while it is worth waiting for Slack to say who somebody is: a minute at most."""
        unknown = [each for each in users if each not in self.names.by_id]
        if not unknown or self.now - received > timedelta(seconds=PATIENCE):
            return
        asked = {f"slack_who:{self.workspace}:{each}": each for each in unknown}
        over = models.Effect.objects.filter(key__in=asked).exclude(status="waiting").values_list("key", flat=True)
        for key in over:
            del asked[key]
        if asked:
            raise intake.NotYet("who is it", partial(_ask, self.workspace, asked), AGAIN)


def _ask(workspace: str, asked: Mapping[str, str]) -> None:
    for key, user in asked.items():
        ask("slack_who", key, workspace=workspace, user=user)


def ask(kind: str, key: str, **data: str) -> None:
    """Intend to find something out, in the transaction that waits for it; once."""
    if not models.Effect.objects.filter(key=key).exists():
        effects.intend(kind, key, None, data)
        transaction.on_commit(lambda: effects.carry(key))


# --- messages ------------------------------------------------------------------------------------------------------


def _message(of: Pass, event: Object, received: datetime) -> Read:
    if facts.is_ours(event, of.ours):
        return None
    if facts.of_a_huddle(event):
        of.must_know(facts.people_in(event), received)
        return intake.Asked(partial(_huddle, of, event))
    return _told(of, event, received)


def _told(of: Pass, event: Object, received: datetime) -> intake.Told | None:
    where = facts.place(event)
    thread = of.thread(where.channel, where.root) if where.root else of.thread_with(where.channel, where.stamp)
    if thread is None:
        return None
    of.must_know(facts.people_in(event), received)
    return intake.Told(thread, _said(of, event, where._replace(root=thread.root)))


def _said(of: Pass, event: Object, where: facts.Place) -> list[Said]:
    return facts.happened(event, where, of.names, of.host)


def _huddle(of: Pass, event: Object) -> None:
    """Slack's own message of a huddle, its change, or that Slack took it away."""
    from musterpoint.integrations.slack.app import huddles

    where, message = facts.place(event), facts.told_of(event)
    if not facts.is_gone(event):
        huddles.seen(of.process, of.workspace, where.channel, message, of.now)
        return
    huddles.gone(of.process, of.workspace, where.channel, inner(event, "previous_message"), of.now)
    if (thread := of.thread(where.channel, where.root)) is not None:
        said = [each for each in _said(of, event, where) if isinstance(each.fact, Deletion)]
        intake.say([intake.Told(thread, said)], SOURCE, of.now)


def _mention(of: Pass, event: Object, received: datetime) -> Read:
    """A mention is a message as well; it comes a second time as one."""
    if facts.is_ours(event, of.ours):
        return None
    told = _told(of, event, received)
    of.must_know(facts.people_in(event), received)
    return intake.Asked(partial(_mentioned, of, event, told))


def _mentioned(of: Pass, event: Object, told: intake.Told | None) -> None:
    from musterpoint.integrations.slack.app import mentions

    if told is not None:
        intake.say([told], SOURCE, of.now)
    mentions.mentioned(of.process, event, of.now)


# --- the rest ------------------------------------------------------------------------------------------------------


def _reaction(of: Pass, event: Object, received: datetime) -> Read:
    from musterpoint.integrations.slack.app import reactions

    return reactions.read(of, event, received)


def _home(of: Pass, event: Object, received: datetime) -> Read:
    from musterpoint.integrations.slack.app import home

    return intake.Asked(lambda: home.opened(of.process, of.workspace, string(event, "user"), of.now))


def _channel(of: Pass, event: Object, received: datetime) -> Read:
    return intake.Asked(lambda: channels.happened(of.process, event, of.now))


def _person(of: Pass, event: Object, received: datetime) -> Read:
    return intake.Asked(lambda: people.happened(of.process, event, of.now))


_READ: dict[str, Callable[[Pass, Object, datetime], Read]] = {
    "message": _message,
    "app_mention": _mention,
    "reaction_added": _reaction,
    "reaction_removed": _reaction,
    "app_home_opened": _home,
    **dict.fromkeys(channels.EVENTS, _channel),
    **dict.fromkeys(people.EVENTS, _person),
}
