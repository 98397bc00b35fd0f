"""The schema and the migrations."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from musterpoint.store import schema


def test_no_migration_is_missing(db: None) -> None:
    out = StringIO()
    try:
        call_command("makemigrations", "store", check=True, dry_run=True, stdout=out)
    except SystemExit:
        pytest.fail(f"./run musterpoint has models without a migration:\n{out.getvalue()}")


def test_a_database_that_is_up_to_date_lacks_nothing(db: None) -> None:
    assert schema.missing() == frozenset()
    assert schema.is_there()
    assert {"store.0001_initial", "accounts.0001_initial", "account.0001_initial"} <= schema.needed()


def test_what_a_database_lacks_is_named(db: None) -> None:
    last = max(each for each in schema.needed() if each.startswith("store."))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'store' AND name = %s", [last.removeprefix("store.")])
    assert schema.missing() == {last}
    assert not schema.is_there()


def test_an_empty_database_lacks_all(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_migrations RENAME TO set_aside")
    assert schema.missing() == schema.needed()
    assert not schema.is_there()


def test_asking_makes_no_file(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if connection.vendor == "sqlite":
        monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(tmp_path / "none.sqlite3"))
        assert schema.missing() == schema.needed()
    assert list(tmp_path.iterdir()) == []
