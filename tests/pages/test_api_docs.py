"""The documentation of the API in a real browser: from this server alone, under the same strict policy."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.api.asking import operations
from tests.pages.conftest import Opens


def test_every_operation_is_shown_and_can_be_tried(opens: Opens) -> None:
    page = opens("bob").page
    page.goto("/api/v1/docs")
    expect(page.locator(".opblock")).to_have_count(len(operations()))
    me = page.locator(".opblock", has_text="/api/v1/me")
    me.locator(".opblock-summary-control").click()
    me.get_by_role("button", name="Try it out").click()
    me.get_by_role("button", name="Execute").click()
    expect(me.locator(".live-responses-table")).to_contain_text('"name": "Bob"')
