"""The one sentence that describes an entry, the same on the page, in mail, in chat and on the command line."""

from __future__ import annotations

from datetime import UTC, datetime

from musterpoint.core import describe_aftermath
from musterpoint.core.aftermath_journal import AftermathFact
from musterpoint.core.incident import Status, Who
from musterpoint.core.journal import (
    Correction,
    Curation,
    Declaration,
    Deletion,
    Edit,
    Entry,
    File,
    Gap,
    GapRead,
    HuddleBegun,
    HuddleEnded,
    HuddleSettled,
    LeadChange,
    Link,
    Mark,
    MarkKind,
    Membership,
    Merge,
    Message,
    Nomination,
    Note,
    Opening,
    ReactionAdded,
    ReactionRemoved,
    Redaction,
    Restriction,
    RowTime,
    RowUndo,
    SecurityAnswer,
    SeverityChange,
    Split,
    StatusChange,
    Verdict,
)

REDACTED = "[redacted]"
_MARKS = {
    MarkKind.TIMELINE: "for the timeline",
    MarkKind.FINDING: "as a finding",
    MarkKind.ACTION_TAKEN: "as an action taken",
    MarkKind.DECISION: "as a decision",
    MarkKind.FOLLOW_UP: "for follow-up",
    MarkKind.IGNORE: "to be ignored",
}
_STATUSES = {
    Status.OPEN: "opened the incident again",
    Status.RESOLVED: "resolved the incident",
    Status.CLOSED: "closed the incident",
    Status.CANCELLED: "cancelled the incident",
}
_VERDICTS = {
    Verdict.KEEP: "kept a row of the timeline",
    Verdict.DROP: "dropped a row of the timeline",
    Verdict.REWORD: "reworded a row of the timeline",
    Verdict.RESET: "took back what was decided about a row of the timeline",
}


def describe(entry: Entry) -> str:
    """One sentence without a full stop, beginning with who; a message's own text is the sentence."""
    fact = entry.fact
    if isinstance(fact, Message | Note):
        return fact.text
    itself = entry.who is None and entry.source == "musterpoint"
    return f"{'Musterpoint' if itself else named(entry.who)} {_did(entry)}"


def named(who: Who | None) -> str:
    return who.name if who is not None and who.name else "Somebody"


def clock(at: datetime) -> str:
    """A time as sentences show it: `2026-03-02 09:14 UTC`."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _did(entry: Entry) -> str:
    fact = entry.fact
    match fact:
        case Message() | Note():
            return "wrote a message"
        case Edit():
            return "edited a message"
        case Deletion():
            return "deleted a message"
        case ReactionAdded():
            return f"reacted with :{fact.name}:"
        case ReactionRemoved():
            return f"took back the reaction :{fact.name}:"
        case File():
            return f"shared the file {fact.name}"
        case HuddleBegun():
            return "began a huddle"
        case HuddleEnded():
            return "ended the huddle" + (f" of {_people(fact.people)}" if fact.people else "")
        case Gap():
            return f"received nothing {_span(fact)}{_because(fact.why)}"
        case GapRead():
            found = f"{fact.found} message{'' if fact.found == 1 else 's'}"
            return f"read the history {_span(fact)} and learnt {found} from it"
        case Mark():
            return (
                f"marked a message {_MARKS[fact.mark]}" if fact.on else f"no longer marks a message {_MARKS[fact.mark]}"
            )
        case Curation():
            return _VERDICTS[fact.verdict] + _because(fact.why)
        case _ if isinstance(fact, AftermathFact):
            return describe_aftermath.did(fact)
        case _:
            return _changed(entry)


def _span(gap: Gap | GapRead) -> str:
    """To the second: most gaps are short."""
    ends = "%H:%M:%S" if gap.since.date() == gap.until.date() else "%Y-%m-%d %H:%M:%S"
    return f"from {gap.since.astimezone(UTC):%Y-%m-%d %H:%M:%S} to {gap.until.astimezone(UTC).strftime(ends)} UTC"


def _changed(entry: Entry) -> str:
    """What happened to the incident itself."""
    fact = entry.fact
    match fact:
        case Declaration():
            return f"made an incident of the thread: {fact.title}" if fact.detected_ref else f"declared {fact.title}"
        case StatusChange():
            return _status(fact)
        case SeverityChange():
            return f"set the severity to {fact.severity}" if fact.severity else "took the severity away"
        case LeadChange() if fact.lead is not None and fact.lead == entry.who:
            return "took the lead"
        case LeadChange():
            return f"made {named(fact.lead)} the lead" if fact.lead else "took the lead away"
        case Nomination():
            return f"nominated {named(fact.nominee)} to raise the issue" if fact.nominee else "took the nomination back"
        case Correction():
            return _corrected(fact)
        case RowTime():
            return (
                f"moved a row of the timeline from {clock(fact.was_at)} to {clock(fact.moment_at)}{_because(fact.why)}"
            )
        case RowUndo():
            return "undid the last change of a row of the timeline"
        case Split():
            return f"split incident {fact.into} off incident {fact.origin}"
        case Merge():
            return f"merged incident {fact.duplicate} into incident {fact.into}"
        case Link():
            return f"linked the {fact.role} {fact.thread}"
        case Restriction():
            return "restricted the incident to the people who handle it" + _because(fact.why)
        case Opening():
            return "opened the incident to everybody" + _because(fact.why)
        case Membership():
            return "joined the incident's channel" if fact.joined else "left the incident's channel"
        case SecurityAnswer():
            return "said that neither security nor personal data is involved"
        case HuddleSettled():
            return "said that the huddle runs" if fact.runs else "said that no huddle is needed"
        case Redaction():
            return "redacted a text" + _because(fact.why)
        case _:
            raise AssertionError(f"not about an incident: {entry.kind}")


def _status(fact: StatusChange) -> str:
    if fact.relapse:
        return "reported a relapse" + _because(fact.reason)
    if fact.duplicate_of:
        return f"cancelled the incident as a duplicate of {fact.duplicate_of}" + _because(fact.reason)
    return _STATUSES[fact.status] + _because(fact.reason)


def _corrected(fact: Correction) -> str:
    subject = fact.field.replace("_", " ")
    if fact.field in ("title", "affected"):
        return f"changed the {subject} to “{fact.text}”"
    if fact.moment_at is None:
        return f"made the time of “{subject}” unknown again" + _because(fact.why)
    was = f", was {clock(fact.was_at)}" if fact.was_at else ""
    return f"set the time of “{subject}” to {clock(fact.moment_at)}{was}{_because(fact.why)}"


def _because(why: str) -> str:
    return f": {why}" if why else ""


def _people(people: tuple[Who, ...]) -> str:
    return ", ".join(named(who) for who in people)
