"""What hinders the tracker is seen at once: in the settings, by `check`, in the metrics and at the incidents' heads."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from musterpoint import checks, reading
from musterpoint.actions.recording import happened
from musterpoint.cli.reading import _facts
from musterpoint.core.aftermath_journal import IssueRaised
from musterpoint.core.incident import time_text
from musterpoint.integrations.github import troubles
from musterpoint.integrations.github.answers import Trouble
from musterpoint.ports import NotSent
from musterpoint.reading.connections import asked
from musterpoint.store import incidents, models
from musterpoint.store.clock import later
from tests.actions.telling import declared
from tests.conftest import START, World
from tests.web.conftest import Site
from tests.web.test_metrics import _is_known, told  # noqa: F401  (a fixture)
from tests.web.test_settings import badge

REPOSITORY, OTHER = "halden-ferries/CloudProject", "halden-ferries/ticket-shop"


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path


@pytest.fixture
def ref(world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """An incident with an issue in that repository."""
    monkeypatch.setenv("GITHUB_TOKEN", "a-made-up-token")
    monkeypatch.setenv("GITHUB_WEBHOOK_SECRET", "a-made-up-secret")
    world.runs(tracker="github", github_repository=REPOSITORY)
    ref = declared(world)
    row = models.Incident.objects.get(ref=ref)
    state = incidents.state(row, incidents.members(row))
    happened(world.process, row, state, IssueRaised(f"{REPOSITORY}#1"), world.now)
    models.IssueCopy.objects.create(incident=row, ref=f"{REPOSITORY}#1")
    models.Effect.objects.all().delete()
    return ref


@pytest.mark.parametrize("place", ["", "halden-ferries", REPOSITORY])
def test_it_is_seen_at_the_incident_and_gone_when_it_is_mended(site: Site, world: World, ref: str, place: str) -> None:
    version = reading.head(world.by("bob"), ref)["version"]
    troubles.noted(Trouble("no_rights", place), START)
    head = reading.head(world.by("bob"), ref)
    assert head["version"] > version
    (hindered,) = head["troubles"]
    assert (hindered["hinders"], hindered["code"], hindered["since"]) == ("tracker", "no_rights", time_text(START))
    html = site.page("bob", f"/incidents/{ref}")
    assert "The tracker is hindered" in html
    assert "We must not write in" in html
    assert "The chat is hindered" not in html
    shown = "\n".join(_facts(reading.shown(world.by("bob"), ref), world.now))
    assert "the tracker is hindered since 2026-03-02 09:00 UTC" in shown
    troubles.mended(place, START)
    after = reading.head(world.by("bob"), ref)
    assert (after["troubles"], after["version"]) == ([], head["version"] + 1)


def test_it_is_not_seen_where_it_hinders_nothing(world: World, ref: str) -> None:
    troubles.noted(Trouble("no_rights", OTHER), START)
    assert reading.head(world.by("bob"), ref)["troubles"] == []
    troubles.noted(Trouble("bad_credentials"), START)
    assert reading.head(world.by("bob"), declared(world))["troubles"] == []  # it has no issue
    world.runs(tracker="local")
    assert reading.head(world.by("bob"), ref)["troubles"] == []


def test_the_settings_show_it_and_when_github_was_last_asked(site: Site, world: World, ref: str) -> None:
    html = site.page("adele", "/settings")
    assert badge(html, "tracker") == "not used yet"
    assert "GitHub calls us at /hooks/github." in html
    assert "Last asked" not in html
    models.TrackerPoll.objects.create(source="github", place=REPOSITORY, since=world.now, polled_at=world.now)
    old = world.now - timedelta(hours=1)
    models.TrackerPoll.objects.create(source="github", place=OTHER, since=old, polled_at=old)
    troubles.noted(Trouble("bad_credentials"), START)
    html = site.page("adele", "/settings")
    assert badge(html, "tracker") == "does not work"
    assert "GitHub does not accept our token any more." in html
    assert "Last asked" in html
    assert f"<dt>No answer about</dt><dd>{OTHER}</dd>" in html
    html = site.page("bob", "/settings")
    assert badge(html, "tracker") == "does not work"
    assert "Last asked" in html
    assert OTHER not in html  # the names of repositories are for admins


def test_a_tracker_that_is_not_asked_says_nothing_of_it(world: World, ref: str) -> None:
    models.TrackerPoll.objects.create(source="github", place=REPOSITORY, since=world.now, polled_at=world.now)
    assert asked(world.by("bob")) == {"at": time_text(world.now - timedelta(minutes=1)), "silent": []}
    world.runs(tracker="local")
    assert asked(world.by("bob")) == {"at": None, "silent": []}


def test_check_tells_what_is_missing_and_what_hinders(world: World, ref: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(checks.of_tracker(world.process)) == []
    troubles.noted(NotSent("GitHub asks us to wait.", 3000), START)
    assert [(each.where, each.fatal) for each in checks.of_tracker(world.process)] == [("[issue] tracker", False)]
    troubles.noted(Trouble("app_suspended"), START)
    assert [each.fatal for each in checks.of_tracker(world.process)] == [True]
    monkeypatch.setenv("GITHUB_TOKEN", "")
    told = [each.message for each in checks.of_tracker(world.process)]
    assert "GITHUB_TOKEN is empty" in told[0]
    monkeypatch.setenv("GITHUB_TOKEN_FILE", "/nowhere/at/all")
    assert "cannot be read" in next(iter(checks.of_tracker(world.process))).message
    world.runs(tracker="local")
    assert list(checks.of_tracker(world.process)) == []


def test_no_webhook_is_nothing_to_mend(site: Site, world: World, ref: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_WEBHOOK_SECRET", "")
    assert list(checks.of_tracker(world.process)) == []
    html = site.page("adele", "/settings")
    assert "It does not call us, for GITHUB_WEBHOOK_SECRET is empty; that works as well." in html


def test_the_metrics_count_it_and_tell_how_long_github_has_been_silent(world: World, client: Client) -> None:
    found = told(client)
    assert found["musterpoint_troubles"] == 0
    assert "musterpoint_tracker_silence_seconds" not in found
    troubles.noted(Trouble("bad_credentials"), START)
    for place, seconds in ((REPOSITORY, 90), (OTHER, 30)):
        poll = models.TrackerPoll.objects.create(source="github", place=place, since=START)
        models.TrackerPoll.objects.filter(pk=poll.pk).update(polled_at=later(-seconds))
    models.TrackerPoll.objects.create(source="github", place="halden-ferries/new", since=START)
    found = told(client)
    assert found["musterpoint_troubles"] == 1
    assert 90 <= found["musterpoint_tracker_silence_seconds"] < 120
