"""An installation for each test, on SQLite and on PostgreSQL, beside a chat that fails; no process of it is left."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests import postgresql
from tests.databases import BOTH
from tests.faults.house import House
from tests.faults.other_side import other_side


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    if why := postgresql.available():
        pytest.skip(why)
    with postgresql.server() as url:
        yield url


def fresh_database(server: str) -> str:
    name = f"faults_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> str:
    """Another one each time; printed when a test fails (pytest shows what was printed)."""
    seed = secrets.token_hex(4)
    print(f"seed {seed}")
    return seed


@pytest.fixture
def dice(seed: str) -> random.Random:
    return random.Random(seed)


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> str:
    """The DATABASE_URL of a fresh database; "" for the SQLite file in the home."""
    if request.param == "sqlite":
        return ""
    return fresh_database(request.getfixturevalue("postgresql_server"))


@pytest.fixture
def house(database: str, seed: str, tmp_path: Path) -> Iterator[House]:
    with other_side(tmp_path / "other side", seed) as side:
        house = House(tmp_path / "home", database, side)
        try:
            yield house.settle_in()
        finally:
            house.end()
