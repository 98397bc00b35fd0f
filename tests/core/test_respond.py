"""Respond: note, mark, curate, lead, severity, nominate: the rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from musterpoint.core import respond
from musterpoint.core.decision import Actor, Draft
from musterpoint.core.incident import Basis, Incident, Moment, Severity, Status, Who
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
from tests.core.incidents import ADELE, ALICE, BOB, NOW, VICTOR, at, incident, refused, stated

BEN = Who("person:9", "Ben Okafor")
STEPS: dict[str, Callable[[Incident, Actor], Draft]] = {
    "note": lambda state, actor: respond.note(state, actor, "looking", NOW),
    "mark": lambda state, actor: respond.mark(state, actor, "entry:3", MarkKind.FINDING, NOW),
    "curate": lambda state, actor: respond.curate(state, actor, "entry:3", Verdict.KEEP, NOW),
    "lead": lambda state, actor: respond.lead(state, actor, BEN, NOW),
    "severity": lambda state, actor: respond.severity(state, actor, Severity.MINOR, NOW),
}


@pytest.mark.parametrize("step", list(STEPS.values()), ids=list(STEPS))
def test_viewers_only_read(step: Callable[[Incident, Actor], Draft]) -> None:
    step(incident(), ADELE)
    with refused("read_only", "Victor may read", "An admin"):
        step(incident(), VICTOR)


@pytest.mark.parametrize("step", list(STEPS.values()), ids=list(STEPS))
def test_a_cancelled_incident_is_not_worked_on(step: Callable[[Incident, Actor], Draft]) -> None:
    with refused("cancelled", "Incident 7 was cancelled.", "Declare a new one"):
        step(incident(status=Status.CANCELLED), BOB)


@pytest.mark.parametrize("status", [Status.OPEN, Status.RESOLVED, Status.CLOSED])
def test_the_record_stays_open_after_the_incident_is_over(status: Status) -> None:
    assert respond.note(incident(status=status), BOB, "root cause found", NOW).fact == Note("root cause found")


def test_a_note_is_now_or_when_it_happened() -> None:
    assert respond.note(incident(), BOB, " looking ", NOW).moment == Moment(NOW, Basis.RECORDED)
    assert respond.note(incident(), BOB, "restarted it", NOW, at(-5)).moment == stated(-5)
    with refused("in_the_future", "lies in the future"):
        respond.note(incident(), BOB, "restarted it", NOW, at(5))


def test_a_note_says_something_and_has_its_limit() -> None:
    with refused("empty", "The note is empty.", "Write the note."):
        respond.note(incident(), BOB, "  ", NOW)
    respond.note(incident(), BOB, "x" * respond.NOTE_LIMIT, NOW)
    with refused("too_long", "20001 characters", "Link to the long text."):
        respond.note(incident(), BOB, "x" * (respond.NOTE_LIMIT + 1), NOW)


def test_a_mark_is_set_and_taken_away() -> None:
    assert respond.mark(incident(), BOB, "entry:3", MarkKind.DECISION, NOW).fact == Mark("entry:3", MarkKind.DECISION)
    gone = respond.mark(incident(), BOB, "entry:3", MarkKind.DECISION, NOW, on=False)
    assert gone.fact == Mark("entry:3", MarkKind.DECISION, on=False)


def test_rewording_needs_words() -> None:
    fact = respond.curate(
        incident(), BOB, "entry:3", Verdict.REWORD, NOW, text=" we rolled back ", row_kind=RowKind.DECISION, why="clear"
    ).fact
    assert fact == Curation("entry:3", Verdict.REWORD, "we rolled back", RowKind.DECISION, "clear")
    with refused("empty", "The new wording is empty.", "Write the new wording."):
        respond.curate(incident(), BOB, "entry:3", Verdict.REWORD, NOW)


@pytest.mark.parametrize("field", ["text", "why"])
def test_a_row_is_no_place_for_an_essay(field: str) -> None:
    words: dict[str, Any] = {"text": "x", field: "x" * respond.ROW_LIMIT}
    respond.curate(incident(), BOB, "entry:3", Verdict.REWORD, NOW, **words)
    with refused("too_long", "2001 characters", "in a note"):
        respond.curate(incident(), BOB, "entry:3", Verdict.REWORD, NOW, **words | {field: "x" * 2001})


def test_who_leads_changes_and_may_be_nobody() -> None:
    assert respond.lead(incident(), BOB, BEN, NOW).fact == LeadChange(BEN)
    assert respond.lead(incident(lead=BEN), BOB, None, NOW, at(-3)) == Draft(LeadChange(None), stated(-3))


def test_what_is_so_already_is_not_written_again() -> None:
    with refused("unchanged", "Ben Okafor leads incident 7 already."):
        respond.lead(incident(lead=BEN), BOB, BEN, NOW)
    with refused("unchanged", "Nobody leads incident 7 already."):
        respond.lead(incident(), BOB, None, NOW)
    with refused("unchanged", "has the severity major already"):
        respond.severity(incident(severity=Severity.MAJOR), BOB, Severity.MAJOR, NOW)
    with refused("unchanged", "has the severity none already"):
        respond.severity(incident(), BOB, None, NOW)


def test_the_severity_is_set_and_taken_away() -> None:
    assert respond.severity(incident(), BOB, Severity.CRITICAL, NOW).fact == SeverityChange(Severity.CRITICAL)
    assert respond.severity(incident(severity=Severity.MINOR), BOB, None, NOW).fact == SeverityChange(None)


@pytest.mark.parametrize("actor", [BOB, ADELE, VICTOR], ids=lambda each: str(each.who.name))
def test_only_authority_nominates_and_an_admin_has_none(actor: Actor) -> None:
    assert respond.nominate(incident(), ALICE, BEN, NOW).fact == Nomination(BEN)
    with refused("no_authority", "has no authority to nominate who raises the issue", "[authority]"):
        respond.nominate(incident(), actor, BEN, NOW)


def test_nobody_is_nominated_for_a_cancelled_incident() -> None:
    with refused("cancelled", "was cancelled"):
        respond.nominate(incident(status=Status.CANCELLED), ALICE, BEN, NOW)
