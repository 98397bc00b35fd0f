"""conversations.* of the Web API: what channels there are, who is in them, and what was said, page by page."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from tests.slack.method import method
from tests.slack.refusal import Refusal
from tests.slack.shapes import Channel, Json, channel_shape, flag

if TYPE_CHECKING:
    from tests.slack.workspace import Workspace

READ = "channels:read groups:read im:read"
HISTORY = "channels:history groups:history im:history"
MOST, LOW = 1000, 15


def page(found: list[Any], args: Json, most: int, usual: int) -> tuple[list[Any], str]:
    """(one page, the cursor of the next or ""). A cursor says where to go on; a wrong one is refused."""
    limit = min(int(args.get("limit") or usual), most)
    if limit < 1:
        raise Refusal("invalid_limit")
    start = 0
    if args.get("cursor"):
        try:
            start = int(base64.b64decode(str(args["cursor"]), validate=True).decode().removeprefix("next:"))
        except ValueError:
            raise Refusal("invalid_cursor") from None
    more = start + limit < len(found)
    cursor = base64.b64encode(f"next:{start + limit}".encode()).decode() if more else ""
    return found[start : start + limit], cursor


def seen(workspace: Workspace, args: Json) -> Channel:
    """A channel that the app may know of, by its id alone."""
    channel = workspace.channels.get(str(args.get("channel") or ""))
    if channel is None or (channel.private and not channel.app):
        raise Refusal("channel_not_found")
    return channel


def read(workspace: Workspace, args: Json) -> Channel:
    """A channel whose messages the app may read."""
    channel = seen(workspace, args)
    if not channel.app:
        raise Refusal("not_in_channel")
    kind = {"channel": "channels", "group": "groups", "im": "im"}[channel.kind]
    if channel.kind != "im" and f"{kind}:history" not in workspace.scopes:
        raise Refusal("missing_scope", needed=f"{kind}:history", provided=",".join(sorted(workspace.scopes)))
    return channel


@method("conversations.info", READ)
def info(workspace: Workspace, args: Json) -> Json:
    channel = seen(workspace, args)
    shape = channel_shape(channel, workspace.team_id)
    if flag(args.get("include_num_members")):
        shape["num_members"] = len(channel.members) + channel.app
    return {"channel": shape}


@method("conversations.list", READ, tier=20)
def listing(workspace: Workspace, args: Json) -> Json:
    types = {each.strip() for each in str(args.get("types") or "public_channel").split(",")}
    kinds = {"public_channel": "channel", "private_channel": "group", "im": "im"}
    wanted = {kinds[each] for each in types if each in kinds}
    found = [each for each in workspace.channels.values() if each.kind in wanted and (each.app or not each.private)]
    if flag(args.get("exclude_archived")):
        found = [each for each in found if not each.archived]
    part, cursor = page(found, args, 1000, 100)
    shapes = [channel_shape(each, workspace.team_id) for each in part]
    return {"channels": shapes, "response_metadata": {"next_cursor": cursor}}


@method("conversations.members", READ, tier=100)
def members(workspace: Workspace, args: Json) -> Json:
    channel = seen(workspace, args)
    everybody = [*channel.members, *([workspace.app.user] if channel.app else [])]
    part, cursor = page(everybody, args, 1000, 100)
    return {"members": part, "response_metadata": {"next_cursor": cursor}}


@method("conversations.join", "channels:join")
def join(workspace: Workspace, args: Json) -> Json:
    channel = seen(workspace, args)
    if channel.private:
        raise Refusal("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refusal("is_archived")
    workspace.invite_app(channel.id)
    return {"channel": channel_shape(channel, workspace.team_id)}


@method("conversations.open", "im:write")
def open_direct(workspace: Workspace, args: Json) -> Json:
    user = str(args.get("users") or "")
    if user not in workspace.users:
        raise Refusal("user_not_found")
    if workspace.users[user].deleted:
        raise Refusal("user_disabled")
    return {"channel": {"id": workspace.direct(user).id}}


def within(args: Json, ts: str) -> bool:
    """Between `oldest` and `latest`; the ends themselves only with `inclusive`. As decimal strings of equal length."""
    inclusive = flag(args.get("inclusive"))
    oldest, latest = key(args.get("oldest")), key(args.get("latest"))
    moment = key(ts)
    after = not args.get("oldest") or moment > oldest or (inclusive and moment == oldest)
    before = not args.get("latest") or moment < latest or (inclusive and moment == latest)
    return after and before


def key(ts: Any) -> tuple[int, str]:
    seconds, _, digits = str(ts or "0").partition(".")
    if not seconds.isdigit():
        raise Refusal("invalid_ts_latest")
    return int(seconds), digits.ljust(6, "0")


def told(workspace: Workspace, channel: Channel, messages: list[Json], args: Json) -> list[Json]:
    """As an answer shows them: metadata only on request."""
    with_metadata = flag(args.get("include_all_metadata"))
    shown = [workspace.shown(channel, each) for each in messages]
    if not with_metadata:
        for each in shown:
            each.pop("metadata", None)
    return shown


def most(workspace: Workspace) -> int:
    return LOW if workspace.limits == "low" else MOST


@method("conversations.history", HISTORY)
def history(workspace: Workspace, args: Json) -> Json:
    """Newest first, without replies but those that were sent to the channel too."""
    channel = read(workspace, args)
    found = [
        each
        for each in workspace.kept.newest_first(channel.id)
        if (each.get("thread_ts", each["ts"]) == each["ts"] or each.get("subtype") == "thread_broadcast")
        and within(args, each["ts"])
    ]
    part, cursor = page(found, args, most(workspace), min(100, most(workspace)))
    answer: Json = {"messages": told(workspace, channel, part, args), "has_more": bool(cursor), "pin_count": 0}
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


def page_of_replies(found: list[Json], args: Json, most: int) -> tuple[list[Json], str]:
    """As `page`; here the cursor names the message that comes next, so that what is deleted meanwhile shifts nothing:
    https://docs.slack.dev/reference/methods/conversations.replies#examples has `next_ts:` and its digits."""
    limit = min(int(args.get("limit") or most), most)
    if limit < 1:
        raise Refusal("invalid_limit")
    if args.get("cursor"):
        try:
            begin = base64.b64decode(str(args["cursor"]), validate=True).decode()
            first = int(begin.removeprefix("next_ts:"))
        except ValueError:
            raise Refusal("invalid_cursor") from None
        found = [each for each in found if int(each["ts"].replace(".", "")) >= first]
    more = found[limit]["ts"].replace(".", "") if len(found) > limit else ""
    return found[:limit], base64.b64encode(f"next_ts:{more}".encode()).decode() if more else ""


@method("conversations.replies", HISTORY)
def replies(workspace: Workspace, args: Json) -> Json:
    """Oldest first; the root is always in the first page. Asked for a reply's ts, Slack answers that reply alone."""
    channel = read(workspace, args)
    asked = str(args.get("ts") or "")
    try:
        root = workspace.message(channel.id, asked)
    except Refusal:
        raise Refusal("thread_not_found") from None
    if root.get("thread_ts", asked) != asked:
        part, cursor = [root], ""
    else:
        found = [each for ts, each in workspace.kept.thread(channel.id, asked).replies.items() if within(args, ts)]
        rest, cursor = page_of_replies(found, args, most(workspace))
        part = [root, *rest] if not args.get("cursor") else rest
    answer: Json = {"messages": told(workspace, channel, part, args), "has_more": bool(cursor)}
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})
