"""What is said in the thread of the chat: few kinds, each of which can be turned off, and no echo."""

from __future__ import annotations

from dataclasses import replace

import pytest

from musterpoint.core.aftermath import ActionStatus
from musterpoint.core.aftermath_journal import ActionAdded, ActionEnded, IssueRaised, IssueRequested, Override, Reminder
from musterpoint.core.incident import Severity, Status
from musterpoint.core.journal import Fact, HuddleSettled, LeadChange, Merge, Note, SeverityChange, StatusChange
from musterpoint.core.process import SAID, Process
from musterpoint.core.said_aloud import is_said, kind_of
from tests.core.incidents import BOB, entry

SPOKEN: dict[str, list[Fact]] = {
    "resolved": [StatusChange(Status.RESOLVED)],
    "relapse": [StatusChange(Status.OPEN, relapse=True)],
    "cancelled": [StatusChange(Status.CANCELLED)],
    "merged": [Merge("8", "7")],
    "issue_raised": [IssueRaised("7", "https://issues.example.com/7")],
    "closed": [StatusChange(Status.CLOSED), Override("one customer alone")],
    "note": [Note("rolled back")],
    "reminder": [Reminder("no_lead", "Nobody leads")],
}
SLACK = Process(chat="slack")


def test_every_kind_that_can_be_turned_off_is_tried_here() -> None:
    assert tuple(SPOKEN) == SAID


@pytest.mark.parametrize("kind", SAID)
def test_each_is_said_unless_it_is_turned_off(kind: str) -> None:
    others = replace(SLACK, say=tuple(each for each in SAID if each != kind))
    for fact in SPOKEN[kind]:
        assert kind_of(fact) == kind
        assert is_said(entry(fact), SLACK)
        assert not is_said(entry(fact), others)
        assert is_said(entry(fact), replace(SLACK, say=(kind,)))


@pytest.mark.parametrize(
    "fact",
    [
        ActionAdded(1, "Alert"),
        ActionEnded(1, ActionStatus.DONE),
        LeadChange(BOB.who),
        SeverityChange(Severity.MAJOR),
        IssueRequested(),
        HuddleSettled(True),
        StatusChange(Status.OPEN),
    ],
)
def test_all_else_is_the_cards(fact: Fact) -> None:
    assert not is_said(entry(fact), SLACK)


def test_the_words_of_a_person_are_never_echoed_to_the_chat_that_they_came_from() -> None:
    said = replace(entry(Note("rolled back")), source="slack")
    assert not is_said(said, SLACK)
    assert is_said(said, replace(SLACK, chat="bridge"))


def test_what_became_so_is_said_whoever_pressed_the_button_for_it_where() -> None:
    resolved = replace(entry(StatusChange(Status.RESOLVED)), source="slack")
    assert is_said(resolved, SLACK)
