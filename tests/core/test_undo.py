"""Undo: whatever was decided about a row before is what counts again, to the letter, in any order of arrival."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from musterpoint.core import undo
from musterpoint.core.decision import Actor
from musterpoint.core.incident import Status, Who
from musterpoint.core.journal import Curation, Edit, Entry, Fact, Mark, MarkKind, RowKind, RowTime, RowUndo, Verdict
from musterpoint.core.timeline import timeline
from tests.core.incidents import BOB, NOW, VICTOR, incident, refused
from tests.core.test_timeline import BEGUN, CHATTER, TELLING, Journal

SAID = "slack:C1/1"
TIMES = some.integers(1, 90).map(lambda minutes: BEGUN - timedelta(minutes=minutes))
DECISIONS: some.SearchStrategy[Fact] = some.one_of(
    some.builds(
        Curation,
        some.just(SAID),
        some.sampled_from(Verdict),
        some.sampled_from(["went back to 4.1", "reverted"]),
        some.sampled_from([None, RowKind.DECISION, RowKind.FINDING]),
        some.sampled_from(["", "twice"]),
    ),
    some.builds(RowTime, some.just(SAID), TIMES, some.just(BEGUN), some.sampled_from(["", "typed it late"])),
)
BEFORE = some.lists(some.one_of(DECISIONS, some.builds(Mark, some.just(SAID), some.sampled_from(MarkKind))), max_size=6)
PEOPLE = some.sampled_from([Who("person:1", "Ana"), Who("person:2", "Ben")])


def told(facts: list[Fact], whose: list[Who], loud: bool) -> Journal:
    journal = Journal()
    journal.say("restarted it", TELLING if loud else CHATTER)
    for fact, who in zip(facts, whose, strict=False):
        journal.add(fact, who=who)
    return journal


@settings(max_examples=200, deadline=None)
@given(BEFORE, some.lists(PEOPLE, min_size=6, max_size=6), DECISIONS, some.booleans(), some.randoms())
def test_the_row_is_what_it_was_whatever_was_decided_before(
    before: list[Fact], whose: list[Who], decision: Fact, loud: bool, chance: random.Random
) -> None:
    journal = told(before, whose, loud)
    row = journal.row(SAID)
    last = journal.add(decision)
    assert undo.decisions(journal.entries, SAID)[-1].ref == last
    journal.add(RowUndo(SAID, last))
    assert journal.row(SAID) == row
    chance.shuffle(journal.entries)
    assert journal.row(SAID) == row


@given(some.lists(DECISIONS, min_size=1, max_size=5), some.booleans())
def test_undoing_again_and_again_leads_back_to_what_nobody_touched(decided: list[Fact], loud: bool) -> None:
    journal = told([], [], loud)
    untouched = journal.row(SAID)
    for fact in decided:
        journal.add(fact)
    for _ in decided:
        journal.add(undo.undo(incident(), BOB, SAID, "", undo.decisions(journal.entries, SAID), NOW).fact)
    assert journal.row(SAID) == untouched
    assert undo.decisions(journal.entries, SAID) == []


def test_only_a_decision_is_taken_back() -> None:
    """A wrong or forged reference hides no edit."""
    journal = told([], [], loud=True)
    edit = journal.add(Edit(SAID, "restarted the broker"))
    rows = timeline(journal.entries)
    journal.add(RowUndo(SAID, edit))
    assert timeline(journal.entries) == rows


def one_drop() -> list[Entry]:
    journal = told([Curation(SAID, Verdict.DROP)], [Who("person:2", "Ben")], loud=True)
    return undo.decisions(journal.entries, SAID)


def test_what_is_undone_is_the_last_decision() -> None:
    assert undo.undo(incident(), BOB, SAID, "slack:C1/2", one_drop(), NOW).fact == RowUndo(SAID, "slack:C1/2")


def test_nothing_is_undone_where_nothing_was_decided() -> None:
    with refused("nothing_to_undo", "undone already"):
        undo.undo(incident(), BOB, SAID, "", [], NOW)


def test_what_somebody_else_decided_since_is_left_alone() -> None:
    with refused("changed_meanwhile", "Ben decided something", "Look at the row"):
        undo.undo(incident(), BOB, SAID, "slack:C1/1", one_drop(), NOW)


@pytest.mark.parametrize(
    ("status", "actor", "code"), [(Status.OPEN, VICTOR, "read_only"), (Status.CANCELLED, BOB, "cancelled")]
)
def test_undoing_is_refused_like_every_change(status: Status, actor: Actor, code: str) -> None:
    with refused(code, ""):
        undo.undo(incident(status=status), actor, SAID, "", one_drop(), NOW)
