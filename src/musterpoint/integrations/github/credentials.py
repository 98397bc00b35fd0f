"""Whom we call GitHub as: by a token, as the installation of an app, or as the app itself.

https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app
The form and length of a token are GitHub's own affair and are not looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

from musterpoint.integrations.github.answers import Refusal, Trouble, answer
from musterpoint.integrations.github.keys import Keys
from musterpoint.integrations.github.sending import send
from musterpoint.ports import NotSent, Unavailable

#: A token of an installation is not used in the last minutes of its hour.
SPARE = timedelta(minutes=5)
#: https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
ISSUED_BEFORE = timedelta(seconds=60)
LASTS = timedelta(minutes=9)
TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class _Installed:
    token: str = field(repr=False)
    ends: datetime


_tokens: dict[tuple[str, str, str], _Installed] = {}
_asking = Lock()


def authorization(keys: Keys, owner: str, now: datetime, timeout: float = TIMEOUT) -> str:
    """The header Authorization for what belongs to `owner` (`OWNER`, or `OWNER/REPOSITORY`); `timeout` in seconds.

    Raises Trouble, or NotSent where GitHub gives no token now: the call that needs it was not made.
    """
    if not keys.as_app:
        if not keys.token:
            raise Trouble("no_credentials")
        return f"Bearer {keys.token}"
    name = _name(keys, owner)
    with _asking:
        found = _tokens.get(name)
        if found is None or found.ends - now <= SPARE:
            found = _tokens[name] = _asked(keys, owner, now, timeout)
        return f"Bearer {found.token}"


def forget(keys: Keys, owner: str) -> bool:
    """The token that was given out for `owner` is not taken any more. Whether another one can be asked for."""
    with _asking:
        return _tokens.pop(_name(keys, owner), None) is not None


def app_header(keys: Keys, now: datetime) -> str:
    """The header Authorization for calls as the app itself. Raises Trouble for a key that is none."""
    import jwt

    starts, ends = now - ISSUED_BEFORE, now + LASTS
    claims = {"iat": int(starts.timestamp()), "exp": int(ends.timestamp()), "iss": keys.app_id}
    try:
        return f"Bearer {jwt.encode(claims, keys.private_key, algorithm='RS256')}"
    except (jwt.PyJWTError, ValueError, TypeError):  # their words may quote the key
        pass
    raise Trouble("bad_app_key", words="GITHUB_APP_PRIVATE_KEY is no private key in PEM form")


def _name(keys: Keys, owner: str) -> tuple[str, str, str]:
    return keys.api, keys.app_id, keys.installation or owner.partition("/")[0].lower()


def _asked(keys: Keys, owner: str, now: datetime, timeout: float) -> _Installed:
    try:
        number = keys.installation or _installation(keys, owner, now, timeout)
        found = _as_app(keys, "POST", f"/app/installations/{number}/access_tokens", now, timeout)
        if found is None:
            raise Trouble("not_installed", "" if keys.installation else owner)
        ends = datetime.fromisoformat(str(found["expires_at"]))
        return _Installed(str(found["token"]), ends if ends.tzinfo else ends.replace(tzinfo=UTC))
    except NotSent:
        raise
    except Unavailable as error:
        raise NotSent(f"GitHub gives us no token now: {error}", error.retry_after) from error
    except (KeyError, TypeError, ValueError):
        pass
    raise NotSent("GitHub gives us no token now: what it answered makes no sense.")


def _installation(keys: Keys, owner: str, now: datetime, timeout: float) -> str:
    """The id of our app's installation: for a repository, or at an owner, who may be an organisation or a person."""
    places = ["repos"] if "/" in owner else ["orgs", "users"]
    for path in [f"/{place}/{owner}/installation" for place in places]:
        if (found := _as_app(keys, "GET", path, now, timeout)) is not None:
            return str(found["id"])
    raise Trouble("not_installed", owner)


def _as_app(keys: Keys, method: str, path: str, now: datetime, timeout: float) -> Any:
    """None where it is not there."""
    reply = send(method, keys.api + path, app_header(keys, now), timeout)
    try:
        return answer(reply).data
    except Refusal as error:
        if error.status == 404:
            return None
        raise Trouble("not_installed", words=error.words) from error
    except Trouble as error:
        if error.code == "app_suspended":
            raise
        raise Trouble("bad_app_key", words=error.words) from error
