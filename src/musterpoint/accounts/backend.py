"""How a session finds its account: with its person and their identities, in two queries."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend

from musterpoint.accounts.models import Account


class OfAccounts(AuthenticationBackend):  # type: ignore[misc]  # has no types
    """allauth's own, but for what comes with an account."""

    def get_user(self, user_id: int) -> Account | None:
        query = Account.objects.select_related("person").prefetch_related("person__identities")
        account = query.filter(pk=user_id).first()
        return account if account is not None and account.is_active else None
