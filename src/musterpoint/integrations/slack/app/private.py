"""Private channels: what a thread there is to an incident, and who comes to know of it or does not any more.

Events of members are lost while nobody listens, so the members are read anew now and then.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from musterpoint import actions
from musterpoint.actions import ThreadPlace
from musterpoint.core.incident import Who, read_time, time_text
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import calling, channels, people
from musterpoint.integrations.slack.stamps import permalink
from musterpoint.store import models

SOURCE = "slack"
#: How often the members of a channel that an incident is confined to are read anew.
EVERY = timedelta(minutes=15)
#: The setting of the database that says when, by channel.
READ = "slack_members:"


def place(process: Process, workspace: str, channel: str, root: str, now: datetime, timeout: float) -> ThreadPlace:
    """The thread with this root as Slack knows its channel now. Each call takes `timeout` seconds at most.

    Raises Trouble (the app is not in the channel), Unavailable, Refused.
    """
    in_time = replace(process, timeout=timeout)
    row = channels.look(in_time, channel, now)
    if not row.member:
        raise calling.Trouble("not_in_channel", channel)
    members = _identities(channels.members(in_time, channel)) if row.private else ()
    return ThreadPlace(
        workspace, channel, root, f"#{row.name}" if row.name else "", address(channel, root), row.private, members
    )


def address(channel: str, root: str) -> str:
    """Where the thread is; empty while the workspace's address is unknown."""
    from musterpoint.integrations.slack.app import ourselves

    return permalink(ourselves.address(), channel, root, root)


def _identities(users: Collection[str]) -> tuple[str, ...]:
    us = people.ourselves()[0]
    return tuple(f"slack:{each}" for each in users if each != us)


def joined(process: Process, workspace: str, channel: str, user: str, now: datetime) -> None:
    """Somebody came into a private channel: the incidents that are confined to it exist for them from now on."""
    _changed(workspace, channel, [user], now, joined=True)


def left(process: Process, workspace: str, channel: str, user: str, now: datetime) -> None:
    """Somebody left it: they do not any more, unless they declared one."""
    _changed(workspace, channel, [user], now, joined=False)


def _changed(workspace: str, channel: str, users: Collection[str], now: datetime, *, joined: bool) -> None:
    who = [people.who(workspace, each) or Who(f"slack:{each}", each) for each in users]
    actions.membership(workspace, channel, who, now, joined=joined, source=SOURCE)


def tend(process: Process, now: datetime) -> None:
    """One turn: read anew who is in one of the channels that incidents are confined to, and take over what is new.

    Raises Trouble, Unavailable.
    """
    workspace = people.workspace(process)
    for channel in _confined(workspace):
        if _is_due(channel, now):
            models.Setting.objects.update_or_create(name=f"{READ}{channel}"[:50], defaults={"value": time_text(now)})
            compare(process, workspace, channel, now)
            return


def _confined(workspace: str) -> list[str]:
    """The channels that incidents are confined to."""
    rows = models.Reading.objects.filter(thread__workspace=workspace, role="chat", incident__confined=True)
    return sorted(set(rows.values_list("thread__channel", flat=True)))


def _is_due(channel: str, now: datetime) -> bool:
    last = models.Setting.objects.filter(name=f"{READ}{channel}"[:50]).values_list("value", flat=True).first()
    return not last or read_time(last) + EVERY <= now


def compare(process: Process, workspace: str, channel: str, now: datetime) -> None:
    """Who is in the channel now knows of its incidents, and nobody else of the workspace does."""
    there = set(_identities(channels.members(process, channel)))
    rows = models.Member.objects.filter(
        identity__startswith="slack:",
        incident__confined=True,
        incident__readings__thread__workspace=workspace,
        incident__readings__thread__channel=channel,
        incident__readings__role="chat",
    )
    known = set(rows.values_list("identity", flat=True))
    if gone := sorted(known - there):
        _changed(workspace, channel, [each.removeprefix("slack:") for each in gone], now, joined=False)
    if there:
        _changed(workspace, channel, [each.removeprefix("slack:") for each in sorted(there)], now, joined=True)
