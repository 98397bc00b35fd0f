"""The parts of a write-up: each is composed from the record until a person touches it, and versioned from then on.

Timeline, RCA and Actions are the three sections of the Incident issue (handbook, Raise); summary and impact stand
before them. The actions are no part: they are kept in step one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from musterpoint.core.person import Who


class Section(StrEnum):
    """The sections of the issue; `head` is what stands before them."""

    HEAD = "head"
    TIMELINE = "timeline"
    RCA = "rca"
    ACTIONS = "actions"


@dataclass(frozen=True, slots=True)
class Part:
    """`name` as commands and markers have it; `title` as a heading."""

    name: str
    title: str
    section: Section


PARTS = (
    Part("summary", "Summary", Section.HEAD),
    Part("impact", "Customer impact", Section.HEAD),
    Part("timeline", "Timeline", Section.TIMELINE),
    Part("trigger", "What triggered it", Section.RCA),
    Part("factors", "Contributing factors", Section.RCA),
    Part("detection", "How it was detected", Section.RCA),
    Part("resolution", "How it was resolved", Section.RCA),
    Part("lucky", "Where we were lucky", Section.RCA),
    Part("went_well", "What went well", Section.RCA),
)
#: The text of the public post is versioned like a part, under this name.
POST = "post"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One composed sentence (Markdown, without its citations). `cites` are the `ref`s of entries, or fields of the
    incident: `milestone:resolved`, `affected`, `severity`, `action:3`. There is at least one."""

    text: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Composed:
    """What the record says of one part: `text` is Markdown with the sentences, their links and the open questions."""

    sentences: tuple[Sentence, ...] = ()
    questions: tuple[str, ...] = ()
    text: str = ""


NOTHING = Composed()


@dataclass(frozen=True, slots=True)
class Version:
    """What a person wrote: `number` is the id of its entry. `aside` ones crossed with another edit, which stands."""

    number: int
    text: str
    who: Who | None
    at: datetime
    aside: bool = False


@dataclass(frozen=True, slots=True)
class PartText:
    """A part as it stands: `text` is a person's (`version` is its entry's id) or composed (`version` 0).

    `composed` is what the record says now; `changed`: a unified diff of what the record says since the person's words
    were written (empty where nothing changed, and for composed parts). `versions` are all that people wrote, oldest
    first.
    """

    part: Part
    text: str
    version: int = 0
    who: Who | None = None
    at: datetime | None = None
    composed: Composed = NOTHING
    changed: str = ""
    versions: tuple[Version, ...] = ()
