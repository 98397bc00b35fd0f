"""Writing together in a real browser: the preview beside the text, drafts that survive, two people at once."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.pages.conftest import Opens
from tests.pages.place import Place


@pytest.fixture
def ref(place: Place) -> str:
    """A new incident that is resolved."""
    made = place.installed.answer("declare", "Checkout answers 502", "--affected", "the web shop", "--as", "bob")
    number = str(made["incident"])
    place.installed.tell("did", number, "Rolled back to 4.1.2", "--as", "bob")
    place.installed.tell("resolve", number, "--as", "bob")
    return number


def field(page: Page) -> str:
    return page.get_by_label("Your text, in Markdown").input_value()


def write(page: Page, text: str) -> None:
    page.get_by_label("Your text, in Markdown").fill(text)


def test_the_preview_follows_what_is_typed_and_the_draft_outlives_the_page(
    place: Place, opens: Opens, ref: str
) -> None:
    page = opens("bob").page
    page.goto(f"/incidents/{ref}/writeup/summary")
    write(page, "It was **down**.")
    expect(page.locator("#preview strong")).to_have_text("down")
    page.reload()
    assert field(page) == "It was **down**."
    expect(page.locator("#preview strong")).to_have_text("down")
    page.get_by_role("button", name="Discard the draft").click()
    assert field(page).startswith("Checkout answers 502.")
    write(page, "It was **down**.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("“Summary” stands as you wrote it.")).to_be_visible()
    page.goto(f"/incidents/{ref}/writeup/summary")
    assert field(page) == "It was **down**."
    expect(page.get_by_text("This is a draft")).to_have_count(0)


def test_a_draft_never_passes_over_what_somebody_saved_meanwhile(place: Place, opens: Opens, ref: str) -> None:
    page = opens("bob").page
    page.goto(f"/incidents/{ref}/writeup/summary")
    write(page, "Bob's words.")
    place.installed.tell("writeup", "set", ref, "summary", "Charlie's words.", "--as", "charlie")
    page.goto(f"/incidents/{ref}/writeup")
    page.get_by_role("button", name="Edit Summary").click()
    assert field(page) == "Bob's words."
    expect(page.get_by_text("Another text was saved since you began this draft")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Summary: two texts that crossed")).to_be_visible()
    texts = page.locator("pre.whole").all_inner_texts()
    assert texts[:2] == ["Charlie's words.", "Bob's words."]
    assert page.get_by_label("Both put together").input_value() == "Charlie's words.\nBob's words."
    page.get_by_role("button", name="Save this").click()
    expect(page.get_by_text("“Summary” stands as you wrote it.")).to_be_visible()
    page.goto(f"/incidents/{ref}/writeup/summary")
    assert field(page) == "Charlie's words.\nBob's words."


def test_a_draft_that_is_discarded_lets_one_begin_on_what_stands(place: Place, opens: Opens, ref: str) -> None:
    page = opens("bob").page
    page.goto(f"/incidents/{ref}/writeup/summary")
    write(page, "Bob's words.")
    place.installed.tell("writeup", "set", ref, "summary", "Charlie's words.", "--as", "charlie")
    page.reload()
    page.get_by_role("button", name="Discard the draft").click()
    write(page, "Charlie's words, and Bob's.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("“Summary” stands as you wrote it.")).to_be_visible()


def test_who_writes_is_told_when_somebody_else_has_saved(place: Place, opens: Opens, ref: str) -> None:
    page = opens("bob").page
    page.goto(f"/incidents/{ref}/writeup/summary")
    write(page, "Bob's words.")
    place.installed.tell("writeup", "set", ref, "summary", "Charlie's words.", "--as", "charlie")
    expect(page.locator("#crossed")).to_contain_text("Somebody saved another text", timeout=15_000)
    assert field(page) == "Bob's words."


def test_it_is_copied_with_one_click(place: Place, opens: Opens, ref: str) -> None:
    page = opens("bob", permissions=["clipboard-read", "clipboard-write"]).page
    page.goto(f"/incidents/{ref}/writeup")
    page.get_by_role("link", name="Copy as Markdown").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith("# Write-up of incident")


def test_a_row_is_shown_and_the_post_published_without_leaving_the_page(place: Place, opens: Opens, ref: str) -> None:
    place.installed.tell("note", ref, "The pool was too small", "--mark", "finding", "--as", "bob")
    page = opens("bob").page
    page.goto(f"/incidents/{ref}/publication")
    row = page.get_by_role("row").filter(has_text="The pool was too small")
    row.get_by_role("button", name="Show").click()
    expect(page.locator("article.post")).to_contain_text("The pool was too small.")
    expect(page.get_by_text("That row is in the post.")).to_be_visible()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("heading", name="Revision 1 is on the website")).to_be_visible(timeout=20_000)


@pytest.mark.parametrize("looks", [{}, {"color_scheme": "dark"}, {"viewport": {"width": 390, "height": 844}}], ids=str)
def test_everybody_can_use_these_pages(place: Place, opens: Opens, ref: str, looks: dict[str, object]) -> None:
    place.installed.tell("writeup", "set", ref, "summary", "Charlie's words.", "--as", "charlie")
    place.installed.run("writeup", "set", ref, "summary", "Bob's words.", "--base", "0", "--as", "bob")
    place.installed.tell("writeup", "set", ref, "factors", "It was human error.", "--as", "charlie")
    place.installed.tell("note", ref, "The channel was muted", "--mark", "finding", "--as", "bob")
    page = opens("bob", **looks).page
    page.goto(f"/incidents/{ref}/writeup")
    crossed = page.get_by_role("link", name="put both together").get_attribute("href")
    for address in (
        f"/incidents/{ref}/writeup",
        f"/incidents/{ref}/writeup/summary",
        f"{crossed}?seen=0",
        f"/incidents/{ref}/publication",
        f"/incidents/{ref}/publication/text",
    ):
        page.goto(address)
        for each in page.locator("details").all():
            each.evaluate("each => { if (!each.classList.contains('me')) each.open = true }")
        found = Axe().run(page)
        assert found.response["violations"] == [], (address, found.generate_report())
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), address
