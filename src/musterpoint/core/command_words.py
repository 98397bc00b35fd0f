"""The words that a command begins with, each with the form in which it is shown and what it does."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Verb(StrEnum):
    """What can be said."""

    LEAD = "lead"
    SEVERITY = "severity"
    RESOLVED = "resolved"
    RELAPSE = "relapse"
    NOTE = "note"
    DID = "did"
    FINDING = "finding"
    DECISION = "decision"
    ACTION = "action"
    DONE = "done"
    DECLINED = "declined"
    ISSUE = "issue"
    NOMINATE = "nominate"
    RAISE = "raise"
    WRITEUP = "writeup"
    PUBLISH = "publish"
    SKIP = "skip"
    CLOSE = "close"
    TITLE = "title"
    AFFECTED = "affected"
    DETECTED = "detected"
    BEGAN = "began"
    CANCEL = "cancel"
    RESTRICT = "restrict"
    STATUS = "status"
    TIMELINE = "timeline"
    HUDDLE = "huddle"
    HELP = "help"


#: Each with the form in which it is shown, and what it does.
FORMS: Mapping[Verb, tuple[str, str]] = {
    Verb.LEAD: ("lead @ana", "who leads; also `lead me`, `lead nobody`"),
    Verb.SEVERITY: ("severity LEVEL", "how bad it is; `severity none` takes it back"),
    Verb.RESOLVED: ("resolved [at 14:20] [because …]", "customers are no longer affected"),
    Verb.RELAPSE: ("relapse [at 14:20] [because …]", "customers are affected again"),
    Verb.NOTE: ("note [at 14:20] …", "your message becomes a row of the timeline"),
    Verb.DID: ("did [at 14:20] …", "the same, as an action taken"),
    Verb.FINDING: ("finding …", "the same, as a finding"),
    Verb.DECISION: ("decision …", "the same, as a decision"),
    Verb.ACTION: ("action TITLE [@ana] [by 2026-12-01]", "a follow-up action"),
    Verb.DONE: ("done 2", "action 2 is done"),
    Verb.DECLINED: ("declined 2 because …", "action 2 will not be done"),
    Verb.ISSUE: ("action 2 issue [in OWNER/REPO]", "action 2 gets an issue of its own; or `action 2 issue ADDRESS`"),
    Verb.NOMINATE: ("nominate @ana", "who raises the issue"),
    Verb.RAISE: ("raise", "raises the issue"),
    Verb.WRITEUP: ("writeup done", "the write-up is done; or `writeup open`"),
    Verb.PUBLISH: ("publish", "publishes the public post as it is drafted"),
    Verb.SKIP: ("skip because …", "there will be no public post"),
    Verb.CLOSE: ("close", "closes the incident, if nothing is left to do"),
    Verb.TITLE: ("title …", "another title"),
    Verb.AFFECTED: ("affected …", "what is affected"),
    Verb.DETECTED: ("detected at 14:20", "when it was noticed"),
    Verb.BEGAN: ("began at 14:20", "since when customers are affected"),
    Verb.CANCEL: ("cancel because …", "it was no incident"),
    Verb.RESTRICT: ("restrict", "security or personal data: from now on only those who handle it know of it"),
    Verb.STATUS: ("status", "how it stands"),
    Verb.TIMELINE: ("timeline", "where the timeline is"),
    Verb.HUDDLE: ("huddle runs", "a huddle runs; or `huddle not needed`"),
    Verb.HELP: ("help", "this list"),
}

#: Other words for the same.
_ALSO = {
    "sev": Verb.SEVERITY, "resolve": Verb.RESOLVED, "relapsed": Verb.RELAPSE, "notes": Verb.NOTE,
    "found": Verb.FINDING, "findings": Verb.FINDING, "decided": Verb.DECISION, "todo": Verb.ACTION,
    "actions": Verb.ACTION, "cancelled": Verb.CANCEL, "canceled": Verb.CANCEL, "restricted": Verb.RESTRICT,
    "write": Verb.WRITEUP, "decline": Verb.DECLINED, "finished": Verb.DONE, "closed": Verb.CLOSE,
    "started": Verb.BEGAN, "commands": Verb.HELP, "hello": Verb.HELP, "hi": Verb.HELP, "hey": Verb.HELP,
}  # fmt: skip
WORDS: Mapping[str, Verb] = {**{each.value: each for each in Verb}, **_ALSO}

#: What only shows something: a question may be asked so.
SHOWING = frozenset((Verb.STATUS, Verb.TIMELINE, Verb.HELP))
#: What the message itself becomes.
MARKING = frozenset((Verb.NOTE, Verb.DID, Verb.FINDING, Verb.DECISION))
