"""/metrics: what waits and what was asked, for this machine or who has the token."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from musterpoint import actions, effects
from musterpoint.store import models
from musterpoint.store.clock import later
from tests.actions.telling import declared, secretly_declared
from tests.conftest import World
from tests.web.conftest import Site

HERE = {"Host": "127.0.0.1:8000"}


@pytest.fixture(autouse=True)
def _is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a name that the world knows."""
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", [*settings.ALLOWED_HOSTS, ".example.com"])


def told(client: Client) -> dict[str, float]:
    """Every sample, by its name with its labels."""
    answer = client.get("/metrics", headers=HERE)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    return {
        name: float(value)
        for name, value in re.findall(r"^([a-z_]+(?:{.*})?) (\S+)$", answer.content.decode(), re.MULTILINE)
    }


def test_effects_are_counted_and_the_oldest_is_told(world: World, client: Client) -> None:
    world.runs(chat="bridge", chat_url="http://127.0.0.1:1")
    ref = declared(world)
    effects.intend("say", "one", None)
    effects.intend("say", "two", None)
    models.Effect.objects.filter(key="one").update(created_at=later(-90))
    models.Effect.objects.filter(key="two").update(status="parked")
    found = told(client)
    waiting = models.Effect.objects.filter(status="waiting").count()
    assert waiting == models.Effect.objects.filter(incident__ref=ref).count() + 1
    assert found['musterpoint_effects{status="waiting"}'] == waiting
    assert found['musterpoint_effects{status="parked"}'] == 1
    assert 90 <= found["musterpoint_effects_oldest_waiting_seconds"] < 120
    models.Effect.objects.update(status="done")
    found = told(client)
    assert found["musterpoint_effects_oldest_waiting_seconds"] == found['musterpoint_effects{status="waiting"}'] == 0


def test_events_and_a_hold_are_told(world: World, client: Client) -> None:
    for key, status in (("a", "waiting"), ("b", "parked"), ("c", "parked"), ("d", "taken")):
        models.Inbound.objects.create(source="x", key=key, data="{}", status=status, received_at=world.now)
    effects.hold("restored")
    found = told(client)
    assert found['musterpoint_inbound{status="waiting"}'] == 1
    assert found['musterpoint_inbound{status="parked"}'] == 2
    assert found["musterpoint_effects_held"] == found["musterpoint_database_up"] == 1


def test_open_incidents_are_those_that_everybody_may_see(world: World, client: Client) -> None:
    ref = declared(world)
    declared(world, "Search is slow")
    secretly_declared(world)
    assert told(client)["musterpoint_incidents_open"] == 2
    actions.restrict(world.by("alice"), ref)
    assert told(client)["musterpoint_incidents_open"] == 1


def test_no_word_of_an_incident_is_told(world: World, client: Client) -> None:
    declared(world, "zanzibar leaks")
    ref = secretly_declared(world, "quokka leaks")
    text = client.get("/metrics", headers=HERE).content.decode()
    assert not re.search(f"zanzibar|quokka|{ref}", text)


def test_requests_are_measured_by_their_route(site: Site) -> None:
    client = site.by("bob")
    ref = secretly_declared(site.world)
    name = 'musterpoint_request_seconds_count{method="GET",route="%s",status="%d"}'
    before = told(client)
    client.get("/healthz")
    client.get(f"/nowhere/{ref}")
    client.get(f"/static/{ref}.css")
    client.generic("BREW", "/healthz")
    after = told(client)
    grown = {each: value - before.get(each, 0) for each, value in after.items() if "_seconds_count" in each}
    assert grown[name % ("healthz", 200)] == 1
    assert grown[name % ("none", 404)] >= 1
    assert {each for each in grown if 'method="other"' in each}
    assert ref not in client.get("/metrics", headers=HERE).content.decode()


def test_the_process_is_told(world: World, client: Client) -> None:
    assert told(client)["process_resident_memory_bytes"] > 0


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("incidents.example.com", "127.0.0.1"),
        ("127.0.0.1.example.com", "127.0.0.1"),
        ("127.0.0.1:8000", "192.0.2.7"),
        ("127.0.0.1:8000", ""),
    ],
)
def test_from_elsewhere_there_is_nothing(world: World, client: Client, host: str, address: str) -> None:
    assert client.get("/metrics", headers={"Host": host}, REMOTE_ADDR=address).status_code == 404


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "[::1]:8000", "127.0.0.1"])
def test_by_any_name_of_this_machine_it_answers(world: World, client: Client, host: str) -> None:
    assert client.get("/metrics", headers={"Host": host}).status_code == 200


def test_with_a_token_it_answers_whoever_shows_it(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "METRICS_TOKEN", "made-up")
    for shown, status in (("Bearer made-up", 200), ("Bearer made-u", 404), ("", 404), ("Bearer ünfug", 404)):
        headers = {"Host": "incidents.example.com", "Authorization": shown}
        answer = client.get("/metrics", headers=headers, REMOTE_ADDR="192.0.2.7")
        assert answer.status_code == status, shown
    assert client.get("/metrics", headers=HERE).status_code == 404


def test_it_is_only_read(world: World, client: Client) -> None:
    assert client.post("/metrics", headers=HERE).status_code == 405
    answer = client.head("/metrics", headers=HERE)
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_database_that_is_away_is_told(world: World, client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE store_effect RENAME TO set_aside")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT before")
    found = told(client)
    assert found["musterpoint_database_up"] == 0
    assert not [each for each in found if each.startswith("musterpoint_effects")]
    assert found["process_resident_memory_bytes"] > 0
