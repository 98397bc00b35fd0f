"""What the tests of pages read off a page: its forms, its entries, the address of the next look."""

from __future__ import annotations

import re
from html import unescape


def live_address(page: str) -> str:
    """Where the page looks for what is new, as htmx asks it."""
    found = re.search(r'hx-get="([^"]*/live\?[^"]*)"', page)
    assert found, page[:2000]
    first = re.search(r'id="live-from" name="from" value="([^"]*)"', page)
    return unescape(found[1]) + (f"&from={first[1]}" if first else "")


def entries(page: str) -> list[str]:
    """The texts of the entries that the page shows, in order."""
    return [
        unescape(re.sub(r"<[^>]+>", "", text)).strip()
        for each in re.findall(r'<article id="entry-.*?</article>', page, re.DOTALL)
        for text in re.findall(r'<p class="text[^>]*>(.*?)</p>', each, re.DOTALL)[:1]
    ]


def entry(page: str, number: int) -> str:
    """The HTML of one entry."""
    found = re.search(rf'<article id="entry-{number}".*?</article>', page, re.DOTALL)
    assert found, f"no entry {number}"
    return found[0]


def steps(page: str) -> set[str]:
    """The steps that the page has a form for: what comes after the incident's address."""
    return set(re.findall(r'<form method="post" action="/incidents/[^/"]+/([^"]+)" class="step-form"', page))


def without_tokens(page: str) -> str:
    """The page without what differs each time."""
    return re.sub(r'(csrfmiddlewaretoken" value|name="once" value)="[^"]*"', "", page)
