"""Who calls: the person of a token, within its scopes; for reading also whoever is signed in to the pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.http import HttpRequest
from ninja.errors import AuthenticationError
from ninja.security import HttpBearer

from musterpoint.accounts import calls, tokens
from musterpoint.accounts.models import Token
from musterpoint.actions import Call
from musterpoint.core.decision import NotAllowed
from musterpoint.store.models import Person


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf. `token` is None for somebody who is signed in, who may only read here."""

    person: Person
    call: Call
    token: Token | None


class Request(HttpRequest):
    """A request of somebody who is known."""

    auth: Caller


class Bearer(HttpBearer):
    """`Authorization: Bearer mp_…`; `admin` is needed for what the whole installation is run by."""

    def __init__(self, *, admin: bool = False) -> None:
        super().__init__()
        self.admin = admin

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        found = tokens.found(token.strip(), calls.now())
        if found is None:
            raise AuthenticationError
        must_have(found, self.needed(request))
        call = calls.call_of(found.person, "api")
        return Caller(found.person, replace(call, actor=tokens.capped(call.actor, found)), found)

    def needed(self, request: HttpRequest) -> str:
        return "read" if request.method == "GET" else "admin" if self.admin else "write"


def must_have(token: Token, scope: str) -> None:
    """Raises NotAllowed (`scope`)."""
    if scope not in token.scopes.split():
        message = f"The token {token.name!r} has not the scope {scope!r}."
        raise NotAllowed("scope", message, "Use one that has it; tokens are made on the page Settings, Tokens.")


class SignedIn:
    """A session of the pages, for reading alone: so the documentation can be tried out."""

    openapi_security_schema = {"type": "apiKey", "in": "cookie", "name": "sessionid"}

    def __call__(self, request: HttpRequest) -> Caller | None:
        if request.method != "GET" or request.headers.get("Authorization"):
            return None
        person = calls.person_of(request)
        return Caller(person, calls.call_of(person, "api"), None) if person else None


ANYBODY: list[Callable[[HttpRequest], Caller | None]] = [Bearer(), SignedIn()]
ADMIN: list[Callable[[HttpRequest], Caller | None]] = [Bearer(admin=True)]
