"""response_url: what an app may say to an interaction, up to five times within 30 minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.slack.answering import Reply
from tests.slack.api_chat import content, own, whispered
from tests.slack.limits import POSTED_TEXT
from tests.slack.message_shapes import block_id
from tests.slack.refusal import Refusal
from tests.slack.rich_text import rich_text
from tests.slack.shapes import Json, flag

if TYPE_CHECKING:
    from tests.slack.interacting import Interacting
    from tests.slack.state import Response
    from tests.slack.workspace import Workspace

MOST, LIFE = 5, 30 * 60


def responded(workspace: Workspace, token: str, args: Json) -> Reply:
    """A post to a response_url."""
    with workspace.lock:
        response = workspace.responses.get(token)
        error = ""
        if response is None or workspace.clock.seconds - response.since > LIFE:
            error = "expired_url"
        elif response.used >= MOST:
            error = "used_url"
        if error or response is None:
            return Reply(404, {"ok": False, "error": error}, {})
        try:
            say(workspace, response, args)
        except Refusal as refusal:
            return Reply(400, {"ok": False, "error": refusal.error, **refusal.more}, {})
        response.used += 1
        return Reply(200, {"ok": True}, {})


def say(workspace: Interacting, response: Response, args: Json) -> None:
    """Answer privately (the default), in the channel, or in place of the message that was about."""
    channel = workspace.channels[response.channel]
    if flag(args.get("delete_original")):
        workspace.without(response.channel, response.ts)
        return
    given = content(workspace, args, POSTED_TEXT)
    if not given:
        raise Refusal("no_text")
    if flag(args.get("replace_original")):
        workspace.replaced(response.channel, response.ts, given)
        return
    thread = str(args.get("thread_ts") or "")
    if args.get("response_type") != "in_channel":
        whispered(workspace, response.user, response.channel, given, thread)
        return
    message = own(workspace, {}) | {"type": "message", "ts": workspace.clock.stamp(), "text": ""} | given
    if "blocks" not in message:
        message["blocks"] = rich_text(message["text"], block_id(workspace))
    workspace.keep(channel, message, thread)
