"""Accounts come to be here: for somebody who set Musterpoint up, was invited, or was let in by a service.

An address is somebody's once it is verified; one that somebody only claims yields to whoever proves that it is theirs.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from allauth.account.models import EmailAddress

from musterpoint.accounts.models import Account
from musterpoint.store.models import Person

#: Stands where an account has no address: nobody can get mail there (RFC 2606).
NOWHERE = "accounts.invalid"


def has_address(account: Account) -> bool:
    return not account.email.endswith(f"@{NOWHERE}")


def _placeholder() -> str:
    return f"{secrets.token_hex(8)}@{NOWHERE}"


def opened(person: Person | None, email: str = "", password: str = "", *, verified: bool = False) -> Account:
    """A new account of that person. The address is not another account's (see `is_free`)."""
    account = Account(email=email.casefold() or _placeholder(), person=person)
    if password:
        account.set_password(password)
    else:
        account.set_unusable_password()
    account.save()
    if email:
        EmailAddress.objects.create(user=account, email=account.email, verified=verified, primary=True)
    return account


def is_free(email: str) -> bool:
    """Whether no account has it."""
    claimed = EmailAddress.objects.filter(email__iexact=email).exists()
    return not claimed and not Account.objects.filter(email__iexact=email).exists()


def proven_of(account: Account) -> list[str]:
    """Its verified addresses."""
    return list(EmailAddress.objects.filter(user=account, verified=True).values_list("email", flat=True))


def owner_of(emails: Iterable[str]) -> tuple[Account, str] | None:
    """The account for which one of these addresses was verified, and which."""
    for email in emails:
        found = EmailAddress.objects.filter(email__iexact=email, verified=True).select_related("user").first()
        if found is not None:
            return found.user, email
    return None


def freed(email: str) -> None:
    """Takes an address that is proven to be somebody else's away from accounts that only claim it."""
    EmailAddress.objects.filter(email__iexact=email, verified=False).delete()
    for account in Account.objects.filter(email__iexact=email):
        account.email = _placeholder()
        account.save(update_fields=["email"])
