"""From the declaration to the end by the pages alone: with the mouse, the keyboard, and without JavaScript."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.pages.conftest import Opens
from tests.pages.hands import Hands, Keyboard, Mouse

HEAD = "#head"
#: Seconds in which the engine must have carried something out.
PATIENCE = 20


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True).first


def summary(page: Page, name: str) -> Locator:
    return page.locator("summary").filter(has_text=name).first


def tab(page: Page, name: str) -> Locator:
    return page.locator("nav.tabs").get_by_role("link", name=name, exact=True)


def until(page: Page, shows: Callable[[], bool]) -> None:
    """Look again and again, as somebody without JavaScript does."""
    end = time.monotonic() + PATIENCE
    while not shows():
        assert time.monotonic() < end, page.inner_text("body")
        time.sleep(0.3)
        page.reload()


def says(page: Page) -> Locator:
    return page.locator("#messages .success")


def declare(hands: Hands) -> None:
    page = hands.page
    page.goto("/")
    hands.press(page.locator('main a[href="/declare"]').first)
    page.wait_for_url("**/declare")
    hands.write(page.get_by_label("What is wrong?"), "Checkout answers 502")
    hands.write(page.get_by_label("What is affected?"), "web shop")
    hands.tick(page.locator('input[name="security"][value="no"]'))
    hands.press(button(page, "Declare the incident"))
    expect(page.locator(f"{HEAD} h1")).to_have_text("Checkout answers 502")
    expect(page.locator(f"{HEAD} .badge.open")).to_be_visible()


def respond(hands: Hands) -> None:
    page = hands.page
    hands.press(summary(page, "Lead"))
    hands.press(button(page, "I lead"))
    expect(page.locator(HEAD)).to_contain_text("Cto")
    hands.press(summary(page, "Severity"))
    hands.choose(page.locator("#severity-severity"), "major")
    hands.press(button(page, "Set the severity"))
    expect(page.locator(HEAD)).to_contain_text("major")
    for text, kind in (("All 502s come from the new pods", "finding"), ("Rolled back to 4.1.2", "what was done")):
        hands.write(page.get_by_label("Write a note"), text)
        hands.choose(page.get_by_label("What it is"), kind)
        hands.press(button(page, "Write it down"))
        expect(page.locator("#entries article").filter(has_text=text)).to_be_visible()
    note = page.locator("#entries article").filter(has_text="All 502s")
    hands.press(note.get_by_role("button", name="Timeline", exact=True))
    expect(note.get_by_role("button", name="Timeline", exact=True)).to_have_attribute("aria-pressed", "true")


def resolve(hands: Hands) -> None:
    page = hands.page
    hands.press(page.locator("#step-resolution > summary"))
    hands.press(button(page, "Customers are no longer affected"))
    expect(page.locator(f"{HEAD} .badge.resolved")).to_be_visible()
    hands.press(button(page, "Raise the issue"))
    until(page, lambda: "local#" in page.inner_text(HEAD))


def curate(hands: Hands) -> None:
    page = hands.page
    hands.press(tab(page, "Timeline"))
    row = page.locator("li.timeline-row").filter(has_text="Rolled back")
    expect(row.locator(".badge.kept")).to_be_visible()
    hands.press(row.get_by_role("button", name="Drop"))
    expect(row.locator(".badge.dropped")).to_be_visible()
    hands.press(row.get_by_role("button", name="Undo"))
    expect(row.locator(".badge.kept")).to_be_visible()


def write_up(hands: Hands) -> None:
    page = hands.page
    hands.press(tab(page, "Write-up"))
    hands.press(page.get_by_role("button", name="Edit Summary").or_(page.get_by_role("link", name="Edit Summary")))
    hands.write(page.locator("#text"), "Checkout failed for **one hour**.")
    hands.press(button(page, "Save"))
    expect(page.locator("#part-summary .prose strong")).to_have_text("one hour")
    hands.press(button(page, "Mark as done"))
    expect(page.locator("#done")).to_contain_text("marked as done")


def follow_up(hands: Hands) -> None:
    page = hands.page
    hands.press(tab(page, "Actions"))
    form = page.locator("form#add")
    hands.write(form.get_by_label("What is to be done"), "Alert on 502s")
    hands.write(form.get_by_label("Owner"), "Cto")
    hands.write(form.get_by_label("Due"), "2w")
    hands.press(form.get_by_role("button", name="Add it"))
    action = page.locator("#action-1")
    expect(action).to_contain_text("Alert on 502s")
    hands.press(action.get_by_role("button", name="Done"))
    expect(page.locator("#action-1 .badge.done")).to_be_visible()


def publish(hands: Hands) -> None:
    page = hands.page
    hands.press(tab(page, "Publication"))
    hands.press(button(page, "Publish"))
    until(page, lambda: "Revision 1 is on the website" in page.inner_text("#decision"))


def close(hands: Hands) -> None:
    page = hands.page
    hands.press(tab(page, "Thread"))
    hands.press(page.locator("#step-closure > summary"))
    hands.press(button(page, "Close the incident"))
    expect(page.locator(f"{HEAD} .badge.closed")).to_be_visible()
    hands.press(tab(page, "Record"))
    expect(page.get_by_role("heading", name="The process, step by step")).to_be_visible()


def whole_process(hands: Hands) -> None:
    for step in (declare, respond, resolve, curate, write_up, follow_up, publish, close):
        step(hands)


def test_with_the_mouse(opens: Opens) -> None:
    whole_process(Mouse(opens("cto").page))


@pytest.mark.timeout(600)
def test_with_the_keyboard(opens: Opens) -> None:
    whole_process(Keyboard(opens("cto").page))


def test_without_javascript(opens: Opens) -> None:
    whole_process(Mouse(opens("cto", java_script_enabled=False).page))
