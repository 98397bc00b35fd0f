"""How an issue came to what it is: the revisions of its body, what people did, and what we said there.

`userContentEdits` tells each revision as a whole text (`diff`), the newest first and none while the body was never
edited; of one whose text somebody deleted nothing is left. Comments and closings come with who did it: for a comment
that was edited that is whoever edited it, for the words are theirs.
https://docs.github.com/en/graphql/reference/objects#usercontentedit
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from musterpoint.core.issue_event import IssueDeed, IssueEvent
from musterpoint.core.process import Process
from musterpoint.integrations.github import asking, query
from musterpoint.integrations.github.hidden import last_mark_of, without_key
from musterpoint.integrations.github.people import Us, who
from musterpoint.integrations.github.references import Reference
from musterpoint.integrations.github.sub_issue import moment, nodes
from musterpoint.ports import Revision
from musterpoint.store import told

Node = Mapping[str, Any]
Happening = tuple[str, IssueEvent]

#: So many revisions are asked for at most while none of them is known, and so many comments.
MOST_EDITS, MOST_COMMENTS = 100, 2_000
TRACKER = "github"


def revisions(process: Process, ref: Reference, issue: Node, us: Us) -> tuple[Revision, ...]:
    """Oldest first: as many as a page has, and more while none of them is known."""
    every = list(_edits(process, ref, issue))
    if _newest_first(every, str(issue["body"])):
        every.reverse()
    return tuple(_revision(each, us) for each in every if each.get("diff") is not None)


def _edits(process: Process, ref: Reference, issue: Node) -> Iterator[Node]:
    page, count = issue.get("userContentEdits") or {}, 0
    while True:
        found = nodes(page)
        yield from found
        count += len(found)
        if not (page.get("pageInfo") or {}).get("hasNextPage") or count >= MOST_EDITS:
            return
        if told.known(TRACKER, [f"edit:{each['id']}" for each in found]):
            return
        after = str(page["pageInfo"]["endCursor"])
        page = asking.more(process, ref, query.more_edits(), after=after).get("userContentEdits") or {}


def _newest_first(every: list[Node], body: str) -> bool:
    """GitHub does not promise the order: the times tell it, and where all are of one second, which end is the body."""
    if len(every) < 2:
        return False
    if every[0]["editedAt"] != every[-1]["editedAt"]:
        return bool(every[0]["editedAt"] > every[-1]["editedAt"])
    return every[-1].get("diff") != body or every[0].get("diff") == body


def _revision(edit: Node, us: Us) -> Revision:
    own = us.did(edit.get("editor"))
    return Revision(
        f"edit:{edit['id']}",
        without_key(str(edit["diff"])),
        moment(edit["editedAt"]),
        who(edit.get("editor")),
        ours=own and us.app,
        shared=own and not us.app,
    )


def comments(process: Process, ref: Reference, issue: Node) -> list[Node]:
    """All of them, oldest first (of very many the last ones): a page of the timeline may be an old one."""
    page = issue.get("comments") or {}
    every = nodes(page)
    while (page.get("pageInfo") or {}).get("hasPreviousPage") and len(every) < MOST_COMMENTS:
        text = query.more_comments(plain=asking.is_plain())
        before = str(page["pageInfo"]["startCursor"])
        page = asking.more(process, ref, text, before=before).get("comments") or {}
        every = [*nodes(page), *every]
    return every


def ours(every: list[Node], us: Us) -> dict[str, str]:
    """Our comments as they stand there, by their ids."""
    return {_id(each): without_key(str(each["body"])) for each in every if _is_ours(each, us)}


def _is_ours(comment: Node, us: Us) -> bool:
    return us.did(comment.get("author")) and (us.app or bool(last_mark_of(str(comment["body"]))))


def _id(comment: Node) -> str:
    return str(comment.get("fullDatabaseId") or comment.get("databaseId"))


def happened(issue: Node, every: list[Node], us: Us, ref: str) -> tuple[Happening, ...]:
    """What people did, oldest first. Who comments and closes at once has commented first."""
    said = [_said(each, ref) for each in every if not _is_ours(each, us)]
    closings = [_closing(each, us, ref) for each in nodes(issue.get("timelineItems"))]
    found = [*said, *(each for each in closings if each is not None)]
    return tuple(sorted(found, key=lambda each: each[1].at))


def _said(comment: Node, ref: str) -> Happening:
    edited = comment.get("lastEditedAt")
    key = f"comment:{_id(comment)}:{edited}" if edited else f"comment:{_id(comment)}"
    writer = who(comment.get("editor") if edited else comment.get("author"))
    at = moment(edited or comment["createdAt"])
    text, url = str(comment["body"]), str(comment.get("url") or "")
    return key, IssueEvent(IssueDeed.COMMENTED, ref, at, writer, text=text, url=url)


def _closing(event: Node, us: Us, ref: str) -> Happening | None:
    own = us.did(event.get("actor"))
    deeds = {"ClosedEvent": IssueDeed.CLOSED, "ReopenedEvent": IssueDeed.REOPENED}
    deed = deeds.get(str(event.get("__typename")))
    if deed is None or (own and us.app):
        return None
    return f"event:{event['id']}", IssueEvent(
        deed, ref, moment(event["createdAt"]), who(event.get("actor")), shared=own
    )


def replaced(process: Process, ref: Reference, node: str, was: str, text: str) -> str:
    """Of a comment that was `was` and that we have just replaced by `text`: what somebody saved in between, empty where
    nobody did."""
    every = [without_key(str(each["diff"])) for each in asking.edits_of(process, ref, node) if each.get("diff")]
    if every and _plain(every[0]) == _plain(text):  # the newest comes first
        every.reverse()
    before = every[-2] if len(every) > 1 else was
    return "" if _plain(before) == _plain(was) else before


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").rstrip()
