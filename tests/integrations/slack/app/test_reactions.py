"""Reactions with their times, the marks that some of them give, and messages that they alone lead to."""

from __future__ import annotations

from typing import Any

import pytest

from musterpoint import actions, intake
from musterpoint.core.conversation import conversation
from musterpoint.core.incident import Basis, Who
from musterpoint.core.journal import MarkKind, ReactionAdded, ReactionRemoved
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import adopting, ourselves, people
from musterpoint.integrations.slack.messages import said
from musterpoint.store import models
from tests.conftest import World
from tests.integrations.slack.app.told import Team
from tests.slack.workspace import Workspace


@pytest.fixture
def team(world: World, workspace: Workspace, process: Process) -> Team:
    team = Team(world, workspace, process)
    ourselves.introduce(process, team.now)
    return team


@pytest.fixture
def stamp(team: Team) -> str:
    """A message of the thread that is recorded."""
    stamp = team.says("ben", "it is the pool")
    team.arrives()
    return stamp


def on(team: Team) -> dict[str, set[str]]:
    """Who has which reaction on the only message, as the conversation shows it."""
    (told,) = [each for each in conversation(team.entries()) if each.entry.fact.__class__.__name__ == "Message"]
    return {name: set(givers) for name, givers in told.reactions.items() if givers}


def from_history(team: Team) -> list[Any]:
    """Take in what the chat's history shows now."""
    names = people.names(team.workspace.team_id)
    told = [
        one
        for each in team.workspace.thread(team.channel, team.root)[1:]
        for one in said(each, team.channel, team.root, names)
    ]
    return [row.kind for row in intake.write(team.thread, told, "slack_history", team.now)]


# --- facts ---------------------------------------------------------------------------------------------------------


def test_each_giving_and_each_taking_back_is_a_fact_with_its_time(team: Team, stamp: str) -> None:
    for given in (True, False, True):
        team.reacts("ana", stamp, "eyes", on=given)
    team.arrives()
    entries = team.entries("reaction_added", "reaction_removed")
    assert [type(each.fact) for each in entries] == [ReactionAdded, ReactionRemoved, ReactionAdded]
    assert len({each.at for each in entries}) == 3
    assert {each.basis for each in entries} == {Basis.RECORDED}
    assert {each.who for each in entries} == {Who(f"slack:{team.users['ana']}", "Ana")}
    assert on(team) == {"eyes": {f"slack:{team.users['ana']}"}}


def test_what_counts_is_when_it_was_given_and_not_when_it_came(team: Team, stamp: str) -> None:
    team.workspace.hold()
    team.reacts("ana", stamp, "eyes")
    team.reacts("ana", stamp, "eyes", on=False)
    team.workspace.release(reversed)
    team.arrives()
    assert len(team.entries("reaction_added", "reaction_removed")) == 2
    assert on(team) == {}


def test_a_reaction_that_history_shows_is_nothing_new_where_it_came_before(team: Team, stamp: str) -> None:
    team.reacts("ana", stamp, "eyes")
    team.arrives()
    assert from_history(team) == []
    team.reacts("ana", stamp, "eyes", on=False)
    team.arrives()
    assert on(team) == {}


def test_a_reaction_that_came_after_history_showed_it_can_be_taken_back(team: Team, stamp: str) -> None:
    team.workspace.hold()
    team.reacts("ana", stamp, "eyes")
    team.later(1)
    assert from_history(team) == ["reaction_added"]
    team.workspace.release()
    team.arrives()
    assert on(team) == {"eyes": {f"slack:{team.users['ana']}"}}
    team.reacts("ana", stamp, "eyes", on=False)
    team.arrives()
    assert on(team) == {}


def test_a_reaction_given_again_while_nothing_was_heard_is_on(team: Team, stamp: str) -> None:
    team.reacts("ana", stamp, "eyes")
    team.reacts("ana", stamp, "eyes", on=False)
    team.arrives()
    team.workspace.delivery.lose_next["reaction_added"] = 1
    team.reacts("ana", stamp, "eyes")
    team.arrives()
    assert on(team) == {}
    team.later(60)
    assert from_history(team) == ["reaction_added"]
    assert on(team) == {"eyes": {f"slack:{team.users['ana']}"}}


# --- a message that is not recorded --------------------------------------------------------------------------------


