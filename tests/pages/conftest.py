"""A real browser: Debian's Chromium, driven by Playwright, on pages of a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.journeys.commands import Musterpoint
from tests.journeys.conftest import installed  # noqa: F401  (a fixture)
from tests.pages.place import CHROMIUM, Place, Watched, serving


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """For one module: while Playwright runs, Django holds this thread for asynchronous and refuses its database."""
    if not CHROMIUM.exists():
        pytest.skip("needs Chromium (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def place(installed: Musterpoint) -> Iterator[Place]:  # noqa: F811
    """People: adele runs it, cto has authority, bob responds, charlie is a stranger, victor reads."""
    for account in ("cto", "charlie", "sirt"):
        installed.tell("people", "add", account.capitalize(), f"account:{account}")
    settings = '[authority]\npeople = ["cto"]\n[security]\nsirt = ["sirt"]\ncontact = "security@example.com"\n'
    (installed.home / "musterpoint.toml").write_text(settings)
    with serving(installed) as place:
        yield place


Opens = Callable[..., Watched]


@pytest.fixture
def opens(chromium: Browser, place: Place) -> Iterator[Opens]:
    """`opens("bob")`: a page in a browser of that person. At the end nothing may have gone wrong on any of them."""
    contexts: list[BrowserContext] = []
    pages: list[Watched] = []

    def opened(account: str, **options: object) -> Watched:
        context = place.browser_of(chromium, account, **options)
        contexts.append(context)
        pages.append(Watched(context.new_page()).watch(place.address))
        return pages[-1]

    yield opened
    for each in contexts:
        each.close()
    assert [wrong for each in pages for wrong in each.wrong] == []
