"""Through the whole app: what is written on the page shows in the thread once, a huddle from its button to its end, the
buttons below reminders, and what people propose with `TODO:`."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from musterpoint import actions, reading, reminding
from musterpoint.core.aftermath_journal import ReminderPutOff
from musterpoint.core.journal import HuddleBegun, HuddleEnded, HuddleSettled, Message
from musterpoint.core.process import Process
from musterpoint.store import models
from tests.conftest import World
from tests.integrations.slack.app.talk import Talk
from tests.slack.workspace import Workspace


@pytest.fixture
def talk(world: World, workspace: Workspace, process: Process) -> Talk:
    return Talk(world, workspace, process)


def spoken(talk: Talk, ref: str) -> list[str]:
    """What the record has of words, by whom."""
    told = reading.thread_of(talk.call("alice"), ref)
    return [f"{each['who']}: {each['text']}" for each in told if each["kind"] in ("message", "note")]


def on_the_page(talk: Talk, ref: str, text: str) -> None:
    call = talk.call("alice")
    actions.note(actions.Call(call.actor, call.process, "web", timezone.now()), ref, text)


# --- notes ---


def test_a_note_of_the_page_stands_in_the_thread_under_its_writers_name_and_in_the_record_once(talk: Talk) -> None:
    ref = talk.declared()
    before = talk.kinds(ref)
    on_the_page(talk, ref, "Rolled back to 4.1.2")
    talk.carried_out("say")
    talk.takes_in()
    (posted,) = talk.workspace.thread(talk.dept, talk.root(ref))[1:]
    assert (posted["text"], posted["username"]) == ("Rolled back to 4.1.2", "Alice")
    assert spoken(talk, ref) == ["Alice: Rolled back to 4.1.2"]
    assert sorted(talk.kinds(ref)) == sorted([*before, "note"])


def test_without_the_right_to_another_name_the_writer_stands_in_front_and_it_still_comes_back_as_nothing(
    talk: Talk,
) -> None:
    talk.workspace.scopes.discard("chat:write.customize")
    ref = talk.declared()
    on_the_page(talk, ref, "Rolled back to 4.1.2")
    talk.carried_out("say")
    talk.takes_in()
    (posted,) = talk.workspace.thread(talk.dept, talk.root(ref))[1:]
    assert posted["text"] == "*Alice*: Rolled back to 4.1.2"
    assert spoken(talk, ref) == ["Alice: Rolled back to 4.1.2"]


def test_what_is_written_in_the_thread_is_not_said_there_again(talk: Talk) -> None:
    ref = talk.declared()
    talk.says("ben", "looking at the pods", root=talk.root(ref))
    talk.tells("ana", "note the pods restart", ref)
    talk.carried_out("say", "card")
    talk.takes_in()
    assert len(talk.workspace.thread(talk.dept, talk.root(ref))) == 3
    assert len(spoken(talk, ref)) == 2


# --- huddles ---


def test_a_huddle_from_the_button_to_its_end_with_what_is_written_in_its_thread(talk: Talk) -> None:
    ref, other = talk.declared(), talk.declared("Search is slow")
    talk.presses("ana", "huddle:open", ref)
    stamp = talk.workspace.huddle(talk.users["ana"], talk.dept)
    talk.takes_in()
    talk.says("ben", "It is the proxy", root=stamp)
    talk.takes_in()
    assert models.Incident.objects.get(ref=ref).huddle_at is not None
    talk.workspace.end_huddle(stamp, [talk.users["ben"]])
    talk.takes_in()
    facts = [each.fact for each in talk.entries(ref)]
    assert [type(each) for each in facts if isinstance(each, HuddleBegun | HuddleEnded)] == [HuddleBegun, HuddleEnded]
    assert [each.text for each in facts if isinstance(each, Message) and not each.bot] == ["It is the proxy"]
    assert models.Incident.objects.get(ref=ref).huddle_at is None
    assert "huddle_begun" not in talk.kinds(other)


@pytest.mark.parametrize("replies", [0, 2])
def test_a_huddle_whose_message_slack_takes_away_has_ended(talk: Talk, replies: int) -> None:
    """With replies a tombstone stays in its place."""
    ref = talk.declared()
    stamp = talk.workspace.huddle(talk.users["ana"], talk.dept)
    for number in range(replies):
        talk.says("ben", f"found {number}", root=stamp)
    talk.takes_in()
    talk.workspace.end_huddle(stamp, deleted=True)
    talk.takes_in()
    assert talk.kinds(ref).count("huddle_ended") == 1
    assert models.Incident.objects.get(ref=ref).huddle_at is None


def test_of_several_incidents_who_began_it_says_which(talk: Talk) -> None:
    _, second = talk.declared(), talk.declared("Search is slow")
    stamp = talk.workspace.huddle(talk.users["ben"], talk.dept)
    talk.takes_in()
    assert [each for each in talk.whispered("ben") if "Which one is it for?" in each]
    shown = talk.workspace.ephemerals[-1]
    value = f"{second} {talk.dept} {stamp}"
    assert talk.workspace.press(talk.users["ben"], talk.dept, shown.ts, "huddle:choose#2", value=value).fine
    assert f"belongs to incident {second} now" in talk.whispered("ben")[-1]
    assert "huddle_begun" in talk.kinds(second)


# --- reminders ---


def test_the_question_about_the_huddle_is_answered_by_its_button(talk: Talk) -> None:
    ref = talk.declared()
    actions.lead(talk.call("ana"), ref, talk.call("ana").actor.who)
    reminding.remind(talk.process, timezone.now() + timedelta(minutes=11))
    talk.carried_out("say")
    message = talk.workspace.thread(talk.dept, talk.root(ref))[-1]
    assert message["text"].startswith(f"<@{talk.users['ana']}> No huddle has begun since")
    assert talk.workspace.press(talk.users["ben"], talk.dept, message["ts"], "huddle:unneeded").fine
    assert talk.whispered("ben")[-1] == "Recorded: no huddle is needed. Nobody asks again."
    assert [each.fact for each in talk.entries(ref) if isinstance(each.fact, HuddleSettled)] == [HuddleSettled(False)]
    talk.takes_in()
    assert spoken(talk, ref) == []


def test_a_reminder_is_dismissed_by_its_button_and_who_pressed_is_told(talk: Talk) -> None:
    ref = talk.declared()
    reminding.remind(talk.process, timezone.now() + timedelta(minutes=11))
    talk.carried_out("say")
    message = talk.workspace.thread(talk.dept, talk.root(ref))[-1]
    assert talk.workspace.press(talk.users["ben"], talk.dept, message["ts"], "remind:dismiss").fine
    assert talk.whispered("ben")[-1].startswith("Nobody is reminded of")
    names = [each.fact.name for each in talk.entries(ref) if isinstance(each.fact, ReminderPutOff)]
    assert names == ["no_lead", "no_huddle"]


def test_a_direct_message_has_its_buttons_too(talk: Talk) -> None:
    ref = talk.declared()
    actions.lead(talk.call("ana"), ref, talk.call("ana").actor.who)
    actions.resolve(talk.call("ana"), ref)
    models.Incident.objects.filter(ref=ref).update(nominee_identity=f"slack:{talk.users['ana']}", nominee_name="Ana")
    in_working_hours = (timezone.now() + timedelta(days=8)).replace(hour=11)
    while in_working_hours.weekday() > 4:
        in_working_hours += timedelta(days=1)
    reminding.remind(talk.process, in_working_hours)
    talk.carried_out("slack_direct")
    place = talk.workspace.direct(talk.users["ana"]).id
    (message,) = talk.workspace.messages(place)
    assert talk.workspace.press(talk.users["ana"], place, message["ts"], "remind:dismiss").fine
    assert talk.whispered("ana")[-1].startswith("Nobody is reminded of")


# --- TODO: ---


def proposed(talk: Talk, ref: str) -> list[str]:
    return [each["text"] for each in reading.actions_of(talk.call("alice"), ref)["proposed"]]


def test_a_message_that_begins_with_todo_proposes_an_action_wherever_it_stands(talk: Talk) -> None:
    ref = talk.declared()
    stamp = talk.workspace.huddle(talk.users["ana"], talk.dept)
    talk.takes_in()
    talk.says("ben", "TODO: alert on 502s", root=talk.root(ref))
    talk.says("ana", "todo: write the runbook\nsoon", root=stamp)
    talk.says("ben", "we have a TODO: no", root=talk.root(ref))
    talk.takes_in()
    on_the_page(talk, ref, "TODO: ask the vendor")
    assert sorted(proposed(talk, ref)) == ["alert on 502s", "ask the vendor", "write the runbook"]


@pytest.mark.parametrize("place", ["thread", "huddle"])
def test_editing_and_deleting_it_changes_the_proposal(talk: Talk, place: str) -> None:
    ref = talk.declared()
    root = talk.root(ref) if place == "thread" else talk.workspace.huddle(talk.users["ana"], talk.dept)
    talk.takes_in()
    stamp = talk.says("ben", "alert on 502s", root=root)
    talk.takes_in()
    assert proposed(talk, ref) == []
    for text, expected in (("TODO: alert on 502s", ["alert on 502s"]), ("TODO: alert on 5xx", ["alert on 5xx"])):
        talk.workspace.clock.move(2)
        talk.workspace.edit(talk.users["ben"], talk.dept, stamp, text)
        talk.takes_in()
        assert proposed(talk, ref) == expected
    talk.workspace.delete(talk.users["ben"], talk.dept, stamp)
    talk.takes_in()
    assert proposed(talk, ref) == []