def test_a_reaction_that_comes_before_its_message_waits_for_it(team: Team) -> None:
    team.workspace.hold()
    stamp = team.says("ben", "it is the pool")
    team.reacts("ana", stamp, "eyes")
    team.workspace.release(reversed)
    team.arrives()
    team.later(2)
    team.arrives()
    assert on(team) == {"eyes": {f"slack:{team.users['ana']}"}}


def test_a_message_that_was_missed_is_fetched_by_itself_and_not_its_neighbour(team: Team) -> None:
    team.says("ben", "before it")
    team.workspace.delivery.lose_next["message.channels"] = 1
    missed = team.says("ben", "it is the pool")
    team.says("ben", "after it")
    team.reacts("ana", missed, "mag")
    team.arrives()
    assert team.carried_out("slack_find") == 1
    (asked,) = [each for each in team.workspace.calls if each.method.startswith("conversations.")]
    assert asked.method == "conversations.replies"
    team.later(2)
    team.arrives()
    rows = models.Entry.objects.filter(thread=team.thread, kind="message").order_by("anchor")
    texts = [(each.source, each.key == missed) for each in rows]
    assert texts == [("slack", False), ("slack_history", True), ("slack", False)]
    assert team.marks() == [("finding", True, "Ana")]


def test_a_reaction_to_something_else_in_the_channel_is_dropped_after_one_look(team: Team) -> None:
    other = team.workspace.say(team.users["ben"], team.channel, "lunch?")
    posted = _ours(team)
    for target in (other, posted):
        team.reacts("ana", target, "eyes")
        team.reacts("ben", target, "pushpin")
    team.arrives()
    assert team.carried_out("slack_find") == 2
    team.later(2)
    team.arrives()
    team.reacts("ana", other, "tada")
    team.arrives()
    assert not models.Inbound.objects.exclude(status="taken").exists()
    assert team.carried_out("slack_find") == 0
    assert team.entries() == []


def _ours(team: Team) -> str:
    from musterpoint.integrations.slack.app.calling import call

    return str(call(5, "chat.postMessage", channel=team.channel, thread_ts=team.root, text="Resolved")["ts"])


def test_nobody_is_asked_about_reactions_in_channels_without_a_thread_of_ours(team: Team) -> None:
    other = team.workspace.channel("random", members=list(team.users.values()))
    stamp = team.workspace.say(team.users["ana"], other, "cake")
    team.workspace.react(team.users["ben"], other, stamp, "pushpin")
    team.arrives()
    assert not models.Effect.objects.filter(kind="slack_find").exists()
    assert not models.Inbound.objects.exclude(status="taken").exists()


def test_a_message_that_is_gone_is_not_looked_for_again(team: Team) -> None:
    team.workspace.delivery.lose_next["message.channels"] = 2
    stamp = team.says("ben", "it is the pool")
    team.reacts("ana", stamp, "mag")
    team.workspace.delete(team.users["ben"], team.channel, stamp)
    team.arrives()
    assert team.carried_out("slack_find") == 1
    team.later(2)
    team.arrives()
    assert not models.Inbound.objects.exclude(status="taken").exists()


def test_the_reaction_that_begins_an_incident_is_handed_on(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str, str]] = []
    monkeypatch.setattr(adopting, "reaction", lambda of, team_id, *more: asked.append(more[:3]))
    elsewhere = team.workspace.channel("random", members=list(team.users.values()))
    stamp = team.workspace.say(team.users["ana"], elsewhere, "the shop is down")
    team.workspace.react(team.users["ben"], elsewhere, stamp, "rotating_light")
    team.workspace.react(team.users["ben"], elsewhere, stamp, "rotating_light", on=False)
    recorded = team.says("ben", "it is the pool")
    team.reacts("ana", recorded, "rotating_light")
    team.arrives()
    assert asked == [(elsewhere, stamp, team.users["ben"])]
    assert len(team.entries("reaction_added")) == 1  # in a thread of ours it is a reaction like any other


# --- marks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reaction", "kind"),
    [
        ("pushpin", "timeline"),
        ("mag", "finding"),
        ("wrench", "action_taken"),
        ("scales", "decision"),
        ("soon", "follow_up"),
        ("no_entry_sign", "ignore"),
        ("mag::skin-tone-2", "finding"),
    ],
)
def test_a_configured_reaction_marks_and_taking_it_away_takes_the_mark_away(
    team: Team, stamp: str, reaction: str, kind: str
) -> None:
    team.reacts("ana", stamp, reaction)
    team.arrives()
    assert team.marks() == [(kind, True, "Ana")]
    team.reacts("ana", stamp, reaction, on=False)
    team.arrives()
    assert team.marks() == [(kind, True, "Ana"), (kind, False, "Ana")]


