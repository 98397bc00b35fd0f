"""The guard: the issue is open exactly as long as something is outstanding, whoever closes or opens it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from musterpoint.core.aftermath import Action, ActionStatus, Aftermath, Issue, IssueCause
from musterpoint.core.aftermath_journal import (
    ActionAdded,
    ActionEnded,
    IssueChange,
    IssueRaised,
    IssueRequested,
    Override,
    WriteupDone,
)
from musterpoint.core.blockers import of_the_issue
from musterpoint.core.guard import consequence, what_was_done
from musterpoint.core.incident import Incident, Status
from musterpoint.core.issue_journal import IssueMoved
from musterpoint.core.journal import Fact, Note, SeverityChange, StatusChange, apply
from tests.core.incidents import BOB, NOW, entry, incident

CLOSES, OPENS = IssueChange(False), IssueChange(True)


def resolved(*known: Action, writeup_done: bool = False, **issue: Any) -> Incident:
    after = Aftermath(writeup_done=writeup_done, actions=known, issue=Issue(**{"ref": "local-1", **issue}))
    return incident(status=Status.RESOLVED, after=after)


def told(state: Incident, *facts: Fact, reopenings: int = 3) -> tuple[Incident, list[Fact]]:
    """The state after these facts and all that followed by itself, and what followed."""
    followed: list[Fact] = []
    for fact in facts:
        state, follows = apply(state, entry(fact)), consequence(apply(state, entry(fact)), fact, reopenings)
        while follows is not None:
            followed.append(follows)
            assert len(followed) < 20, "the guard answers itself for ever"
            state = apply(state, entry(follows, who=None))
            follows = consequence(state, follows, reopenings)
    return state, followed


def causes(followed: list[Fact]) -> list[IssueCause]:
    return [each.cause for each in followed if isinstance(each, IssueChange)]


def issue(state: Incident) -> Issue:
    assert state.after.issue is not None
    return state.after.issue


def test_closed_early_it_is_opened_again_with_what_is_outstanding() -> None:
    state, followed = told(resolved(Action(1, "Alert")), CLOSES)
    assert followed == [
        IssueChange(
            True,
            IssueCause.GUARD,
            ("writeup_open", "action_open:1"),
            ("The write-up is not marked as done.", "Action 1 is open and nobody's: Alert"),
        )
    ]
    assert (issue(state).open, issue(state).reopened) == (True, 1)


def test_a_fight_is_ended_by_asking_somebody_with_authority() -> None:
    state, followed = told(resolved(Action(1, "Alert"), writeup_done=True), *[CLOSES] * 4)
    assert causes(followed) == [IssueCause.GUARD] * 3 + [IssueCause.YIELDED]
    assert not issue(state).open
    assert issue(state).yielded == ("action_open:1",)


def test_how_often_it_fights_is_a_setting() -> None:
    _, followed = told(resolved(Action(1, "Alert"), writeup_done=True), CLOSES, reopenings=0)
    assert causes(followed) == [IssueCause.YIELDED]


def test_after_it_gave_in_nothing_else_opens_it_but_something_new() -> None:
    state, _ = told(resolved(Action(1, "Alert"), writeup_done=True), CLOSES, reopenings=0)
    state, followed = told(state, SeverityChange(None))
    assert followed == []
    state, followed = told(state, ActionAdded(2, "Limit"))
    assert causes(followed) == [IssueCause.BLOCKER]
    assert followed[0] == IssueChange(
        True, IssueCause.BLOCKER, ("action_open:2",), ("Action 2 is open and nobody's: Limit",)
    )
    assert issue(state).open


def test_the_last_blocker_gone_closes_it_with_a_list_of_what_was_done() -> None:
    state, followed = told(
        resolved(Action(1, "Alert"), Action(2, "Limit", status=ActionStatus.DECLINED, reason="too dear")),
        ActionEnded(1, ActionStatus.DONE),
        WriteupDone(True),
    )
    assert followed == [
        IssueChange(
            False,
            IssueCause.SETTLED,
            about=(
                "The write-up is done.",
                "Action 1 was done by Bob: Alert",
                "Action 2 was declined: Limit (too dear)",
            ),
        )
    ]
    assert not issue(state).open


def test_when_it_is_settled_the_count_of_fights_begins_anew() -> None:
    state, _ = told(resolved(Action(1, "Alert"), writeup_done=True), CLOSES, CLOSES, ActionEnded(1, ActionStatus.DONE))
    assert (issue(state).open, issue(state).reopened) == (False, 0)


def test_whoever_opens_a_settled_issue_holds_it_open_until_a_person_closes_it() -> None:
    state, followed = told(resolved(writeup_done=True, open=False), OPENS, SeverityChange(None))
    assert followed == []
    assert (issue(state).open, issue(state).held) == (True, True)
    state, followed = told(state, CLOSES)
    assert followed == []
    assert (issue(state).open, issue(state).held) == (False, False)


@pytest.mark.parametrize(
    "fact", [WriteupDone(False), ActionAdded(2, "Limit"), ActionEnded(1, ActionStatus.OPEN)], ids=repr
)
def test_a_closed_incident_with_something_outstanding_is_resolved_again_and_its_issue_open(fact: Fact) -> None:
    closed = replace(
        resolved(Action(1, "Alert", status=ActionStatus.DONE), writeup_done=True, open=False), status=Status.CLOSED
    )
    state, followed = told(closed, fact)
    assert [type(each) for each in followed] == [StatusChange, IssueChange]
    assert (state.status, issue(state).open) == (Status.RESOLVED, True)
    assert causes(followed) == [IssueCause.BLOCKER]


def test_opening_the_issue_of_a_closed_incident_takes_the_closing_back() -> None:
    closed = replace(resolved(writeup_done=True, open=False), status=Status.CLOSED)
    state, followed = told(closed, OPENS)
    assert followed == [StatusChange(Status.RESOLVED, "the issue was opened again")]
    assert issue(state).open


def test_a_relapse_opens_the_issue_again() -> None:
    state, followed = told(resolved(writeup_done=True, open=False), StatusChange(Status.OPEN, relapse=True))
    assert causes(followed) == [IssueCause.BLOCKER]
    assert issue(state).open
    assert not state.after.writeup_done


def test_an_override_lets_it_close_and_says_what_stays_open() -> None:
    state, followed = told(resolved(Action(1, "Alert"), writeup_done=True), Override("moving on", ("action_open:1",)))
    assert followed == [
        IssueChange(
            False,
            IssueCause.OVERRIDE,
            about=("The write-up is done.", "Action 1 stays open, as an exception: Alert"),
        )
    ]
    assert not issue(state).open


def test_an_override_holds_only_for_what_it_was_about() -> None:
    state, _ = told(resolved(Action(1, "Alert"), writeup_done=True), Override("moving on", ("action_open:1",)))
    state, followed = told(state, ActionAdded(2, "Limit"))
    assert causes(followed) == [IssueCause.BLOCKER]
    assert issue(state).open


def test_who_opens_it_again_by_hand_takes_the_override_back() -> None:
    state, _ = told(resolved(Action(1, "Alert"), writeup_done=True), Override("moving on", ("action_open:1",)))
    state, _ = told(state, OPENS)
    assert state.after.excused == ()
    _, followed = told(state, CLOSES)
    assert causes(followed) == [IssueCause.GUARD]


def test_a_cancelled_incident_needs_no_issue() -> None:
    state, followed = told(resolved(Action(1, "Alert")), StatusChange(Status.CANCELLED))
    assert followed == [IssueChange(False, IssueCause.SETTLED, about=("The incident was cancelled.",))]
    assert not issue(state).open


@pytest.mark.parametrize("there", [None, Issue()], ids=["not raised", "on its way"])
def test_without_an_issue_there_is_nothing_to_guard(there: Issue | None) -> None:
    state = incident(status=Status.RESOLVED, after=Aftermath(writeup_done=True, issue=there))
    assert told(state, IssueRequested(), WriteupDone(True), Note("looking"))[1] == []


def test_an_issue_that_comes_when_nothing_is_outstanding_closes_at_once() -> None:
    state = incident(status=Status.RESOLVED, after=Aftermath(writeup_done=True, issue=Issue()))
    assert causes(told(state, IssueRaised("local-1"))[1]) == [IssueCause.SETTLED]


def test_a_deleted_issue_is_outstanding_and_opens_no_incident_that_is_closed() -> None:
    state, followed = told(resolved(writeup_done=True, open=False), IssueMoved("", was="local-1"))
    assert (followed, state.after.issue) == ([], None)
    assert [each.text for each in of_the_issue(state)] == [
        "The issue local-1 was deleted in the tracker, and no other one is raised."
    ]
    closed = replace(resolved(writeup_done=True, open=False), status=Status.CLOSED)
    state, followed = told(closed, IssueMoved("", was="local-1"), Note("tidied away"))
    assert (followed, state.status) == ([], Status.CLOSED)
    state, followed = told(state, ActionAdded(1, "Alert"))
    assert state.status is Status.RESOLVED
    assert [each.code for each in of_the_issue(state)] == ["issue_not_raised", "action_open"]


def test_an_issue_that_is_raised_again_is_guarded_as_the_first_one() -> None:
    state, _ = told(resolved(Action(1, "Alert"), writeup_done=True, reopened=2), IssueMoved("", was="local-1"))
    state, followed = told(state, IssueRequested(), IssueRaised("local-2"), CLOSES)
    assert causes(followed) == [IssueCause.GUARD]
    assert (issue(state).ref, issue(state).reopened) == ("local-2", 1)


def test_what_was_done_names_who_did_it_and_why() -> None:
    done = Action(1, "Alert", status=ActionStatus.DONE, reason="at 80 %", ended_by=BOB.who, ended_at=NOW)
    assert what_was_done(resolved(done)) == ["Action 1 was done by Bob: Alert (at 80 %)"]
    known = replace(done, added_at=NOW - timedelta(days=2, hours=3))
    assert what_was_done(resolved(known)) == ["Action 1 was done by Bob: Alert (at 80 %); it was open for 2 d 3 h"]
