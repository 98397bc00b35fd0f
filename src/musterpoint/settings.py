"""Django's settings, from the environment. `X_FILE` names a file that holds the value of `X` (for secrets).

MUSTERPOINT_HOME  the folder of database, files, configuration and secrets (default: ~/.musterpoint)
DATABASE_URL      the database when it is not the SQLite file in that folder, e.g. postgresql://user:word@host/name
SECRET_KEY        default: the file `secret-key` in the home, made by `musterpoint init`
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def environment(name: str, default: str = "") -> str:
    """The variable, or the contents of the file that `NAME_FILE` names."""
    file = os.environ.get(f"{name}_FILE")
    if file:
        return Path(file).read_text().strip()
    return os.environ.get(name, default)


HOME = Path(environment("MUSTERPOINT_HOME") or Path.home() / ".musterpoint").expanduser().absolute()
DATABASE_URL = environment("DATABASE_URL")

#: SQLite's default (deferred) transactions lose updates or fail under two writers: IMMEDIATE always.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 30,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON",
}


def database(url: str, home: Path) -> dict[str, Any]:
    """Django's description of the database that `url` names; without one, the SQLite file in `home`."""
    parts = urlsplit(url)
    if not url or parts.scheme == "sqlite":
        name = unquote(parts.path) if url else str(home / "musterpoint.sqlite3")
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": name, "OPTIONS": dict(SQLITE_OPTIONS)}
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError(f"DATABASE_URL begins with {parts.scheme!r}; it must begin with postgresql:// or sqlite:///")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def secret_key(home: Path) -> str:
    """The key that signs sessions. Before `init` made one, a throw-away value: nothing is signed by then."""
    if key := environment("SECRET_KEY"):
        return key
    file = home / "secret-key"
    return file.read_text().strip() if file.exists() else "not-initialised"


DATABASES = {"default": database(DATABASE_URL, HOME)}
SECRET_KEY = secret_key(HOME)
INSTALLED_APPS = ["musterpoint.store"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "musterpoint.web.urls"
MIDDLEWARE: list[str] = []
LOGGING_CONFIG = None
