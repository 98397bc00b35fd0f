"""The ports: what Musterpoint asks of the world outside, and the two ways in which the world fails.

A port is exactly what its fake implements.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from musterpoint.core.aftermath import ActionStatus
from musterpoint.core.card import Card
from musterpoint.core.issue_event import IssueEvent
from musterpoint.core.person import Who


class Unavailable(Exception):
    """It may work later: try again. `retry_after` is the delay in seconds that the other side asked for, if any."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotSent(Unavailable):
    """Nothing was sent at this try, so that the next one need not look whether it is there already. `place`: a person
    has to mend something there first (a repository); empty where it concerns everything, or passes by itself."""

    place = ""


class Refused(Exception):
    """It will not work like this: do not try again, show it to a person."""


class Gone(Refused):
    """It was deleted on the other side, which says so, or shows all the rest and not this. Neither an outage nor a
    right that was taken away is this: they are Unavailable."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to post: a thread, or with an empty `root` the channel itself (which begins a thread)."""

    workspace: str
    channel: str
    root: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """What may be pressed below a message: `action` is what it does, `value` about what (2,000 characters at most)."""

    label: str
    action: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Saying:
    """What is said: its words and, for a chat that can show more, in whose name, what may be pressed, or the card that
    the words say in short. `to` are the people whom it is for, by their identities: a chat may call them. `address` is
    that of the incident's page, for what does not fit."""

    text: str
    writer: str = ""
    buttons: tuple[Button, ...] = ()
    card: Card | None = None
    to: tuple[str, ...] = ()
    address: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """What is on the other side: its id there, its address if it has one, and where it is if not where we said.
    `dropped` is what the other side silently did not take of it."""

    external: str
    url: str = ""
    place: Place | None = None
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request from outside is answered with."""

    status: int
    body: str = ""
    type: str = "text/plain"


class Chat(Protocol):
    """A chat that incidents live in. Every call ends within the process's time-out; raises Unavailable or Refused."""

    #: False where the incident's own page is the chat: there is nobody to tell.
    announces: bool
    #: Whether of several sentences that wait one message is made.
    gathers: bool

    def post(self, place: Place, saying: Saying, key: str) -> Posted:
        """Post once; `key` is stored with the message so that `find` knows it again."""

    def find(self, place: Place, key: str) -> Posted | None:
        """The message posted with `key`, if there is one: asked before any attempt but the first."""

    def update(self, place: Place, external: str, saying: Saying) -> None:
        """Replace a message of ours. Doing it twice is the same as once."""


@dataclass(frozen=True, slots=True)
class Filed:
    """An issue on the other side: its reference there and, where it has one, its address. `dropped`: what it silently
    did not take (`the label incident`)."""

    ref: str
    url: str = ""
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Revision:
    """A body that was saved there; `key` is the revision's own. `who` is None where the tracker does not say; `ours`:
    surely by us (an account that nobody else uses); `shared`: by the account whose token we have, which people may
    use as well."""

    key: str
    body: str
    at: datetime
    who: Who | None = None
    ours: bool = False
    shared: bool = False


@dataclass(frozen=True, slots=True)
class SubIssue:
    """The issue of an action. `linked`: it is a sub-issue of the Incident issue. `was` is the reference by which it was
    asked for, where it moved; `gone`: it was deleted, or is out of reach. `who` closed or opened it last, and when;
    `by` is the address of the pull request that closed it. `reason`: `completed`, `not_planned`, `duplicate`. `event`
    is the key of its last closing or opening, empty where there was none."""

    ref: str
    url: str = ""
    title: str = ""
    open: bool = True
    reason: str = ""
    owner: Who | None = None
    linked: bool = False
    was: str = ""
    gone: bool = False
    who: Who | None = None
    at: datetime | None = None
    by: str = ""
    event: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """An issue as it is there now, and what the tracker tells of how it came to that.

    `revisions` of the body, oldest first: the last ones at least (none: it keeps none, or the body was never edited).
    `happened` is what people did (comments, closing, reopening), each with a key of its own, oldest first, the last
    ones at least. `comments` are ours, as they stand there, by their ids. `ref` and `url` where it moved. `keeps`: the
    tracker keeps every revision, so that a body that none tells of is as it was made.
    """

    title: str
    body: str
    open: bool
    revisions: tuple[Revision, ...] = ()
    happened: tuple[tuple[str, IssueEvent], ...] = ()
    comments: Mapping[str, str] = field(default_factory=dict)
    sub_issues: tuple[SubIssue, ...] = ()
    ref: str = ""
    url: str = ""
    keeps: bool = False


