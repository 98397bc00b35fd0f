"""An incident as it is listed, declared and shown."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from musterpoint.api.fields import Answered, Asked, At, Text, Time
from musterpoint.api.shapes.actions import Action
from musterpoint.core.aftermath import Decision
from musterpoint.core.declare import Security
from musterpoint.core.incident import Basis, Kind, Milestone, Severity, Status

StatusIn = Literal["open", "resolved", "closed", "cancelled"]
KindIn = Literal["", "availability", "security"]
SeverityIn = Literal["", "critical", "major", "minor", "none"]


class EntryName(Answered):
    """An entry of the journal."""

    id: int
    ref: str
    kind: str


class Recorded(Answered):
    """A step was taken: the entry that tells of it."""

    incident: str
    entry: EntryName


class Unchanged(Answered):
    """A text was written; there is no entry where that changed nothing."""

    incident: str
    entry: EntryName | None


class Moment(Answered):
    """A time, and how sure it is."""

    at: At
    basis: Basis


class Listed(Answered):
    """An incident in a list."""

    ref: str
    title: str
    status: Status
    kind: Kind
    severity: Severity | None
    restricted: bool
    lead: str | None
    declared: At | None
    affected_since: At | None
    affected_until: At | None


class Line(Answered):
    """What a search found: an entry, and the line around the first match."""

    entry: int
    kind: str
    at: At
    who: str | None
    text: str


class Found(Listed):
    """An incident in which a search found something."""

    lines: list[Line]


class Incident(Answered):
    """What is known of an incident. One that was withdrawn from this person looks cancelled.

    `confined`: restricted because its thread is in a private channel.
    """

    ref: str
    title: str
    affected: str
    status: Status
    kind: Kind
    severity: Severity | None
    restricted: bool
    confined: bool
    lead: str | None
    nominee: str | None
    duplicate_of: str | None
    milestones: dict[Milestone, Moment | None]


class Issue(Answered):
    """The issue on the tracker. `dropped`: what it did not take of what it was given (`the label incident`);
    `given_up`: the regions of its body that are not written any more."""

    ref: str
    url: str | None
    dropped: list[str]
    given_up: list[str]


class Publication(Answered):
    """The decision about the public post, and what became of it."""

    decision: Decision
    decided: bool
    reason: str
    by: str | None
    at: At | None
    path: str | None
    url: str | None
    revision: int
    published: bool
    live_revision: int | None
    published_at: At | None
    where: str | None


class Blocker(Answered):
    """Why an incident cannot close yet, and what to do about it."""

    code: str
    text: str
    resolve: str


class Blockers(Answered):
    incident: str
    blockers: list[Blocker]


class Missed(Answered):
    """From `since` until `until` nothing was received. `found`: how many messages were learnt from the chat's history
    afterwards; null while it has not been read."""

    since: At
    until: At
    why: str
    found: int | None


class Coverage(Answered):
    """How complete the record of the thread is: complete from `since` (null until its history was read once) to `until`
    but for the gaps, and the same in words."""

    since: At | None
    until: At
    gaps: list[Missed]
    sentences: list[str]


class Thread(Answered):
    """A stretch of a thread that the incident reads. `incomplete`: what an imported file says is missing; `coverage` is
    there for threads that are captured from the chat as they happen."""

    thread: str
    channel: str
    url: str | None
    role: str
    since: At | None
    until: At | None
    incomplete: str | None
    coverage: Coverage | None


class Trouble(Answered):
    """What hinders the chat or the tracker since when, and what to do about it: what is said and done there is recorded
    once it is mended."""

    hinders: Literal["chat", "tracker"]
    code: str
    message: str
    hint: str
    since: At


class Shown(Incident):
    """An incident, its issue, actions and publication. `issue_gone`: the issue that it had was deleted in the tracker.
    `can`: the steps that this person could take now; `troubles`: what hinders the chat where its threads are, and the
    tracker where its issue is."""

    issue: Issue | None
    issue_gone: str | None
    publication: Publication | None
    actions: list[Action]
    blockers: list[Blocker]
    threads: list[Thread]
    troubles: list[Trouble]
    version: int
    can: list[str]


class Source(Answered):
    ref: str
    url: str | None


class Proposal(Answered):
    """A time that the record suggests for a milestone, with the words that suggest it."""

    milestone: Milestone
    at: At
    basis: Basis
    quote: str
    evidence: Source
    zone_assumed: bool
    why: str


class Correction(Answered):
    """What a field was and what it is."""

    field: str
    was: str | Moment | None
    now: Annotated[str | Moment | None, Field(alias="is")]
    who: str | None
    at: At
    why: str
    quote: str
    evidence: str | None


class Times(Answered):
    """The times of an incident: what the record proposes, and what was corrected."""

    incident: str
    milestones: dict[Milestone, Moment | None]
    proposals: list[Proposal]
    corrections: list[Correction]


class Declaration(Asked):
    """Nothing but a title is needed. `security`: unsure and yes restrict it to you and the security team."""

    title: Text
    affected: Text = ""
    severity: Severity | None = None
    security: Security = Security.NO
    at: Time | None = None
    detected: Time | None = None


class Declared(Answered):
    """`contact`: whom to turn to about a restricted one."""

    incident: str
    entry: EntryName
    restricted: bool
    contact: str | None
