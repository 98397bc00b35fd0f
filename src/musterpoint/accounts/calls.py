"""On whose behalf a request acts: the call that an action is given, for pages and for the API."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest

from musterpoint import access, logs
from musterpoint.accounts.models import Account
from musterpoint.actions import Call
from musterpoint.process import in_force
from musterpoint.store.models import Person


def now() -> datetime:
    return datetime.now(UTC)


def person_of(request: HttpRequest) -> Person | None:
    """Who is signed in; nobody for an account that belongs to no person."""
    account = request.user
    return account.person if isinstance(account, Account) else None


def call_of(person: Person, source: str) -> Call:
    """A call by that person, now, through `source` (`web` or `api`), under the process that is in force."""
    process = in_force()
    logs.know(person=person.pk)
    return Call(access.actor_of(person, process), process, source, now())
