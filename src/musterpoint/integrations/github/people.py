"""Who did something on GitHub: a person by their login, and whether it was us.

Logins are the same in capital and small letters. An app's account has the same login as a person's might, so that it
gets `[bot]` behind it, as GitHub's pages show it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from musterpoint.core.person import Who
from musterpoint.core.process import Process
from musterpoint.integrations.github.calling import graphql
from musterpoint.integrations.github.keys import keys

PREFIX, BOT = "github:", "[bot]"

#: An account as GraphQL tells it; None for one that has left GitHub.
Actor = Mapping[str, Any] | None


def who(actor: Actor) -> Who | None:
    """None where GitHub does not say, or does not know any more."""
    if not actor or not actor.get("login"):
        return None
    login = _login(actor)
    return Who(f"{PREFIX}{login.lower()}", str(actor.get("name") or login))


def login_of(identity: str) -> str:
    """Empty for whoever is not known by an account on GitHub."""
    return identity.removeprefix(PREFIX) if identity.startswith(PREFIX) else ""


def _login(actor: Mapping[str, Any]) -> str:
    login = str(actor["login"])
    return f"{login.removesuffix(BOT)}{BOT}" if actor.get("__typename") == "Bot" else login


@dataclass(frozen=True, slots=True)
class Us:
    """The account that we call GitHub with. With `app` nobody else uses it; that of a token may be a person's."""

    login: str
    app: bool

    def did(self, actor: Actor) -> bool:
        return bool(actor and actor.get("login")) and _login(actor or {}).lower() == self.login.lower()

    def wrote(self, data: Mapping[str, Any]) -> bool:
        """Whether we made it, as REST tells of an issue or a comment."""
        return str((data.get("user") or {}).get("login", "")).lower() == self.login.lower()


def us_of(viewer: Mapping[str, Any]) -> Us:
    """From `viewer { login }`."""
    app = keys().as_app
    login = str(viewer["login"])
    return Us(f"{login.removesuffix(BOT)}{BOT}" if app else login, app)


def us(process: Process, owner: str) -> Us:
    """One request; whoever has the answer of a look needs none."""
    return us_of(graphql(process, "query { viewer { login } }", {}, owner)["viewer"])
