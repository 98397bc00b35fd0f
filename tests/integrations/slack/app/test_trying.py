"""The manifest has what the code uses and Slack's page takes it; the check says what is missing and how to mend it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from musterpoint.core.decision import NotAllowed
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import channels, manifest, modals, people, troubles, trying
from musterpoint.store import models
from tests.conftest import START, World
from tests.slack.method import METHODS
from tests.slack.workspace import Workspace

APP = Path(manifest.__file__).parent
ADDRESS = "https://incidents.example.com"
#: Methods that need no scope of the bot.
WITHOUT = {"auth.test", "apps.connections.open", "views.open", "views.publish", "views.update"}
#: Which of several scopes a method needs, by the channels that we use it for.
NEEDED = {
    "conversations.open": {"im:write"},
    "conversations.history": {"channels:history", "groups:history", "im:history"},
    "conversations.replies": {"channels:history", "groups:history"},
    "conversations.info": {"channels:read", "groups:read"},
    "conversations.list": {"channels:read", "groups:read"},
    "conversations.members": {"channels:read", "groups:read"},
    "bots.info": {"users:read"},
}


def called() -> set[str]:
    """Every method of the Web API that our app names."""
    named = re.compile(r'"((?:chat|conversations|users|views|apps|auth|bots|reactions|team|files)\.[a-zA-Z.]+)"')
    return {
        each for file in APP.glob("*.py") if file != APP / "manifest.py" for each in named.findall(file.read_text())
    }


def test_the_scopes_are_those_of_the_methods_that_are_called() -> None:
    wanted: set[str] = set()
    for each in called() - WITHOUT:
        wanted |= NEEDED.get(each) or set(METHODS[each].scopes)
    of_events = {"app_mentions:read", "reactions:read", "users:read.email", "commands", "chat:write.customize"}
    assert set(manifest.SCOPES) == wanted | of_events
    assert "username=" in (APP / "chat.py").read_text()  # chat:write.customize is for that


def test_the_events_are_those_that_are_taken_in() -> None:
    source = "".join(file.read_text() for file in APP.glob("*.py") if file != APP / "manifest.py")
    for event in manifest.EVENTS:
        assert f'"{event.partition(".")[0]}"' in source, event
    assert set(manifest.EVENTS) > channels.EVENTS | people.EVENTS
    assert len(set(manifest.EVENTS)) == len(manifest.EVENTS)


def test_with_an_address_slack_is_told_where_to_send_everything() -> None:
    made = manifest.manifest(f"{ADDRESS}/", socket=False)
    hook = f"{ADDRESS}/hooks/slack"
    assert made["settings"]["event_subscriptions"]["request_url"] == hook
    assert made["settings"]["interactivity"] == {"is_enabled": True, "request_url": hook}
    assert [each["url"] for each in made["features"]["slash_commands"]] == [hook]
    assert made["settings"]["socket_mode_enabled"] is False
    json.dumps(made)


def test_with_socket_mode_no_address_is_needed() -> None:
    made = manifest.manifest("", socket=True)
    assert made["settings"]["socket_mode_enabled"] is True
    assert "url" not in json.dumps(made)


@pytest.mark.parametrize("address", ["", "http://incidents.example.com"])
def test_without_an_address_that_slack_can_reach_there_is_an_error(address: str) -> None:
    with pytest.raises(NotAllowed) as error:
        manifest.manifest(address, socket=False)
    assert "MUSTERPOINT_ADDRESS" in error.value.message
    assert "--socket" in error.value.hint


def test_the_shortcuts_are_those_that_are_answered_and_no_text_is_too_long() -> None:
    """Lengths of github.com/slackapi/manifest-schema, schemas/manifest.schema.1.0.0.json."""
    made = manifest.manifest(ADDRESS, socket=False)
    shortcuts = {each["callback_id"]: each for each in made["features"]["shortcuts"]}
    assert set(shortcuts) == {modals.DECLARE, modals.ADOPT}
    assert (shortcuts[modals.DECLARE]["type"], shortcuts[modals.ADOPT]["type"]) == ("global", "message")
    for each in shortcuts.values():
        assert len(each["name"]) <= manifest.LONGEST_SHORTCUT
        assert len(each["description"]) <= 150
    shown = made["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert re.fullmatch(r"#[0-9a-f]{6}", shown["background_color"])
    assert len(made["settings"]["event_subscriptions"]["bot_events"]) <= 100


# --- the check -----------------------------------------------------------------------------------------------------


@pytest.fixture
def channel(world: World, workspace: Workspace) -> str:
    user = workspace.user("nia", "Nia Moss")
    channel = workspace.channel("dept-engineering", members=[user])
    workspace.say(user, channel, "Good morning")
    return channel


def outcome(process: Process, address: str = ADDRESS) -> dict[str, trying.Tried]:
    return {each.name: each for each in trying.tried(process, address, START, 3)}


def test_everything_works_and_nothing_is_posted(
    workspace: Workspace, process: Process, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = workspace.messages(channel)
    found = outcome(process)
    assert [each for each in found.values() if not each.works] == []
    assert list(found) == ["token", "scopes", "channel", "history", "posting", "huddle", "listening"]
    assert f"https://app.slack.com/huddle/{workspace.team_id}/{channel}" in found["huddle"].told
    monkeypatch.setenv("SLACK_APP_TOKEN", "")
    assert outcome(process)["address"].works
    assert workspace.messages(channel) == before
    assert troubles.of() == []


def _no_token(workspace: Workspace, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("SLACK_BOT_TOKEN", "")


def _revoked(workspace: Workspace, patch: pytest.MonkeyPatch) -> None:
    workspace.revoke_token()


def _scope(workspace: Workspace, patch: pytest.MonkeyPatch) -> None:
    workspace.scopes.remove("users:read.email")


def _out(workspace: Workspace, patch: pytest.MonkeyPatch) -> None:
    next(iter(workspace.channels.values())).app = False


def _archived(workspace: Workspace, patch: pytest.MonkeyPatch) -> None:
    next(iter(workspace.channels.values())).archived = True


def _no_history(workspace: Workspace, patch: pytest.MonkeyPatch) -> None:
    workspace.fails("conversations.replies", error="missing_scope")


def _wrong_app_token(workspace: Workspace, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("SLACK_APP_TOKEN", "xapp-wrong")


def _no_secret(workspace: Workspace, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("SLACK_APP_TOKEN", "")
    patch.setenv("SLACK_SIGNING_SECRET", "")


def _silent(workspace: Workspace, patch: pytest.MonkeyPatch) -> None:
    workspace.fails("conversations.info", status=500)


@pytest.mark.parametrize(
    ("wrong", "name", "word"),
    [
        (_no_token, "token", "SLACK_BOT_TOKEN"),
        (_revoked, "token", "Install App"),
        (_scope, "scopes", "users:read.email, for linking people"),
        (_out, "channel", "/invite @Musterpoint"),
        (_archived, "channel", "/invite @Musterpoint"),
        (_no_history, "history", "OAuth & Permissions"),
        (_wrong_app_token, "listening", "App-Level Tokens"),
        (_no_secret, "listening", "Signing Secret"),
        (_silent, "channel", "Try again"),
    ],
)
def test_what_is_missing_is_said_with_how_to_mend_it(
    workspace: Workspace,
    process: Process,
    channel: str,
    monkeypatch: pytest.MonkeyPatch,
    wrong: Callable[[Workspace, pytest.MonkeyPatch], None],
    name: str,
    word: str,
) -> None:
    wrong(workspace, monkeypatch)
    found = outcome(process)
    assert [each.name for each in found.values() if not each.works] == [name]
    assert word in f"{found[name].told} {found[name].hint}"
    assert found[name].hint


def test_without_a_public_address_slack_cannot_call(
    workspace: Workspace, process: Process, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_APP_TOKEN", "")
    found = outcome(process, "http://127.0.0.1:8000")
    assert not found["address"].works
    assert "MUSTERPOINT_ADDRESS" in found["address"].hint


def test_a_channel_that_was_renamed_is_said_to_be(workspace: Workspace, process: Process, channel: str) -> None:
    outcome(process)
    workspace.channels[channel].name = "engineering"
    assert outcome(process)["channel"].told == "#dept-engineering is called #engineering by now; the app is in it."


def test_another_workspace_is_said_to_be_one(workspace: Workspace, process: Process, channel: str) -> None:
    found = outcome(replace(process, workspace="T0EARLIER"))
    assert f"{workspace.team_id} (Halden Ferries)" in found["token"].told
    assert [each.name for each in found.values()] == ["token", "listening"]


def test_as_long_as_nothing_began_there_another_workspace_may_be_chosen(
    workspace: Workspace, process: Process, channel: str
) -> None:
    unset = replace(process, workspace="")
    outcome(unset)
    workspace.change_team()
    assert outcome(unset)["token"].works
    assert people.workspace(unset) == "T0OTHERTEAM"
    models.Thread.objects.create(workspace="T0OTHERTEAM", channel=channel, root="1.000000")
    workspace.change_team("T0THIRD")
    assert not outcome(unset)["token"].works
