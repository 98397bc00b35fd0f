"""Django's settings, from the environment. `X_FILE` names a file that holds the value of `X` (for secrets).

MUSTERPOINT_HOME  the folder of database, files, configuration and secrets (default: ~/.musterpoint)
DATABASE_URL      the database when it is not the SQLite file in that folder, e.g. postgresql://user:word@host/name
SECRET_KEY        default: the file `secret-key` in the home, made by `musterpoint init`

docs/configuration.md has all of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from musterpoint.environment import environment

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
        options = dict(SQLITE_OPTIONS)
        # To open a file anew for each request costs a quarter of its time.
        return {"ENGINE": "musterpoint.store.sqlite", "NAME": name, "CONN_MAX_AGE": 60, "OPTIONS": options}
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


def mail(url: str) -> dict[str, Any]:
    """Django's description of the server that takes our mail: `smtp://user:word@host:587?tls=1` (STARTTLS), or with
    `tls=ssl` for TLS from the first byte. Without one no mail goes out."""
    if not url:
        return {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    parts, options = urlsplit(url), dict(parse_qsl(urlsplit(url).query))
    tls = options.pop("tls", "")
    if parts.scheme != "smtp" or not parts.hostname or tls not in ("", "0", "1", "ssl") or options:
        raise ValueError("SMTP_URL must be like smtp://user:password@host:587?tls=1 (or ?tls=ssl, or neither)")
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "HOST": parts.hostname,
        "PORT": parts.port or {"1": 587, "ssl": 465}.get(tls, 25),
        "HOST_USER": unquote(parts.username or ""),
        "HOST_PASSWORD": unquote(parts.password or ""),
        "USE_TLS": tls == "1",
        "USE_SSL": tls == "ssl",
        "TIMEOUT": 10,
    }


def public_address(url: str) -> str:
    """The address that people use, without a slash at its end; empty where they are on this machine alone."""
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query):
        raise ValueError("MUSTERPOINT_ADDRESS must be like https://incidents.example.com, without a path")
    return url.rstrip("/")


def sign_in_services() -> dict[str, Any]:
    """allauth's description of the services by which people may sign in: those that have a client id."""
    services: dict[str, Any] = {}
    if client := environment("OIDC_CLIENT_ID"):
        app: dict[str, Any] = {"provider_id": "oidc", "name": environment("OIDC_NAME") or "single sign-on"}
        app |= {"client_id": client, "secret": environment("OIDC_CLIENT_SECRET")}
        app["settings"] = {"server_url": environment("OIDC_URL").rstrip("/")}
        services["openid_connect"] = {"APPS": [app], "OAUTH_PKCE_ENABLED": True}
    if client := environment("GITHUB_CLIENT_ID"):
        services["github"] = {"APPS": [{"client_id": client, "secret": environment("GITHUB_CLIENT_SECRET")}]}
        if own := environment("GITHUB_URL"):
            services["github"]["GITHUB_URL"] = own.rstrip("/")
    if client := environment("SLACK_CLIENT_ID"):
        services["slack"] = {"APPS": [{"client_id": client, "secret": environment("SLACK_CLIENT_SECRET")}]}
    return services


def log_format(name: str) -> str:
    if name not in ("", "text", "json"):
        raise ValueError(f"LOG_FORMAT is {name!r}; it must be text or json")
    return name


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
ADDRESS = public_address(environment("MUSTERPOINT_ADDRESS"))
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *([urlsplit(ADDRESS).hostname or ""] if ADDRESS else [])]
ROOT_URLCONF = "musterpoint.urls"
LOGGING_CONFIG = None
LOG_FORMAT = log_format(environment("LOG_FORMAT"))
METRICS_TOKEN = environment("METRICS_TOKEN")

# --- mail ---

SMTP_URL = environment("SMTP_URL")
globals().update({f"EMAIL_{name}": value for name, value in mail(SMTP_URL).items()})
DEFAULT_FROM_EMAIL = SERVER_EMAIL = environment("MAIL_FROM") or "Musterpoint <musterpoint@localhost>"

# --- pages ---

MIDDLEWARE = [
    "musterpoint.web.observed.Observed",
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
SECURE_HSTS_SECONDS = 30 * 24 * 3600  # told over TLS alone
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

# --- accounts (docs/accounts.md; who may join is a matter of musterpoint.toml) ---

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["musterpoint.accounts.backend.OfAccounts"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600
if ADDRESS.startswith("https:"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
if ADDRESS:
    CSRF_TRUSTED_ORIGINS = [ADDRESS]
#: Counts wrong passwords for all processes together: they share nothing but the database.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "accounts_cache"},
}
ACCOUNT_ADAPTER = "musterpoint.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {"signup": "musterpoint.accounts.forms.SignUp"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if SMTP_URL else "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody gets mail because a stranger typed their address
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Musterpoint] "
ACCOUNT_EMAIL_NOTIFICATIONS = bool(SMTP_URL)
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if ADDRESS.startswith("https:") else "http"
SOCIALACCOUNT_ADAPTER = "musterpoint.accounts.adapter.SocialAdapter"
SOCIALACCOUNT_PROVIDERS = sign_in_services()
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"  # an address that its service has not verified counts for nothing
SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True  # see the adapter
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Musterpoint"
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = not SMTP_URL
ADMIN = environment("MUSTERPOINT_ADMIN") == "yes"
if ADMIN:
    PAGES.append("django.contrib.admin")
    INSTALLED_APPS = [*TABLES, *PAGES]
