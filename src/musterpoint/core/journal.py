"""The journal: one class per kind of entry, what each does to an incident, and the one sentence that describes it.

An entry is a fact with its envelope: `at` (when it happened) and its `basis`, `known_at` (when we learnt it), who, the
`source` it came through (never echoed back to it) and `ref`, the reference of its evidence. Entries are only appended.
A fact about another entry (an edit, a mark, …) names it in `of`, by its `ref`: the other may not have arrived yet.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from musterpoint.core.aftermath_journal import (
    AFTERMATH_KINDS,
    AftermathFact,
    IssueRaised,
    apply_aftermath,
)
from musterpoint.core.incident import Basis, Incident, Kind, Milestone, Moment, Severity, Status, Who
from musterpoint.core.issue_journal import IssueMoved
from musterpoint.core.marks import MarkKind as MarkKind
from musterpoint.core.marks import RowKind as RowKind
from musterpoint.core.marks import Signals as Signals
from musterpoint.core.marks import Verdict as Verdict
from musterpoint.core.reach_journal import Link as Link
from musterpoint.core.reach_journal import Membership as Membership
from musterpoint.core.reach_journal import Merge as Merge
from musterpoint.core.reach_journal import Opening as Opening
from musterpoint.core.reach_journal import Restriction as Restriction
from musterpoint.core.reach_journal import SecurityAnswer as SecurityAnswer
from musterpoint.core.reach_journal import Split as Split
from musterpoint.core.thread_journal import Curation as Curation
from musterpoint.core.thread_journal import Deletion as Deletion
from musterpoint.core.thread_journal import Edit as Edit
from musterpoint.core.thread_journal import File as File
from musterpoint.core.thread_journal import Gap as Gap
from musterpoint.core.thread_journal import GapRead as GapRead
from musterpoint.core.thread_journal import HuddleBegun as HuddleBegun
from musterpoint.core.thread_journal import HuddleEnded as HuddleEnded
from musterpoint.core.thread_journal import Mark as Mark
from musterpoint.core.thread_journal import Message as Message
from musterpoint.core.thread_journal import Note as Note
from musterpoint.core.thread_journal import ReactionAdded as ReactionAdded
from musterpoint.core.thread_journal import ReactionRemoved as ReactionRemoved

# --- facts of an incident ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Declaration:
    """The beginning. `detected` is what was known then of the detection, with the `ref` of its evidence."""

    title: str
    affected: str = ""
    kind: Kind = Kind.AVAILABILITY
    severity: Severity | None = None
    restricted: bool = False
    members: tuple[str, ...] = ()
    detected_at: datetime | None = None
    detected_basis: Basis = Basis.ESTIMATED
    detected_ref: str = ""
    first_responder_at: datetime | None = None
    first_responder_ref: str = ""
    #: restricted because its thread is in a private channel
    confined: bool = False
    #: nobody was asked whether security or personal data could be involved
    unasked: bool = False


@dataclass(frozen=True, slots=True)
class StatusChange:
    """`relapse` when a resolved incident opens again; `duplicate_of` when a cancelled one repeats another."""

    status: Status
    reason: str = ""
    relapse: bool = False
    duplicate_of: str = ""


@dataclass(frozen=True, slots=True)
class SeverityChange:
    severity: Severity | None


@dataclass(frozen=True, slots=True)
class LeadChange:
    lead: Who | None


@dataclass(frozen=True, slots=True)
class Nomination:
    nominee: Who | None


@dataclass(frozen=True, slots=True)
class Correction:
    """A milestone gets another time (`moment_at` None: unknown again), or `title`/`affected` another text.

    The old value stays visible in `was_at`/`was_basis`/`was_text`. `ref` and `quote` name what supports it.
    """

    field: str
    moment_at: datetime | None = None
    moment_basis: Basis = Basis.STATED
    text: str = ""
    was_at: datetime | None = None
    was_basis: Basis | None = None
    was_text: str = ""
    why: str = ""
    evidence: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class RowTime:
    """A person corrects the time of one timeline row; the message itself keeps its own."""

    of: str
    moment_at: datetime
    was_at: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class RowUndo:
    """A person takes back what was decided about a row: the curation or row time with the `ref` `undone`."""

    of: str
    undone: str


@dataclass(frozen=True, slots=True)
class HuddleSettled:
    """A person says that the huddle `runs`, or (False) that none is needed: nobody is asked again."""

    runs: bool


@dataclass(frozen=True, slots=True)
class Redaction:
    """Text was removed for good. `of` is the entry (or `*` for a text removed everywhere in the incident).

    `places` are our own places that were cleaned; `unreachable` are copies elsewhere, by address.
    """

    of: str
    why: str
    places: tuple[str, ...] = ()
    unreachable: tuple[str, ...] = ()


Fact = (
    Message
    | Edit
    | Deletion
    | ReactionAdded
    | ReactionRemoved
    | File
    | HuddleBegun
    | HuddleEnded
    | Gap
    | GapRead
    | Note
    | Mark
    | Curation
    | Declaration
    | StatusChange
    | SeverityChange
    | LeadChange
    | Nomination
    | Correction
    | RowTime
    | RowUndo
    | Split
    | Merge
    | Link
    | Restriction
    | Opening
    | Membership
    | SecurityAnswer
    | HuddleSettled
    | Redaction
    | AftermathFact
)

#: The stored name of each kind of entry.
KINDS: dict[str, type[Fact]] = {
    "message": Message,
    "edit": Edit,
    "deletion": Deletion,
    "reaction_added": ReactionAdded,
    "reaction_removed": ReactionRemoved,
    "file": File,
    "huddle_begun": HuddleBegun,
    "huddle_ended": HuddleEnded,
    "gap": Gap,
    "gap_read": GapRead,
    "note": Note,
    "mark": Mark,
    "curation": Curation,
    "declaration": Declaration,
    "status": StatusChange,
    "severity": SeverityChange,
    "lead": LeadChange,
    "nomination": Nomination,
    "correction": Correction,
    "row_time": RowTime,
    "row_undo": RowUndo,
    "split": Split,
    "merge": Merge,
    "link": Link,
    "restriction": Restriction,
    "opening": Opening,
    "membership": Membership,
    "security_answer": SecurityAnswer,
    "huddle_settled": HuddleSettled,
    "redaction": Redaction,
    **AFTERMATH_KINDS,
}
KIND_OF: dict[type[Fact], str] = {cls: name for name, cls in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact with its envelope. `id` is the order in which we learnt it; times are UTC."""

    id: int
    fact: Fact
    at: datetime
    basis: Basis
    known_at: datetime
    who: Who | None
    source: str
    ref: str
    url: str = ""
    signals: Signals | None = None
    redacted: bool = False

    @property
    def kind(self) -> str:
        return KIND_OF[type(self.fact)]


