"""chat.* of the Web API: post, update, delete, post privately, permalink (docs.slack.dev/reference/methods)."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from tests.slack import message_shapes as shapes
from tests.slack.limits import POSTED_TEXT, UPDATED_TEXT, check_blocks
from tests.slack.method import method
from tests.slack.refusal import Refusal
from tests.slack.rich_text import as_kept, rich_text
from tests.slack.shapes import Channel, Json, flag
from tests.slack.state import Ephemeral, State
from tests.slack.talking import Talking
from tests.slack.views import with_ids

if TYPE_CHECKING:
    from tests.slack.workspace import Workspace


def place(workspace: State, args: Json) -> Channel:
    """The channel that the app writes into. Refuses as Slack does: what it may not see does not exist."""
    if not args.get("channel"):
        raise Refusal("channel_not_found")
    channel = workspace.channel_of(str(args["channel"]))
    if not channel.app:
        raise Refusal("channel_not_found" if channel.private else "not_in_channel")
    if channel.archived:
        raise Refusal("is_archived")
    return channel


def content(workspace: State, args: Json, longest: int) -> Json:
    """Text, blocks, attachments and metadata out of the arguments; only what was given."""
    given: Json = {}
    if args.get("text"):
        if len(str(args["text"])) > longest and longest == UPDATED_TEXT:
            raise Refusal("msg_too_long")
        given["text"] = as_kept(str(args["text"])[:longest])
    if args.get("blocks") is not None:
        given["blocks"] = with_ids(workspace, check_blocks(args["blocks"]))
    if args.get("attachments") is not None:
        given["attachments"] = attachments(workspace, parsed(args["attachments"], "invalid_attachments"))
    if args.get("metadata") is not None:
        given["metadata"] = metadata(args["metadata"])
    return given


def parsed(value: Any, error: str) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        raise Refusal(error) from None


def attachments(workspace: State, given: Any) -> list[Json]:
    if not isinstance(given, list):
        raise Refusal("invalid_attachments")
    if len(given) > 100:
        raise Refusal("too_many_attachments")
    made: list[Json] = []
    for number, each in enumerate(given, 1):
        shown = {"id": number, "fallback": each.get("fallback") or each.get("text") or "[no preview available]", **each}
        if each.get("blocks"):
            shown["blocks"] = with_ids(workspace, check_blocks(each["blocks"]))
        made.append(shown)
    return made


def metadata(given: Any) -> Json:
    """Refuses what has not the two parts that metadata has; an empty object removes it."""
    made = parsed(given, "invalid_metadata_format")
    if made == {}:
        return {}
    if not isinstance(made, dict) or not made.get("event_type") or not isinstance(made.get("event_payload"), dict):
        raise Refusal("invalid_metadata_format")
    if len(json.dumps(made)) > 16_000:
        raise Refusal("metadata_too_large")
    return made


@method("chat.postMessage", "chat:write", tier=0)
def post_message(workspace: Workspace, args: Json) -> Json:
    channel = place(workspace, args)
    given = content(workspace, args, POSTED_TEXT)
    if not (given.get("text") or given.get("blocks") or given.get("attachments")):
        raise Refusal("no_text")
    thread = str(args.get("thread_ts") or "")
    if thread:
        _check_thread(workspace, channel, thread)
    message = own(workspace, args) | {"type": "message", "ts": workspace.clock.stamp(), "text": given.get("text", "")}
    message |= given or {}
    if not message.get("metadata"):
        message.pop("metadata", None)
    if not message.get("blocks") and message["text"]:
        message["blocks"] = rich_text(message["text"], shapes.block_id(workspace))
    ts = workspace.keep(channel, message, thread, bool(thread) and flag(args.get("reply_broadcast")))
    return {"channel": channel.id, "ts": ts, "message": visible(workspace, channel, ts)}


def _check_thread(workspace: State, channel: Channel, thread: str) -> None:
    try:
        workspace.message(channel.id, thread)
    except Refusal:
        raise Refusal("thread_not_found") from None


def own(workspace: State, args: Json) -> Json:
    """Who posts: the app, or the app under another name (chat:write.customize)."""
    app = workspace.app
    named = args.get("username") or args.get("icon_emoji") or args.get("icon_url")
    if named and "chat:write.customize" in workspace.scopes:
        icons = {"emoji": args["icon_emoji"]} if args.get("icon_emoji") else {"image_48": "https://example.com/48.png"}
        username = args.get("username") or app.name
        return {"subtype": "bot_message", "username": username, "icons": icons, "bot_id": app.bot, "app_id": app.id}
    return {
        "user": app.user,
        "bot_id": app.bot,
        "app_id": app.id,
        "team": workspace.team_id,
        "bot_profile": workspace.profile(),
    }


def visible(workspace: Talking, channel: Channel, ts: str) -> Json:
    return workspace.shown(channel, workspace.message(channel.id, ts))


@method("chat.update", "chat:write", tier=50)
def update(workspace: Workspace, args: Json) -> Json:
    """What is not given stays, also blocks when only a text is (github.com/slackapi/python-slack-sdk/issues/523)."""
    channel = place(workspace, args)
    message = own_message(workspace, channel, str(args.get("ts", "")), "cant_update_message")
    given = content(workspace, args, UPDATED_TEXT)
    if not given:
        raise Refusal("no_text")
    generated = [each.get("type") for each in message.get("blocks", [])] in ([], ["rich_text"])
    if given.get("blocks") == [] or ("text" in given and "blocks" not in given and generated):
        given["blocks"] = rich_text(str(given.get("text", message["text"])), shapes.block_id(workspace))
    workspace.change(channel, message["ts"], given, workspace.app.bot)
    if message.get("metadata") == {}:
        del message["metadata"]
    shown = visible(workspace, channel, message["ts"])
    return {"channel": channel.id, "ts": message["ts"], "text": message["text"], "message": shown}


def own_message(workspace: State, channel: Channel, ts: str, error: str) -> Json:
    message = workspace.message(channel.id, ts)
    if message.get("bot_id") != workspace.app.bot:
        raise Refusal(error)
    return message


@method("chat.delete", "chat:write", tier=50)
def delete(workspace: Workspace, args: Json) -> Json:
    channel = place(workspace, args)
    message = own_message(workspace, channel, str(args.get("ts", "")), "cant_delete_message")
    ts = message["ts"]
    workspace.drop(channel, ts)
    return {"channel": channel.id, "ts": ts}


@method("chat.postEphemeral", "chat:write", tier=100)
def post_ephemeral(workspace: Workspace, args: Json) -> Json:
    channel = place(workspace, args)
    user = str(args.get("user") or "")
    if user not in workspace.users or user not in channel.members:
        raise Refusal("user_not_in_channel")
    given = content(workspace, args, POSTED_TEXT)
    if not (given.get("text") or given.get("blocks") or given.get("attachments")):
        raise Refusal("no_text")
    return {"message_ts": whispered(workspace, user, channel.id, given, str(args.get("thread_ts") or ""))}


def whispered(workspace: State, user: str, channel: str, given: Json, thread: str) -> str:
    """Keep what one person alone sees; returns its ts."""
    ts = workspace.clock.stamp()
    blocks = deepcopy(given.get("blocks", []))
    workspace.ephemerals.append(Ephemeral(user, channel, given.get("text", ""), blocks, ts, thread))
    return ts


@method("chat.getPermalink", tier=0)
def permalink(workspace: Workspace, args: Json) -> Json:
    channel = workspace.channel_of(str(args.get("channel") or ""))
    if channel.private and not channel.app:
        raise Refusal("channel_not_found")
    message = workspace.message(channel.id, str(args.get("message_ts") or ""))
    return {"channel": channel.id, "permalink": workspace.permalink(channel.id, message["ts"])}
