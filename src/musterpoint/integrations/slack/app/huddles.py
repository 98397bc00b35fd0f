"""Huddles: seen by the message by which Slack shows one, and linked to the incident that it belongs to.

Slack offers no way to begin or to read a huddle. It belongs to a channel, and its message, by Slackbot, has a `room`;
when it ends Slack edits that message, or takes it away. Nothing here depends on such a message ever coming.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from musterpoint.core.incident import Milestone, Status, read_time
from musterpoint.core.process import Process
from musterpoint.integrations.slack import messages
from musterpoint.integrations.slack.app import huddle_linking, huddle_memory
from musterpoint.integrations.slack.app.huddle_buttons import pressed
from musterpoint.integrations.slack.app.whispering import whisper
from musterpoint.integrations.slack.shapes import Object, inner, string
from musterpoint.integrations.slack.stamps import is_stamp, moment, whole_seconds
from musterpoint.ports import Button
from musterpoint.store import models

__all__ = ["gone", "pressed", "seen"]

#: How far Slack's clock and ours may be apart.
SKEW = timedelta(minutes=2)
#: Incidents that are over, newest first, among which one is looked for that was open when the huddle began.
OVER = 50
#: So long after it began somebody is asked to which incident it belongs.
STILL_ASKED = timedelta(hours=12)


def seen(process: Process, workspace: str, channel: str, message: Object, now: datetime, source: str = "slack") -> bool:
    """Take in a huddle's message, or a change of it, in the caller's transaction: live or (`source` `slack_history`)
    out of the history. Whether it belongs to an incident."""
    stamp = string(message, "ts")
    if not messages.is_huddle(message) or not is_stamp(stamp):
        return False
    thread = models.Thread.objects.filter(workspace=workspace, channel=channel, root=stamp).first()
    if thread is None or not thread.readings.exists():
        number = _belongs_to(process, workspace, channel, message, now)
        if number is None:
            return False
        thread = huddle_linking.link(process, workspace, channel, message, number, now)
    huddle_linking.write(thread, message, source, now)
    return True


def gone(process: Process, workspace: str, channel: str, message: Object, now: datetime) -> bool:
    """Slack took the message away (`message` is what it was): the huddle is over, as far as anybody can tell. Whether
    it belongs to an incident."""
    over = {**message, "room": {**inner(message, "room"), "has_ended": True}}
    return seen(process, workspace, channel, over, now)


# --- which incident it belongs to -----------------------------------------------------------------------------------


@dataclass(slots=True)
class Candidate:
    """An incident that was open in the channel; `roots` of the threads there that it reads."""

    number: int
    ref: str
    title: str
    roots: set[str] = field(default_factory=set)


def _belongs_to(process: Process, workspace: str, channel: str, message: Object, now: datetime) -> int | None:
    """The one incident that was open in the channel when the huddle began; of several the one whose button was pressed
    by whoever began it. Else they are asked, once, and meanwhile it belongs to none."""
    room = inner(message, "room")
    began = whole_seconds(room.get("date_start")) or moment(string(message, "ts"))
    found = _open_there(workspace, channel, began)
    if len(found) > 1:
        pressed = huddle_memory.pressed_lately(channel, string(room, "created_by"), began)
        within = string(room, "thread_root_ts")
        chosen = [each for each in found if within in each.roots] or [each for each in found if each.ref == pressed]
        if len(chosen) != 1:
            if now - began < STILL_ASKED:
                _ask(workspace, channel, message, found, now)
            return None
        found = chosen
    return found[0].number if found else None


def _open_there(workspace: str, channel: str, at: datetime) -> list[Candidate]:
    """Those that were open at that time, the oldest first. A restricted one is only spoken of where it is confined to:
    it is neither linked to a huddle of others, nor told by a question."""
    there = models.Reading.objects.filter(thread__workspace=workspace, thread__channel=channel)
    there = there.exclude(role="huddle").exclude(incident__restricted=True, incident__confined=False)
    over = there.filter(incident__status__in=[Status.RESOLVED.value, Status.CLOSED.value])
    numbers = [
        *there.filter(incident__status=Status.OPEN.value).values_list("incident", flat=True),
        *over.order_by("-incident").values_list("incident", flat=True)[:OVER],
    ]
    found: dict[int, Candidate] = {}
    for each in there.filter(incident__in=numbers).select_related("incident", "thread").order_by("incident"):
        row = each.incident
        if _was_open(row, at):
            candidate = found.setdefault(row.pk, Candidate(row.pk, row.ref, row.title))
            candidate.roots.add(each.thread.root)
    return list(found.values())


def _was_open(row: models.Incident, at: datetime) -> bool:
    """From its detection (where that is known, else its declaration) until it was resolved."""
    times = {Milestone(name): read_time(each["at"]) for name, each in row.milestones.items()}
    begins = [times[each] for each in (Milestone.DETECTED, Milestone.DECLARED) if each in times]
    resolved = times.get(Milestone.RESOLVED)
    return (not begins or min(begins) <= at + SKEW) and (resolved is None or at <= resolved)


def _ask(workspace: str, channel: str, message: Object, found: Sequence[Candidate], now: datetime) -> None:
    """Whoever began it says to which incident it belongs. Without an answer it belongs to none."""
    creator, stamp = string(inner(message, "room"), "created_by"), string(message, "ts")
    if not creator or not huddle_memory.ask(channel, message, now):
        return
    text = "A huddle began here, and several incidents are open in this channel. Which one is it for?"
    buttons = [Button(f"{each.ref}: {each.title}", "huddle:choose", f"{each.ref} {channel} {stamp}") for each in found]
    whisper(workspace, creator, channel, "", text, buttons)
