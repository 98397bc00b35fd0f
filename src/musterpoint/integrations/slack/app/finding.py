"""Looks for a message of ours by the key in its metadata, before it would be posted a second time.

Slack may let us read one page of 15 messages a minute (https://docs.slack.dev/apis/web-api/rate-limits). A search that
is stopped by that goes on, at the next try, where it was: what it read once has not got the message.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from musterpoint.integrations.slack.shapes import Object, inner, objects, string
from musterpoint.integrations.slack.stamps import is_stamp, order

EVENT = "musterpoint"
#: Messages that are asked for at once.
PAGE = 200
#: How far Slack's clock and ours may be apart.
SKEW = timedelta(minutes=10)
#: Searches that are remembered in this process; one that is forgotten begins anew.
REMEMBERED = 1_000
#: Said openly: with a beginning alone Slack may answer what is closest to that.
_NO_END = "9999999999.000000"
_MADE = re.compile(r"@(\d{8}T\d{6}\.\d{6})")

#: A call of the Web API: (method, arguments) -> the body of its answer.
Call = Callable[..., Object]


def metadata(key: str) -> dict[str, Any]:
    """What a message of ours carries; see https://docs.slack.dev/messaging/message-metadata."""
    return {"event_type": EVENT, "event_payload": {"key": key}}


@dataclass(slots=True)
class Search:
    """How far it is: up to `read_to` nothing is left to look at, and of a pass backwards that began at `top`, nothing
    down to `down_to`."""

    read_to: str
    top: str = ""
    down_to: str = ""


_searches: OrderedDict[tuple[str, str, str], Search] = OrderedDict()


def find(call: Call, channel: str, root: str, key: str, ours: tuple[str, str, str]) -> str:
    """The `ts` of our message with that key in a thread, or without `root` in a channel; empty if there is none.

    `ours` are our user, bot and app. Raises what `call` raises; then the next try goes on.
    """
    name = (channel, root, key)
    search = _searches.setdefault(name, Search(_beginning(key)))
    _searches.move_to_end(name)
    while len(_searches) > REMEMBERED:
        _searches.popitem(last=False)
    pages = _thread(call, channel, root, search) if root else _channel(call, channel, search)
    for page in pages:
        for message in page:
            if _is_it(message, key, ours):
                _searches.pop(name, None)
                return string(message, "ts")
    return ""


def _beginning(key: str) -> str:
    """From when on it can be there: a key has the moment of its creation at its end (`effects.name_outside`)."""
    match = _MADE.fullmatch(key[-23:])
    try:
        made = datetime.strptime(match[1], "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC) if match else None
    except ValueError:
        made = None
    return f"{int((made - SKEW).timestamp())}.000000" if made else "0.000000"


def _is_it(message: Object, key: str, ours: tuple[str, str, str]) -> bool:
    carried = inner(message, "metadata")
    if string(carried, "event_type") != EVENT or string(inner(carried, "event_payload"), "key") != key:
        return False
    theirs = (string(message, "user"), string(message, "bot_id"), string(message, "app_id"))
    return any(one and one == other for one, other in zip(theirs, ours, strict=True))


def _thread(call: Call, channel: str, root: str, search: Search) -> Iterator[list[Object]]:
    """Oldest first, from where it was; the root comes with the first page whatever is asked for."""
    cursor, oldest = None, search.read_to
    while True:
        answer = call(
            "conversations.replies",
            channel=channel,
            ts=root,
            oldest=oldest,
            limit=PAGE,
            cursor=cursor,
            include_all_metadata=True,
        )
        page = objects(answer, "messages")
        yield page
        replies = [_stamp(each) for each in page if string(each, "ts") != root]
        search.read_to = max([search.read_to, *replies], key=order)
        cursor = string(inner(answer, "response_metadata"), "next_cursor")
        if not cursor:
            return


def _channel(call: Call, channel: str, search: Search) -> Iterator[list[Object]]:
    """Newest first: what was just posted is in the first page."""
    cursor, latest = None, search.down_to or _NO_END
    while True:
        answer = call(
            "conversations.history",
            channel=channel,
            oldest=search.read_to,
            latest=latest,
            limit=PAGE,
            cursor=cursor,
            include_all_metadata=True,
        )
        page = objects(answer, "messages")
        yield page
        stamps = sorted((_stamp(each) for each in page), key=order)
        if stamps:
            search.top, search.down_to = search.top or stamps[-1], stamps[0]
        cursor = string(inner(answer, "response_metadata"), "next_cursor")
        if not cursor:
            search.read_to, search.top, search.down_to = search.top or search.read_to, "", ""
            return


def _stamp(message: Object) -> str:
    found = string(message, "ts")
    return found if is_stamp(found) else "0.000000"
