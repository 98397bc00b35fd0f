"""How a person works a page: with the mouse, or with nothing but the keyboard. Things are found by their names."""

from __future__ import annotations

from typing import Protocol

from playwright.sync_api import Locator, Page, expect


class Hands(Protocol):
    """Everything that the journeys do, in one way or the other."""

    page: Page

    def press(self, thing: Locator) -> None:
        """Press a button, follow a link, open what is folded."""

    def write(self, field: Locator, text: str) -> None:
        """Replace what stands in a field."""

    def choose(self, field: Locator, label: str) -> None:
        """Choose from a list, by its label."""

    def tick(self, box: Locator) -> None:
        """Choose a radio button, or tick a box."""


class Mouse:
    """Clicks."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, thing: Locator) -> None:
        thing.click()

    def write(self, field: Locator, text: str) -> None:
        field.click()
        field.fill(text)

    def choose(self, field: Locator, label: str) -> None:
        field.select_option(label=label)

    def tick(self, box: Locator) -> None:
        box.check()


class Keyboard:
    """Tab until the thing has the focus, which must be visible; then Enter, Space, or letters."""

    TABS = 400

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, thing: Locator) -> None:
        self._reach(thing)
        self.page.keyboard.press("Enter")

    def write(self, field: Locator, text: str) -> None:
        self._reach(field)
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text)

    def choose(self, field: Locator, label: str) -> None:
        self._reach(field)
        self.page.keyboard.type(label)
        expect(field.locator("option:checked")).to_have_text(label)

    def tick(self, box: Locator) -> None:
        """Radio buttons are one stop of Tab; the arrows go on from there."""
        if box.get_attribute("type") == "radio":
            name = box.get_attribute("name")
            self._reach(self.page.locator(f'input[type="radio"][name="{name}"]'))
            for _ in range(10):
                self.page.keyboard.press("Space")
                if box.is_checked():
                    return
                self.page.keyboard.press("ArrowDown")
            raise AssertionError(f"the arrows do not reach {box}")
        self._reach(box)
        self.page.keyboard.press("Space")

    def _reach(self, thing: Locator) -> None:
        thing.first.wait_for()
        for key in ("Tab", "Shift+Tab"):
            for _ in range(self.TABS):
                if self._is_there(thing):
                    return
                self.page.keyboard.press(key)
        raise AssertionError(f"Tab does not reach {thing}")

    def _is_there(self, thing: Locator) -> bool:
        return any(
            thing.nth(place).evaluate("(element) => element === document.activeElement")
            for place in range(thing.count())
        )