def test_other_reactions_mark_nothing_and_a_team_chooses_its_own(team: Team, stamp: str) -> None:
    team.reacts("ana", stamp, "eyes")
    team.arrives()
    assert team.marks() == []
    team.process = Process(chat="slack", workspace=team.workspace.team_id, mark_finding="eyes", timeout=5)
    team.reacts("ben", stamp, "eyes")
    team.arrives()
    assert team.marks() == [("finding", True, "Ben")]


def test_a_mark_stays_for_as_long_as_anybody_has_the_reaction_on(team: Team, stamp: str) -> None:
    for name, given in (("ana", True), ("ben", True), ("ana", False)):
        team.reacts(name, stamp, "pushpin", on=given)
        team.arrives()
    assert team.marks() == [("timeline", True, "Ana")]
    team.reacts("ben", stamp, "pushpin", on=False)
    team.arrives()
    assert team.marks()[1:] == [("timeline", False, "Ben")]


def test_two_marks_of_one_message_are_apart(team: Team, stamp: str) -> None:
    team.reacts("ana", stamp, "mag")
    team.reacts("ana", stamp, "scales")
    team.reacts("ana", stamp, "mag", on=False)
    team.arrives()
    (told,) = [each for each in conversation(team.entries()) if each.marks]
    assert set(told.marks) == {MarkKind.DECISION}


def test_marks_follow_the_times_of_reactions_and_not_their_order_of_arrival(team: Team, stamp: str) -> None:
    team.workspace.hold()
    team.reacts("ana", stamp, "pushpin")
    team.reacts("ana", stamp, "pushpin", on=False)
    team.workspace.release(reversed)
    team.workspace.settle()
    team.arrives()
    assert not any(each.marks for each in conversation(team.entries()))


def test_a_guest_marks_nothing_but_is_recorded(team: Team, stamp: str) -> None:
    team.reacts("gus", stamp, "pushpin")
    team.arrives()
    assert team.marks() == []
    assert [each.who.name for each in team.entries("reaction_added") if each.who] == ["Gus"]


def test_what_somebody_decided_on_a_page_since_stands(team: Team, stamp: str) -> None:
    team.reacts("ana", stamp, "pushpin")
    team.arrives()
    ref = f"slack:{team.channel}/{stamp}"
    for given in (False, True):
        actions.mark(team.world.by("bob"), team.ref, ref, MarkKind.TIMELINE, on=given)
    team.reacts("ana", stamp, "pushpin", on=False)
    team.arrives()
    assert team.marks()[-1] == ("timeline", True, "Bob")


def test_a_mark_given_on_a_page_before_is_not_taken_away_by_a_reaction(team: Team, stamp: str) -> None:
    actions.mark(team.world.by("bob"), team.ref, f"slack:{team.channel}/{stamp}", MarkKind.TIMELINE)
    team.reacts("ana", stamp, "pushpin")
    team.arrives()
    team.reacts("ana", stamp, "pushpin", on=False)
    team.arrives()
    assert team.marks() == [("timeline", True, "Bob")]


def test_a_mark_that_was_taken_away_on_a_page_comes_back_by_a_new_reaction(team: Team, stamp: str) -> None:
    team.reacts("ana", stamp, "pushpin")
    team.arrives()
    actions.mark(team.world.by("bob"), team.ref, f"slack:{team.channel}/{stamp}", MarkKind.TIMELINE, on=False)
    team.reacts("ben", stamp, "pushpin")
    team.arrives()
    assert team.marks()[-1] == ("timeline", False, "Bob")  # Ana's was on all the time
    for name, given in (("ana", False), ("ben", False), ("ben", True)):
        team.reacts(name, stamp, "pushpin", on=given)
        team.arrives()
    assert team.marks()[-1] == ("timeline", True, "Ben")


def test_a_reaction_that_marks_can_come_before_its_message(team: Team) -> None:
    team.workspace.hold()
    stamp = team.says("ben", "it is the pool")
    team.reacts("ana", stamp, "pushpin")
    team.workspace.release(reversed)
    team.arrives()
    team.later(2)
    team.arrives()
    assert team.marks() == [("timeline", True, "Ana")]
