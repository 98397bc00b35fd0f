"""The ports: what Musterpoint asks of the world outside, and the two ways in which the world fails.

A port is exactly what its fake implements.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from musterpoint.core.card import Card


class Unavailable(Exception):
    """It may work later: try again. `retry_after` is the delay in seconds that the other side asked for, if any."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotSent(Unavailable):
    """Nothing was sent at this try, so that the next one need not look whether it is there already."""


class Refused(Exception):
    """It will not work like this: do not try again, show it to a person."""


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
    """A message on the other side: its id there, its address if it has one, and where it is if not where we said."""

    external: str
    url: str = ""
    place: Place | None = None


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
    """An issue on the other side: its reference there and, where it has one, its address."""

    ref: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """An issue as it is there now."""

    title: str
    body: str
    open: bool


class Changed(Exception):
    """What was to be replaced is not what it was when it was read: read it again."""


class Tracker(Protocol):
    """Where issues live. People work there too: whatever they write stays. Raises Unavailable or Refused.

    `key` is stored with what we make, so that `find` and `commented` know it again.
    """

    #: Characters that a body or a comment may have.
    limit: int

    def create(self, title: str, body: str, key: str) -> Filed:
        """Make an open issue. Asked twice it makes two: see `find`."""

    def find(self, key: str) -> Filed | None:
        """The issue made with `key`, if there is one: asked before any attempt but the first."""

    def read(self, ref: str) -> Seen:
        """Raises Refused where it is gone."""

    def write(self, ref: str, body: str, was: str) -> None:
        """Replace the body, which was `was` when it was read. Raises Changed where it is not that any more."""

    def set_open(self, ref: str, open: bool) -> None:
        """Close or reopen; doing it twice is the same as once."""

    def comment(self, ref: str, text: str, key: str) -> Posted:
        """Comment; twice if asked twice: see `commented`."""

    def commented(self, ref: str, key: str) -> Posted | None:
        """The comment made with `key`, if there is one."""


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
