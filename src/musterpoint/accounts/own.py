"""One's own account: what there is of it, and what everybody may change about themselves."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.http import HttpRequest

from musterpoint import access, people
from musterpoint.accounts import joining, links, opening
from musterpoint.accounts.models import Account
from musterpoint.actions import Call
from musterpoint.store.models import Person


def change_me(call: Call, name: str, zone: str) -> Person:
    """One's own name and time zone. Raises NotAllowed: bad_zone; name_taken for a name that means somebody else."""
    person = access.person(call.actor.who.identity)
    name = joining.cleaned(name)
    if name != person.name:
        joining.must_be_free(name, call.process, but=person)
    person.name, person.zone = name, people.known_zone(zone.strip())
    person.save(update_fields=["name", "zone"])
    return person


def shown(request: HttpRequest) -> dict[str, Any]:
    """How this account signs in, as its page shows it."""
    account = request.user
    assert isinstance(account, Account)
    address = EmailAddress.objects.filter(user=account, email__iexact=account.email).first()
    kinds = set(Authenticator.objects.filter(user=account).values_list("type", flat=True))
    return {
        "email": account.email if opening.has_address(account) else "",
        "verified": bool(address and address.verified),
        "mail": bool(settings.SMTP_URL),
        "password": account.has_usable_password(),
        "second_factor": bool(kinds & {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN}),
        "connected": [each.get_provider().name for each in _connected(account)],
        "services": get_adapter().list_providers(request),
        "links": links.made_for(account.person) if account.person else [],
    }


def _connected(account: Account) -> list[Any]:
    """Services that this installation still knows."""
    known = {each.provider_id or each.provider for each in get_adapter().list_apps(None)}
    return [each for each in SocialAccount.objects.filter(user=account) if each.provider in known]
