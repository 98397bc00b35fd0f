"""Where allauth asks us: who may come in, as whom, what counts as proven, and what happens after too many tries."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.ratelimit import respond_429
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.signals import social_account_added
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from musterpoint.accounts import joining, links, opening
from musterpoint.accounts.arrivals import INVITED, comer_of, verified
from musterpoint.accounts.models import Account, Link
from musterpoint.core.decision import NotAllowed
from musterpoint.process import in_force


def refused(request: HttpRequest, message: str, hint: str) -> HttpResponse:
    told = {"title": "You cannot come in", "message": message, "hint": hint}
    return render(request, "accounts/refused.html", told, status=403)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # has no types
    """Local accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """By domain, where mail can prove the address; everybody else needs an invitation."""
        return bool(settings.SMTP_URL and in_force().join_domains)

    def login(self, request: HttpRequest, user: Account) -> None:
        """The last step of every sign-in: whoever is no person here yet becomes one now, or is refused."""
        if user.person_id is None:
            try:
                _becomes_a_person(user)
            except NotAllowed as error:
                raise ImmediateHttpResponse(refused(request, error.message, error.hint)) from error
        request.session.pop(INVITED, None)
        super().login(request, user)

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        confirmed = bool(super().confirm_email(request, email_address))
        account = email_address.user
        if confirmed and account.person is not None:
            joining.give(account.person, [f"email:{email_address.email.casefold()}"])
        return confirmed

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            raise ImmediateHttpResponse(respond_429(request)) from error

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """By address alone: allauth adds the host that was asked, which whoever asks may choose."""
        return str(credentials.get("email", "")).casefold()


def _becomes_a_person(account: Account) -> None:
    """Raises NotAllowed."""
    process = in_force()
    emails = tuple(opening.proven_of(account))
    comer = joining.Comer(account.email.partition("@")[0].replace(".", " ").title(), emails)
    joining.must_be_let_in(comer, process)
    with transaction.atomic():
        account.person = joining.person_of(comer, process.join_role, process)
        account.save(update_fields=["person"])


class NoSuchService(SocialApp.DoesNotExist, Http404):  # type: ignore[misc]  # has no types
    """Nobody can sign in by it here: for allauth as it expects it, for a browser a page that is not there."""


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # has no types
    """Sign-in by OIDC, GitHub and Slack."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[Any]:
        """Those of the environment alone. GitHub is asked for organisations only where a rule is about one."""
        apps = [each for each in super().list_apps(request, provider, client_id) if each.pk is None]
        if in_force().join_github:
            for each in apps:
                if each.provider == "github":
                    each.settings = {**each.settings, "scope": ["user:email", "read:org"]}
        return apps

    def get_app(self, request: HttpRequest, provider: Any, client_id: Any = None) -> Any:
        try:
            return super().get_app(request, provider, client_id)
        except SocialApp.DoesNotExist as error:
            raise NoSuchService from error

    def authenticate_by_email(self, sociallogin: Any) -> tuple[Account, str] | None:
        """The account of whoever proved the same address here. One that only claims it does not count."""
        return opening.owner_of(verified(sociallogin))

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """A returning account comes in as it is; a new one is made here, or refused with a plain page."""
        if sociallogin.is_existing or sociallogin.state.get("process") in ("connect", "redirect"):
            return
        try:
            with transaction.atomic():
                _joins(request, sociallogin)
        except NotAllowed as error:
            raise ImmediateHttpResponse(refused(request, error.message, error.hint)) from error
        except IntegrityError as error:  # the same person in two windows at once
            raise ImmediateHttpResponse(
                refused(request, "Somebody is signing in like that right now.", "Try again.")
            ) from error


def _joins(request: HttpRequest, sociallogin: Any) -> None:
    """Make the account of somebody who comes for the first time. Raises NotAllowed."""
    process = in_force()
    comer = comer_of(sociallogin)
    link = _invitation(request)
    if link is None:
        joining.must_be_let_in(comer, process)
        person = joining.person_of(comer, process.join_role, process)
    else:
        wanted = link.person or links.owner_of_email(link)
        person = joining.person_of(comer, link.role, process, wanted)
        joining.give(person, [f"email:{link.email}"] if link.email else [])
    emails = [*comer.emails, *([link.email] if link and link.email else [])]
    for each in emails:
        opening.freed(each)
    first = next((each for each in emails if opening.is_free(each)), "")
    sociallogin.user = opening.opened(person, first, verified=True)
    sociallogin.save(request, connect=True)


def _invitation(request: HttpRequest) -> Link | None:
    """The invitation that this browser takes up by way of the service, used up."""
    link = links.by_digest(request.session.get(INVITED, ""))
    return link if link is not None and link.purpose == links.INVITATION and links.use(link) else None


@receiver(social_account_added)
def _connected(sociallogin: Any, **_: Any) -> None:
    """Who connects a service to their account has proven that its identity is theirs."""
    if (person := sociallogin.user.person) is not None:
        joining.give(person, comer_of(sociallogin).identities)
