"""An installation that serves its pages in a process of its own, and people with browsers."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue

from playwright.sync_api import Browser, BrowserContext, Page

from tests.journeys.commands import Musterpoint

CHROMIUM = Path("/usr/bin/chromium")
SIGNED_IN = """
import sys
import django
django.setup()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from musterpoint.accounts.models import Account
from musterpoint.store.models import Person
person = Person.objects.get(identities__name=f"account:{sys.argv[1]}")
account, _ = Account.objects.get_or_create(email=f"{sys.argv[1]}@example.com", defaults={"person": person})
session = SessionStore()
session[SESSION_KEY] = str(account.pk)
session[BACKEND_SESSION_KEY] = "musterpoint.accounts.backend.OfAccounts"
session[HASH_SESSION_KEY] = account.get_session_auth_hash()
session.save()
print(session.session_key)
"""


@dataclass
class Place:
    """The installation, its address, and what its server printed so far."""

    installed: Musterpoint
    address: str
    told: list[str] = field(default_factory=list)

    def session_of(self, account: str) -> str:
        """Signs that person in without the sign-in page. Returns the session's key."""
        environment = self.installed.environment() | {"DJANGO_SETTINGS_MODULE": "musterpoint.settings"}
        done = subprocess.run(
            [sys.executable, "-c", SIGNED_IN, account], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def browser_of(self, browser: Browser, account: str, **options: object) -> BrowserContext:
        """A browser of that person, signed in. Whatever it asks of another machine fails the test (see `watched`)."""
        context = browser.new_context(base_url=self.address, **options)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        key = self.session_of(account)
        context.add_cookies([{"name": "sessionid", "value": key, "url": self.address}])
        return context


@dataclass
class Watched:
    """A page and what went wrong on it: errors of scripts, violations of the policy, requests to other machines."""

    page: Page
    wrong: list[str] = field(default_factory=list)

    def watch(self, address: str) -> Watched:
        self.page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        self.page.on("console", lambda message: self._console(message.type, message.text))
        self.page.on("request", lambda request: self._asked(request.url, address))
        return self

    def _console(self, kind: str, text: str) -> None:
        if kind == "error" and not text.startswith(("Failed to load resource", "htmx:")):  # an answer like 404, or none
            self.wrong.append(f"console: {text}")

    def _asked(self, url: str, address: str) -> None:
        if not url.startswith((address, "data:", "about:", "blob:")):
            self.wrong.append(f"asked another machine: {url}")


@contextmanager
def serving(installed: Musterpoint, *words: str) -> Iterator[Place]:
    """`musterpoint serve` on a free port, until the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "musterpoint.cli", "serve", "--port", "0", *words],
        env=installed.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines: Queue[str] = Queue()
    place = Place(installed, "")

    def listen() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            place.told.append(line.rstrip())
            lines.put(line)

    reader = threading.Thread(target=listen, daemon=True)
    reader.start()
    try:
        while not place.address:
            try:
                found = re.search(r"(http://127\.0\.0\.1:\d+)/", lines.get(timeout=30))
            except Empty:
                raise AssertionError(f"serve did not come up: {place.told}") from None
            place.address = found[1] if found else ""
        yield place
    finally:
        process.terminate()
        process.wait(timeout=30)
        reader.join(timeout=5)
        if process.stdout is not None:
            process.stdout.close()