# --- what an entry does to an incident ---------------------------------------------------------------------------


def apply(incident: Incident, entry: Entry) -> Incident:
    """The incident after `entry`. Entries that change no state (messages, marks, …) return it as it was."""
    fact = entry.fact
    match fact:
        case Declaration():
            return _declared(incident, entry, fact)
        case StatusChange():
            return _status(incident, entry, fact)
        case SeverityChange():
            return replace(incident, severity=fact.severity)
        case LeadChange():
            return _first_response(replace(incident, lead=fact.lead), entry)
        case Nomination():
            return replace(incident, nominee=fact.nominee)
        case Correction():
            return _corrected(incident, fact)
        case Restriction():
            members, asked = frozenset(fact.members), replace(incident.after, security_unasked=False)
            members |= frozenset() if incident.confined else incident.members  # not for all of its channel any more
            return replace(incident, restricted=True, kind=Kind.SECURITY, members=members, confined=False, after=asked)
        case Opening():
            return replace(incident, restricted=False, confined=False, members=frozenset())
        case Membership():
            people = frozenset(fact.people)
            return replace(incident, members=incident.members | people if fact.joined else incident.members - people)
        case SecurityAnswer():
            return replace(incident, after=replace(incident.after, security_unasked=False))
        case HuddleSettled() | Link(role="huddle"):
            return replace(incident, after=replace(incident.after, huddle_settled=True))
        case _ if isinstance(fact, AftermathFact):
            return _followed_up(incident, entry, fact)
        case _:
            return incident


