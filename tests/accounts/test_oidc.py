"""Signing in through a real OIDC provider, which runs here: two servers, and a browser that goes between them."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from musterpoint import access, people
from musterpoint.accounts import links, lockout, opening
from musterpoint.accounts.models import Account
from musterpoint.store.models import Person
from tests.accounts.browsing import Browser
from tests.accounts.conftest import PASSWORD, has_account, names
from tests.conftest import World
from tests.web.conftest import runs_under

with warnings.catch_warnings(record=True) as told:  # authlib tells of parts of itself that it will replace
    import oidc_provider_mock as provider
assert {each.category.__name__ for each in told} <= {"AuthlibDeprecationWarning"}
pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")  # the provider's own

USERS: dict[str, dict[str, Any]] = {
    "ana": {"email": "ana@example.com", "email_verified": True, "name": "Ana Ruiz"},
    "eve": {"email": "eve@evil.example", "email_verified": True, "name": "Alice"},
    "ian": {"email": "alice@example.com", "email_verified": False, "name": "Ian"},
    "jan": {"email": "alice@example.com", "email_verified": "false", "name": "Jan"},
    "kim": {"name": "Kim Sato"},
    "bob": {"email": "BOB@example.com", "email_verified": "true", "name": "Robert"},
}


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    """The provider's address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    users = [provider.User(sub=sub, claims=dict(claims)) for sub, claims in USERS.items()]
    with provider.run_server_in_thread(user_claims=users) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def server(
    service: str, real_world: World, live_server: LiveServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Ours."""
    app: dict[str, Any] = {"provider_id": "oidc", "name": "Example SSO", "client_id": "musterpoint", "secret": "s"}
    app["settings"] = {"server_url": service}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
    runs_under(real_world, monkeypatch)
    real_world.runs(join_domains=("example.com",))
    return str(live_server.url)


VIA = "/accounts/via/oidc"


def signs_in(server: str, sub: str, browser: Browser | None = None) -> Browser:
    browser = browser or Browser(server)
    browser.opens("/accounts/login/")
    asked = browser.sends(VIA)
    assert "/oauth2/authorize" in str(asked.url)
    browser.posts(str(asked.url), sub=sub)
    return browser


def test_who_has_an_address_of_the_domain_joins_and_is_the_same_person_next_time(server: str) -> None:
    browser = signs_in(server, "ana")
    assert str(browser.page.url) == f"{server}/"
    assert browser.name == "Ana Ruiz"
    ana = access.person("Ana Ruiz")
    assert (ana.role, names(ana)) == ("responder", ["email:ana@example.com"])
    before = Person.objects.count(), Account.objects.count()
    assert signs_in(server, "ana").name == "Ana Ruiz"
    assert (Person.objects.count(), Account.objects.count()) == before
    assert Account.objects.get().email == "ana@example.com"


def test_another_domain_is_refused_with_a_plain_page(server: str) -> None:
    before = Person.objects.count()
    browser = signs_in(server, "eve")
    assert browser.page.status_code == 403
    assert "Ask an admin for an invitation" in browser.page.text
    assert browser.name == ""
    assert (Person.objects.count(), Account.objects.count()) == (before, 0)


@pytest.mark.parametrize("sub", ["ian", "jan", "kim"])
def test_an_address_that_is_not_verified_counts_for_nothing(server: str, real_world: World, sub: str) -> None:
    """alice has authority, and her address is what they claim."""
    people.link(real_world.by("adele"), "alice", "email:alice@example.com")
    browser = signs_in(server, sub)
    assert browser.page.status_code == 403
    assert browser.name == ""
    assert names(access.person("alice")) == ["account:alice", "email:alice@example.com"]
    assert not Account.objects.exists()


def test_even_an_invitation_makes_an_unverified_address_nobody_s(server: str, real_world: World) -> None:
    people.link(real_world.by("adele"), "alice", "email:alice@example.com")
    browser = invited(server, "ian", links.invite(real_world.by("adele"), role="viewer")[1])
    assert browser.name == "Ian"
    ian = access.person("Ian")
    assert (ian.role, names(ian)) == ("viewer", [])
    assert not opening.has_address(Account.objects.get())


def test_a_verified_address_leads_to_its_person(server: str, real_world: World) -> None:
    people.link(real_world.by("adele"), "bob", "email:bob@example.com")
    assert signs_in(server, "bob").name == "Bob"


def test_it_is_the_account_for_which_the_address_was_verified_here(server: str) -> None:
    account = has_account("bob")
    assert signs_in(server, "bob").name == "Bob"
    assert Account.objects.get() == account
    assert signs_in(server, "bob").name == "Bob"


def test_it_is_not_an_account_that_only_claims_the_address(server: str) -> None:
    """charlie wrote bob's address into an account and waits for bob."""
    squatter = has_account("charlie", "bob@example.com", verified=False)
    browser = signs_in(server, "bob")
    assert browser.name == "Robert"
    squatter.refresh_from_db()
    assert squatter.person == access.person("charlie")
    assert not opening.has_address(squatter)
    assert names(access.person("charlie")) == ["account:charlie"]


def test_a_returning_account_comes_in_though_the_rule_is_gone(server: str, real_world: World) -> None:
    signs_in(server, "ana")
    real_world.runs(join_domains=())
    assert signs_in(server, "ana").name == "Ana Ruiz"


def test_somebody_shut_out_stays_out(server: str, real_world: World) -> None:
    browser = signs_in(server, "ana")
    lockout.deactivate(real_world.by("adele"), "Ana Ruiz")
    assert browser.name == ""
    again = signs_in(server, "ana")
    assert "was deactivated" in again.page.text
    assert again.name == ""


def test_somebody_shut_out_does_not_join_again(server: str, real_world: World) -> None:
    has_account("bob", "other@example.org")
    people.link(real_world.by("adele"), "bob", "email:bob@example.com")
    lockout.deactivate(real_world.by("adele"), "bob")
    browser = signs_in(server, "bob")
    assert browser.page.status_code == 403
    assert browser.name == ""


def invited(server: str, sub: str, text: str) -> Browser:
    browser = Browser(server)
    browser.opens(f"/join/{text}")
    asked = browser.sends(VIA)
    browser.posts(str(asked.url), sub=sub)
    return browser


def test_an_invitation_is_taken_up_by_way_of_the_service_once(server: str, real_world: World) -> None:
    _, text = links.invite(real_world.by("adele"), who="victor")
    browser = invited(server, "eve", text)
    assert browser.name == "Victor"
    assert names(access.person("victor")) == ["account:victor", "email:eve@evil.example"]
    assert Browser(server).opens(f"/join/{text}").status_code == 404


def test_a_page_that_was_only_opened_invites_nobody(server: str, real_world: World) -> None:
    _, text = links.invite(real_world.by("adele"), who="victor")
    browser = Browser(server)
    browser.opens(f"/join/{text}")
    signs_in(server, "ana", browser)
    assert browser.name == "Ana Ruiz"
    assert Browser(server).opens(f"/join/{text}").status_code == 200


def test_a_service_is_connected_to_an_account_and_then_signs_in(server: str) -> None:
    has_account("bob", "bob@corp.example")
    browser = Browser(server)
    browser.opens("/accounts/login/")
    browser.sends("/accounts/login/", login="bob@corp.example", password=PASSWORD)
    browser.opens("/accounts/3rdparty/")
    asked = browser.sends(VIA)
    browser.posts(str(asked.url), sub="eve")
    assert "/accounts/reauthenticate/" in str(browser.page.url)
    browser.sends("/accounts/reauthenticate/", password=PASSWORD)
    assert signs_in(server, "eve").name == "Bob"


def test_turning_back_changes_nothing(server: str) -> None:
    browser = Browser(server)
    browser.opens("/accounts/login/")
    asked = browser.sends(VIA)
    back = str(asked.url.params["redirect_uri"]), asked.url.params["state"]
    browser.opens(f"{back[0]}?error=access_denied&state={back[1]}")
    assert "You did not sign in" in browser.page.text
    browser.opens(f"{back[0]}?code=made-up&state=made-up")
    assert "That did not work" in browser.page.text
    assert browser.page.status_code == 401


def test_a_service_that_does_not_answer_is_told(server: str, settings: Settings) -> None:
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"] = {"server_url": "http://127.0.0.1:9"}
    browser = Browser(server)
    browser.opens("/accounts/login/")
    browser.sends(VIA)
    assert browser.page.status_code == 502
    assert "Example SSO does not answer" in browser.page.text


def test_an_unknown_service_is_not_there(server: str) -> None:
    browser = Browser(server)
    browser.opens("/accounts/login/")
    browser.page = browser.http.get(f"{server}/accounts/oidc/other/login/")
    assert browser.page.status_code == 404
    assert browser.http.get(f"{server}/accounts/github/login/").status_code == 404
