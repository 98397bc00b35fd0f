"""The settings: what is connected, what is parked, the process as it is understood; each shows what concerns whom."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from musterpoint import actions, effects, outside, process
from musterpoint.access import NotFound
from musterpoint.core.decision import NotAllowed
from musterpoint.integrations.local.chat import SOURCE
from musterpoint.process import Problem
from musterpoint.store import clock, models
from tests.actions.telling import declared, secretly_declared
from tests.conftest import World
from tests.web.conftest import Site
from tests.web.looking import bare, queries, told

PAGES = ("/settings", "/settings/effects", "/settings/effects?all=1", "/settings/process")
STRANGERS = ("charlie", "adele", "alice", "victor")


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    (tmp_path / "secret-key").write_text("x")
    (tmp_path / "secret-key").chmod(0o600)
    return tmp_path


@pytest.fixture
def bridged(world: World) -> World:
    """A chat is connected, which does not answer."""
    world.runs(chat="bridge", chat_url="http://somebody:word@127.0.0.1:1/chat?token=hush", chat_token="hush", timeout=1)
    return world


def parked(ref: str, error: str = "no such channel", key: str = "") -> models.Effect:
    effect = models.Effect.objects.filter(incident__ref=ref, **({"key": key} if key else {})).earliest("id")
    models.Effect.objects.filter(pk=effect.pk).update(status="parked", error=error, tries=3, ended_at=clock.now())
    return effect


def event(key: str, **data: Any) -> models.Inbound:
    """One of the local chat that made no sense."""
    return models.Inbound.objects.create(
        source=SOURCE,
        key=key,
        data=json.dumps({"type": "nonsense", "stamp": "1", "at": "2026-03-02T09:00:00.000000Z", **data}),
        status="parked",
        error="ValueError: unknown event zanzibar",
        received_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
    )


def badge(html: str, name: str) -> str:
    """The state of one connection."""
    found = re.search(rf'id="{name}">\s*<h2>[^<]*<span class="badge [^"]*">([^<]+)</span>', html)
    assert found, name
    return found[1]


# --- connections ---


def test_what_is_connected_is_told_with_its_state(site: Site, bridged: World) -> None:
    ref = declared(bridged)
    html = site.page("adele", "/settings")
    assert badge(html, "chat") == "not used yet"
    assert badge(html, "tracker") == badge(html, "database") == "works"
    assert badge(html, "mail") == "not connected"
    effect = models.Effect.objects.get(key=f"thread:{ref}")
    models.Effect.objects.update(error="it is away")
    assert badge(site.page("adele", "/settings"), "chat") == "is tried again"
    models.Effect.objects.update(status="done", error="", ended_at=effect.created_at)
    html = site.page("adele", "/settings")
    assert badge(html, "chat") == "works"
    assert "Last done" in html
    parked(ref, "no such channel")
    html = site.page("bob", "/settings")
    assert badge(html, "chat") == "something is parked"
    assert "no such channel" in html


def test_a_setting_that_is_wrong_is_seen(site: Site, world: World, home: Path) -> None:
    world.runs(chat="pigeon", website_folder="/no/such/folder")
    html = site.page("adele", "/settings")
    assert badge(html, "chat") == badge(html, "website") == "does not work"
    assert "provider is &#x27;pigeon&#x27;" in html
    assert "/no/such/folder" in html
    other = site.page("bob", "/settings")
    assert badge(other, "chat") == "does not work"
    assert "pigeon" not in other


def test_check_now_asks_everything_that_is_connected(site: Site, bridged: World) -> None:
    html = site.send("adele", "/settings/check")
    assert "Does not answer: chat." in told(html)
    assert badge(html, "chat") == "does not work"
    assert badge(html, "tracker") == "works"
    assert "http://127.0.0.1:1/chat does not answer" in html
    assert "word@" not in html
    assert "hush" not in html
    bridged.runs(chat="local")
    assert "Everything that is connected answers." in told(site.send("adele", "/settings/check"))


def test_mail_is_asked_too(site: Site, world: World, settings: Any) -> None:
    settings.SMTP_URL = "smtp://somebody:word@127.0.0.1:1"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    html = site.send("adele", "/settings/check")
    assert badge(html, "mail") == "does not work"
    assert "word@" not in html
    assert "smtp://127.0.0.1:1" in html


def test_only_an_admin_asks_and_sees_addresses(site: Site, bridged: World) -> None:
    for account in ("bob", "alice", "victor"):
        assert "is not an admin" in site.send(account, "/settings/check", status=409)
        html = site.page(account, "/settings")
        assert "Check now" not in html
        assert "127.0.0.1:1" not in html
        assert "What to mend" not in html
    html = site.page("adele", "/settings")
    assert "http://127.0.0.1:1/chat" in html
    assert "hush" not in html
    assert "somebody:word" not in html


def test_an_engine_that_does_not_run_is_noticed(site: Site, bridged: World) -> None:
    declared(bridged)
    assert badge(site.page("bob", "/settings"), "engine") == "works"
    models.Effect.objects.update(not_before=clock.later(-600))
    html = site.page("bob", "/settings")
    assert badge(html, "engine") == "is late"
    assert "no engine seems to run" in told(html)
    effects.hold("a restore")
    assert badge(site.page("bob", "/settings"), "engine") == "works"


# --- effects and events ---


def test_what_is_parked_is_tried_again_or_dropped_with_a_reason(site: Site, bridged: World) -> None:
    ref = declared(bridged)
    effect = parked(ref)
    html = site.page("bob", "/settings/effects")
    assert "Begin the thread in the chat" in html
    assert "no such channel" in html
    html = site.send("bob", "/settings/effects/attempts", name=effect.key)
    assert f"{effect.key} is tried again." in html
    assert "is waiting" in site.send("bob", "/settings/effects/attempts", status=409, name=effect.key)
    parked(ref)
    refused = site.send("bob", "/settings/effects/drops", status=409, name=effect.key, reason=" ")
    assert "The reason is empty." in refused
    site.send("bob", "/settings/effects/drops", name=effect.key, reason="told by <telephone>")
    assert "telephone" not in site.page("bob", "/settings/effects")
    assert "dropped by Bob: told by &lt;telephone&gt;" in site.page("bob", "/settings/effects?all=1")


def test_an_event_that_could_not_be_taken_in_is_tried_again_or_forgotten(site: Site, world: World) -> None:
    row = event("e1", root=declared(world), text="something private")
    html = site.page("bob", "/settings/effects")
    assert "unknown event zanzibar" in html
    assert "something private" not in html
    site.send("bob", "/settings/effects/attempts", name=f"event:{row.pk}")
    row.refresh_from_db()
    assert (row.status, row.error) == ("waiting", "")
    models.Inbound.objects.update(status="parked")
    site.send("bob", "/settings/effects/drops", name=f"event:{row.pk}", reason="a test")
    row.refresh_from_db()
    assert (row.status, row.data, row.error) == ("dropped", "", "dropped by Bob: a test")
    site.send("bob", "/settings/effects/attempts", status=404, name=f"event:{row.pk}")


def test_after_a_restore_a_person_lets_effects_go(site: Site, bridged: World) -> None:
    declared(bridged)
    effects.hold("a restore")
    assert "A backup was put back" in site.page("victor", "/settings/effects")
    assert "/settings/effects/release" not in site.page("victor", "/settings/effects")
    assert "may read but not change" in site.send("victor", "/settings/effects/release", status=409)
    assert effects.held()
    assert "They go out again; 1 wait." in site.send("bob", "/settings/effects/release")
    assert not effects.held()


def test_who_may_only_read_changes_nothing(site: Site, bridged: World) -> None:
    effect = parked(declared(bridged))
    html = site.page("victor", "/settings/effects")
    assert "no such channel" in html
    assert "Try again" not in html
    for address in ("attempts", "drops"):
        site.send("victor", f"/settings/effects/{address}", status=409, name=effect.key, reason="x")
    effect.refresh_from_db()
    assert effect.status == "parked"


@pytest.mark.parametrize("name", ["", "nothing", "event:", "event:x", "event:99", "event:-1", "\0", "x" * 10_000])
@pytest.mark.parametrize("what", ["attempts", "drops"])
def test_what_is_not_there_is_not_found(site: Site, name: str, what: str) -> None:
    site.send("bob", f"/settings/effects/{what}", status=404, name=name, reason="x")


# --- the process ---


def test_the_process_is_shown_as_it_is_understood(site: Site, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.runs(authority=("alice", "cto"), channel="#ops", chat_token="hush", silence=1800.0)
    problem = Problem("[colour]", "is not known.", "Known: chat.")
    monkeypatch.setattr(process, "_in_force", lambda: (world.process, [problem]))
    html = site.page("adele", "/settings/process")
    text = told(html)
    assert "#ops as set" in text
    assert "silence 1800 s as set" in text
    assert "reopenings 3 default" in text
    assert "[colour] is not known." in text
    assert "token set, not shown as set" in text
    assert "hush" not in html
    assert "Alice, cto: nobody here ." in text
    assert "no lead 10 min 15 min 3 times default" in text
    for (section, key), _ in process.SETTINGS.items():
        assert f"[{section}]" in text
        assert re.search(rf">{key}</th>", html), key


def test_how_the_server_is_reached_is_for_admins(site: Site, world: World) -> None:
    world.runs(chat_url="http://10.0.0.7/chat", bind="10.0.0.8")
    for account in ("bob", "alice", "victor"):
        html = site.page(account, "/settings/process")
        assert "10.0.0" not in html
        assert "[server]" not in html
        assert "[authority]" in html
    assert "10.0.0.8" in site.page("adele", "/settings/process")


def test_everybody_reads_their_role_and_whether_they_have_authority(site: Site) -> None:
    assert "You are responder and have authority." in told(site.page("alice", "/settings/process"))
    assert "You are viewer, without authority." in told(site.page("victor", "/settings/process"))


def test_a_file_that_was_changed_since_the_start_is_noticed(site: Site, world: World, home: Path) -> None:
    world.process = process.load(home)[0]
    assert "has been changed" not in site.page("bob", "/settings/process")
    (home / "musterpoint.toml").write_text('[severity]\nmajor = "SEV2"\n')
    assert "has been changed" in site.page("bob", "/settings/process")


# --- strangers ---


@pytest.mark.parametrize("account", STRANGERS)
@pytest.mark.parametrize("later_on", [False, True])
def test_nothing_of_a_restricted_incident_shows_or_counts(
    site: Site, bridged: World, account: str, later_on: bool
) -> None:
    declared(bridged)
    ref = declared(bridged, "zanzibar leaked") if later_on else secretly_declared(bridged, "zanzibar leaked")
    if later_on:
        actions.restrict(bridged.by("bob"), ref)
    clock_was = bridged.now
    before = {address: bare(site.page(account, address)) for address in PAGES}
    row = models.Incident.objects.get(ref=ref)
    for kind, status in (("say", "parked"), ("publish", "done"), ("card", "waiting"), ("mail", "dropped")):
        key = f"{kind}:{ref}:zanzibar"
        effects.intend(kind, key, row)
        models.Effect.objects.filter(key=key).update(
            status=status, error="zanzibar", ended_at=clock.now(), not_before=clock.later(-600)
        )
    of_it = event("e1", root=ref)
    bridged.now = clock_was
    for address in PAGES:
        assert bare(site.page(account, address)) == before[address]
    for name in (f"say:{ref}:zanzibar", f"event:{of_it.pk}"):
        for what in ("attempts", "drops"):
            answer = site.send(account, f"/settings/effects/{what}", status=_refused(account), name=name, reason="x")
            never = "event:99" if name.startswith("event") else "say:9:9"
            absent = site.send(account, f"/settings/effects/{what}", status=_refused(account), name=never, reason="x")
            assert bare(answer).replace(name, never) == bare(absent)
    assert models.Effect.objects.get(key=f"say:{ref}:zanzibar").status == "parked"
    member = site.page("sirt", "/settings/effects?all=1")
    assert {f"{kind}:{ref}:zanzibar" in member for kind in ("say", "publish", "card", "mail")} == {True}
    assert f"event:{of_it.pk}" in member


def _refused(account: str) -> int:
    return 409 if account == "victor" else 404


def test_an_event_that_belongs_nowhere_is_for_admins_without_its_words(site: Site, world: World) -> None:
    row = event("e1", root="no such thread")
    html = site.page("adele", "/settings/effects")
    assert f"event:{row.pk}" in html
    assert "ValueError" in html
    assert "zanzibar" not in html
    for account in ("bob", "alice", "victor"):
        assert f"event:{row.pk}" not in site.page(account, "/settings/effects")
    with pytest.raises(NotFound):
        outside.retry(world.by("bob"), f"event:{row.pk}")
    assert "within seconds" in outside.retry(world.by("adele"), f"event:{row.pk}")


def test_an_event_of_a_thread_that_a_restricted_incident_reads_too_follows_the_strictest(world: World) -> None:
    first, second = declared(world), declared(world)
    row = event("e1", root=second)
    actions.merge(world.by("bob"), second, first)
    assert [each["id"] for each in outside.events(world.by("charlie"))] == [row.pk]
    actions.restrict(world.by("bob"), first)
    assert outside.events(world.by("charlie")) == outside.events(world.by("adele")) == []
    assert [each["id"] for each in outside.events(world.by("sirt"))] == [row.pk]


def test_a_viewer_is_refused_by_the_rule_itself(world: World) -> None:
    for step in (
        lambda: outside.retry(world.by("victor"), "x"),
        lambda: outside.drop(world.by("victor"), "x", "y"),
        lambda: outside.release(world.by("victor")),
    ):
        with pytest.raises(NotAllowed):
            step()


@pytest.mark.parametrize("address", PAGES)
def test_who_is_signed_out_is_asked_to_sign_in(db: None, address: str) -> None:
    assert Client().get(address).status_code == 302
    assert Client().post("/settings/effects/release").status_code in (401, 403)


@pytest.mark.parametrize("address", PAGES)
def test_the_number_of_queries_does_not_grow(site: Site, bridged: World, address: str) -> None:
    def some(number: int) -> None:
        ref = declared(bridged, f"Incident {number}")
        actions.note(bridged.by("bob"), ref, "hello")
        parked(ref)
        event(f"e{number}", root=ref)

    some(0)
    few = queries(site, "adele", address)
    for number in range(1, 10):
        some(number)
    assert queries(site, "adele", address) == few
    assert few < 40


def test_every_page_is_in_the_navigation(site: Site) -> None:
    html = site.page("bob", "/settings")
    for address in (
        "/settings",
        "/settings/effects",
        "/settings/process",
        "/settings/people",
        "/settings/tokens",
        "/settings/me",
    ):
        assert f'<a href="{address}"' in html
        site.page("bob", address)
