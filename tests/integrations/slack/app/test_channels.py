"""Channels: found by their names, looked at, and what happens to them; what hinders is shown until it is mended."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import calling, channels, ourselves, people, troubles
from musterpoint.ports import NotSent
from musterpoint.store import models
from tests.conftest import START, World
from tests.slack.workspace import Workspace


@pytest.fixture
def place(world: World, workspace: Workspace, process: Process) -> str:
    """The channel where incidents begin, known by its id."""
    channel = workspace.channel("dept-engineering")
    people.tend(process, START)
    channels.tend(process, START)
    return channel


def captured(process: Process, channel: str, **more: Any) -> models.Capture:
    """A live incident that reads a thread of that channel."""
    thread = models.Thread.objects.create(
        workspace=process.workspace, channel=channel, root="1772442000.000100", **more
    )
    incident = models.Incident.objects.create(ref="1", title="Bookings fail", announced=True)
    models.Reading.objects.create(incident=incident, thread=thread, role="chat")
    return models.Capture.objects.create(thread=thread, since=START, due_at=START + timedelta(days=9))


def happens(workspace: Workspace, process: Process, act: Any) -> list[str]:
    """What Slack tells while somebody acts is taken in; returns the kinds of the events."""
    told: list[dict[str, Any]] = []

    def receive(body: bytes, headers: dict[str, str]) -> Any:
        from tests.slack.workspace import Answer

        told.append(json.loads(body)["event"])
        return Answer(200)

    workspace.deliver_to(receive)
    act()
    workspace.settle()
    for each in told:
        if each["type"] in channels.EVENTS:
            channels.happened(process, each, START + timedelta(minutes=5))
    return [each["type"] for each in told]


# --- ids -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", ["#dept-engineering", "dept-engineering", "#Dept-Engineering"])
def test_a_channel_is_found_by_its_name_once(world: World, workspace: Workspace, process: Process, wanted: str) -> None:
    for number in range(1_200):
        workspace.channel(f"room-{number}", app=False)
    channel = workspace.channel("dept-engineering")
    assert channels.id_of(process, wanted) == channel
    assert [each.method for each in workspace.calls] == ["conversations.list"] * 2
    assert channels.id_of(process, wanted) == channel
    assert len(workspace.calls) == 2
    row = channels.known(process.workspace, channel)
    assert row is not None
    assert (row.name, row.private, row.member) == ("dept-engineering", False, True)


def test_an_id_is_taken_as_it_is(world: World, workspace: Workspace, process: Process) -> None:
    assert channels.id_of(process, "C0ABCDEF12") == "C0ABCDEF12"
    assert workspace.calls == []


def test_a_private_channel_is_found_if_the_app_is_in_it(world: World, workspace: Workspace, process: Process) -> None:
    channel = workspace.channel("war-room", private=True)
    workspace.channel("board", private=True, app=False)
    assert channels.id_of(process, "#war-room") == channel
    with pytest.raises(calling.Trouble) as error:
        channels.id_of(process, "#board")
    assert (error.value.code, error.value.place) == ("channel_not_found", "#board")


def test_a_renamed_channel_stays_the_channel_of_the_settings(
    workspace: Workspace, process: Process, place: str
) -> None:
    happens(workspace, process, lambda: workspace.rename(place, "engineering"))
    row = channels.known(process.workspace, place)
    assert row is not None
    assert row.name == "engineering"
    assert channels.id_of(process, "#dept-engineering") == place


def test_a_channel_that_is_not_there_is_a_trouble_until_it_is(
    world: World, workspace: Workspace, process: Process
) -> None:
    people.tend(process, START)
    channels.tend(process, START)
    channels.tend(process, START + timedelta(seconds=10))
    (trouble,) = troubles.of()
    assert (trouble.place, trouble.code) == ("#dept-engineering", "channel_not_found")
    assert "/invite @Musterpoint" in trouble.hint
    assert [each.method for each in workspace.calls].count("conversations.list") == 1
    channel = workspace.channel("dept-engineering")
    channels.tend(process, START + timedelta(minutes=2))
    assert troubles.of() == []
    assert channels.found(process) == channel


def test_members_come_page_by_page(world: World, workspace: Workspace, process: Process) -> None:
    everybody = [workspace.user(f"person{number}") for number in range(1_050)]
    channel = workspace.channel("war-room", private=True, members=everybody)
    assert channels.members(process, channel) == [*everybody, workspace.app.user]


# --- what happens --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("private", [False, True])
def test_the_app_put_out_of_the_channel_is_seen_at_once_and_gone_when_it_is_back(
    world: World, workspace: Workspace, process: Process, *, private: bool
) -> None:
    channel = workspace.channel("dept-engineering", private=private)
    people.tend(process, START)
    channels.tend(process, START)
    capture = captured(process, channel)
    told = happens(workspace, process, lambda: workspace.remove_app(channel))
    assert told == ["group_left" if private else "channel_left"]
    (trouble,) = troubles.of(channel)
    assert (trouble.code, trouble.place) == ("not_in_channel", channel)
    assert ("dept-engineering" in trouble.message) is not private
    assert troubles.of("C0ELSEWHERE") == []
    happens(workspace, process, lambda: workspace.invite_app(channel))
    assert troubles.of() == []
    capture.refresh_from_db()
    assert capture.whole
    assert capture.due_at < START + timedelta(days=9)
    assert models.Entry.objects.filter(thread=capture.thread, kind="gap").count() == 1


def test_an_archived_channel_is_a_trouble_until_it_is_unarchived(
    workspace: Workspace, process: Process, place: str
) -> None:
    happens(workspace, process, lambda: workspace.archive(place))
    (trouble,) = troubles.of()
    assert (trouble.code, trouble.message) == ("is_archived", "#dept-engineering is archived.")
    assert channels.found(process) == ""
    happens(workspace, process, lambda: workspace.unarchive(place))
    effect = models.Effect.objects.get(kind="slack_look")
    channels.looked(effect, process, lambda: None)
    assert troubles.of() == []
    assert channels.found(process) == place


def test_what_happens_in_a_channel_that_does_not_concern_us_is_no_trouble(
    workspace: Workspace, process: Process, place: str
) -> None:
    other = workspace.channel("lunch")
    happens(workspace, process, lambda: workspace.archive(other))
    assert troubles.of() == []


@pytest.mark.parametrize("act", ["revoke_token", "uninstall"])
def test_a_token_that_works_no_more_is_seen_at_once_and_gone_when_one_works(
    workspace: Workspace, process: Process, place: str, act: str
) -> None:
    capture = captured(process, place)
    happens(workspace, process, getattr(workspace, act))
    (trouble,) = troubles.of(place)
    assert trouble.code == ("token_revoked" if act == "revoke_token" else "app_uninstalled")
    assert "SLACK_BOT_TOKEN" in trouble.hint
    people.tend(process, START + timedelta(hours=2))
    assert troubles.of(place)
    workspace.revoked = False
    people.tend(process, START + timedelta(hours=2, minutes=2))
    assert troubles.of() == []
    assert models.Entry.objects.filter(thread=capture.thread, kind="gap").exists()


def test_the_token_of_one_person_is_none_of_ours(workspace: Workspace, process: Process, place: str) -> None:
    event = {"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}}
    channels.happened(process, event, START)
    assert troubles.of() == []


def test_what_no_event_told_is_found_by_looking(workspace: Workspace, process: Process, place: str) -> None:
    workspace.channels[place].app = False
    channels.tend(process, START + timedelta(hours=1))
    assert troubles.of() == []
    channels.tend(process, START + timedelta(hours=7))
    (trouble,) = troubles.of()
    assert (trouble.code, trouble.since) == ("not_in_channel", START)
    workspace.channels[place].app = True
    channels.tend(process, START + timedelta(hours=7, minutes=2))
    assert troubles.of() == []


def test_a_private_channel_that_we_were_put_out_of_keeps_nobody_from_the_others(
    workspace: Workspace, process: Process, place: str
) -> None:
    gone = workspace.channel("war-room", private=True, app=False)
    captured(process, gone, private=True)
    later = START + timedelta(hours=7)
    channels.tend(process, later)
    assert [each.place for each in troubles.of()] == [gone]
    row = channels.known(process.workspace, place)
    assert row is not None
    assert row.known_at == later


def test_a_channel_that_was_made_public_is_no_private_one_any_more(
    workspace: Workspace, process: Process, place: str
) -> None:
    capture = captured(process, place, private=True)
    channels.look(process, place, START)
    capture.thread.refresh_from_db()
    assert not capture.thread.private


# --- troubles ------------------------------------------------------------------------------------------------------


def test_a_trouble_is_told_once_and_since_when(world: World, process: Process) -> None:
    for minutes in (0, 5):
        troubles.noted(calling.Trouble("is_archived", "C0ABCDEF12"), START + timedelta(minutes=minutes))
    (trouble,) = troubles.of()
    assert trouble.since == START
    troubles.noted(calling.Trouble("not_in_channel", "C0ABCDEF12"), START + timedelta(minutes=9))
    (trouble,) = troubles.of()
    assert (trouble.code, trouble.since) == ("not_in_channel", START + timedelta(minutes=9))


def test_a_missing_scope_is_named_and_gone_when_the_token_has_it(
    workspace: Workspace, process: Process, place: str
) -> None:
    workspace.scopes.remove("channels:history")
    with pytest.raises(calling.Trouble) as error:
        calling.call(2, "conversations.replies", channel=place, ts="1.000000")
    troubles.noted(error.value, START)
    (trouble,) = troubles.of(place)
    assert trouble.message == "The app lacks the scope channels:history."
    troubles.mended("")
    troubles.mended(place)
    people.tend(process, START + timedelta(hours=2))
    assert troubles.of(place)
    workspace.scopes.add("channels:history")
    people.tend(process, START + timedelta(hours=2, minutes=2))
    assert troubles.of() == []


def test_a_long_pause_is_worth_a_word_and_a_short_one_is_not(world: World) -> None:
    troubles.noted(NotSent("Slack asks us to wait.", 30), START)
    assert troubles.of() == []
    troubles.noted(NotSent("Slack asks us to wait.", 3000), START)
    (trouble,) = troubles.of()
    assert trouble.code == "ratelimited"
    troubles.mended("")
    assert troubles.of() == []


@pytest.mark.parametrize("code", sorted(calling.OF_THE_TOKEN | calling.OF_THE_CHANNEL))
def test_every_trouble_has_words_and_says_what_to_do(world: World, code: str) -> None:
    place = "C0ABCDEF12" if code in calling.OF_THE_CHANNEL else ""
    troubles.noted(calling.Trouble(code, place), START)
    (trouble,) = troubles.of()
    assert trouble.message.endswith(".")
    assert "{" not in trouble.message + trouble.hint
    assert trouble.hint


def test_another_workspace_is_not_settled_by_a_call_that_works(
    world: World, workspace: Workspace, process: Process
) -> None:
    other = replace(process, workspace="T0EARLIER")
    with pytest.raises(calling.Trouble):
        ourselves.introduce(other, START)
    troubles.mended("")
    assert [each.code for each in troubles.of()] == ["workspace_changed"]
    with pytest.raises(calling.Trouble) as error:
        calling.call(2, "conversations.list")
    troubles.noted(error.value, START)
    assert workspace.team_id in troubles.of()[0].message
