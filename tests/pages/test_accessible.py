"""Every page by the rules of WCAG 2.2 AA, as far as axe can tell; and what it cannot: the width of a phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.pages.filled import ADDRESSES, filled
from tests.pages.place import Place, Watched, serving

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
#: Pages that are shown to whoever has not signed in.
OUTSIDE = {"sign-in": "/accounts/login/", "lost password": "/accounts/password/reset/", "no such link": "/join/nothing"}
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with serving(filled(tmp_path_factory.mktemp("filled"))) as place:
        yield place


@pytest.fixture(scope="module", params=LOOKS)
def look(request: pytest.FixtureRequest, chromium: Browser, shown: Place) -> Iterator[tuple[str, Watched, Watched]]:
    """Its name, a page of somebody who is signed in, and one of nobody."""
    inside = shown.browser_of(chromium, "ingrid", **LOOKS[request.param])
    outside = chromium.new_context(base_url=shown.address, **LOOKS[request.param])
    yield (
        request.param,
        Watched(inside.new_page()).watch(shown.address),
        Watched(outside.new_page()).watch(shown.address),
    )
    inside.close()
    outside.close()


def problems(page: Page, look: str) -> list[str]:
    """The rules of light hold for dark, too, but for contrast; and a phone gets the same page."""
    rules = {"light": RULES, "dark": {"runOnly": ["color-contrast"]}}.get(look)
    found = Axe().run(page, options=rules).response["violations"] if rules else []
    return [f"{each['id']}: {node['html'][:160]} {node['failureSummary']}" for each in found for node in each["nodes"]]


def open_all(page: Page) -> None:
    """What is folded counts as well."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")


@pytest.mark.parametrize("name", [*ADDRESSES, *OUTSIDE])
def test_a_page_is_for_everybody(look: tuple[str, Watched, Watched], name: str) -> None:
    looks, inside, outside = look
    watched = outside if name in OUTSIDE else inside
    watched.wrong.clear()
    watched.page.goto({**ADDRESSES, **OUTSIDE}[name])
    open_all(watched.page)
    assert problems(watched.page, looks) == []
    wide = watched.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{wide} pixels wider than the window"
    assert watched.wrong == []
