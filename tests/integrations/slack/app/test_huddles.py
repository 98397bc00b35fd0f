"""Huddles: recognised by Slack's own message, linked to the right incident, and nothing depends on them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from musterpoint import actions, reading
from musterpoint.core.journal import HuddleBegun, HuddleEnded, Link
from musterpoint.integrations.slack.app import huddles
from musterpoint.integrations.slack.app.huddle_memory import LATELY
from musterpoint.store import incidents, models
from tests.actions.telling import read, state
from tests.conftest import World
from tests.integrations.slack.app.office import Office
from tests.slack.workspace import Workspace


@pytest.fixture
def office(world: World, workspace: Workspace, process: object) -> Office:
    return Office(world, workspace, process)  # type: ignore[arg-type]  # a fixture's


def begins(office: Office, name: str = "alice") -> str:
    office.later(1)
    return office.workspace.huddle(office.users[name], office.channel)


def seen(office: Office, stamp: str, **values: str) -> bool:
    return huddles.seen(office.process, office.team, office.channel, office.message(stamp), office.now, **values)


def row(ref: str) -> models.Incident:
    return models.Incident.objects.get(ref=ref)


def kinds(office: Office, ref: str) -> list[str]:
    return [each.kind for each in read(office.world, ref)]


def linked(ref: str) -> list[str]:
    """The roots of the huddles that the incident reads."""
    return list(models.Reading.objects.filter(incident__ref=ref, role="huddle").values_list("thread__root", flat=True))


def test_a_huddle_that_begins_while_an_incident_is_open_is_linked_with_beginning_people_and_end(office: Office) -> None:
    ref = office.declared()
    stamp = begins(office)
    assert seen(office, stamp)
    assert linked(ref) == [stamp]
    thread = models.Thread.objects.get(root=stamp)
    assert (thread.workspace, thread.channel) == (office.team, office.channel)
    assert thread.capture.since == office.now
    assert row(ref).huddle_at == office.now.replace(microsecond=0)
    office.later(30)
    office.workspace.end_huddle(stamp, [office.users["bob"]])
    assert seen(office, stamp)
    told = read(office.world, ref)
    (begun,) = [each for each in told if isinstance(each.fact, HuddleBegun)]
    (ended,) = [each for each in told if isinstance(each.fact, HuddleEnded)]
    assert begun.who is not None
    assert (begun.who.name, begun.source) == ("Alice", "slack")
    assert ended.at - begun.at == timedelta(minutes=30)
    assert [each.name for each in ended.fact.people] == ["Alice", "Bob"]  # type: ignore[union-attr]
    assert row(ref).huddle_at is None


def test_the_link_is_an_entry_of_the_incident_in_the_name_of_who_began_it(office: Office) -> None:
    ref = office.declared()
    stamp = begins(office)
    seen(office, stamp)
    link = next(each for each in read(office.world, ref) if isinstance(each.fact, Link) and each.fact.role == "huddle")
    assert link.fact.thread == f"{office.team}/{office.channel}/{stamp}"  # type: ignore[union-attr]
    assert link.who is not None
    assert (link.who.name, link.source) == ("Alice", "slack")
    assert state(ref).after.huddle_settled
    assert reading.shown(office.world.by("bob"), ref)["threads"][-1]["role"] == "huddle"


def test_what_is_told_again_is_recorded_once(office: Office) -> None:
    ref = office.declared()
    stamp = begins(office)
    seen(office, stamp)
    before = kinds(office, ref)
    assert seen(office, stamp)
    assert kinds(office, ref) == before
    office.workspace.end_huddle(stamp)
    seen(office, stamp)
    before = kinds(office, ref)
    seen(office, stamp, source="slack_history")
    assert kinds(office, ref) == before
    assert row(ref).huddle_at is None


def test_without_an_open_incident_a_huddle_is_nobodys(office: Office) -> None:
    assert not seen(office, begins(office))
    ref = office.declared()
    office.later(5)
    actions.resolve(office.world.by("bob"), ref)
    office.later(5)
    assert not seen(office, begins(office))
    assert not models.Thread.objects.filter(readings__role="huddle").exists()
    assert not models.Setting.objects.filter(name__startswith="huddle").exists()


def test_a_huddle_of_another_channel_is_not_the_incidents(office: Office) -> None:
    office.declared()
    other = office.workspace.channel("canteen", members=[office.users["alice"]])
    stamp = office.workspace.huddle(office.users["alice"], other)
    message = office.workspace.messages(other)[0]
    assert not huddles.seen(office.process, office.team, other, message, office.now)
    assert not models.Thread.objects.filter(root=stamp).exists()


def test_what_is_no_huddle_is_left_alone(office: Office) -> None:
    office.declared()
    stamp = office.workspace.say(office.users["bob"], office.channel, "shall we huddle?")
    assert not seen(office, stamp)
    assert not huddles.seen(office.process, office.team, office.channel, {"subtype": "huddle_thread"}, office.now)


def test_a_huddle_that_ended_before_we_heard_of_it_belongs_to_the_incident_that_was_open_then(office: Office) -> None:
    """History shows it once the incident is resolved."""
    ref = office.declared()
    stamp = begins(office)
    office.later(20)
    office.workspace.end_huddle(stamp)
    actions.resolve(office.world.by("bob"), ref)
    office.later(600)
    assert seen(office, stamp, source="slack_history")
    assert linked(ref) == [stamp]
    sources = {each.source for each in read(office.world, ref) if each.kind.startswith("huddle")}
    assert sources == {"slack_history"}
    assert row(ref).huddle_at is None


def test_slack_taking_the_message_away_is_the_end(office: Office) -> None:
    ref = office.declared()
    stamp = begins(office)
    seen(office, stamp)
    message = office.message(stamp)
    office.later(7)
    office.workspace.end_huddle(stamp, deleted=True)
    assert huddles.gone(office.process, office.team, office.channel, message, office.now)
    (ended,) = [each for each in read(office.world, ref) if isinstance(each.fact, HuddleEnded)]
    assert (ended.basis, ended.at) == ("estimated", office.now.replace(microsecond=0))
    assert [each.name for each in ended.fact.people] == ["Alice"]  # type: ignore[union-attr]
    assert row(ref).huddle_at is None


def test_an_end_without_a_time_is_learnt_now(office: Office) -> None:
    ref = office.declared()
    stamp = begins(office)
    seen(office, stamp)
    message = office.message(stamp)
    message["room"]["has_ended"] = True
    assert huddles.seen(office.process, office.team, office.channel, message, office.now)
    assert kinds(office, ref).count("huddle_ended") == 1
    assert row(ref).huddle_at is None


def test_of_two_huddles_that_run_one_may_end(office: Office) -> None:
    ref = office.declared()
    first = begins(office)
    seen(office, first)
    office.later(10)
    second = begins(office, "bob")
    seen(office, second)
    begun = row(ref).huddle_at
    office.workspace.end_huddle(first)
    seen(office, first)
    assert row(ref).huddle_at == begun == office.now.replace(microsecond=0)
    office.workspace.end_huddle(second)
    seen(office, second)
    assert row(ref).huddle_at is None


def test_its_own_thread_is_part_of_the_incident(office: Office) -> None:
    """What is written there belongs to a thread that is read: see the capture of threads."""
    ref = office.declared()
    stamp = begins(office)
    seen(office, stamp)
    thread = models.Thread.objects.get(root=stamp)
    assert thread.channel_name == models.Reading.objects.get(incident__ref=ref, role="chat").thread.channel_name
    assert models.Capture.objects.filter(thread=thread, whole=True).exists()


# --- several incidents in one channel ---


def two(office: Office) -> tuple[str, str]:
    return office.declared("Checkout answers 502"), office.declared("Search is slow")


def test_of_several_it_is_the_one_whose_button_was_pressed_before(office: Office) -> None:
    first, second = two(office)
    assert huddles.pressed(office.press("alice", "huddle:open", second)) is None
    assert seen(office, begins(office))
    assert (len(linked(first)), len(linked(second))) == (0, 1)
    assert not models.Effect.objects.filter(kind="slack_whisper").exists()


@pytest.mark.parametrize("how", ["somebody else", "long ago"])
def test_a_press_of_another_person_or_time_says_nothing(office: Office, how: str) -> None:
    first, second = two(office)
    huddles.pressed(office.press("bob" if how == "somebody else" else "alice", "huddle:open", second))
    office.later(1 if how == "somebody else" else LATELY.total_seconds() / 60 + 1)
    assert not seen(office, begins(office))
    assert linked(first) == linked(second) == []


def test_without_a_press_who_began_it_is_asked_once_and_nothing_is_linked_until_then(office: Office) -> None:
    first, second = two(office)
    stamp = begins(office)
    assert not seen(office, stamp)
    assert not seen(office, stamp)
    office.whispered()
    (shown,) = office.workspace.ephemerals
    assert (shown.user, shown.channel, shown.thread) == (office.users["alice"], office.channel, "")
    assert "Which one is it for?" in shown.text
    labels = [each["text"]["text"] for each in shown.blocks[-1]["elements"]]
    assert labels == [f"{first}: Checkout answers 502", f"{second}: Search is slow"]
    values = [each["value"] for each in shown.blocks[-1]["elements"]]
    assert values == [f"{ref} {office.channel} {stamp}" for ref in (first, second)]
    assert linked(first) == linked(second) == []


def test_the_answer_links_it_as_it_is_by_then(office: Office) -> None:
    first, second = two(office)
    stamp = begins(office)
    seen(office, stamp)
    office.later(9)
    office.workspace.end_huddle(stamp, [office.users["charlie"]])
    assert not seen(office, stamp)
    value = f"{second} {office.channel} {stamp}"
    answer = huddles.pressed(office.press("alice", "huddle:choose#2", value))
    assert answer is not None
    assert f"belongs to incident {second}" in answer["text"]
    assert (linked(first), linked(second)) == ([], [stamp])
    (ended,) = [each for each in read(office.world, second) if isinstance(each.fact, HuddleEnded)]
    assert [each.name for each in ended.fact.people] == ["Alice", "Charlie"]  # type: ignore[union-attr]
    again = huddles.pressed(office.press("alice", "huddle:choose", f"{first} {office.channel} {stamp}"))
    assert again is not None
    assert "answered already" in again["text"]
    assert linked(first) == []


def test_after_the_answer_its_changes_go_where_it_belongs(office: Office) -> None:
    _, second = two(office)
    stamp = begins(office)
    seen(office, stamp)
    huddles.pressed(office.press("alice", "huddle:choose", f"{second} {office.channel} {stamp}"))
    assert row(second).huddle_at is not None
    office.workspace.end_huddle(stamp)
    assert seen(office, stamp)
    assert row(second).huddle_at is None


def test_an_old_huddle_out_of_the_history_asks_nobody(office: Office) -> None:
    two(office)
    stamp = begins(office)
    office.later(60 * 13)
    assert not seen(office, stamp, source="slack_history")
    assert not models.Effect.objects.filter(kind="slack_whisper").exists()


def test_a_resolved_incident_is_no_choice_for_a_new_huddle(office: Office) -> None:
    first, second = two(office)
    actions.resolve(office.world.by("bob"), first)
    office.later(1)
    assert seen(office, begins(office))
    assert len(linked(second)) == 1


def test_a_restricted_incident_is_neither_linked_nor_told_by_a_question(office: Office) -> None:
    first, second = two(office)
    actions.restrict(office.world.by("bob"), first, "customer data")
    assert seen(office, begins(office))
    assert (len(linked(first)), len(linked(second))) == (0, 1)
    actions.restrict(office.world.by("bob"), second, "customer data")
    assert not seen(office, begins(office))


def test_a_huddle_that_runs_goes_on_in_the_incident_that_it_is_merged_into(office: Office) -> None:
    first = office.declared()
    stamp = begins(office)
    seen(office, stamp)
    second = office.declared("The same")
    actions.merge(office.world.by("bob"), first, second)
    assert row(second).huddle_at is not None
    office.workspace.end_huddle(stamp)
    assert seen(office, stamp)
    assert row(second).huddle_at is None
    assert kinds(office, second).count("huddle_ended") == 1


# --- what people say of it ---


@pytest.mark.parametrize(("action", "runs"), [("huddle:runs", True), ("huddle:unneeded", False)])
def test_it_runs_or_is_not_needed_at_the_press_of_a_button_once(office: Office, action: str, runs: bool) -> None:
    ref = office.declared()
    answer = huddles.pressed(office.press("bob", action, ref))
    assert answer is not None
    assert answer["response_type"] == "ephemeral"
    assert "Recorded" in answer["text"]
    again = huddles.pressed(office.press("bob", action, ref))
    assert again is not None
    assert "said already" in again["text"]
    told = [each for each in read(office.world, ref) if each.kind == "huddle_settled"]
    assert [(each.fact.runs, each.source, each.who and each.who.name) for each in told] == [(runs, "slack", "Bob")]  # type: ignore[union-attr]


def test_a_guest_is_told_that_they_cannot(office: Office) -> None:
    ref = office.declared()
    answer = huddles.pressed(office.press("gus", "huddle:runs", ref))
    assert answer is not None
    assert "Guests" in answer["text"]
    assert not state(ref).after.huddle_settled


def test_a_button_of_another_version_is_answered(office: Office) -> None:
    answer = huddles.pressed(office.press("bob", "huddle:paint", "7"))
    assert answer is not None
    assert "does not know" in answer["text"]


def test_the_state_is_what_the_journal_says(office: Office) -> None:
    from musterpoint.core.journal import replay
    from musterpoint.store import journal

    ref = office.declared()
    stamp = begins(office)
    seen(office, stamp)
    saved = row(ref)
    said = journal.load(saved, list(saved.readings.select_related("thread")))
    assert replay(ref, said) == incidents.state(saved, frozenset())
