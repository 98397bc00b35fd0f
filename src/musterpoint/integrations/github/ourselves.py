"""What our app is called, so that what it did itself is not taken for somebody's: learnt from GitHub, and kept.

With a token nothing can be told: its owner may have done it as well.
https://docs.github.com/en/rest/apps/apps#get-the-authenticated-app
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from musterpoint.core.incident import time_text
from musterpoint.core.process import Process
from musterpoint.integrations.github.answers import answer
from musterpoint.integrations.github.credentials import app_header
from musterpoint.integrations.github.keys import Keys, keys
from musterpoint.integrations.github.sending import send
from musterpoint.ports import NotSent
from musterpoint.store import models

NAME = "github_app"
#: An app can be renamed.
KNOWN_FOR = timedelta(days=1)
#: Between two questions that came to nothing.
AGAIN = timedelta(minutes=1)

_asked: dict[str, datetime] = {}


def learn(process: Process, now: datetime) -> None:
    """Ask GitHub for our app's name once a day. Raises Unavailable, Refused."""
    found = keys()
    if not found.as_app:
        return
    name = f"{found.api} {found.app_id}"
    if _is_fresh(found, now) or abs(now - _asked.get(name, datetime.min.replace(tzinfo=now.tzinfo))) < AGAIN:
        return
    _asked[name] = now
    told = answer(send("GET", f"{found.api}/app", app_header(found, now), process.timeout)).data
    if not isinstance(told, dict) or not told.get("slug"):
        raise NotSent("GitHub does not tell what our app is called.")
    known = {"app": found.app_id, "login": f"{told['slug']}[bot]", "at": time_text(now)}
    models.Setting.objects.update_or_create(name=NAME, defaults={"value": json.dumps(known)})


def _is_fresh(found: Keys, now: datetime) -> bool:
    known = _known(found)
    return bool(known) and abs(now - datetime.fromisoformat(known["at"])) < KNOWN_FOR


def _known(found: Keys) -> dict[str, str]:
    """What is kept of this app: `login` and `at`; empty where nothing is, or of another app."""
    value = models.Setting.objects.filter(name=NAME).values_list("value", flat=True).first()
    known: dict[str, str] = json.loads(value) if value else {}
    return known if known.get("app") == found.app_id else {}


def is_ours(found: Keys, sender: Any) -> bool:
    """Whether our app is the `sender` of an event. The database is asked only where it is some app at all."""
    if not found.as_app or not isinstance(sender, Mapping) or sender.get("type") != "Bot":
        return False
    login = _known(found).get("login", "")
    return bool(login) and str(sender.get("login", "")).lower() == login.lower()
