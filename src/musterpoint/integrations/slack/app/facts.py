"""What an event of the Events API tells of a message, in the same facts as the chat's history (`messages.said`).

Live events, back-fill and import meet: the same thing has the same key, whichever tells of it first. Three rules make
that so, whatever the order in which events come:

- The words that a message began with are written from a copy that nobody had edited yet. From an edited copy comes its
  edit alone, for whoever comes first with a key decides what is written.
- A change is an edit only if what is said differs (`content.digest`): Slack sends one for a preview of a link, for a
  detected language and for a count of replies, too.
- Reactions come as events of their own, with their time; those inside a message are left alone.

https://docs.slack.dev/reference/events/message
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from musterpoint.core.incident import Basis
from musterpoint.core.journal import Deletion, Edit
from musterpoint.core.said import Said
from musterpoint.integrations.slack.content import digest
from musterpoint.integrations.slack.messages import is_huddle, is_tombstone, said
from musterpoint.integrations.slack.names import SLACKBOT, Names
from musterpoint.integrations.slack.shapes import Object, inner, string, strings
from musterpoint.integrations.slack.stamps import is_stamp, moment, permalink

#: What our own messages carry: their `metadata` has this type.
METADATA = "musterpoint"
_PERSON = re.compile(r'(?:<@|"(?:user|user_id|created_by)": ")([UW][A-Z0-9]{6,})[>|"]')
_NAMING = ("user", "text", "blocks", "edited", "attachments", "room")
ONE_SECOND = timedelta(seconds=1)
#: So many people of one message are asked for; whoever calls a hundred does not talk to them.
MOST_PEOPLE = 20


class Place(NamedTuple):
    """Where a message is. `root` is the ts of its thread, its own where it is in none, "" where the event hides it."""

    channel: str
    root: str
    stamp: str


def told_of(event: Object) -> Object:
    """The message that an event is about: as it is now or, once deleted, as it was."""
    subtype = string(event, "subtype")
    if subtype == "message_changed":
        return inner(event, "message")
    return inner(event, "previous_message") if subtype == "message_deleted" else event


def place(event: Object) -> Place:
    message, previous = told_of(event), inner(event, "previous_message")
    stamp = string(event, "deleted_ts") or string(message, "ts")
    root = string(message, "thread_ts") or string(previous, "thread_ts") or (stamp if message else "")
    return Place(string(event, "channel"), root, stamp)


def of_a_huddle(event: Object) -> bool:
    return is_huddle(told_of(event)) or is_huddle(inner(event, "previous_message"))


def is_gone(event: Object) -> bool:
    """Whether it tells that a message was deleted, with a tombstone in its place or without."""
    return string(event, "subtype") == "message_deleted" or is_tombstone(inner(event, "message"))


def is_ours(event: Object, ourselves: tuple[str, str, str]) -> bool:
    """Whether our own app wrote what the event is about. `ourselves`: user, bot and app, empty where unknown."""
    return any(_wrote(each, ourselves) for each in (told_of(event), inner(event, "previous_message")))


def _wrote(message: Object, ourselves: tuple[str, str, str]) -> bool:
    if string(inner(message, "metadata"), "event_type") == METADATA:
        return True
    user, bot, app = ourselves
    named = ((string(message, "user"), user), (string(message, "bot_id"), bot), (string(message, "app_id"), app))
    return any(known and known == given for given, known in named)


def people_in(event: Object) -> list[str]:
    """The ids of those whom the event names: who wrote, edited or was there, and whom the words call."""
    parts = [event] if "message" not in event and "previous_message" not in event else []
    parts += [inner(event, "message"), inner(event, "previous_message")]
    found: dict[str, None] = {}
    for part in parts:
        written = json.dumps({key: part[key] for key in _NAMING if key in part})
        room = inner(part, "room")
        found |= dict.fromkeys(
            [*_PERSON.findall(written), *strings(room, "participant_history"), *strings(room, "participants")]
        )
    return [each for each in found if each != SLACKBOT][:MOST_PEOPLE]


def happened(event: Object, where: Place, names: Names, host: str) -> list[Said]:
    """The facts of one event. `host` is that of the workspace, for addresses. Raises ValueError for a bad ts."""
    subtype = string(event, "subtype")
    if subtype == "message_changed":
        return _each_once(_changed(event, where, names, host))
    if subtype == "message_deleted":
        gone = inner(event, "previous_message")
        before = _original(gone, where, names, host) if gone else []
        return _each_once([*before, _deletion(event, where, host)])
    return _original(event, where, names, host)


def _each_once(found: Iterable[Said]) -> list[Said]:
    return list({each.key: each for each in found}.values())


def _said(message: Object, where: Place, names: Names, host: str) -> list[Said]:
    alone = {key: value for key, value in message.items() if key != "reactions"}
    return said(alone, where.channel, where.root, names, host)


def _original(message: Object, where: Place, names: Names, host: str) -> list[Said]:
    """What this copy knows for sure: the first words with their files, or the edit that it went through last."""
    found = _said(message, where, names, host)
    if inner(message, "edited") and not is_huddle(message):
        return [each for each in found if isinstance(each.fact, Edit)]
    return found


def _changed(event: Object, where: Place, names: Names, host: str) -> list[Said]:
    message, previous = inner(event, "message"), inner(event, "previous_message")
    if is_tombstone(previous):  # the count of its replies changes
        return []
    before = _original(previous, where, names, host) if previous else []
    if is_tombstone(message):
        return [*before, _deletion(event, where, host)]
    if is_huddle(message) or not previous:
        return _original(message, where, names, host)
    if digest(message) == digest(previous):
        return before
    return [*before, *_edit(event, message, where, names, host)]


def _edit(event: Object, message: Object, where: Place, names: Names, host: str) -> list[Said]:
    """Slack notes a person's edit in the message, in whole seconds: the event tells two of one second apart. What an
    app or Slack itself changed has the time of its event."""
    stamp = string(event, "event_ts")
    if not inner(message, "edited"):
        message = {**message, "edited": {"ts": stamp}}
    found = [each for each in _said(message, where, names, host) if isinstance(each.fact, Edit)]
    if not is_stamp(stamp):
        return found
    at = moment(stamp)
    return [replace(each, at=at) if each.at <= at < each.at + ONE_SECOND else each for each in found]


def _deletion(event: Object, where: Place, host: str) -> Said:
    """Slack does not tell who deleted it."""
    sent, stamp = moment(where.stamp), string(event, "event_ts")
    ref = f"slack:{where.channel or '-'}/{where.stamp}"
    return Said(
        key=f"deletion:{where.stamp}",
        ref=f"{ref}#deletion",
        anchor=sent,
        fact=Deletion(ref),
        at=max(sent, moment(stamp)) if is_stamp(stamp) else sent,
        basis=Basis.RECORDED if is_stamp(stamp) else Basis.ESTIMATED,
        who=None,
        url=permalink(host, where.channel, where.stamp, where.root),
    )
