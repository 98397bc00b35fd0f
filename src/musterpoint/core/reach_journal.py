"""The kinds of entry about the reach of an incident: what it reads, and who knows of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Split:
    """Everything in the threads from `since` on belongs to the incident `into` (written in both journals)."""

    origin: str
    into: str
    since: datetime
    from_ref: str


@dataclass(frozen=True, slots=True)
class Merge:
    """The incident `duplicate` is read by `into` from now on (written in both journals)."""

    duplicate: str
    into: str


@dataclass(frozen=True, slots=True)
class Link:
    """A thread is read from now on. `thread` is `WORKSPACE/CHANNEL/ROOT`; `gaps` are stretches known to be missing."""

    thread: str
    url: str = ""
    role: str = "thread"
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Restriction:
    """Only `members` (identities) know of the incident from now on."""

    members: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """An incident that was restricted because its thread is in a private channel exists for everybody from now on."""

    why: str = ""


@dataclass(frozen=True, slots=True)
class Membership:
    """Somebody joined (or left) the private channel that the incident is confined to. `people` are identities."""

    people: tuple[str, ...]
    joined: bool = True


@dataclass(frozen=True, slots=True)
class SecurityAnswer:
    """Whether security or personal data could be involved was not asked at the declaration: a person says now that
    neither is. Any other answer is a `Restriction`."""
