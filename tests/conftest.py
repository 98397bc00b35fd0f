"""What tests share: both databases, no network but loopback, a movable clock, and people.

alice has authority, bob responds, victor only reads, adele is the admin, and charlie must have no access: they respond
to other things and are a member of nothing here.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from musterpoint import access, effects
from musterpoint.actions import Call
from musterpoint.core.process import Process
from musterpoint.store import models
from tests.databases import django_db_setup  # noqa: F401  (a fixture)

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(autouse=True, scope="session")
def _no_network_but_loopback() -> Iterator[None]:
    """A connection to anywhere else fails the test that makes it."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any, /) -> None:
        if self.family != socket.AF_UNIX and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"a test connects to {address}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@dataclass
class World:
    """People, the process, and a clock that moves a minute with every call unless a test moves it."""

    process: Process = field(default_factory=lambda: Process(authority=("alice",), sirt=("account:sirt",)))
    now: datetime = START

    def person(self, account: str, role: str = "responder", zone: str = "") -> models.Person:
        person = models.Person.objects.create(name=account.capitalize(), role=role, zone=zone)
        models.Identity.objects.create(name=f"account:{account}", person=person)
        return person

    def by(self, account: str) -> Call:
        """A call by that person, now; the clock goes on."""
        self.now += timedelta(minutes=1)
        return Call(access.actor(account, self.process), self.process, "cli", self.now)

    def later(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)

    def runs(self, **settings: Any) -> None:
        """Change the process's settings."""
        self.process = replace(self.process, **settings)


def people(world: World) -> World:
    for account, role in (
        ("alice", "responder"),
        ("bob", "responder"),
        ("charlie", "responder"),
        ("victor", "viewer"),
        ("adele", "admin"),
        ("sirt", "responder"),
    ):
        world.person(account, role)
    return world


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """In a transaction that is rolled back: quick."""
    effects.carried_by(None)
    yield people(World())
    effects.carried_by(None)


@pytest.fixture
def real_world(transactional_db: None) -> Iterator[World]:
    """With real transactions, for what happens at a commit."""
    effects.carried_by(None)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM store_search")  # it has no model: what empties the tables passes it over
    yield people(World())
    effects.carried_by(None)
