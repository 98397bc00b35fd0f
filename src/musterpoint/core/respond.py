"""Respond: note, mark, lead, severity. The thread documents findings and actions taken (handbook, Record)."""

from __future__ import annotations

from datetime import datetime

from musterpoint.core.decision import (
    Actor,
    Draft,
    NotAllowed,
    few_words,
    must_be_live,
    must_have_authority,
    must_respond,
    some_text,
    when,
)
from musterpoint.core.incident import Incident, Severity, Who
from musterpoint.core.journal import (
    Curation,
    LeadChange,
    Mark,
    MarkKind,
    Nomination,
    Note,
    RowKind,
    SeverityChange,
    Verdict,
)

NOTE_LIMIT = 20_000
#: Of the wording of a row of the timeline.
ROW_LIMIT = 2_000


def note(incident: Incident, actor: Actor, text: str, now: datetime, at: datetime | None = None) -> Draft:
    """Raises NotAllowed: read_only, cancelled, empty, too_long, in_the_future."""
    must_respond(actor)
    must_be_live(incident)
    text = some_text(text, "note")
    if len(text) > NOTE_LIMIT:
        raise NotAllowed(
            "too_long", f"The note has {len(text)} characters; {NOTE_LIMIT} are allowed.", "Link to the long text."
        )
    return Draft(Note(text), when(now, at))


def mark(incident: Incident, actor: Actor, of: str, kind: MarkKind, now: datetime, *, on: bool = True) -> Draft:
    must_respond(actor)
    must_be_live(incident)
    return Draft(Mark(of, kind, on), when(now, None))


def curate(
    incident: Incident,
    actor: Actor,
    of: str,
    verdict: Verdict,
    now: datetime,
    *,
    text: str = "",
    row_kind: RowKind | None = None,
    why: str = "",
) -> Draft:
    """Keep, drop or reword a row, or take all that back (`reset`). The message itself stays as it was.

    Raises NotAllowed: read_only, cancelled, empty, too_long.
    """
    must_respond(actor)
    must_be_live(incident)
    if verdict is Verdict.REWORD:
        text = some_text(text, "new wording", ROW_LIMIT)
    return Draft(Curation(of, verdict, few_words(text), row_kind, few_words(why)), when(now, None))


def lead(incident: Incident, actor: Actor, person: Who | None, now: datetime, at: datetime | None = None) -> Draft:
    must_respond(actor)
    must_be_live(incident)
    if incident.lead == person:
        who = f"{person.name} leads" if person else "Nobody leads"
        raise NotAllowed("unchanged", f"{who} incident {incident.ref} already.")
    return Draft(LeadChange(person), when(now, at))


def severity(
    incident: Incident, actor: Actor, value: Severity | None, now: datetime, at: datetime | None = None
) -> Draft:
    must_respond(actor)
    must_be_live(incident)
    if incident.severity == value:
        raise NotAllowed("unchanged", f"Incident {incident.ref} has the severity {value or 'none'} already.")
    return Draft(SeverityChange(value), when(now, at))


def nominate(incident: Incident, actor: Actor, person: Who, now: datetime) -> Draft:
    """The CTO, or a nominated individual, raises the Incident issue: only authority nominates (handbook, Raise)."""
    must_have_authority(actor, "nominate who raises the issue")
    must_be_live(incident)
    return Draft(Nomination(person), when(now, None))
