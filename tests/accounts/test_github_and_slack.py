"""Signing in by GitHub and by Slack: their APIs as a small server that runs here, and really is asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.socialaccount.providers.github.views import GitHubOAuth2Adapter
from allauth.socialaccount.providers.slack.views import SlackOAuth2Adapter
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from musterpoint import access, people
from musterpoint.accounts import lockout
from musterpoint.accounts.models import Account
from tests.accounts.browsing import Browser
from tests.accounts.conftest import names
from tests.conftest import World
from tests.web.conftest import runs_under

ORGANISATION = "acme"


class Service(ThreadingHTTPServer):
    """GitHub and Slack. `profile` is who signs in next; what was asked with which token is remembered."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.profile: dict[str, Any] = {}
        self.emails: list[dict[str, Any]] = []
        self.membership: tuple[int, dict[str, str]] = (404, {"message": "Not Found"})
        self.scope = ""
        self.asked: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Answers(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.server.asked.append((parts.path, self.headers.get("Authorization", "")))
        if parts.path == "/authorize":
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self.server.scope = asked["scope"]
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{urlencode({'code': 'c', 'state': asked['state']})}")
            self.end_headers()
        elif parts.path == "/user/emails":
            self._tell(200, self.server.emails)
        elif parts.path == f"/user/memberships/orgs/{ORGANISATION}":
            self._tell(*self.server.membership)
        else:
            self._tell(200, self.server.profile)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._tell(200, {"access_token": "their-token", "token_type": "bearer"})

    def _tell(self, status: int, value: object) -> None:
        text = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    service = Service()
    thread = threading.Thread(target=service.serve_forever)
    thread.start()
    for adapter, paths in {
        GitHubOAuth2Adapter: {"api_url": "", "profile_url": "/user", "emails_url": "/user/emails"},
        SlackOAuth2Adapter: {"identity_url": "/api/openid.connect.userInfo"},
    }.items():
        for name, path in {**paths, "authorize_url": "/authorize", "access_token_url": "/token"}.items():
            monkeypatch.setattr(adapter, name, service.url + path)
    yield service
    service.shutdown()
    service.server_close()
    thread.join()


@pytest.fixture
def server(
    service: Service,
    real_world: World,
    live_server: LiveServer,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    app = {"client_id": "musterpoint", "secret": "s"}
    settings.SOCIALACCOUNT_PROVIDERS = {"github": {"APPS": [dict(app)]}, "slack": {"APPS": [dict(app)]}}
    runs_under(real_world, monkeypatch)
    return str(live_server.url)


def signs_in(server: str, by: str) -> Browser:
    browser = Browser(server)
    browser.opens("/accounts/login/")
    browser.sends(f"/accounts/via/{by}")
    return browser


# --- GitHub --------------------------------------------------------------------------------------------------------

ANA = {"id": 7, "login": "AnaRuiz", "name": "Ana Ruiz"}
ACTIVE = (200, {"state": "active"})


def test_a_member_of_the_organisation_joins(server: str, service: Service, real_world: World) -> None:
    real_world.runs(join_github=ORGANISATION)
    service.profile, service.membership = ANA, ACTIVE
    browser = signs_in(server, "github")
    assert browser.name == "Ana Ruiz"
    assert names(access.person("Ana Ruiz")) == ["github:anaruiz"]
    assert set(service.scope.split()) == {"user:email", "read:org"}
    assert (f"/user/memberships/orgs/{ORGANISATION}", "token their-token") in service.asked
    assert SocialAccount.objects.count() == 1
    assert not SocialToken.objects.exists()


@pytest.mark.parametrize(
    "membership",
    [(404, {}), (403, {"message": "Resource protected by organization SAML enforcement"}), (200, {"state": "pending"})],
)
def test_nobody_else_does(
    server: str, service: Service, real_world: World, membership: tuple[int, dict[str, str]]
) -> None:
    real_world.runs(join_github=ORGANISATION)
    service.profile, service.membership = ANA, membership
    browser = signs_in(server, "github")
    assert browser.page.status_code == 403
    assert browser.name == ""
    assert not Account.objects.exists()


def test_while_github_cannot_say_nobody_joins(server: str, service: Service, real_world: World) -> None:
    real_world.runs(join_github=ORGANISATION)
    service.profile, service.membership = ANA, (502, {})
    browser = signs_in(server, "github")
    assert "did not confirm that it is you" in browser.page.text
    assert not Account.objects.exists()


def test_without_that_rule_github_is_not_asked(server: str, service: Service) -> None:
    service.profile, service.membership = ANA, ACTIVE
    assert signs_in(server, "github").page.status_code == 403
    assert service.scope.split() == ["user:email"]
    assert not any("memberships" in path for path, _ in service.asked)


def test_a_verified_address_of_the_domain_joins_by_github(server: str, service: Service, real_world: World) -> None:
    real_world.runs(join_domains=("example.com",))
    service.profile = ANA
    service.emails = [
        {"email": "ana@home.example", "primary": True, "verified": True},
        {"email": "ana@example.com", "primary": False, "verified": False},
    ]
    assert signs_in(server, "github").page.status_code == 403
    service.emails[1]["verified"] = True
    browser = signs_in(server, "github")
    assert browser.name == "Ana Ruiz"
    assert names(access.person("Ana Ruiz")) == ["email:ana@example.com", "email:ana@home.example", "github:anaruiz"]


def test_a_login_leads_to_the_person_who_is_known_by_it(server: str, service: Service, real_world: World) -> None:
    people.link(real_world.by("adele"), "bob", "github:AnaRuiz")
    real_world.runs(join_github=ORGANISATION)
    service.profile, service.membership = ANA, ACTIVE
    assert signs_in(server, "github").name == "Bob"


def test_a_renamed_login_stays_its_account_s_and_a_taken_up_one_is_somebody_new(
    server: str, service: Service, real_world: World
) -> None:
    """GitHub gives a login that was given up to whoever asks next: the account's number tells them apart."""
    real_world.runs(join_github=ORGANISATION)
    service.profile, service.membership = ANA, ACTIVE
    signs_in(server, "github")
    service.profile = {**ANA, "login": "ana-new"}
    assert signs_in(server, "github").name == "Ana Ruiz"
    lockout.deactivate(real_world.by("adele"), "Ana Ruiz")
    service.profile = {"id": 8, "login": "AnaRuiz", "name": "Eve"}
    browser = signs_in(server, "github")
    assert browser.page.status_code == 403
    assert browser.name == ""


# --- Slack ---------------------------------------------------------------------------------------------------------


def slack(team: str = "T1", user: str = "U7BEN", email: str = "ben@example.com") -> dict[str, Any]:
    return {
        "ok": True,
        "sub": user,
        "https://slack.com/team_id": team,
        "https://slack.com/user_id": user,
        "email": email,
        "email_verified": True,
        "name": "Ben Okafor",
    }


def test_a_member_of_the_workspace_joins_as_whom_the_chat_knows(
    server: str, service: Service, real_world: World
) -> None:
    people.add(real_world.by("adele"), "Benjamin Okafor", "responder", "", ["slack:U7BEN"])
    real_world.runs(join_slack="T1")
    service.profile = slack()
    assert signs_in(server, "slack").name == "Benjamin Okafor"
    assert names(access.person("Benjamin Okafor")) == ["email:ben@example.com", "slack:U7BEN"]


@pytest.mark.parametrize("rules", [{"join_slack": "T1"}, {"join_domains": ("example.com",)}, {}])
def test_what_another_workspace_says_proves_nothing(
    server: str, service: Service, real_world: World, rules: dict[str, Any]
) -> None:
    """Whoever owns a workspace says in it whose address is whose."""
    people.add(real_world.by("adele"), "Benjamin Okafor", "responder", "", ["slack:U7BEN", "email:ben@example.com"])
    real_world.runs(**rules)
    service.profile = slack(team="T2")
    browser = signs_in(server, "slack")
    assert browser.page.status_code == 403
    assert browser.name == ""
    assert not Account.objects.exists()


def test_slack_that_refuses_is_told(server: str, service: Service, real_world: World) -> None:
    real_world.runs(join_slack="T1")
    service.profile = {"ok": False, "error": "invalid_auth"}
    assert "did not confirm that it is you" in signs_in(server, "slack").page.text
