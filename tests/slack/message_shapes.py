"""Messages as Slack keeps them: words, files, other bots, our own app's; and what each looks like in an event."""

from __future__ import annotations

import uuid
from typing import Any

from tests.slack.keeping import Thread
from tests.slack.rich_text import rich_text
from tests.slack.shapes import SLACKBOT, Channel, Json
from tests.slack.state import State

THREAD_KEYS = (
    "reply_count",
    "reply_users_count",
    "latest_reply",
    "reply_users",
    "is_locked",
    "subscribed",
    "last_read",
)


def words(state: State, user: str, text: str, ts: str) -> Json:
    """What a person writes. A stranger's carries the team it comes from."""
    message: Json = {
        "user": user,
        "type": "message",
        "ts": ts,
        "client_msg_id": str(uuid.UUID(int=state.random.getrandbits(128), version=4)),
        "text": text,
        "team": state.team_of(user),
        "blocks": rich_text(text, block_id(state)),
    }
    if not text:
        del message["blocks"]
    if state.team_of(user) != state.team_id:
        message |= {"user_team": state.team_of(user), "source_team": state.team_of(user)}
    return message


def block_id(state: State) -> str:
    return "".join(state.random.choice("abcdefghkmnpqrstuvwxyzABCDEFGH123456789") for _ in range(5))


def reply_to(root: Json, message: Json) -> Json:
    """The message as a reply to that root; the root's author is named unless it is a bot without a user."""
    message["thread_ts"] = root["ts"]
    if root.get("user"):
        message["parent_user_id"] = root["user"]
    return message


def count_replies(root: Json, thread: Thread) -> None:
    """Keep the root's account of its thread; without replies it is no root any more."""
    if not thread.replies:
        for key in (*THREAD_KEYS, "thread_ts"):
            root.pop(key, None)
        return
    root |= {
        "thread_ts": root["ts"],
        "reply_count": len(thread.replies),
        "reply_users_count": len(thread.writers),
        "latest_reply": next(reversed(thread.replies)),
        "reply_users": list(thread.writers)[:5],
        "is_locked": False,
    }
    if root.get("subtype") != "tombstone":
        root.setdefault("subscribed", False)


def tombstone(root: Json) -> Json:
    """What stays of a deleted root that has replies."""
    kept = {key: root[key] for key in ("thread_ts", *THREAD_KEYS[:5]) if key in root}
    stone = {"subtype": "tombstone", "text": "This message was deleted.", "user": SLACKBOT, "hidden": True}
    return {**stone, "type": "message", **kept, "ts": root["ts"]}


def in_event(message: Json, channel: Channel) -> Json:
    """A new message as the event that tells of it."""
    event = {**message, "channel": channel.id, "event_ts": message["ts"], "channel_type": channel.kind}
    if message.get("files") and "subtype" not in message:
        event["subtype"] = "file_share"
    return event


def changed(state: State, channel: Channel, new: Json, old: Json) -> Json:
    """`message_changed`; Slack adds the author's team to the new version, but not to a tombstone."""
    shown = dict(new)
    if new.get("user") and new.get("subtype") != "tombstone":
        team = state.team_of(str(new["user"]))
        shown |= {"source_team": team, "user_team": team}
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": shown,
        "previous_message": dict(old),
        **_hidden(state, channel),
    }


def deleted(state: State, channel: Channel, old: Json) -> Json:
    return {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": dict(old),
        "deleted_ts": old["ts"],
        **_hidden(state, channel),
    }


def _hidden(state: State, channel: Channel) -> Json:
    stamp = state.clock.stamp()
    return {"channel": channel.id, "hidden": True, "ts": stamp, "event_ts": stamp, "channel_type": channel.kind}


def file(state: State, user: str, name: str, content: str) -> Json:
    """A text file as Slack describes it within a message."""
    number = state.number("F", name)
    where = f"https://files.example.com/files-pri/{state.team_id}-{number}"
    seconds = state.clock.whole
    flags: dict[str, Any] = {
        "is_external": False,
        "is_public": False,
        "public_url_shared": False,
        "display_as_bot": False,
        "preview_is_truncated": False,
        "has_rich_preview": False,
    }
    return {
        "id": number,
        "created": seconds,
        "timestamp": seconds,
        "name": name,
        "title": name,
        "mimetype": "text/plain",
        "filetype": "text",
        "pretty_type": "Plain Text",
        "user": user,
        "user_team": state.team_of(user),
        "editable": True,
        "size": len(content.encode()),
        "mode": "snippet",
        "external_type": "",
        "username": "",
        "url_private": f"{where}/{name}",
        "url_private_download": f"{where}/download/{name}",
        "permalink": f"https://{state.domain}.slack.com/files/{user}/{number}/{name}",
        "permalink_public": f"https://slack-files.example.com/{state.team_id}-{number}",
        "edit_link": f"https://{state.domain}.slack.com/files/{user}/{number}/{name}/edit",
        "preview": content[:500],
        "preview_highlight": "",
        "lines": content.count("\n") + 1,
        "lines_more": 0,
        "file_access": "visible",
        **flags,
    }
