"""Signing in with a password: throttled, telling a stranger nothing, ended at once for whoever is shut out."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from musterpoint import access, people
from musterpoint.accounts import links, lockout, tokens
from musterpoint.accounts.models import Account
from musterpoint.settings import public_address, sign_in_services
from tests.accounts.conftest import PASSWORD, has_account, names, signs_in, who
from tests.actions.telling import declared, refused, secretly_declared
from tests.web.conftest import Site

WRONG = "The email address and/or password you specified are not correct."


def test_somebody_signs_in_and_out(forgetful: Site) -> None:
    has_account("bob")
    browser, answer = signs_in("Bob@Example.com", next="/incidents")
    assert (answer.status_code, answer["Location"]) == (302, "/incidents")
    assert who(browser) == "Bob"
    assert browser.post("/accounts/logout/").status_code == 302
    assert who(browser) == ""


@pytest.mark.parametrize("onwards", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_signing_in_leads_nowhere_else(forgetful: Site, onwards: str) -> None:
    has_account("bob")
    _, answer = signs_in("bob@example.com", next=onwards)
    assert answer["Location"] == "/"


def test_wrong_passwords_are_slowed_whoever_asks(forgetful: Site) -> None:
    has_account("bob")
    for number in range(5):
        _, answer = signs_in("bob@example.com", "wrong", HTTP_HOST=f"host{number}")
        assert (answer.status_code, WRONG in answer.content.decode()) == (200, True)
    browser, answer = signs_in("BOB@example.com", PASSWORD)
    assert answer.status_code == 429
    assert "Too many tries" in answer.content.decode()
    assert who(browser) == ""
    elsewhere = Client(REMOTE_ADDR="192.0.2.7", HTTP_HOST="localhost")
    assert signs_in("bob@example.com", "wrong", elsewhere)[1].status_code == 429
    assert signs_in("charlie@example.com", "wrong", elsewhere)[1].status_code == 200


def test_one_machine_may_not_try_many_addresses(forgetful: Site) -> None:
    answers = [signs_in(f"person{number}@example.com", "wrong")[1].status_code for number in range(12)]
    assert answers == [*[200] * 10, 429, 429]


def test_a_stranger_learns_of_no_account(forgetful: Site, settings: Settings) -> None:
    """Unknown, known with another password, deactivated: one answer."""
    has_account("bob")
    has_account("charlie")
    lockout.deactivate(forgetful.world.by("adele"), "charlie")
    told = set()
    for email in ("bob@example.com", "charlie@example.com", "nobody@example.com"):
        answer = signs_in(email, "wrong")[1]
        text = re.sub(r'value="[^"]*"', "", answer.content.decode())
        told.add((answer.status_code, text))
    assert len(told) == 1


def test_resetting_a_password_tells_nobody_who_has_an_account(forgetful: Site, settings: Settings) -> None:
    settings.SMTP_URL = "smtp://mail.example"
    has_account("bob")
    told = set()
    for email in ("bob@example.com", "nobody@example.com"):
        answer = Client().post("/accounts/password/reset/", {"email": email}, follow=True)
        told.add((answer.status_code, re.sub(r'value="[^"]*"', "", answer.content.decode()).replace(email, "")))
    assert len(told) == 1
    assert [each.to for each in mail.outbox] == [["bob@example.com"]]


def test_a_forgotten_password_is_replaced_by_mail(forgetful: Site, settings: Settings) -> None:
    settings.SMTP_URL = "smtp://mail.example"
    has_account("bob")
    Client().post("/accounts/password/reset/", {"email": "bob@example.com"})
    found = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert found
    browser = Client()
    page = browser.get(found[1], follow=True)
    form = page.redirect_chain[-1][0]
    new = {"password1": "another harbour 8", "password2": "another harbour 8"}
    assert browser.post(form, new).status_code == 302
    assert who(signs_in("bob@example.com", "another harbour 8")[0]) == "Bob"
    assert "Bad Token" in Client().get(found[1], follow=True).content.decode()


def test_without_mail_the_page_says_whom_to_ask(forgetful: Site) -> None:
    assert "Ask an admin for a sign-in link" in Client().get("/accounts/password/reset/").content.decode()


# --- signing up ----------------------------------------------------------------------------------------------------

UP = {"email": "zoe@example.com", "password1": PASSWORD}


def test_nobody_signs_up_without_an_invitation(forgetful: Site, settings: Settings) -> None:
    def closed() -> None:
        assert "By invitation" in Client().get("/accounts/signup/").content.decode()
        Client().post("/accounts/signup/", UP)
        assert not Account.objects.exists()

    closed()
    forgetful.world.runs(join_domains=("example.com",))
    closed()  # without mail an address cannot be proven
    forgetful.world.runs(join_domains=())
    settings.SMTP_URL = "smtp://mail.example"
    closed()


@pytest.fixture
def by_domain(forgetful: Site, settings: Settings) -> Site:
    settings.SMTP_URL = "smtp://mail.example"
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    forgetful.world.runs(join_domains=("example.com",), join_role="viewer")
    return forgetful


def confirmation() -> str:
    found = re.search(r"http://testserver(/accounts/confirm-email/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def test_who_has_an_address_of_the_domain_joins_once_it_is_confirmed(by_domain: Site) -> None:
    people.link(by_domain.world.by("adele"), "bob", "email:zoe@example.com")
    browser = Client()
    browser.post("/accounts/signup/", UP)
    assert who(browser) == ""
    assert names(access.person("bob")) == ["account:bob", "email:zoe@example.com"]
    assert Account.objects.get().person is None
    browser.post(confirmation())
    assert who(browser) == "Bob"


def test_somebody_new_of_the_domain_gets_its_role_and_a_name(by_domain: Site) -> None:
    browser = Client()
    browser.post("/accounts/signup/", {**UP, "email": "zoe.lund@example.com"})
    browser.post(confirmation())
    assert who(browser) == "Zoe Lund"
    zoe = access.person("Zoe Lund")
    assert (zoe.role, names(zoe)) == ("viewer", ["email:zoe.lund@example.com"])


def test_before_it_is_confirmed_nobody_comes_in(by_domain: Site) -> None:
    Client().post("/accounts/signup/", UP)
    browser, answer = signs_in("zoe@example.com")
    assert answer["Location"] == "/accounts/confirm-email/"
    assert who(browser) == ""
    assert "/accounts/login/" in browser.get("/incidents")["Location"]


def test_another_domain_is_refused(by_domain: Site) -> None:
    page = Client().post("/accounts/signup/", {**UP, "email": "zoe@evil.example"})
    assert "you need an invitation" in page.content.decode()
    assert not Account.objects.exists()


def test_signing_up_tells_nobody_who_has_an_account(by_domain: Site) -> None:
    has_account("bob")
    new = Client().post("/accounts/signup/", UP)
    known = Client().post("/accounts/signup/", {**UP, "email": "bob@example.com"})
    assert (new.status_code, new["Location"]) == (known.status_code, known["Location"])
    assert who(signs_in("bob@example.com")[0]) == "Bob"


def test_a_rule_that_is_gone_lets_nobody_in(by_domain: Site) -> None:
    browser = Client()
    browser.post("/accounts/signup/", UP)
    by_domain.world.runs(join_domains=())
    answer = browser.post(confirmation())
    assert answer.status_code == 403
    assert "Ask an admin for an invitation" in answer.content.decode()
    assert who(browser) == ""


def test_an_invited_person_confirms_the_address_that_they_wrote(by_domain: Site) -> None:
    address = f"/join/{links.invite(by_domain.world.by('adele'))[1]}"
    browser = Client()
    browser.post(address, {"name": "Zoe Lund", "email": "zoe@evil.example", "password": PASSWORD})
    assert who(browser) == ""
    assert names(access.person("Zoe Lund")) == []
    browser.post(confirmation())
    assert who(browser) == "Zoe Lund"
    assert names(access.person("Zoe Lund")) == ["email:zoe@evil.example"]


# --- the second factor ---------------------------------------------------------------------------------------------


def with_second_factor(account: str) -> str:
    """A recovery code."""
    of = has_account(account)
    TOTP.activate(of, generate_totp_secret())
    return str(RecoveryCodes.activate(of).get_unused_codes()[0])


def test_a_password_is_not_enough_where_there_is_a_second_factor(forgetful: Site) -> None:
    code = with_second_factor("bob")
    browser, answer = signs_in("bob@example.com")
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert who(browser) == ""
    browser.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert who(browser) == ""
    browser.post("/accounts/2fa/authenticate/", {"code": code})
    assert who(browser) == "Bob"
    again, _ = signs_in("bob@example.com")
    again.post("/accounts/2fa/authenticate/", {"code": code})
    assert who(again) == ""


def test_nor_is_a_sign_in_link(forgetful: Site) -> None:
    with_second_factor("bob")
    browser = Client()
    answer = browser.post(f"/join/{links.sign_in(forgetful.world.by('adele'), 'bob')[1]}")
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert who(browser) == ""


def test_codes_are_not_to_be_guessed(forgetful: Site) -> None:
    with_second_factor("bob")
    browser, _ = signs_in("bob@example.com")
    answers = [browser.post("/accounts/2fa/authenticate/", {"code": f"{number:06}"}) for number in range(8)]
    assert "Too many failed login attempts" in answers[-1].content.decode()


def test_an_admin_removes_a_lost_second_factor(forgetful: Site) -> None:
    with_second_factor("bob")
    for account in ("alice", "bob", "victor"):
        with refused("not_an_admin"):
            lockout.remove_second_factor(forgetful.world.by(account), "bob")
    lockout.remove_second_factor(forgetful.world.by("adele"), "bob")
    assert who(signs_in("bob@example.com")[0]) == "Bob"
    with refused("no_second_factor"):
        lockout.remove_second_factor(forgetful.world.by("adele"), "bob")


# --- shut out ------------------------------------------------------------------------------------------------------


def test_whoever_is_shut_out_is_out_at_once(forgetful: Site) -> None:
    has_account("bob")
    browser, _ = signs_in("bob@example.com")
    token = tokens.issue(access.person("bob"), "script", ["read"], None)
    declared(forgetful.world, "zanzibar leaks")
    assert tokens.found(token, forgetful.world.now)
    lockout.deactivate(forgetful.world.by("adele"), "bob")
    for address in ("/", "/incidents", "/incidents/1", "/settings/me", "/settings/people"):
        answer = browser.get(address)
        assert answer.status_code == 302, address
        assert "zanzibar" not in answer.content.decode()
    assert tokens.found(token, forgetful.world.now) is None
    _, answer = signs_in("bob@example.com")
    assert answer["Location"] == "/accounts/inactive/"
    assert "was deactivated" in Client().get("/accounts/inactive/").content.decode()
    lockout.reactivate(forgetful.world.by("adele"), "bob")
    assert who(signs_in("bob@example.com")[0]) == "Bob"


def test_an_admin_does_not_shut_themselves_out(forgetful: Site) -> None:
    has_account("adele")
    people.change(forgetful.world.by("adele"), "bob", "", "admin", None)
    with refused("yourself"):
        lockout.deactivate(forgetful.world.by("adele"), "adele")
    with refused("last_admin"):
        lockout.deactivate(forgetful.world.by("bob"), "adele")
    has_account("bob")
    lockout.deactivate(forgetful.world.by("bob"), "adele")
    with refused("no_account"):
        lockout.deactivate(forgetful.world.by("bob"), "charlie")
    with refused("not_an_admin"):
        lockout.deactivate(forgetful.world.by("charlie"), "bob")


# --- sessions, cookies, headers ------------------------------------------------------------------------------------


def test_a_session_lasts_fourteen_days(forgetful: Site) -> None:
    has_account("bob")
    browser, _ = signs_in("bob@example.com")
    cookie = browser.cookies["sessionid"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (14 * 24 * 3600, True, "Lax")
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert who(browser) == ""


def test_what_was_written_outlives_the_session(forgetful: Site) -> None:
    """The form is shown again; somebody signs in in another tab of the browser, and sends it."""
    ref = declared(forgetful.world)
    has_account("bob")
    browser, _ = signs_in("bob@example.com", browser=Client(enforce_csrf_checks=False))
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    page = strict.get("/settings/me").content.decode()
    Session.objects.all().delete()
    written = {"name": "Bob the Second", "zone": "Europe/Lisbon", "csrfmiddlewaretoken": token_of(page)}
    answer = strict.post("/settings/me", written)
    text = answer.content.decode()
    assert answer.status_code == 401
    assert "You are signed out" in text
    assert "Bob the Second" in text
    assert "Europe/Lisbon" in text
    assert access.person("bob").name == "Bob"
    sign_in = strict.get("/accounts/login/").content.decode()
    given = {"login": "bob@example.com", "password": PASSWORD, "csrfmiddlewaretoken": token_of(sign_in)}
    assert strict.post("/accounts/login/", given).status_code == 302
    stale = strict.post("/settings/me", {**written, "csrfmiddlewaretoken": token_of(text)})
    assert stale.status_code == 403  # the token is of before the sign-in: once more, nothing lost
    assert "Bob the Second" in stale.content.decode()
    again = {**written, "csrfmiddlewaretoken": token_of(stale.content.decode())}
    assert strict.post("/settings/me", again).status_code == 303
    assert access.person("account:bob").name == "Bob the Second"
    assert ref


def token_of(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found
    return found[1]


def test_a_password_is_never_shown_again(forgetful: Site) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/accounts/login/", {"login": "bob@example.com", "password": "a secret of mine"})
    assert answer.status_code == 403
    assert "a secret of mine" not in answer.content.decode()


PAGES = ["login", "signup", "password/reset", "logout", "3rdparty/login/cancelled", "3rdparty/login/error", "inactive"]
OWN = ["password/change", "password/set", "email", "2fa", "3rdparty", "reauthenticate", "confirm-email"]


@pytest.mark.parametrize("page", [*PAGES, *OWN])
def test_every_page_of_an_account_has_the_headers_and_nothing_written_into_it(forgetful: Site, page: str) -> None:
    has_account("bob")
    browser = Client() if page in PAGES else signs_in("bob@example.com")[0]
    answer = browser.get(f"/accounts/{page}/", follow=True)
    text = answer.content.decode()
    assert answer.status_code in (200, 401)
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "form-action 'self';" in f"{policy};"
    assert (answer["X-Frame-Options"], answer["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert answer["Referrer-Policy"] == "same-origin"
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*(src=|application/json))", text)
    assert "Skip to the content" in text
    assert text.count("<h1") == 1


@pytest.mark.parametrize("account", ["charlie", "adele", "alice", "victor"])
def test_no_page_of_accounts_tells_of_an_incident(forgetful: Site, account: str) -> None:
    secretly_declared(forgetful.world, "zanzibar leaks")
    for address in ("/settings/me", "/settings/people", *(f"/accounts/{each}/" for each in [*PAGES, *OWN])):
        assert "zanzibar" not in forgetful.by(account).get(address, follow=True).content.decode(), address


@pytest.mark.parametrize(
    ("address", "secure"), [("", False), ("http://incidents.example", False), ("https://incidents.example", True)]
)
def test_cookies_are_secure_where_the_address_is(tmp_path: Path, address: str, secure: bool) -> None:
    story = """