def replay(ref: str, entries: list[Entry]) -> Incident:
    """The state that the whole journal says, in the order in which it was learnt."""
    incident = Incident(ref=ref)
    for entry in sorted(entries, key=lambda entry: entry.id):
        incident = apply(incident, entry)
    return incident


def _with(incident: Incident, milestone: Milestone, moment: Moment | None) -> Incident:
    milestones = {name: value for name, value in incident.milestones.items() if name is not milestone}
    if moment is not None:
        milestones[milestone] = moment
    return replace(incident, milestones=milestones)


def _declared(incident: Incident, entry: Entry, fact: Declaration) -> Incident:
    incident = replace(
        incident,
        title=fact.title,
        affected=fact.affected,
        kind=fact.kind,
        severity=fact.severity,
        restricted=fact.restricted,
        confined=fact.confined,
        members=frozenset(fact.members),
    )
    if fact.unasked:
        incident = replace(incident, after=replace(incident.after, security_unasked=True))
    if entry.known_at > entry.at:  # declared to us later: nobody could be reminded before
        incident = replace(incident, after=replace(incident.after, opened_at=entry.known_at))
    incident = _with(incident, Milestone.DECLARED, Moment(entry.at, entry.basis))
    if fact.detected_at is not None:
        incident = _with(incident, Milestone.DETECTED, Moment(fact.detected_at, fact.detected_basis))
    if fact.first_responder_at is not None:
        incident = _with(incident, Milestone.FIRST_RESPONDER, Moment(fact.first_responder_at, Basis.ESTIMATED))
    return incident


def _followed_up(incident: Incident, entry: Entry, fact: AftermathFact) -> Incident:
    after = apply_aftermath(incident.after, fact, entry.id, entry.at, entry.who)
    incident = replace(incident, after=after)
    if isinstance(fact, IssueRaised):
        return _with(incident, Milestone.ISSUE_RAISED, Moment(entry.at, entry.basis))
    if isinstance(fact, IssueMoved) and not fact.issue and incident.status is not Status.CLOSED:
        return _with(incident, Milestone.ISSUE_RAISED, None)
    return incident


#: These reminders begin anew when the status changes.
_WHILE_IT_LASTS = (
    *("no_lead", "no_severity", "still_affected", "nobody_writes", "no_huddle", "huddle_silent"),
    "one_step_left",
)


def _status(incident: Incident, entry: Entry, fact: StatusChange) -> Incident:
    """A relapse takes the finished write-up back, too: it does not tell of it."""
    done = incident.after.writeup_done and fact.status is not Status.OPEN
    reminded = {name: each for name, each in incident.after.reminded.items() if name not in _WHILE_IT_LASTS}
    opened = entry.known_at if fact.status is Status.OPEN else incident.after.opened_at
    after = replace(incident.after, writeup_done=done, reminded=reminded, opened_at=opened)
    incident = replace(incident, status=fact.status, duplicate_of=fact.duplicate_of, after=after)
    moment = Moment(entry.at, entry.basis)
    if fact.status is Status.RESOLVED and Milestone.CLOSED not in incident.milestones:
        return _with(incident, Milestone.RESOLVED, moment)
    if fact.status is Status.RESOLVED:
        return _with(incident, Milestone.CLOSED, None)
    if fact.status is Status.CLOSED:
        return _with(incident, Milestone.CLOSED, moment)
    if fact.status is Status.OPEN:
        return _with(_with(incident, Milestone.RESOLVED, None), Milestone.CLOSED, None)
    return incident


def _first_response(incident: Incident, entry: Entry) -> Incident:
    if Milestone.FIRST_RESPONDER in incident.milestones:
        return incident
    return _with(incident, Milestone.FIRST_RESPONDER, Moment(entry.at, entry.basis))


def _corrected(incident: Incident, fact: Correction) -> Incident:
    if fact.field == "title":
        return replace(incident, title=fact.text)
    if fact.field == "affected":
        return replace(incident, affected=fact.text)
    moment = None if fact.moment_at is None else Moment(fact.moment_at, fact.moment_basis)
    return _with(incident, Milestone(fact.field), moment)
