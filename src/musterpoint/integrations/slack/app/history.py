"""One page of a thread out of the chat's own history, and what it witnesses.

https://docs.slack.dev/reference/methods/conversations.replies: oldest first; the root is in the first page whatever is
asked for; there may be 15 messages where 200 were asked for, so that the cursor alone says whether there is more.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from musterpoint.core.process import Process
from musterpoint.core.said import Said
from musterpoint.integrations.slack import messages
from musterpoint.integrations.slack.app import calling, facts, marking, ourselves, people
from musterpoint.integrations.slack.app.position import Position
from musterpoint.integrations.slack.shapes import Object, inner, objects, string, strings
from musterpoint.integrations.slack.stamps import is_stamp, order
from musterpoint.ports import Refused, Unavailable
from musterpoint.store import models

LIMIT = 200
#: How many people are asked for with one page.
STRANGERS = 5


@dataclass(frozen=True, slots=True)
class Page:
    """`messages` are sorted; `cursor` is "" at the end of what there is."""

    messages: Sequence[Object]
    cursor: str

    @property
    def stamps(self) -> frozenset[str]:
        return frozenset(string(each, "ts") for each in self.messages)

    def last(self, root: str) -> str:
        """The ts of the last reply in it; "" where there is none but the root."""
        found = [string(each, "ts") for each in self.messages if string(each, "ts") != root]
        return found[-1] if found else ""


def fetch(process: Process, thread: models.Thread, position: Position) -> Page:
    """The next page of the pass. Never inside a transaction. Raises Trouble, NotSent, Unavailable, Refused."""
    answer = calling.call(
        process.timeout,
        "conversations.replies",
        channel=thread.channel,
        ts=thread.root,
        limit=LIMIT,
        cursor=position.cursor or None,
        oldest=position.begin or None,
        latest=position.until or None,
        inclusive=True if position.until else None,
        include_all_metadata=True,
    )
    body: Object = answer.data if isinstance(answer.data, dict) else {}
    told = [each for each in objects(body, "messages") if is_stamp(string(each, "ts"))]
    cursor = string(inner(body, "response_metadata"), "next_cursor") if body.get("has_more") is not False else ""
    return Page(sorted(told, key=lambda each: order(string(each, "ts"))), cursor)


def said(page: Page, thread: models.Thread) -> list[Said]:
    """What its messages witness, without our own. A huddle's message has a reader of its own: see `huddles`."""
    names = people.names(thread.workspace, _people(page))
    host, us = ourselves.address(), ourselves.ourselves()
    theirs = [each for each in page.messages if not facts.is_ours(each, us) and not messages.is_huddle(each)]
    return [one for each in theirs for one in messages.said(each, thread.channel, thread.root, names, host)]


def introduced(process: Process, page: Page, thread: models.Thread, now: datetime) -> None:
    """Ask Slack for some of those of whom nothing is known, so that they have names. Never inside a transaction."""
    users = _people(page)
    known = people.names(thread.workspace, users).by_id
    for user in sorted(each for each in users if each not in known)[:STRANGERS]:
        with suppress(Refused, Unavailable):
            people.fetch(process, thread.workspace, user, now)


def _people(page: Page) -> set[str]:
    givers = {user for each in page.messages for one in objects(each, "reactions") for user in strings(one, "users")}
    return givers.union(*(facts.people_in(each) for each in page.messages))


def huddles(process: Process, page: Page, thread: models.Thread, now: datetime) -> None:
    """A huddle's message begins a thread that is captured: the same happens as if it had just come."""
    from musterpoint.integrations.slack.app import huddles

    for each in page.messages:
        if messages.is_huddle(each):
            huddles.seen(process, thread.workspace, thread.channel, each, now, "slack_history")


def marks(
    process: Process, thread: models.Thread, said: Sequence[Said], new: Sequence[models.Entry], now: datetime
) -> None:
    """Reactions that were learnt mark their messages, or do not any more."""
    keys = {row.key for row in new if row.kind in ("reaction_added", "reaction_removed")}
    for each in said:
        if each.key in keys:
            marking.follow(process, thread.workspace, thread, each, now)