import django
django.setup()
from django.conf import settings as s
print([s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.ALLOWED_HOSTS, s.CSRF_TRUSTED_ORIGINS])
"""
    environment = {
        "DJANGO_SETTINGS_MODULE": "musterpoint.settings",
        "MUSTERPOINT_ADDRESS": address,
        "MUSTERPOINT_HOME": str(tmp_path),
        "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
    }
    told = subprocess.run([sys.executable, "-c", story], env=environment, capture_output=True, text=True, check=True)
    hosts = ["localhost", "127.0.0.1", "[::1]", *([urlsplit(address).hostname] if address else [])]
    assert told.stdout.strip() == str([secure, secure, hosts, [address] if address else []])


@pytest.mark.parametrize("wrong", ["incidents.example", "ftp://x.example", "https://", "https://x.example/path"])
def test_an_address_that_is_none_is_told(wrong: str) -> None:
    with pytest.raises(ValueError, match="must be like https://incidents"):
        public_address(wrong)


def test_an_unknown_host_is_not_answered(forgetful: Site, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["incidents.example"]
    answer = Client().get("/accounts/login/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "MUSTERPOINT_ADDRESS" in answer.content.decode()


# --- services ------------------------------------------------------------------------------------------------------


def test_services_are_configured_by_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert sign_in_services() == {}
    (tmp_path / "secret").write_text("hidden\n")
    for name, value in {
        "OIDC_URL": "https://login.example.com/",
        "OIDC_CLIENT_ID": "one",
        "OIDC_CLIENT_SECRET_FILE": str(tmp_path / "secret"),
        "GITHUB_CLIENT_ID": "two",
        "GITHUB_URL": "https://git.example.com/",
        "SLACK_CLIENT_ID": "three",
    }.items():
        monkeypatch.setenv(name, value)
    found = sign_in_services()
    [oidc] = found["openid_connect"]["APPS"]
    assert (oidc["secret"], oidc["settings"]) == ("hidden", {"server_url": "https://login.example.com"})
    assert found["github"]["GITHUB_URL"] == "https://git.example.com"
    assert [found[each]["APPS"][0]["client_id"] for each in found] == ["one", "two", "three"]


def test_the_sign_in_page_offers_what_is_configured(forgetful: Site, settings: Settings) -> None:
    assert "/accounts/via/" not in Client().get("/accounts/login/").content.decode()
    settings.SOCIALACCOUNT_PROVIDERS = {"github": {"APPS": [{"client_id": "two", "secret": "s"}]}}
    page = Client().get("/accounts/login/?next=/incidents/7").content.decode()
    assert "Sign in with GitHub" in page
    assert "/accounts/via/slack" not in page
    assert Client().get("/accounts/via/github").status_code == 405
    onwards = Client().post("/accounts/via/github", {"process": "login", "next": "/incidents/7"})
    assert "https://github.com/login/oauth/authorize?" in onwards.content.decode()
    for service in ("slack", "oidc", "openid_connect", "nothing"):
        assert Client().post(f"/accounts/via/{service}").status_code == 404, service
