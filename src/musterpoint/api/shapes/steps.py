"""What is sent to take a step, and what some of them answer beside the entry."""

from __future__ import annotations

from musterpoint.api.fields import Answered, Asked, Name, Text, Time
from musterpoint.core.incident import Severity


class Step(Asked):
    """When it happened (now, where nothing is said) and why."""

    at: Time | None = None
    reason: Text = ""


class Cancellation(Asked):
    """It was no incident, or repeats another."""

    reason: Text = ""
    duplicate_of: Name = ""


class Reason(Asked):
    reason: Text = ""


class NeededReason(Asked):
    reason: Text


class Into(Asked):
    into: Name


class Split(Asked):
    """Everything from the entry `first` on becomes an incident of its own."""

    first: Name
    title: Text


class SplitOff(Answered):
    incident: str
    origin: str


class Closure(Asked):
    """`override`: the reason for which authority lets it close though something is outstanding."""

    reason: Text = ""
    override: Text = ""


class Lead(Asked):
    """A name, an account, `person:3` or `me`; null: nobody leads any more."""

    person: Name | None
    at: Time | None = None


class SeveritySet(Asked):
    severity: Severity | None
    at: Time | None = None


class Nominee(Asked):
    person: Name


class Wording(Asked):
    text: Text
    why: Text = ""


class MilestoneTime(Asked):
    """The right time, or null: it is not known. `evidence` names an entry."""

    at: Time | None
    why: Text = ""
    evidence: Name = ""


class Redaction(Asked):
    """A secret or personal data goes for good: an `entry`, or a `text` wherever it stands."""

    why: Text
    entry: Name = ""
    text: Text = ""


class Redacted(Answered):
    """`places`: what was or is being written anew. `unreachable`: what people must clean themselves."""

    incident: str
    entries: int
    places: list[str]
    unreachable: list[str]


class Settled(Asked):
    """Whether a huddle runs, or (false) none is needed."""

    runs: bool


class Room(Answered):
    """A thread of its own for what is typed while people talk."""

    incident: str
    thread: str
