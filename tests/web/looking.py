"""What tests of pages look at: a page's words, a page that can be compared, the queries that it costs."""

from __future__ import annotations

import re
from html import unescape

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.web.conftest import Site


def told(html: str) -> str:
    """The words of a page's middle."""
    main = html[html.index("<main") :] if "<main" in html else html
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def bare(html: str) -> str:
    """Without the tokens of its forms, which are new on every page."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)


def queries(site: Site, account: str, address: str) -> int:
    """How many a page costs somebody who is signed in."""
    site.page(account, address)
    with CaptureQueriesContext(connection) as captured:
        site.page(account, address)
    return len(captured)
