"""What an incident is: frozen values that every other module speaks in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from musterpoint.core.aftermath import NOTHING_AFTER, Aftermath
from musterpoint.core.person import Who as Who  # noqa: PLC0414  # the word of all who speak of incidents


class Basis(StrEnum):
    """How sure a time is: read off a clock, said by a person, or inferred."""

    RECORDED = "recorded"
    STATED = "stated"
    ESTIMATED = "estimated"


class Status(StrEnum):
    """`open`: customers are affected. `resolved`: customers are no longer impacted."""

    OPEN = "open"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Kind(StrEnum):
    AVAILABILITY = "availability"
    SECURITY = "security"


class Severity(StrEnum):
    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


class Role(StrEnum):
    """`admin` runs the installation and may respond; `responder` may respond; `viewer` reads."""

    ADMIN = "admin"
    RESPONDER = "responder"
    VIEWER = "viewer"


class Milestone(StrEnum):
    IMPACT_BEGAN = "impact_began"
    DETECTED = "detected"
    DECLARED = "declared"
    FIRST_RESPONDER = "first_responder"
    RESOLVED = "resolved"
    ISSUE_RAISED = "issue_raised"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Moment:
    """A time (UTC) together with how it is known."""

    at: datetime
    basis: Basis


@dataclass(frozen=True, slots=True)
class Incident:
    """The state of an incident: nothing but what its journal says (see `journal.apply`)."""

    ref: str
    title: str = ""
    affected: str = ""
    status: Status = Status.OPEN
    kind: Kind = Kind.AVAILABILITY
    severity: Severity | None = None
    lead: Who | None = None
    nominee: Who | None = None
    restricted: bool = False
    #: restricted because its thread is in a private channel, whose members may be told of it there
    confined: bool = False
    members: frozenset[str] = frozenset()
    duplicate_of: str = ""
    milestones: Mapping[Milestone, Moment] = field(default_factory=dict)
    after: Aftermath = NOTHING_AFTER

    @property
    def closed_to(self) -> int:
        """How closed it is: 0 to nobody, 1 to all who are not in its private channel, 2 to all but who handle it."""
        return (2 - self.confined) if self.restricted else 0


def time_text(at: datetime) -> str:
    """`YYYY-MM-DDTHH:MM:SS.ffffffZ`, the one form of a time in JSON."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def read_time(text: str) -> datetime:
    """The reverse of `time_text`. Raises ValueError for anything that is not such a time."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"a time without its zone: {text!r}")
    return at.astimezone(UTC)
