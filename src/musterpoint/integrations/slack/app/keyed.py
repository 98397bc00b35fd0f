"""What somebody asks for by a click is done once, however often Slack or a sweep brings it: the row of the click is
taken in the transaction that does it, and keeps which incident came of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from musterpoint.store import models

SOURCE = "slack"
#: Before the key of a click whose work is left to an effect: the click itself counts as answered by then.
LATER = "later:"


@dataclass(slots=True)
class Click:
    """`made`: the reference of the incident that came of it; set by an earlier time, or by whoever does it now."""

    made: str = ""
    before: bool = False


@contextmanager
def once(key: str, now: datetime) -> Iterator[Click]:
    """One transaction. `before` says that it was done already: then nothing is to be done. What is raised inside undoes
    all of it, so that it may be sent again."""
    with transaction.atomic():
        models.Inbound.objects.get_or_create(source=SOURCE, key=key, defaults={"data": "", "received_at": now})
        row = models.Inbound.objects.select_for_update().get(source=SOURCE, key=key)
        click = Click(_made(row), row.status == "taken")
        yield click
        row.status, row.data = "taken", json.dumps({"incident": click.made}) if click.made else ""
        row.save(update_fields=["status", "data"])


def made_by(key: str) -> str:
    """The incident that came of that click, at once or by an effect; empty where none did."""
    keys = [key, f"{LATER}{key}"] if key else []
    rows = models.Inbound.objects.filter(source=SOURCE, key__in=keys, status="taken")
    return next((made for made in map(_made, rows) if made), "")


def _made(row: models.Inbound) -> str:
    try:
        found = json.loads(row.data) if row.status == "taken" and row.data else {}
    except ValueError:
        return ""
    return str(found.get("incident") or "") if isinstance(found, dict) else ""
