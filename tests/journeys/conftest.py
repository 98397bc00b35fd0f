"""Installations on both databases."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests import postgresql
from tests.databases import BOTH
from tests.journeys.commands import Musterpoint, database_of_its_own


@pytest.fixture(scope="module", params=BOTH)
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Musterpoint]:
    """A new installation; the tests of a module share it. Whoever runs them is its admin."""
    with ExitStack() as stack:
        database = ""
        if request.param == "postgresql":
            if why := postgresql.available():
                pytest.skip(why)
            database = stack.enter_context(database_of_its_own(f"journey_{secrets.token_hex(4)}"))
        here = Musterpoint(tmp_path_factory.mktemp("home"), database)
        here.tell("init", "--name", "Adele Admin")
        for account in ("bob", "victor"):
            role = "viewer" if account == "victor" else "responder"
            here.tell("people", "add", account.capitalize(), "--role", role, f"account:{account}")
        yield here


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Musterpoint:
    here = Musterpoint(tmp_path_factory.mktemp("home"))
    here.tell("init", "--name", "Adele Admin")
    return here
