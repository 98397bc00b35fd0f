"""Coming in, as people do it: browsers that nobody is signed in with, accounts, services that run on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from musterpoint import access
from musterpoint.accounts import opening
from musterpoint.accounts.models import Account
from musterpoint.store.models import Person
from tests.conftest import World
from tests.web.conftest import Site, runs_under

PASSWORD = "a quiet harbour 7"


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    runs_under(world, monkeypatch)
    return Site(world)


@pytest.fixture
def forgetful(site: Site) -> Iterator[Site]:
    """A site that has not counted any tries yet."""
    cache.clear()
    yield site
    cache.clear()


def has_account(account: str, email: str = "", *, verified: bool = True) -> Account:
    """That person of the world gets an account with a password."""
    return opening.opened(access.person(account), email or f"{account}@example.com", PASSWORD, verified=verified)


def names(person: Person) -> list[str]:
    """The identities."""
    return sorted(each.name for each in person.identities.all())


def signs_in(email: str, password: str = PASSWORD, browser: Client | None = None, **more: Any) -> tuple[Client, Any]:
    """Somebody signs in with a password: the browser, and the answer."""
    browser = browser or Client()
    return browser, browser.post("/accounts/login/", {"login": email, "password": password, **more})


def who(browser: Client) -> str:
    """The person who is signed in with this browser; empty for nobody."""
    number = browser.session.get("_auth_user_id")
    account = Account.objects.select_related("person").filter(pk=number).first() if number else None
    page = browser.get("/settings/me")
    return account.person.name if account and account.person and page.status_code == 200 else ""


def counted(world: World) -> tuple[int, int]:
    """How many people and accounts there are."""
    return Person.objects.count(), Account.objects.count()
