"""Which schema the database has and which this version needs."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.db import Error, connection


@cache
def needed() -> frozenset[str]:
    """The migrations of this version and of the parts it is made of, as `app.name`. Loads none of them."""
    names = set()
    for app in [*settings.TABLES, *settings.PAGES]:
        top, *inner = app.split(".")
        spec = find_spec(top)
        for place in (spec.submodule_search_locations if spec else None) or []:
            files = Path(place, *inner, "migrations").glob("0*.py")
            names |= {f"{app.rpartition('.')[2]}.{file.stem}" for file in files}
    return frozenset(names)


def missing() -> frozenset[str]:
    """Migrations that the database lacks; all of them for an empty one. Raises Error where it does not answer."""
    if connection.vendor == "sqlite" and not Path(settings.DATABASES["default"]["NAME"]).exists():
        return needed()
    with connection.cursor() as cursor:
        if "django_migrations" not in connection.introspection.table_names(cursor):
            return needed()
        cursor.execute("SELECT app, name FROM django_migrations")
        return needed() - {f"{app}.{name}" for app, name in cursor.fetchall()}


def is_there() -> bool:
    """Whether the database answers and has every migration."""
    try:
        return not missing()
    except Error:
        return False
