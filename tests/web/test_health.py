"""The health checks: this process answers; its database does too."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from musterpoint import __version__
from tests.actions.telling import declared
from tests.conftest import World
from tests.web.conftest import Site


def test_the_process_answers_without_its_database(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "version": __version__})


def test_it_is_ready_when_the_database_is(world: World, client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_it_is_not_ready_before_the_database_is_migrated(world: World, client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'store' AND name = '0003_aftermath'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "musterpoint migrate" in answer.json()["message"]


def test_it_is_not_ready_while_the_database_does_not_answer(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor == "sqlite":
        monkeypatch.setitem(settings.DATABASES["default"], "NAME", "/nowhere/musterpoint.sqlite3")
    else:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE django_migrations RENAME COLUMN name TO other")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "unavailable"


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz"])
def test_nothing_of_an_incident_is_shown(world: World, client: Client, path: str) -> None:
    declared(world, "zanzibar leaks")
    assert b"zanzibar" not in client.get(path).content


def test_other_addresses_hold_nothing(site: Site) -> None:
    assert "There is nothing here" in site.page("bob", "/nowhere", status=404)
