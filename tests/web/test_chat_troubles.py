"""What hinders the chat is seen at once: in the settings, by `check`, and at the head of the incidents it concerns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from musterpoint import checks, reading
from musterpoint.cli.reading import _facts
from musterpoint.core.incident import time_text
from musterpoint.integrations.slack.app import calling, troubles
from musterpoint.ports import NotSent
from musterpoint.store import models
from tests.actions.telling import declared
from tests.conftest import START, World
from tests.web.conftest import Site
from tests.web.test_settings import badge

CHANNEL, OTHER = "C0ENGINEER", "C0ELSEWHERE"


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path


@pytest.fixture
def ref(world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """An incident whose thread is in that channel."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-fake-bot")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "a-made-up-signing-secret")
    world.runs(chat="slack", workspace="T0HALDEN001")
    ref = declared(world)
    thread = models.Thread.objects.create(workspace="T0HALDEN001", channel=CHANNEL, root="1772442000.000100")
    incident = models.Incident.objects.get(ref=ref)
    models.Reading.objects.create(incident=incident, thread=thread, role="chat")
    models.Capture.objects.create(thread=thread, since=START, due_at=START)
    return ref


def archived(channel: str) -> None:
    troubles.noted(calling.Trouble("is_archived", channel), START)


def test_it_is_seen_where_the_thread_is_and_gone_when_it_is_mended(site: Site, world: World, ref: str) -> None:
    version = reading.head(world.by("bob"), ref)["version"]
    archived(CHANNEL)
    head = reading.head(world.by("bob"), ref)
    assert head["version"] > version
    (told,) = head["troubles"]
    assert (told["code"], told["since"]) == ("is_archived", time_text(START))
    html = site.page("bob", f"/incidents/{ref}")
    assert f"The channel {CHANNEL} is archived." in html
    assert "Unarchive it in Slack" in html
    shown = "\n".join(_facts(reading.shown(world.by("bob"), ref), world.now))
    assert "the chat is hindered since 2026-03-02 09:00 UTC" in shown
    troubles.mended(CHANNEL)
    after = reading.head(world.by("bob"), ref)
    assert (after["troubles"], after["version"]) == ([], head["version"] + 1)
    assert "is archived" not in site.page("bob", f"/incidents/{ref}")


def test_what_concerns_another_channel_is_not_seen_here(site: Site, world: World, ref: str) -> None:
    version = reading.head(world.by("bob"), ref)["version"]
    archived(OTHER)
    head = reading.head(world.by("bob"), ref)
    assert (head["troubles"], head["version"]) == ([], version)
    assert OTHER not in site.page("bob", f"/incidents/{ref}")


@pytest.mark.parametrize("code", ["token_revoked", "missing_scope"])
def test_what_concerns_the_connection_is_seen_at_every_incident_of_the_chat(world: World, ref: str, code: str) -> None:
    troubles.noted(calling.Trouble(code, needed="groups:history"), START)
    assert [each["code"] for each in reading.head(world.by("bob"), ref)["troubles"]] == [code]
    world.runs(chat="local")
    assert reading.head(world.by("bob"), declared(world))["troubles"] == []


def test_an_incident_whose_thread_cannot_begin_says_why(world: World, ref: str) -> None:
    waits = declared(world)
    troubles.noted(calling.Trouble("channel_not_found", "#dept-engineering"), START)
    (told,) = reading.head(world.by("bob"), waits)["troubles"]
    assert "#dept-engineering is not there" in told["message"]
    assert reading.head(world.by("bob"), ref)["troubles"] == []


def test_the_settings_show_it_at_once(site: Site, world: World, ref: str) -> None:
    assert badge(site.page("adele", "/settings"), "chat") == "not used yet"
    archived(CHANNEL)
    assert badge(site.page("adele", "/settings"), "chat") == "does not work"
    assert "is archived" in site.page("adele", "/settings")
    assert badge(site.page("bob", "/settings"), "chat") == "does not work"
    assert "is archived" not in site.page("bob", "/settings")  # channels of others are no news for everybody
    assert [(each.where, each.fatal) for each in checks.of_chat(world.process)] == [("[chat]", True)]
    troubles.mended(CHANNEL)
    assert badge(site.page("adele", "/settings"), "chat") == "not used yet"


def test_a_long_pause_is_worth_a_word_and_no_failure(world: World, ref: str) -> None:
    troubles.noted(NotSent("Slack asks us to wait.", 3000), START)
    (problem,) = checks.of_chat(world.process)
    assert not problem.fatal


def test_without_the_secrets_the_settings_say_so(
    site: Site, world: World, ref: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "")
    (problem,) = checks.of_chat(world.process)
    assert "SLACK_SIGNING_SECRET and SLACK_APP_TOKEN are both empty" in problem.message
    monkeypatch.setenv("SLACK_SIGNING_SECRET_FILE", "/nowhere/at/all")
    (problem,) = checks.of_chat(world.process)
    assert "cannot be read" in problem.message


def test_a_chat_that_is_not_slack_has_none_of_this(world: World) -> None:
    archived(CHANNEL)
    assert list(checks.of_chat(world.process)) == []
