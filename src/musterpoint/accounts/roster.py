"""Everybody who is known here, with what there is of their accounts."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from musterpoint import access, people
from musterpoint.accounts import opening
from musterpoint.accounts.models import Account
from musterpoint.core.process import Process
from musterpoint.store.models import Person


def _people() -> QuerySet[Person]:
    second = Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=["totp", "webauthn"]))
    accounts = Prefetch("accounts", Account.objects.annotate(second_factor=second).order_by("pk"))
    return Person.objects.prefetch_related("identities", accounts)


def _shape(person: Person, process: Process) -> dict[str, Any]:
    accounts = list(person.accounts.all())
    return {
        **people.shape(person, process),
        "number": person.pk,
        "emails": [each.email for each in accounts if opening.has_address(each)],
        "account": "none" if not accounts else "active" if any(each.is_active for each in accounts) else "deactivated",
        "signed_in_at": max((each.last_login for each in accounts if each.last_login), default=None),
        "second_factor": any(getattr(each, "second_factor", False) for each in accounts),
    }


def everybody(process: Process) -> list[dict[str, Any]]:
    """By name: the shape of `people.shape`, and `account` (none, active, deactivated), `emails`, `signed_in_at`."""
    return [_shape(each, process) for each in _people().order_by("name", "pk")]


def one(number: int, process: Process) -> dict[str, Any]:
    """Raises NotFound."""
    person = _people().filter(pk=number).first() if number < 2**63 else None
    if person is None:
        raise access.NotFound("There is no such person.", "The page Settings, People shows everybody.")
    return _shape(person, process)
