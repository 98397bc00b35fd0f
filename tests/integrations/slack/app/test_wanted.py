"""Which events are kept: those of our threads and what concerns us; of everything else nothing is stored."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import ourselves, wanted
from musterpoint.store import models
from tests.actions.telling import declared
from tests.conftest import World
from tests.integrations.slack.app.told import Team
from tests.slack.workspace import Workspace


@pytest.fixture
def team(world: World, workspace: Workspace, process: Process) -> Team:
    team = Team(world, workspace, process)
    ourselves.introduce(process, team.now)
    return team


def keeps(team: Team, *events: dict[str, Any]) -> list[bool]:
    payloads = [{"type": "event_callback", "team_id": team.workspace.team_id, "event": each} for each in events]
    return wanted.kept(team.process, payloads)[0]


def message(team: Team, channel: str = "", **values: Any) -> dict[str, Any]:
    return {"type": "message", "channel": channel or team.channel, "ts": "1772442001.000100", "user": "U1", **values}


def reaction(team: Team, name: str, stamp: str, channel: str = "", **values: Any) -> dict[str, Any]:
    item = {"type": "message", "channel": channel or team.channel, "ts": stamp}
    return {"type": "reaction_added", "user": team.users["ana"], "reaction": name, "item": item, **values}


def test_messages_of_threads_that_an_incident_reads(team: Team) -> None:
    other = models.Thread.objects.create(workspace=team.workspace.team_id, channel=team.channel, root="1.000000")
    reply = message(team, thread_ts=team.root)
    changed = {"type": "message", "subtype": "message_changed", "channel": team.channel, "ts": "2.000000"}
    gone = {"type": "message", "subtype": "message_deleted", "channel": team.channel, "deleted_ts": "3.000000"}
    assert (
        keeps(
            team,
            reply,
            message(team, ts=team.root),
            {**reply, "subtype": "thread_broadcast"},
            {**changed, "message": reply},
            {**changed, "message": {"ts": "5.000000"}, "previous_message": reply},
            {**gone, "previous_message": reply},
        )
        == [True] * 6
    )
    assert (
        keeps(
            team,
            message(team),
            message(team, thread_ts=other.root),
            message(team, "C0OTHER", thread_ts=team.root),
            {**changed, "message": message(team)},
            {**gone, "previous_message": message(team)},
            {**message(team, ts=team.root), "subtype": "message_replied"},
            {"type": "message"},
            {"type": "file_shared", "channel_id": team.channel},
            {"type": "emoji_changed"},
        )
        == [False] * 9
    )


def test_mentions_and_the_home_wherever_they_are(team: Team) -> None:
    mention = {"type": "app_mention", "channel": "C0OTHER", "ts": "1.000000"}
    home, messages = ({"type": "app_home_opened", "user": "U1", "tab": tab} for tab in ("home", "messages"))
    assert keeps(team, mention, home, messages) == [True, True, False]


def test_reactions_that_mean_something_anywhere_others_where_they_may_be_recorded(team: Team) -> None:
    stamp = team.says("ben", "looking")
    team.arrives()
    meant = [
        reaction(team, name, "1.000000", "C0OTHER") for name in ("pushpin", "rotating_light", "scales::skin-tone-3")
    ]
    assert keeps(team, *meant) == [True] * 3
    plain = reaction(team, "eyes", stamp), reaction(team, "eyes", "1.000000")
    assert keeps(team, *plain, reaction(team, "eyes", stamp, "C0OTHER")) == [True, True, False]
    models.Incident.objects.update(status="closed")
    assert keeps(team, *plain) == [True, False]
    file = {**reaction(team, "pushpin", stamp), "item": {"type": "file", "file": "F1"}}
    ours = reaction(team, "pushpin", stamp, user=team.workspace.app.user)
    assert keeps(team, file, ours) == [False, False]


def test_huddles_in_channels_with_an_incident_and_changes_of_those_we_know(team: Team) -> None:
    huddle = message(team, subtype="huddle_thread", room={"id": "R1"}, user="USLACKBOT")
    changed = {"type": "message", "subtype": "message_changed", "channel": team.channel, "message": huddle}
    assert keeps(team, huddle, changed, {**huddle, "channel": "C0OTHER"}) == [True, True, False]
    models.Incident.objects.update(status="closed")
    assert keeps(team, huddle, changed) == [False, False]
    team.reads(team.channel, huddle["ts"])
    assert keeps(team, changed) == [True]


def test_what_happens_to_channels_and_people_of_ours(team: Team) -> None:
    events = [{"type": "channel_archive", "channel": channel} for channel in (team.channel, "C0OTHER")]
    renamed = [{"type": "channel_rename", "channel": {"id": channel}} for channel in (team.channel, "C0OTHER")]
    assert keeps(team, *events, *renamed) == [True, False, True, False]
    came = {"type": "member_joined_channel", "channel": "C0OTHER", "user": team.workspace.app.user}
    assert keeps(team, came, {**came, "user": "U1"}) == [True, False]
    people = [{"type": "user_change", "user": {"id": user}} for user in (team.users["ana"], "U0STRANGER")]
    joined = {"type": "team_join", "user": {"id": "U0NEW"}}
    lost: list[dict[str, Any]] = [{"type": "tokens_revoked", "tokens": {"bot": ["U1"]}}, {"type": "app_uninstalled"}]
    assert keeps(team, *people, joined, *lost) == [True, False, True, True, True]


def test_threads_of_other_incidents_and_workspaces_are_told_apart(team: Team) -> None:
    models.Thread.objects.filter(pk=team.thread.pk).update(workspace="T0OTHER")
    assert keeps(team, message(team, thread_ts=team.root)) == [False]


def test_a_batch_costs_the_same_few_queries_however_many_are_in_it(team: Team) -> None:
    events = [message(team, "C0OTHER", ts=f"1772442001.{number:06d}", thread_ts="1.000000") for number in range(60)] + [
        reaction(team, "eyes", f"1772442001.{number:06d}", "C0OTHER") for number in range(40)
    ]
    with CaptureQueriesContext(connection) as asked:
        assert not any(keeps(team, *events))
    assert len(asked) <= 6
    with CaptureQueriesContext(connection) as few:
        assert keeps(team, *events[:1]) == [False]
    assert len(few) <= 3


def test_an_event_of_no_channel_that_we_know_is_of_none(team: Team) -> None:
    declared(team.world)
    assert keeps(team, {"type": "channel_archive"}, {"type": "user_change"}) == [False, False]
