"""The channels that concern us: their ids, what Slack says of them, who is in them, and what happens to them.

A channel is named in the settings and known by its id: once found, it stays the same channel when it is renamed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from musterpoint.core.incident import read_time, time_text
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import calling, ourselves, troubles
from musterpoint.integrations.slack.app.channel_events import EVENTS, happened, look_soon
from musterpoint.integrations.slack.app.paging import pages
from musterpoint.integrations.slack.shapes import Object, objects, string, strings
from musterpoint.ports import Posted, Unavailable
from musterpoint.store import models

#: https://docs.slack.dev/reference/objects/conversation-object: C, G (private ones of old), D (direct)
IDENTITY = re.compile(r"[CGD][A-Z0-9]{6,}")
#: The setting of the database: name in the settings → id.
FOUND = "slack_channels"
#: When the channel of the settings was last searched for.
TRIED = "slack_channels_tried"
PAGE = 1000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: How often each channel is looked at anew, and those where something hinders us.
EVERY, MENDING = timedelta(hours=6), timedelta(minutes=1)
#: How many of them in one turn: turns are ten seconds apart.
TURN = 5


def known(workspace: str, channel: str) -> models.ChatChannel | None:
    """What was last heard of it. No network."""
    return models.ChatChannel.objects.filter(workspace=workspace, channel=channel).first()


def found(process: Process, wanted: str = "") -> str:
    """The id of a channel (without a name: that of `[chat] channel`) as far as it is known; else empty. No network."""
    wanted = (wanted or process.channel).strip()
    if IDENTITY.fullmatch(wanted):
        return wanted
    identity = _remembered().get(_plain(wanted), "")
    row = known(ourselves.workspace(process), identity) if identity else None
    return identity if row is not None and not row.archived else ""


def id_of(process: Process, wanted: str, now: datetime | None = None) -> str:
    """The id of a channel that is named as people name it (`#name`) or by its id.

    Asks Slack where it is not known yet. Raises Trouble (`channel_not_found`), Unavailable.
    """
    return found(process, wanted) or _looked_up(process, wanted, now or timezone.now())


def _plain(wanted: str) -> str:
    return wanted.strip().removeprefix("#").casefold()


def _remembered() -> dict[str, str]:
    text = models.Setting.objects.filter(name=FOUND).values_list("value", flat=True).first()
    return dict(json.loads(text)) if text else {}


def _looked_up(process: Process, wanted: str, now: datetime) -> str:
    name, kinds = _plain(wanted), "public_channel,private_channel"
    for page in pages(process.timeout, "conversations.list", PAGE, types=kinds, exclude_archived=True):
        for each in objects(page, "channels"):
            if name in (string(each, "name").casefold(), string(each, "name_normalized").casefold()):
                return _remember(process, name, each, now)
    raise calling.Trouble("channel_not_found", f"#{name}")


def _remember(process: Process, name: str, channel: Object, now: datetime) -> str:
    row = took(ourselves.workspace(process), channel, now)
    kept = json.dumps({**_remembered(), name: row.channel})
    models.Setting.objects.update_or_create(name=FOUND, defaults={"value": kept})
    troubles.mended(f"#{name}", now)
    return row.channel


def took(workspace: str, channel: Object, now: datetime) -> models.ChatChannel:
    """Keep what Slack says of a channel now: https://docs.slack.dev/reference/objects/conversation-object."""
    row, _ = models.ChatChannel.objects.update_or_create(
        workspace=workspace,
        channel=string(channel, "id")[:100],
        defaults={
            "name": string(channel, "name")[:200],
            "private": channel.get("is_private") is True or channel.get("is_im") is True,
            "archived": channel.get("is_archived") is True,
            "member": channel.get("is_member") is True or channel.get("is_im") is True,
            "known_at": now,
        },
    )
    return row


def look(process: Process, channel: str, now: datetime) -> models.ChatChannel:
    """Ask Slack what the channel is like now, and note or mend what hinders there. Raises Trouble, Unavailable."""
    team = ourselves.workspace(process)
    before = known(team, channel)
    well = before.known_at if before is not None and before.member else now
    try:
        told: Object = calling.call(process.timeout, "conversations.info", channel=channel)["channel"]
    except calling.Trouble as error:
        if error.place == channel:
            models.ChatChannel.objects.update_or_create(
                workspace=team, channel=channel, defaults={"member": False, "known_at": now}
            )
        troubles.noted(error, now, well)
        raise
    row = took(team, told, now)
    threads = models.Thread.objects.filter(workspace=team, channel=channel)
    threads.exclude(private=row.private).update(private=row.private)
    if row.archived or not row.member:
        troubles.noted(calling.Trouble("is_archived" if row.archived else "not_in_channel", channel), now, well)
    else:
        troubles.mended(channel, now)
    return row


def tend(process: Process, now: datetime) -> None:
    """One turn: find the channel of the settings, and look anew at some that concern us. What hinders is noted."""
    try:
        if ourselves.workspace(process) and not found(process) and _may_try(now):
            id_of(process, process.channel, now)
        for channel in _to_look_at(process, now)[:TURN]:
            _looked_at(process, channel, now)
    except Unavailable as error:
        troubles.noted(error, now)


def _looked_at(process: Process, channel: str, now: datetime) -> None:
    """One that is not there any more does not keep us from the others."""
    try:
        look(process, channel, now)
    except calling.Trouble as error:
        if error.place != channel:
            raise


def _may_try(now: datetime) -> bool:
    """Once a minute: a name that is not there would cost a search through all channels every time."""
    last = models.Setting.objects.filter(name=TRIED).values_list("value", flat=True).first()
    if last and read_time(last) > now - MENDING:
        return False
    models.Setting.objects.update_or_create(name=TRIED, defaults={"value": time_text(now)})
    return True


def _to_look_at(process: Process, now: datetime) -> list[str]:
    """Those that concern us and were not looked at for long, the longest first."""
    team = ourselves.workspace(process)
    captured = models.Capture.objects.filter(thread__workspace=team).values_list("thread__channel", flat=True)
    wanted = {found(process), *captured.distinct()} - {""}
    rows = models.ChatChannel.objects.filter(workspace=team, channel__in=wanted).values_list("channel", "known_at")
    looked_at, hindered = dict(rows), {each.place for each in troubles.of()}
    due = [
        (looked_at.get(each, EPOCH), each)
        for each in wanted
        if looked_at.get(each, EPOCH) + (MENDING if each in hindered else EVERY) <= now
    ]
    return [each for _, each in sorted(due)]


def looked(effect: models.Effect, process: Process, renew: Callable[[], None]) -> Posted:
    """The effect `slack_look` (data: channel): something happened there of which the event tells only a part."""
    channel = str(json.loads(effect.data)["channel"])
    renew()
    _looked_at(process, channel, timezone.now())
    return Posted(channel)


def members(process: Process, channel: str) -> list[str]:
    """Who is in it (`U…`), our app among them. Raises Trouble, Unavailable."""
    found = pages(process.timeout, "conversations.members", PAGE, channel=channel)
    return [user for page in found for user in strings(page, "members")]


__all__ = ["EVENTS", "found", "happened", "id_of", "known", "look", "look_soon", "looked", "members", "tend", "took"]
