"""Several people on one incident, a session that expires, a server that goes away: nothing that is written is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.pages.conftest import Opens
from tests.pages.place import Place

#: Milliseconds. Pages ask every two seconds; a busy machine is given more.
SOON = 15_000


@pytest.fixture
def incident(place: Place) -> str:
    return str(place.installed.answer("declare", "Search is slow", "--as", "bob")["incident"])


def write(page: Page, text: str) -> None:
    page.get_by_label("Write a note").fill(text)
    page.get_by_role("button", name="Write it down").click()


def entry(page: Page, text: str) -> Locator:
    return page.locator("#entries article").filter(has_text=text)


def test_two_browsers_see_each_others_notes(opens: Opens, incident: str) -> None:
    bob, cto = opens("bob").page, opens("cto").page
    for page in (bob, cto):
        page.goto(f"/incidents/{incident}")
    assert bob.locator("[hx-trigger^='every 2s']").count() == 1
    write(bob, "The index of yesterday is gone")
    expect(entry(cto, "The index of yesterday")).to_be_visible(timeout=SOON)
    write(cto, "Building it anew")
    expect(entry(bob, "Building it anew")).to_be_visible(timeout=SOON)
    expect(entry(bob, "The index of yesterday")).to_have_count(1)
    entry(cto, "The index of yesterday").get_by_role("button", name="Finding", exact=True).click()
    expect(entry(bob, "The index of yesterday").locator(".mark-finding")).to_be_visible(timeout=SOON)


def test_what_the_command_line_does_shows_too(opens: Opens, place: Place, incident: str) -> None:
    page = opens("bob").page
    page.goto(f"/incidents/{incident}")
    page.get_by_label("Write a note").fill("half a sentence")
    place.installed.tell("resolve", incident, "--as", "cto")
    expect(page.locator("#head .badge.resolved")).to_be_visible(timeout=SOON)
    expect(page.get_by_label("Write a note")).to_have_value("half a sentence")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_session_that_expires_while_somebody_writes_loses_no_text(
    opens: Opens, place: Place, incident: str, scripts: bool
) -> None:
    page = opens("bob", java_script_enabled=scripts).page
    page.goto(f"/incidents/{incident}")
    text = f"A finding that took twenty minutes {'with' if scripts else 'without'} scripts"
    page.get_by_label("Write a note").fill(text)
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Write it down").click()
    expect(page.locator("main")).to_contain_text("signed out")
    kept = page.locator("textarea")
    assert text in [each.input_value() for each in kept.all()]
    key = place.session_of("bob")
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": place.address}])
    page.context.clear_cookies(name="csrftoken")  # signing in makes another one
    page.get_by_role("button", name=re.compile("Write it down|Send it again")).first.click()
    if not scripts:
        expect(page.locator("main")).to_contain_text("Send it once more")
        page.get_by_role("button", name="Send it again").click()
    elif not entry(page, text).count():
        page.wait_for_timeout(500)
        if page.locator("#problem").inner_text():  # the form is older than the sign-in
            page.reload()
            expect(page.get_by_label("Write a note")).to_have_value(text)
            page.get_by_role("button", name="Write it down").click()
    expect(entry(page, text)).to_have_count(1)


def test_a_draft_survives_a_closed_tab(opens: Opens, incident: str) -> None:
    page = opens("bob").page
    page.goto(f"/incidents/{incident}")
    page.get_by_label("Write a note").press_sequentially("not sent yet")
    page.goto("/")
    page.goto(f"/incidents/{incident}")
    expect(page.get_by_label("Write a note")).to_have_value("not sent yet")
    page.get_by_role("button", name="Write it down").click()
    expect(entry(page, "not sent yet")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Write a note")).to_have_value("")


def test_a_server_that_goes_away_is_told_calmly_and_nothing_is_lost(opens: Opens, incident: str) -> None:
    page = opens("bob").page
    page.goto(f"/incidents/{incident}")
    page.route("**/*", lambda route: route.abort("connectionrefused"))
    page.get_by_label("Write a note").fill("written while it was away")
    page.get_by_role("button", name="Write it down").click()
    expect(page.locator("#problem")).to_contain_text("does not answer")
    expect(page.get_by_label("Write a note")).to_have_value("written while it was away")
    page.unroute("**/*")
    page.get_by_role("button", name="Write it down").click()
    expect(entry(page, "written while it was away")).to_have_count(1)


def test_restricting_it_takes_it_from_whoever_looks(opens: Opens, place: Place) -> None:
    title = "Search shows what others looked for"
    incident = str(place.installed.answer("declare", title, "--as", "bob")["incident"])
    page = opens("charlie").page
    page.goto(f"/incidents/{incident}")
    expect(page.locator("h1")).to_have_text(title)
    place.installed.tell("restrict", incident, "--as", "bob")
    expect(page.locator("#head .badge.cancelled")).to_be_visible(timeout=SOON)  # its number was public
    expect(page.locator("body")).not_to_contain_text(title)


def test_marks_need_one_key(opens: Opens, place: Place, incident: str) -> None:
    page = opens("bob").page
    place.installed.tell("note", incident, "The disk is full", "--as", "bob")
    page.goto(f"/incidents/{incident}")
    entry(page, "The disk is full").focus()
    page.keyboard.press("f")
    expect(entry(page, "The disk is full").locator(".mark-finding")).to_be_visible()
    page.keyboard.press("f")
    expect(entry(page, "The disk is full").locator(".mark-finding")).to_have_count(0)
    page.get_by_label("Write a note").focus()
    page.keyboard.type("fft")
    expect(page.get_by_label("Write a note")).to_have_value("fft")
    expect(entry(page, "The disk is full").locator(".mark-finding")).to_have_count(0)
