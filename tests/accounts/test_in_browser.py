"""Coming in with a real browser: first account, second factor, security key; every page with axe; on none is anything
that the policy stops."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.accounts.conftest import PASSWORD
from tests.journeys.commands import Musterpoint
from tests.pages.conftest import chromium  # noqa: F401  (a fixture)
from tests.pages.place import Place, Watched, serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    here = Musterpoint(tmp_path_factory.mktemp("home"))
    here.tell("init", "--name", "Adele Admin")
    with serving(here) as place:
        place.address = place.address.replace("127.0.0.1", "localhost")  # security keys know names alone
        yield place


@pytest.fixture
def watched(chromium: Browser, place: Place) -> Iterator[Watched]:  # noqa: F811
    context = chromium.new_context(base_url=place.address)
    context.set_default_timeout(10_000)
    watched = Watched(context.new_page()).watch(place.address)
    yield watched
    context.close()
    assert watched.wrong == []


def is_accessible(page: Page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = Axe().run(page).response["violations"]
        told = [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]
        assert told == [], page.url
    assert page.locator("h1").count() == 1


def code_of(secret: str) -> str:
    """What an authenticator app shows."""
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def signs_in(page: Page) -> None:
    """With the keyboard alone."""
    page.goto("/accounts/login/")
    page.get_by_label("Email").focus()
    page.keyboard.type("adele@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_the_first_account_is_made_at_the_address_that_serve_prints(place: Place, watched: Watched) -> None:
    page = watched.page
    told = " ".join(place.told)
    found = re.search(r"http://127\.0\.0\.1:\d+(/join/\S+)", told)
    assert found, told
    page.goto("/accounts/login/")
    is_accessible(page)
    page.goto(found[1])
    is_accessible(page)
    page.get_by_label("E-mail").fill("adele@example.com")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Make my account").click()
    expect(page.get_by_text("This password is too short")).to_be_visible()
    is_accessible(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    page.goto("/settings/me")
    expect(page.get_by_label("Your name")).to_have_value("Adele Admin")
    page.goto(found[1])
    expect(page.get_by_role("heading", name="This link does not work")).to_be_visible()
    is_accessible(page)


def test_every_page_of_one_s_account_is_accessible(place: Place, watched: Watched) -> None:
    page = watched.page
    signs_in(page)
    own = ["/settings/me", "/settings/people", "/settings/people/1"]
    own += [f"/accounts/{each}/" for each in ("password/change", "email", "3rdparty", "2fa", "logout")]
    for address in own:
        page.goto(address)
        is_accessible(page)
    page.goto("/settings/people")
    page.get_by_label("Their e-mail (optional)").fill("zoe@example.com")
    page.get_by_role("button", name="Make an invitation").click()
    is_accessible(page)
    address = page.get_by_label("Address").input_value()
    page.context.clear_cookies()
    for each in (address, "/accounts/signup/", "/accounts/password/reset/", "/accounts/3rdparty/login/cancelled/"):
        page.goto(each)
        is_accessible(page)


def test_a_second_factor_is_an_app_or_a_security_key(place: Place, watched: Watched) -> None:
    page = watched.page
    signs_in(page)
    page.goto("/settings/me")
    page.get_by_role("link", name="Turn on").click()
    page.get_by_role("button", name="Activate").click()
    page.get_by_label("Password").fill(PASSWORD)
    is_accessible(page)
    page.get_by_role("button", name="Confirm").click()
    is_accessible(page)
    secret = page.get_by_label("Authenticator secret").input_value()
    page.get_by_label("Authenticator code").fill(code_of(secret))
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_label("Unused codes")).to_be_visible()
    is_accessible(page)
    key = page.context.new_cdp_session(page)
    key.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "automaticPresenceSimulation": True}
    key.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto("/accounts/2fa/webauthn/add/")
    is_accessible(page)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("You have added 1 security key")).to_be_visible()
    page.goto("/accounts/2fa/webauthn/")
    is_accessible(page)
    page.goto("/accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign Out").click()
    signs_in(page)
    expect(page.get_by_role("heading", name="Two-Factor Authentication")).to_be_visible()
    is_accessible(page)
    page.get_by_role("button", name="Use a security key").click()
    expect(page.get_by_text("Adele Admin")).to_be_visible()


def test_guessing_ends_at_a_plain_page(place: Place, watched: Watched) -> None:
    page = watched.page
    for _ in range(6):
        page.goto("/accounts/login/")
        page.get_by_label("Email").fill("zoe@example.com")
        page.get_by_label("Password").fill("wrong")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Too many tries")).to_be_visible()
    is_accessible(page)
