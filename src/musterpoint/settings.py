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
#: What the command line needs: loading the rest would cost it a third of a second at every call (see `cli/main.py`).
TABLES = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "musterpoint.store",
    "musterpoint.accounts",
]
PAGES = [
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.github",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.slack",
    "allauth.mfa",
    "django_htmx",
    "ninja",
    "musterpoint.web",
]
INSTALLED_APPS = [*TABLES, *PAGES]
AUTH_USER_MODEL = "accounts.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "musterpoint.urls"
LOGGING_CONFIG = None

# --- pages ---

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "musterpoint.web.context.everywhere",
            ],
            "builtins": ["django.templatetags.static", "musterpoint.web.templatetags.musterpoint"],
        },
    }
]
STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "musterpoint.web.static_files.OfThisVersion"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 7 * 24 * 3600  # their addresses carry the version
#: Nothing on a page comes from another machine, and nothing is written into it that runs.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "musterpoint.web.kept.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024**2
MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["musterpoint.accounts.backend.OfAccounts"]
