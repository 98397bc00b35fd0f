"""The steps of the process as data: what each asks for, and where that is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from musterpoint.core.incident import Basis, Kind, Who


class StepStatus(StrEnum):
    """`open`: still to come. `exception`: decided otherwise, on record. `missing`: its time has passed."""

    DONE = "done"
    OPEN = "open"
    EXCEPTION = "exception"
    NOT_APPLICABLE = "not_applicable"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Step:
    """`asks` is what must happen; `rule` says where that is written, `policy` where for a security incident.

    `kinds`: the kinds of incident that it is for.
    """

    name: str
    title: str
    asks: str
    rule: str
    policy: str = ""
    kinds: tuple[Kind, ...] = tuple(Kind)

    def of(self, kind: Kind) -> Step:
        """The step as it is for that kind of incident."""
        return replace(self, rule=self.policy) if kind is Kind.SECURITY and self.policy else self


@dataclass(frozen=True, slots=True)
class StepRecord:
    """What the record says of one step. `evidence` are the `ref`s of entries; `note` is for people.

    An `exception` is on record: who made it and why. `at` is UTC, None where nothing has happened yet.
    """

    name: str
    title: str
    rule: str
    status: StepStatus
    at: datetime | None = None
    basis: Basis | None = None
    who: Who | None = None
    evidence: tuple[str, ...] = ()
    note: str = ""
    exception: str = ""
    exception_by: Who | None = None


_SECURITY = (Kind.SECURITY,)
_EVENT, _RECORD = "security policy, Event and incident", "security policy, Record"
STEPS = (
    Step("identify", "Identify", "What affects customers is noticed and declared.", "handbook, Identify", _EVENT),
    Step("route", "Route", "Security and data privacy follow their own policy.", "handbook, Route"),
    Step("sirt", "Security team", "Those who handle it know of it.", "security policy, Escalation", kinds=_SECURITY),
    Step("severity", "Severity", "The security team sets it.", "security policy, Severity", kinds=_SECURITY),
    Step("thread", "Thread", "A thread is started.", "handbook, Thread"),
    Step("huddle", "Huddle", "A huddle is started, to co-ordinate.", "handbook, Huddle"),
    Step("record", "Record", "The thread documents findings and actions taken.", "handbook, Record", _RECORD),
    Step("resolve", "Resolve", "Customers are no longer impacted.", "handbook, Resolve", "security policy, Recover"),
    Step("raise", "Raise", "The CTO, or who is nominated, raises the issue.", "handbook, Raise", _RECORD),
    Step("timeline", "Timeline", "From detection to resolution.", "handbook, Timeline", "security policy, Document"),
    Step("rca", "RCA", "What caused it, and how it was resolved.", "handbook, RCA", "security policy, RCA"),
    Step("actions", "Actions", "Tracked until complete.", "handbook, Actions", "security policy, Remediate"),
    Step("close", "Close", "The issue stays open until all actions are complete.", "handbook, Close"),
    Step("publish", "Publish", "A public post is the default.", "handbook, Publish", "security policy, Disclosure"),
)
STEP_NAMES = tuple(each.name for each in STEPS)
