"""Tokens: what a program shows to act as a person. Shown once, kept as a digest, limited by scopes and an expiry.

Scopes hold what is narrower: `admin` may write, `write` may read. A token lets nobody do what its person may not.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from musterpoint.access import NotFound
from musterpoint.accounts import calls
from musterpoint.accounts.models import Account, Token
from musterpoint.core.decision import Actor, NotAllowed, some_text
from musterpoint.core.incident import Role, time_text
from musterpoint.core.put_off import LONGEST, time_to_come
from musterpoint.store.models import Person

PREFIX = "mp_"
#: From the narrowest to the widest.
SCOPES = ("read", "write", "admin")
LASTS = timedelta(days=90)
NEVER = "never"
LONGEST_NAME = 100
#: `used_at` is written no more often than this: reading with a token is not to cost a write each time.
USED_EVERY = timedelta(minutes=1)


def issue(
    person: Person, name: str, scopes: Collection[str], expires_at: datetime | None, within: Token | None = None
) -> str:
    """A new token of that person; its text, which nobody can read again. `expires_at` None: never.

    `within`: the token with which it is asked for, whose scopes and expiry bound it. Raises NotAllowed: empty,
    too_long, no_such_scope, read_only, not_an_admin, in_the_past, too_far, wider_scope, longer_life.
    """
    name = " ".join(some_text(name.replace("\0", "\ufffd"), "name").split())
    if len(name) > LONGEST_NAME:
        raise NotAllowed("too_long", f"The name has more than {LONGEST_NAME} characters.", "Give a shorter one.")
    held = _held(person, scopes)
    _must_come(expires_at)
    if within is not None:
        _must_be_within(within, held, expires_at)
    text = PREFIX + secrets.token_urlsafe(32)
    Token.objects.create(digest=_digest(text), person=person, name=name, scopes=" ".join(held), expires_at=expires_at)
    return text


def _held(person: Person, scopes: Collection[str]) -> tuple[str, ...]:
    if unknown := sorted(set(scopes) - set(SCOPES)):
        raise NotAllowed("no_such_scope", f"There is no scope {unknown[0]!r}.", f"One of: {', '.join(SCOPES)}.")
    if not scopes:
        raise NotAllowed("no_such_scope", "A token needs a scope.", f"One of: {', '.join(SCOPES)}.")
    if person.role == Role.VIEWER and set(scopes) != {"read"}:
        raise NotAllowed("read_only", f"{person.name} may only read.", "Take the scope read.")
    if "admin" in scopes and person.role != Role.ADMIN:
        raise NotAllowed("not_an_admin", f"{person.name} is not an admin.", "Take the scope read or write.")
    return SCOPES[: max(SCOPES.index(each) for each in scopes) + 1]


def _must_come(expires_at: datetime | None) -> None:
    now = calls.now()
    if expires_at is not None and expires_at <= now:
        message = f"{expires_at:%Y-%m-%d %H:%M} UTC has passed."
        raise NotAllowed("in_the_past", message, "Give a time to come, such as 90d, or never.")
    if expires_at is not None and expires_at > now + LONGEST:
        raise NotAllowed("too_far", f"{expires_at:%Y-%m-%d} is more than ten years away.", "Say never if you mean it.")


def _must_be_within(token: Token, scopes: Collection[str], expires_at: datetime | None) -> None:
    if wider := set(scopes) - set(token.scopes.split()):
        message = f"The token {token.name!r} lacks the scope {sorted(wider)[0]}, so it can give none that has it."
        raise NotAllowed("wider_scope", message, "Issue it on the page Settings, Tokens.")
    if token.expires_at is not None and (expires_at is None or expires_at > token.expires_at):
        message = f"It would live longer than the token {token.name!r}, which asks for it."
        hint = f"Give an expiry until {token.expires_at:%Y-%m-%d %H:%M}, or issue it on the page Settings, Tokens."
        raise NotAllowed("longer_life", message, hint)


def expiry(text: str, now: datetime) -> datetime | None:
    """`90d`, `2w`, `2027-01-31`; `never` is None; nothing said means 90 days. Raises NotAllowed (`bad_time`)."""
    text = text.strip()
    if not text:
        return now + LASTS
    return None if text.casefold() == NEVER else time_to_come(text, now)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _live() -> QuerySet[Token]:
    """Of people who are not shut out: whoever has accounts needs one that is active."""
    accounts = Account.objects.filter(person=OuterRef("person"))
    shut_out = Exists(accounts) & ~Exists(accounts.filter(is_active=True))
    return Token.objects.filter(~shut_out, revoked_at=None)


def found(text: str, now: datetime) -> Token | None:
    """The token with its person and their identities, in two queries; None if it is unknown, expired or revoked, or its
    person is shut out. Notes that it was used."""
    if not text.startswith(PREFIX):
        return None
    query = _live().filter(Q(expires_at=None) | Q(expires_at__gt=now), digest=_digest(text))
    token = query.select_related("person").prefetch_related("person__identities").first()
    if token is not None and (token.used_at is None or token.used_at <= now - USED_EVERY):
        Token.objects.filter(pk=token.pk).update(used_at=now)
    return token


def capped(actor: Actor, token: Token) -> Actor:
    """The actor with no more of a role than the token's scopes let through."""
    scopes = token.scopes.split()
    if "write" not in scopes:
        return replace(actor, role=Role.VIEWER, authority=False)
    if "admin" not in scopes and actor.role is Role.ADMIN:
        return replace(actor, role=Role.RESPONDER)
    return actor


def named(text: str) -> Token:
    """The token that was just issued."""
    return Token.objects.select_related("person").get(digest=_digest(text))


def listed(person: Person | None) -> list[Token]:
    """The person's tokens that are not revoked, newest first, expired ones too; None: everybody's."""
    query = Token.objects.filter(revoked_at=None).select_related("person").order_by("-pk")
    return list(query if person is None else query.filter(person=person))


def revoke(actor: Actor, number: int) -> Token:
    """It works no more from now on. One's own; an admin may revoke everybody's. Raises NotFound."""
    query = Token.objects.filter(pk=number, revoked_at=None) if abs(number) < 2**63 else Token.objects.none()
    if actor.role is not Role.ADMIN:
        query = query.filter(person__in=_people(actor))
    token = query.select_related("person").first()
    if token is None or not query.update(revoked_at=calls.now()):
        raise NotFound(f"There is no token {number}.", "`token list` shows yours.")
    return token


def _people(actor: Actor) -> QuerySet[Person]:
    return Person.objects.filter(pk=int(actor.who.identity.removeprefix("person:")))


def shape(token: Token) -> dict[str, Any]:
    """What surfaces show of it; never the token itself."""
    times = {"made_at": token.made_at, "expires_at": token.expires_at, "used_at": token.used_at}
    return {
        "id": token.pk,
        "name": token.name,
        "person": token.person.name,
        "scopes": token.scopes.split(),
        "expired": token.expires_at is not None and token.expires_at <= calls.now(),
        **{name: time_text(at) if at else None for name, at in times.items()},
    }
