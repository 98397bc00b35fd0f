"""What can happen in a story: one value for each kind of beat. `at` is a clock time (UTC) of the incident's day."""

from __future__ import annotations

from dataclasses import dataclass

from musterpoint.core.incident import Severity
from musterpoint.core.journal import MarkKind


@dataclass(frozen=True, slots=True)
class Person:
    """`zone` is where they live; `account` is how beats name them."""

    account: str
    name: str
    zone: str
    role: str = "responder"


@dataclass(frozen=True, slots=True)
class Declare:
    at: str
    who: str
    title: str
    affected: str


@dataclass(frozen=True, slots=True)
class Say:
    """Somebody, or an app, writes. `label` is how later beats name the message; `place` is `thread` or `huddle`."""

    at: str
    who: str
    text: str
    label: str = ""
    place: str = "thread"


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The message `of` is edited by its author."""

    at: str
    of: str
    text: str


@dataclass(frozen=True, slots=True)
class Delete:
    at: str
    of: str


@dataclass(frozen=True, slots=True)
class React:
    """`on` False takes the reaction back."""

    at: str
    who: str
    of: str
    name: str
    on: bool = True


@dataclass(frozen=True, slots=True)
class Huddle:
    """The huddle begins, or (`people`) ends with those who were in it. Its thread is the place `huddle`."""

    at: str
    who: str
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Did:
    at: str
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    at: str
    who: str
    of: str
    kind: MarkKind


@dataclass(frozen=True, slots=True)
class Lead:
    at: str
    who: str


@dataclass(frozen=True, slots=True)
class Severe:
    at: str
    who: str
    level: Severity


@dataclass(frozen=True, slots=True)
class Resolve:
    """`happened` is the time that the person states; empty: at that moment."""

    at: str
    who: str
    reason: str = ""
    happened: str = ""


@dataclass(frozen=True, slots=True)
class Relapse:
    at: str
    who: str
    reason: str
    happened: str = ""


@dataclass(frozen=True, slots=True)
class Nominate:
    at: str
    who: str
    person: str


Beat = (
    Declare | Say | Rewrite | Delete | React | Huddle | Did | Mark | Lead | Severe | Resolve | Relapse | Nominate
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chapter:
    """Some beats with the sentence that says what to look at in them."""

    title: str
    about: str
    beats: tuple[Beat, ...]
