"""The page of a one-time link, `/join/TOKEN`. Opening it changes nothing; sending its form lets somebody in, once."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.socialaccount.adapter import get_adapter
from django.conf import settings
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from musterpoint.accounts import joining, links, opening
from musterpoint.accounts.forms import Join, SetUp, SignIn
from musterpoint.accounts.models import Account, Link
from musterpoint.core.incident import Role
from musterpoint.process import in_force
from musterpoint.store.models import Person


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, text: str) -> HttpResponse:
    link = links.found(text)
    if link is None:
        return _gone(request)
    if link.purpose == links.SIGN_IN:
        return _sign_in(request, link)
    return _set_up(request, link) if link.purpose == links.SET_UP else _invitation(request, link, text)


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/link_gone.html", status=404)


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _enters(request: HttpRequest, account: Account, verification: str | None = "none") -> HttpResponse:
    """Through allauth, which asks for the second factor. Whoever was signed in here before is signed out."""
    if request.user.is_authenticated:
        logout(request)
    wanted = request.GET.get("next", "")  # a link may lead to a page, but of ours alone
    where = wanted if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, None) else "/"
    answer: HttpResponse = perform_login(
        request, Login(user=account, email_verification=verification, redirect_url=where, email=account.email)
    )
    return answer


def _set_up(request: HttpRequest, link: Link) -> HttpResponse:
    form = SetUp(_sent(request), link=link)
    if not form.is_valid():
        return render(request, "accounts/set_up.html", {"form": form}, status=400 if form.is_bound else 200)
    given = form.cleaned_data
    with transaction.atomic():
        if not links.use(link):
            return _gone(request)
        person = link.person if given.get("known") else Person.objects.create(name=given["name"], role=Role.ADMIN)
        if person is not None and given["name"]:
            person.name = given["name"]
            person.save(update_fields=["name"])
        account = opening.opened(person, given["email"], given["password"], verified=True)
        if person is not None:
            joining.give(person, [f"email:{given['email']}"])
    return _enters(request, account)


def _invitation(request: HttpRequest, link: Link, text: str) -> HttpResponse:
    person = link.person or links.owner_of_email(link)
    form = Join(_sent(request), link=link, person=person)
    if not form.is_valid():
        told = {"form": form, "link": link, "known": person, "text": text}
        told["services"] = get_adapter().list_providers(request)
        return render(request, "accounts/invitation.html", told, status=400 if form.is_bound else 200)
    given = form.cleaned_data
    process = in_force()
    with transaction.atomic():
        if not links.use(link):
            return _gone(request)
        comer = joining.Comer(given.get("name", ""), (link.email,) if link.email else ())
        person = joining.person_of(comer, link.role, process, person)
        account = opening.opened(person, given["email"], given["password"], verified=bool(link.email))
    return _enters(request, account, "mandatory" if settings.SMTP_URL else "none")


def _sign_in(request: HttpRequest, link: Link) -> HttpResponse:
    person = link.person
    if person is None or joining.is_shut_out(person):
        return _gone(request)
    accounts = Account.objects.filter(person=person, is_active=True).order_by("-last_login", "-pk")
    account = accounts.first() or Account(person=person)
    form = SignIn(_sent(request), signs_in=account)
    if not form.is_valid():
        told = {"form": form, "known": person, "account": account}
        return render(request, "accounts/sign_in.html", told, status=400 if form.is_bound else 200)
    with transaction.atomic():
        if not links.use(link):
            return _gone(request)
        account = account if account.pk else opening.opened(person)
        if password := form.cleaned_data["password"]:
            account.set_password(password)
            account.save(update_fields=["password"])
    return _enters(request, account)
