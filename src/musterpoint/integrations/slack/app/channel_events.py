"""What an event says of a channel or of the app itself: kept at once, and shown as a trouble where it hinders us.

https://docs.slack.dev/reference/events: channel_* of public and group_* of private channels. Called in the transaction
that takes the event in, so Slack is asked for more by an effect.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from musterpoint import effects
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import calling, ourselves, troubles
from musterpoint.integrations.slack.shapes import Object, inner, string, strings
from musterpoint.store import models

Happened = Callable[[Process, str, Object, datetime], None]


def happened(process: Process, event: Object, now: datetime) -> None:
    """Take in one of EVENTS; anything else is passed over."""
    told = string(event, "channel") or string(inner(event, "channel"), "id")
    if (carry_out := _EVENTS.get(string(event, "type"))) is not None:
        carry_out(process, told, event, now)


def look_soon(channel: str, key: str) -> None:
    """Ask Slack what the channel is like, once this transaction is committed. `key` tells one occasion from others."""
    name = effects.intend("slack_look", f"slack_look:{channel}:{key}"[:200], None, {"channel": channel})
    transaction.on_commit(lambda: effects.carry(name))


def _concerns_us(process: Process, channel: str) -> bool:
    """Whether incidents begin there, or have a thread there that is captured."""
    from musterpoint.integrations.slack.app import channels

    return channel == channels.found(process) or models.Capture.objects.filter(thread__channel=channel).exists()


def _put_out(process: Process, channel: str, event: Object, now: datetime) -> None:
    models.ChatChannel.objects.filter(channel=channel).update(member=False)
    if _concerns_us(process, channel):
        troubles.noted(calling.Trouble("not_in_channel", channel), now)


def _renamed(process: Process, channel: str, event: Object, now: datetime) -> None:
    name = string(inner(event, "channel"), "name")
    models.ChatChannel.objects.filter(channel=channel).update(name=name[:200])
    models.Thread.objects.filter(workspace=ourselves.workspace(process), channel=channel).update(
        channel_name=name[:200]
    )


def _archived(process: Process, channel: str, event: Object, now: datetime) -> None:
    if _concerns_us(process, channel):
        troubles.noted(calling.Trouble("is_archived", channel), now)
    models.ChatChannel.objects.filter(channel=channel).update(archived=True)


def _unarchived(process: Process, channel: str, event: Object, now: datetime) -> None:
    """An archived channel has lost its members, but for those who may see it: whether we are in it, Slack knows."""
    models.ChatChannel.objects.filter(channel=channel).update(archived=False)
    if _concerns_us(process, channel):  # asked afterwards: an archived one is found by nobody
        look_soon(channel, string(event, "event_ts"))


def _came_in(process: Process, channel: str, event: Object, now: datetime) -> None:
    user = string(event, "user")
    if user != ourselves.ourselves()[0]:
        _members_changed(process, channel, user, joined=True, now=now)
        return
    models.ChatChannel.objects.filter(channel=channel).update(member=True, archived=False)
    troubles.mended(channel, now)
    look_soon(channel, string(event, "event_ts"))


def _went(process: Process, channel: str, event: Object, now: datetime) -> None:
    user = string(event, "user")
    if user == ourselves.ourselves()[0]:
        _put_out(process, channel, event, now)
    else:
        _members_changed(process, channel, user, joined=False, now=now)


def _members_changed(process: Process, channel: str, user: str, *, joined: bool, now: datetime) -> None:
    """Who is in a private channel knows of the incidents that are confined to it."""
    team = ourselves.workspace(process)
    if not models.Thread.objects.filter(workspace=team, channel=channel, private=True).exists():
        return
    from musterpoint.integrations.slack.app import private

    (private.joined if joined else private.left)(process, team, channel, user, now)


def _revoked(process: Process, channel: str, event: Object, now: datetime) -> None:
    """Tokens of single people may be revoked as well: those are not ours."""
    if strings(inner(event, "tokens"), "bot"):
        troubles.noted(calling.Trouble("token_revoked"), now)


def _uninstalled(process: Process, channel: str, event: Object, now: datetime) -> None:
    troubles.noted(calling.Trouble("app_uninstalled"), now)


_EVENTS: dict[str, Happened] = {
    "channel_left": _put_out,
    "group_left": _put_out,
    "channel_rename": _renamed,
    "group_rename": _renamed,
    "channel_archive": _archived,
    "group_archive": _archived,
    "channel_deleted": _put_out,
    "group_deleted": _put_out,
    "channel_unarchive": _unarchived,
    "group_unarchive": _unarchived,
    "member_joined_channel": _came_in,
    "member_left_channel": _went,
    "tokens_revoked": _revoked,
    "app_uninstalled": _uninstalled,
}
EVENTS = frozenset(_EVENTS)
