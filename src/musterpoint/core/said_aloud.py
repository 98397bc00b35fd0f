"""What is said in the incident's thread in the chat, beside its card: few kinds, each of which a team can turn off."""

from __future__ import annotations

from musterpoint.core.aftermath_journal import IssueRaised, Override, Reminder
from musterpoint.core.incident import Status
from musterpoint.core.issue_journal import IssueMoved
from musterpoint.core.journal import Entry, Fact, Merge, Note, StatusChange
from musterpoint.core.process import Process

_STATUSES = {Status.RESOLVED: "resolved", Status.CANCELLED: "cancelled", Status.CLOSED: "closed"}
#: The words of a person: where they wrote them, everybody has read them.
_WORDS = ("note",)


def kind_of(fact: Fact) -> str:
    """Which of `process.SAID` it is; empty for what the card alone shows."""
    match fact:
        case StatusChange(relapse=True):
            return "relapse"
        case StatusChange():
            return _STATUSES.get(fact.status, "")
        case Merge():
            return "merged"
        case IssueRaised() | IssueMoved(issue=""):
            return "issue_raised"
        case Override():
            return "closed"
        case Note():
            return "note"
        case Reminder():
            return "reminder"
    return ""


def is_said(entry: Entry, process: Process) -> bool:
    """Whether the chat is told. What a person wrote is never echoed to the chat that it came from; that something
    became so is said there whoever did it where: a button that was pressed shows to nobody else."""
    kind = kind_of(entry.fact)
    return kind in process.say and not (kind in _WORDS and entry.source == process.chat)
