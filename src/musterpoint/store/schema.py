"""Which schema the database has and which this version needs."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import Error, connection


@cache
def needed() -> frozenset[str]:
    """The migrations of this version, by name."""
    return frozenset(file.stem for file in (Path(__file__).parent / "migrations").glob("0*.py"))


def missing() -> frozenset[str]:
    """Migrations that the database lacks; all of them for an empty one. Raises Error where it does not answer."""
    if connection.vendor == "sqlite" and not Path(settings.DATABASES["default"]["NAME"]).exists():
        return needed()
    with connection.cursor() as cursor:
        if "django_migrations" not in connection.introspection.table_names(cursor):
            return needed()
        cursor.execute("SELECT name FROM django_migrations WHERE app = 'store'")
        return needed() - {row[0] for row in cursor.fetchall()}


def is_there() -> bool:
    """Whether the database answers and has every migration."""
    try:
        return not missing()
    except Error:
        return False
