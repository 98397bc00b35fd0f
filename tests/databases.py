"""Every test that asks for `db` or `transactional_db` runs on SQLite and on PostgreSQL, in one session."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test.utils import setup_databases, teardown_databases
from pytest_django import DjangoDbBlocker

from musterpoint.settings import database as described
from tests import postgresql

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(scope="session", params=BOTH)
def django_db_setup(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """In place of pytest-django's: everything on SQLite (a file, for threads and processes), then on PostgreSQL."""
    with ExitStack() as stack:
        if request.param == "postgresql":
            if why := postgresql.available():
                pytest.skip(why)
            description = described(stack.enter_context(postgresql.server()), Path())
        else:
            folder = tmp_path_factory.mktemp("database")
            description = described("", folder)
            description["TEST"] = {"NAME": str(folder / "test.sqlite3")}
        with django_db_blocker.unblock():
            use(description)
            made = setup_databases(verbosity=0, interactive=False)
            yield
            teardown_databases(made, verbosity=0)


def use(description: dict[str, Any]) -> None:
    """Makes it the default database, in every thread that has not connected yet."""
    connections.close_all()
    settings.DATABASES["default"] = description
    connections.settings = connections.configure_settings(settings.DATABASES)
    del connections["default"]