class Changed(Exception):
    """What was to be replaced is not what it was when it was read: read it again."""


class Tracker(Protocol):
    """Where issues live. People work there too: whatever they write stays. Raises Unavailable or Refused.

    `key` is stored with what we make, so that `find` and `commented` know it again.
    """

    #: Characters that a body or a comment may have.
    limit: int
    #: Seconds between two edits of the same body; 0 where nobody minds.
    apart: float
    #: Whether `write` compares and replaces in one, so that nobody's text can be replaced unread.
    exact: bool

    def create(self, title: str, body: str, key: str) -> Filed:
        """Make an open issue. Asked twice it makes two: see `find`."""

    def find(self, key: str, since: datetime | None = None) -> Filed | None:
        """The issue made with `key`, if there is one: asked before any attempt but the first. It was not made before
        `since`, if that is given."""

    def read(self, ref: str, of: Sequence[str] = ()) -> Seen:
        """`of` are the references of the actions' issues. Follows an issue that moved (see Seen.ref). Raises Gone where
        it was deleted."""

    def write(self, ref: str, body: str, was: str) -> None:
        """Replace the body, which was `was` when it was read. Raises Changed where it is not that any more.

        Where the tracker cannot hold the two together, somebody's text may be replaced all the same: the next `read`
        tells it among the revisions.
        """

    def set_open(self, ref: str, open: bool) -> None:
        """Close or reopen; doing it twice is the same as once. Raises Gone, as `write` and `comment`."""

    def comment(self, ref: str, text: str, key: str) -> Posted:
        """Comment; twice if asked twice: see `commented`. The text calls those whom it is to call."""

    def commented(self, ref: str, key: str) -> Posted | None:
        """The comment made with `key`, if there is one."""

    def rewrite(self, ref: str, external: str, text: str, was: str) -> str:
        """Replace a comment of ours, as `write`. Returns the text that somebody saved in between and that was replaced
        unread; empty where nobody did. Raises Refused where it is gone."""


class ActionIssues(Protocol):
    """A tracker whose actions may have issues of their own. Raises Unavailable or Refused; identities name people."""

    def make(self, place: str, title: str, body: str, owner: str, key: str) -> Filed:
        """Make an open issue in the repository `place`, assigned to `owner` if that is given. Twice if asked twice."""

    def made(self, place: str, key: str, since: datetime) -> Filed | None:
        """The issue made there with `key`, not before `since`, if there is one."""

    def look(self, ref: str) -> SubIssue:
        """Also for one that moved (see SubIssue.was). Raises Refused where it is gone or out of reach."""

    def link(self, parent: str, ref: str) -> str:
        """Make it a sub-issue; twice is the same as once. Returns why it cannot be one, as a clause; empty if it is."""

    def unlink(self, parent: str, ref: str) -> None:
        """It is no sub-issue any more."""

    def change(
        self, ref: str, *, title: str | None = None, status: ActionStatus | None = None, owner: str | None = None
    ) -> tuple[str, ...]:
        """What is given; twice is the same as once. An empty `owner`: nobody. Returns what it did not take."""

    def known(self, identity: str, place: str) -> bool:
        """Whether that person can be assigned to issues in that repository."""


@dataclass(frozen=True, slots=True)
class Post:
    """A file of the website: its path there and its text. `was` is what we last wrote there, empty for a new post.

    `branch` and `message` are for where the website is kept in git.
    """

    path: str
    text: str
    branch: str
    message: str
    was: str = ""


class Website(Protocol):
    """Where the public post goes. Raises Unavailable, or Refused (also where somebody changed the file there)."""

    def publish(self, post: Post, key: str) -> Posted:
        """Write the file, once. `external` says where it is (the branch and commit, or the file)."""

    def find(self, post: Post, key: str) -> Posted | None:
        """What was published with `key`, if it was: asked before any attempt but the first."""
