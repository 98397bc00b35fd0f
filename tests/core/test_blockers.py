"""Blockers: why an incident cannot close yet, and what to do about each of the six kinds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from musterpoint.core.aftermath import (
    Action,
    ActionStatus,
    Aftermath,
    Decision,
    Issue,
    Publication,
)
from musterpoint.core.blockers import CODES, Blocker, blockers, of_the_issue, standing
from musterpoint.core.incident import Incident, Kind, Status
from tests.core.incidents import BOB, incident

RAISED = Issue("local-1")
PUBLISHED = Publication(Decision.PUBLISH, requested=1, published=1)
DONE = Aftermath(writeup_done=True, issue=RAISED, publication=PUBLISHED)


def resolved(**after: Any) -> Incident:
    """A resolved incident with nothing outstanding, but for what is given."""
    return incident(status=Status.RESOLVED, after=replace(DONE, **after))


def test_an_open_incident_has_every_step_ahead_of_it_in_the_order_of_the_process() -> None:
    state = incident(after=Aftermath(actions=(Action(1, "Alert"),)))
    assert [each.code for each in blockers(state)] == list(CODES[:5])


def test_it_is_not_resolved_until_somebody_says_so() -> None:
    assert blockers(replace(resolved(), status=Status.OPEN)) == [
        Blocker(
            "not_resolved",
            "Customers are affected: nobody has said that it is resolved.",
            "musterpoint resolve 7",
            "not_resolved",
        )
    ]


def test_the_issue_has_to_be_raised_by_its_nominee() -> None:
    state = resolved(issue=None)
    (found,) = blockers(state)
    assert (found.code, found.text, found.resolve) == (
        "issue_not_raised",
        "Nobody has raised the issue.",
        "musterpoint raise 7",
    )
    assert blockers(replace(state, nominee=BOB.who))[0].text == "Bob has not raised the issue."


def test_an_issue_on_its_way_is_not_there_yet() -> None:
    (found,) = blockers(resolved(issue=Issue()))
    assert (found.code, found.resolve) == ("issue_not_raised", "musterpoint effects")


def test_the_write_up_has_to_be_marked_as_done() -> None:
    assert blockers(resolved(writeup_done=False)) == [
        Blocker("writeup_open", "The write-up is not marked as done.", "musterpoint writeup done 7", "writeup_open")
    ]


def test_each_open_action_is_one_with_its_owner_and_its_own_key() -> None:
    found = blockers(
        resolved(
            actions=(
                Action(1, "Alert", BOB.who),
                Action(2, "Limit"),
                Action(3, "Write down", status=ActionStatus.DONE),
                Action(4, "Say no", status=ActionStatus.DECLINED),
            )
        )
    )
    assert found == [
        Blocker("action_open", "Action 1 is open (Bob): Alert", "musterpoint action done 7 1", "action_open:1"),
        Blocker("action_open", "Action 2 is open and nobody's: Limit", "musterpoint action done 7 2", "action_open:2"),
    ]


@pytest.mark.parametrize(
    ("publication", "code", "resolve"),
    [
        (Publication(), "publication_undecided", "musterpoint publication decide 7 publish"),
        (Publication(Decision.PUBLISH), "publication_pending", "musterpoint publication publish 7"),
        (Publication(Decision.PUBLISH, requested=1), "publication_pending", "musterpoint effects"),
        (Publication(Decision.PUBLISH, requested=2, published=1), "publication_pending", "musterpoint effects"),
    ],
    ids=["undecided", "decided", "on its way", "a revision on its way"],
)
def test_the_post_has_to_be_decided_about_and_published(publication: Publication, code: str, resolve: str) -> None:
    assert [(each.code, each.resolve) for each in blockers(resolved(publication=publication))] == [(code, resolve)]


@pytest.mark.parametrize("publication", [PUBLISHED, Publication(Decision.SKIP, "one customer")])
def test_a_post_that_is_there_or_skipped_keeps_nothing_open(publication: Publication) -> None:
    assert blockers(resolved(publication=publication)) == []


def test_what_is_said_about_a_security_incident_is_not_decided_here() -> None:
    assert blockers(replace(resolved(publication=Publication()), kind=Kind.SECURITY)) == []


def test_what_authority_excused_blocks_no_more() -> None:
    state = resolved(writeup_done=False, actions=(Action(1, "Alert"), Action(2, "Limit")))
    excused = replace(state, after=replace(state.after, excused=("writeup_open", "action_open:2")))
    assert [each.key for each in blockers(excused)] == ["action_open:1"]


def test_a_closed_incident_is_not_blocked_but_something_may_stand_again() -> None:
    closed = replace(resolved(actions=(Action(1, "Alert"),)), status=Status.CLOSED)
    assert blockers(closed) == []
    assert [each.key for each in standing(closed)] == ["action_open:1"]


def test_a_cancelled_incident_needs_nothing() -> None:
    assert standing(incident(status=Status.CANCELLED, after=Aftermath(actions=(Action(1, "Alert"),)))) == []


def test_the_post_does_not_keep_the_issue_open() -> None:
    assert of_the_issue(resolved(publication=Publication())) == []
    assert [each.code for each in of_the_issue(resolved(writeup_done=False))] == ["writeup_open"]
