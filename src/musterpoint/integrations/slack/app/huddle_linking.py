"""A huddle becomes part of the record: its thread is read and captured, its beginning, people and end are entries."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from musterpoint import intake
from musterpoint.actions.huddle import huddles_noted, link_huddle
from musterpoint.core.incident import Basis
from musterpoint.core.journal import HuddleEnded
from musterpoint.core.process import Process
from musterpoint.core.said import Said
from musterpoint.integrations.slack import messages
from musterpoint.integrations.slack.app import ourselves, people
from musterpoint.integrations.slack.authors import person
from musterpoint.integrations.slack.shapes import Object, inner, string
from musterpoint.store import models


def link(process: Process, workspace: str, channel: str, message: Object, number: int, now: datetime) -> models.Thread:
    """The incident (`Incident.pk`) reads the huddle's own thread, which is captured from now on."""
    beside = models.Thread.objects.filter(workspace=workspace, channel=channel, readings__incident=number)
    like = beside.order_by("id").first()
    told = said(workspace, channel, message)
    thread, _ = models.Thread.objects.get_or_create(
        workspace=workspace,
        channel=channel,
        root=string(message, "ts"),
        defaults={
            "channel_name": like.channel_name if like else "",
            "private": like.private if like else False,
            "url": told[0].url,
        },
    )
    creator = string(inner(message, "room"), "created_by")
    link_huddle(process, number, thread, person(creator, people.names(workspace)) if creator else None, now)
    models.Capture.objects.get_or_create(thread=thread, defaults={"since": now, "due_at": now})
    return thread


def write(thread: models.Thread, message: Object, source: str, now: datetime) -> None:
    """What the message tells, as far as it is new."""
    told = said(thread.workspace, thread.channel, message)
    over = inner(message, "room").get("has_ended") is True
    if over and not any(isinstance(each.fact, HuddleEnded) for each in told):
        told = [*told, *_ended(thread, message, now)]
    if new := intake.write(thread, told, source, now):
        intake.tell_incidents(thread, new, now)
    huddles_noted(thread)


def said(workspace: str, channel: str, message: Object) -> list[Said]:
    return messages.said(message, channel, string(message, "ts"), people.names(workspace), ourselves.address())


def _ended(thread: models.Thread, message: Object, now: datetime) -> list[Said]:
    """It is over and nobody says since when: learnt now."""
    over = {**message, "room": {**inner(message, "room"), "date_end": int(now.timestamp())}}
    told = said(thread.workspace, thread.channel, over)
    return [replace(each, basis=Basis.ESTIMATED) for each in told if isinstance(each.fact, HuddleEnded)]
