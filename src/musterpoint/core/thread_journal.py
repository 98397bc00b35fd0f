"""The kinds of entry of a thread: what people say and do there, and what is decided about what they said.

A fact about another entry (an edit, a mark, …) names it in `of`, by its `ref`: the other may not have arrived yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from musterpoint.core.marks import MarkKind, RowKind, Verdict
from musterpoint.core.person import Who


@dataclass(frozen=True, slots=True)
class Message:
    """Somebody said something. `digest` tells whether a later copy of it differs (text, blocks or files)."""

    text: str
    bot: bool = False
    root: bool = False
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    of: str
    text: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Deletion:
    of: str


@dataclass(frozen=True, slots=True)
class ReactionAdded:
    of: str
    name: str


@dataclass(frozen=True, slots=True)
class ReactionRemoved:
    of: str
    name: str


@dataclass(frozen=True, slots=True)
class File:
    """A file that came with the message `of`; its content stays where it is."""

    of: str
    name: str
    type: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class HuddleBegun:
    link: str = ""


@dataclass(frozen=True, slots=True)
class HuddleEnded:
    people: tuple[Who, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """From `since` until `until` (UTC) nothing was received from the chat: edits and deletions of that time may be
    unknown for good. `why` is a clause."""

    since: datetime
    until: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class GapRead:
    """The chat's history of that gap was read: `found` messages were learnt from it."""

    since: datetime
    until: datetime
    found: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """Written by a person on one of our own surfaces."""

    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """`on` False takes the mark away again."""

    of: str
    mark: MarkKind
    on: bool = True


@dataclass(frozen=True, slots=True)
class Curation:
    """A person's decision about a row: see `Verdict`. `text` is the new wording of a `reword`."""

    of: str
    verdict: Verdict
    text: str = ""
    row_kind: RowKind | None = None
    why: str = ""
