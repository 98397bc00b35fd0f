"""The guard on GitHub: early closes are undone, fights end, commands are obeyed once, and the issue is followed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from musterpoint import access, actions, reading
from musterpoint.core.aftermath import ActionStatus, Decision, IssueCause
from musterpoint.core.aftermath_journal import IssueChange, IssueComment, IssueRaised, Override
from musterpoint.core.conformance_steps import StepStatus
from musterpoint.core.incident import Milestone, Status
from musterpoint.core.issue_journal import IssueMoved
from musterpoint.core.journal import Entry
from musterpoint.integrations.github.hidden import last_mark_of, without_key
from musterpoint.reading.conformance import conformance
from musterpoint.store import models
from tests.actions.telling import refused
from tests.conftest import World
from tests.github.house import CTO, REPOSITORY, House, housed

COMMAND = "/musterpoint close because the service is switched off next week"


@pytest.fixture
def house(real_world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with housed(monkeypatch, timezone.now()) as found:
        found.raised()
        yield found


def action(house: House, title: str = "Alert when the pool is full", login: str = "tim") -> None:
    owner = access.actor(f"github:{login}", house.process).who
    actions.add_action(house.call(), house.ref, title, owner)
    house.turn()


def said(house: House) -> list[str]:
    """The comments of ours, without the hidden key."""
    bodies = (each.body for each in house.there().comments)
    return [without_key(each) for each in bodies if last_mark_of(each)]


def entries(house: House, *kinds: type[Any]) -> list[Entry]:
    row = models.Incident.objects.get(ref=house.ref)
    return [each for each in access.entries(access.NOBODY, row) if isinstance(each.fact, kinds)]


def causes(house: House) -> list[IssueCause]:
    return [each.fact.cause for each in entries(house, IssueChange) if isinstance(each.fact, IssueChange)]


def closes(house: House, login: str = "ines") -> None:
    house.github.close(login, house.issue)
    house.turn()


# --- closed early -------------------------------------------------------------------------------------------------


def test_closed_early_it_is_opened_again_and_owners_are_mentioned(house: House) -> None:
    action(house)
    closes(house)
    assert house.there().open
    text = said(house)[-1]
    assert text.startswith("@ines (20")
    assert "- Action 1 is open (@tim): Alert when the pool is full" in text
    assert "comment `/musterpoint close because WHY`" in text
    assert causes(house) == [IssueCause.PERSON, IssueCause.GUARD]


def test_closed_and_opened_in_a_fight_it_stops_and_asks_those_with_authority(house: House) -> None:
    action(house)
    for _ in range(house.process.reopenings + 1):
        closes(house)
    assert not house.there().open
    assert f"Please decide, @{CTO}: " in said(house)[-1]
    assert "or open the issue again." in said(house)[-1]
    house.turn()
    assert causes(house)[-2:] == [IssueCause.PERSON, IssueCause.YIELDED]
    house.github.reopen("tim", house.issue)
    house.turn()
    assert house.there().open


def test_closed_and_opened_by_people_between_two_looks_nothing_is_said(house: House) -> None:
    action(house)
    house.github.close("ines", house.issue)
    house.github.reopen("tim", house.issue)
    house.turn()
    assert house.there().open
    assert house.state().after.open_actions


def test_a_title_that_somebody_wrote_mentions_nobody_and_closes_nothing(house: House) -> None:
    action(house, "Ask @ines whether it fixes #1")
    closes(house)
    assert "Ask @\u2060ines whether it fixes\u2060 #1" in said(house)[-1]
    assert "@\u2060ines whether it fixes\u2060 #1" in house.there().body
    house.turn()
    assert house.state().after.actions[0].title == "Ask @ines whether it fixes #1"


# --- closed at last -----------------------------------------------------------------------------------------------


def finished(house: House) -> None:
    """Everything that keeps the issue open is done."""
    action(house)
    actions.end_action(house.call("tim"), house.ref, 1, ActionStatus.DONE)
    actions.writeup_done(house.call(), house.ref)
    house.turn()


def test_the_last_thing_done_closes_it_and_the_comment_says_what_was_done_and_how_long_it_took(house: House) -> None:
    models.Entry.objects.filter(kind="status").update(at=timezone.now() - timedelta(days=3, hours=4))
    finished(house)
    assert not house.there().open
    text = said(house)[-1]
    assert "- Action 1 was done by @tim: Alert when the pool is full; it was open for " in text
    assert "That is 3 d 4 h after the resolution and " in text
    assert " after it was raised." in text


def test_an_action_that_opens_again_opens_issue_and_incident(house: House) -> None:
    finished(house)
    actions.decide_publication(house.call(), house.ref, Decision.SKIP, "one customer alone")
    actions.close(house.call(), house.ref)
    house.turn()
    assert (house.state().status, house.there().open) == (Status.CLOSED, False)
    house.github.tick("ines", house.issue, "Alert when the pool is full", done=False)
    house.turn()
    assert (house.state().status, house.there().open) == (Status.RESOLVED, True)
    assert "- Action 1 is open (@tim): Alert when the pool is full" in said(house)[-1]


# --- commands -----------------------------------------------------------------------------------------------------


def test_authority_lets_it_close_by_a_comment_which_is_the_evidence_of_the_exception(house: House) -> None:
    action(house)
    house.github.comment(CTO, house.issue, COMMAND)
    house.turn()
    assert not house.there().open
    assert [each.partition("\n")[0] for each in said(house)] == [
        f"Closed, as @{CTO} decided: the service is switched off next week"
    ]
    [decided], [comment] = entries(house, Override), entries(house, IssueComment)
    assert isinstance(decided.fact, Override)
    assert decided.fact.evidence == comment.ref
    steps = {each.name: each for each in conformance(house.call(), house.ref)}
    assert steps["actions"].status is StepStatus.EXCEPTION
    assert steps["actions"].exception_by == decided.who
    assert comment.ref in steps["actions"].evidence
    assert comment.url.startswith("https://")
    assert steps["actions"].note.endswith(f"decided in a comment on the issue by Olga Kerr: {comment.url}")


def test_a_command_is_obeyed_once_however_often_it_is_seen(house: House) -> None:
    action(house)
    number = house.github.comment("tim", house.issue, "/musterpoint done 1")
    for _ in range(3):
        house.turn()
    house.github.edit_comment("tim", house.issue, number, "/musterpoint done 1\n\nI saw it ring.")
    house.turn()
    assert len([each for each in said(house) if "action 1" in each]) == 1
    assert house.state().after.actions[0].status is ActionStatus.DONE


def test_a_command_that_is_corrected_is_heard(house: House) -> None:
    action(house)
    number = house.github.comment("tim", house.issue, "/musterpoint decline 1")
    house.turn()
    assert said(house)[-1] == "@tim: Say why, and it is done: `/musterpoint decline N because WHY`."
    house.github.edit_comment("tim", house.issue, number, "/musterpoint decline 1 because it rings already")
    house.turn()
    assert house.state().after.actions[0].reason == "it rings already"


def test_anybody_else_is_told_who_may_and_how_an_account_is_linked(house: House) -> None:
    house.github.user("carl")
    action(house)
    house.github.comment("carl", house.issue, COMMAND)
    house.github.comment("tim", house.issue, COMMAND)
    house.github.comment("carl", house.issue, "/musterpoint done 1")
    house.turn()
    assert house.there().open
    assert entries(house, Override) == []
    stranger, colleague, other = said(house)
    assert stranger.startswith(f"@carl: only those with authority may decide that: @{CTO}.")
    assert "musterpoint people link YOUR-NAME github:carl" in stranger
    assert colleague == f"@tim: only those with authority may decide that: @{CTO}."
    assert other.startswith("@carl: only people whom Musterpoint knows may do that")
    assert house.state().after.actions[0].status is ActionStatus.OPEN


def test_an_action_is_assigned_by_a_comment(house: House) -> None:
    action(house)
    house.github.comment("ines", house.issue, "/musterpoint assign 1 to @Ines")
    house.turn()
    owner = house.state().after.actions[0].owner
    assert owner == access.actor("github:ines", house.process).who
    assert said(house)[-1] == "@ines: action 1, Alert when the pool is full, is now with @ines."


def test_a_quoted_command_is_none_and_our_own_comments_are_none(house: House) -> None:
    action(house)
    house.github.comment(CTO, house.issue, f"> {COMMAND}\n\nWhy?")
    house.github.comment(CTO, house.issue, "/musterpoint help")
    house.turn()
    house.turn()
    assert house.there().open
    assert len(said(house)) == 1
    assert "- `/musterpoint status` tells what is outstanding" in said(house)[0]


def test_after_a_crash_between_store_and_note_there_is_one_answer(house: House) -> None:
    house.github.fails("POST", "/repos/*/comments", 502, stored=True)
    house.github.comment("tim", house.issue, "/musterpoint status")
    house.turn()
    assert len(said(house)) == 1
    assert "- The write-up is not marked as done." in said(house)[0]


# --- moved, gone, and what was not taken --------------------------------------------------------------------------


def test_a_transferred_issue_is_followed(house: House) -> None:
    action(house)
    was, elsewhere = house.issue, house.github.repository("halden-ferries/ops")
    there = house.github.transfer(CTO, was, elsewhere)
    house.turn()
    issue = house.state().after.issue
    assert issue is not None
    assert (issue.ref, house.issue) == (there, there)
    assert issue.url.endswith("/halden-ferries/ops/issues/1")
    [entry] = entries(house, IssueMoved)
    assert entry.fact == IssueMoved(there, issue.url, was)
    house.github.comment("tim", there, "/musterpoint done 1")
    house.turn()
    assert house.state().after.actions[0].status is ActionStatus.DONE
    assert house.parked() == []


def test_a_deleted_issue_is_told_and_raised_again_once(house: House) -> None:
    action(house)
    was = house.issue
    house.github.delete(CTO, was)
    actions.note(house.call(), house.ref, "Something new for the timeline")
    house.turn()
    assert house.state().after.issue is None
    assert Milestone.ISSUE_RAISED not in house.state().milestones
    head = reading.head(house.call(), house.ref)
    assert head["issue_gone"] == was
    assert head["blockers"][0]["text"] == f"The issue {was} was deleted in the tracker, and no other one is raised."
    assert "raise" in head["can"]
    house.github.fails("POST", "/repos/*/issues", 502, stored=True)
    actions.raise_issue(house.call(), house.ref)
    with refused("already_raised"):
        actions.raise_issue(house.call(), house.ref)
    house.turn()
    [there] = house.github.issues(REPOSITORY)
    assert house.issue == there.ref != was
    assert "Alert when the pool is full" in there.body
    assert len(entries(house, IssueRaised)) == 2
    assert house.parked() == []


def test_the_deleted_issue_of_a_closed_incident_opens_nothing(house: House) -> None:
    finished(house)
    actions.decide_publication(house.call(), house.ref, Decision.SKIP, "one customer alone")
    actions.close(house.call(), house.ref)
    house.turn()
    house.github.delete(CTO, house.issue)
    house.turn()
    actions.note(house.call(), house.ref, "The issue was tidied away")
    house.turn()
    assert house.state().status is Status.CLOSED
    assert house.state().after.issue is None


def test_an_outage_is_no_deletion(house: House) -> None:
    house.github.down = True
    looks(house)
    house.github.down = False
    assert still_there(house)


@pytest.mark.parametrize("lost", ["the repository", "the issues", "the token"])
def test_lost_rights_are_no_deletion(house: House, monkeypatch: pytest.MonkeyPatch, lost: str) -> None:
    github, token = house.github, house.github.token
    if lost == "the repository":
        github.rights(REPOSITORY, github.token_user, "none")
    elif lost == "the issues":
        token = github.new_token(CTO, permissions={"metadata": "read"})
    else:
        github.revoke(token)
    monkeypatch.setenv("GITHUB_APP_ID", "")
    monkeypatch.setenv("GITHUB_APP_PRIVATE_KEY", "")
    monkeypatch.setenv("GITHUB_TOKEN", token)
    looks(house)
    assert still_there(house)
    assert models.Trouble.objects.get().source == "github"


def looks(house: House) -> None:
    house.look()
    house.carry_out()


def still_there(house: House) -> bool:
    [waiting] = models.Effect.objects.filter(status="waiting")
    assert waiting.kind == "issue"
    return house.state().after.issue is not None and not entries(house, IssueMoved)


def test_what_is_restricted_later_is_not_told_there(house: House) -> None:
    before = house.there()
    actions.restrict(house.call(), house.ref, "personal data is involved")
    actions.note(house.call(), house.ref, "The list of customers lies open")
    actions.add_action(house.call(), house.ref, "Take the list of customers away")
    closes(house)
    now = house.there()
    assert (now.body, len(now.comments), now.open) == (before.body, 0, False)
    assert house.parked() == []


def test_what_github_did_not_take_is_said_with_what_to_mend(real_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with housed(monkeypatch, timezone.now()) as house:
        monkeypatch.setenv("GITHUB_APP_ID", "")
        monkeypatch.setenv("GITHUB_APP_PRIVATE_KEY", "")
        monkeypatch.setenv("GITHUB_TOKEN", house.github.token)
        house.github.rights(REPOSITORY, house.github.token_user, "read")
        house.raised()
        issue = house.state().after.issue
        assert issue is not None
        assert issue.dropped == ("the label incident",)
        assert reading.head(house.call(), house.ref)["issue"]["dropped"] == ["the label incident"]
