"""The ports: what Musterpoint asks of the world outside, and the two ways in which the world fails.

A port is exactly what its fake implements. The trackers' and the websites' ports come with the steps that need them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Unavailable(Exception):
    """It may work later: try again. `retry_after` is the delay in seconds that the other side asked for, if any."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Refused(Exception):
    """It will not work like this: do not try again, show it to a person."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to post: a thread, or with an empty `root` the channel itself (which begins a thread)."""

    workspace: str
    channel: str
    root: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """A message on the other side: its id there and, where it has one, its address."""

    external: str
    url: str = ""


class Chat(Protocol):
    """A chat that incidents live in. Every call ends within the process's time-out; raises Unavailable or Refused."""

    #: False where the incident's own page is the chat: there is nobody to tell.
    announces: bool

    def post(self, place: Place, text: str, key: str) -> Posted:
        """Post once; `key` is stored with the message so that `find` knows it again."""

    def find(self, place: Place, key: str) -> Posted | None:
        """The message posted with `key`, if there is one: asked before any attempt but the first."""

    def update(self, place: Place, external: str, text: str) -> None:
        """Replace the text of a message of ours. Doing it twice is the same as once."""
