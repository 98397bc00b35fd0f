"""A browser without JavaScript, against the real server: forms, redirects, and pages that go on by themselves."""

from __future__ import annotations

import html
import re

import httpx


class Browser:
    """Keeps cookies. Every answer is the page that is shown in the end."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.http = httpx.Client(follow_redirects=True, timeout=20, limits=httpx.Limits(max_keepalive_connections=0))
        self.page = httpx.Response(200)

    def opens(self, address: str) -> httpx.Response:
        self.page = self._onwards(self.http.get(address if "://" in address else self.base + address))
        return self.page

    def sends(self, action: str, **fields: str) -> httpx.Response:
        """The form of the page that is sent to `action`, with its hidden fields."""
        form = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', self.page.text, re.S)
        assert form, (action, self.page.text)
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[1])
        origin = {"Referer": str(self.page.url)}
        self.page = self._onwards(self.http.post(self.base + action, data={**dict(hidden), **fields}, headers=origin))
        return self.page

    def posts(self, address: str, **fields: str) -> httpx.Response:
        """To somebody else's page."""
        self.page = self._onwards(self.http.post(address, data=fields))
        return self.page

    def _onwards(self, answer: httpx.Response) -> httpx.Response:
        found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.text)
        return self._onwards(self.http.get(html.unescape(found[1]))) if found else answer

    @property
    def name(self) -> str:
        """Who is signed in; empty for nobody."""
        page = self.http.get(f"{self.base}/settings/me")
        found = re.search(r'name="name" value="([^"]*)"', page.text)
        return html.unescape(found[1]) if found else ""
