"""Requests of GitHub to `/hooks/github`: proven to be GitHub's own, noted, and answered. GitHub is not called here.

- Signed with the webhook's secret over the raw body
  (https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries). Without a secret nothing can be
  told from what somebody forged: everything is refused.
- A delivery has an id, which a redelivery has as well: what is here already is acknowledged, and not done twice. The id
  is not signed: whoever sends an old delivery under another one makes us look at an issue, and nothing else.
- What concerns an incident leads to a look at its issue. Both are written in one transaction, before the answer. All
  else leaves nothing behind. An issue that we have made and not noted yet concerns nobody: once it is noted it is read.
- GitHub never sends a delivery again by itself: what is lost while the database is busy is found by the next poll.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import DatabaseError, InterfaceError, transaction

from musterpoint.actions.recording import look
from musterpoint.core.process import Process
from musterpoint.integrations.github import concerned, events, ourselves
from musterpoint.integrations.github.keys import keys
from musterpoint.ports import Answer
from musterpoint.store import models

SOURCE = "github"

REFUSED = Answer(
    401,
    "This request is not signed with our secret. Nothing was taken in. See that the webhook's secret at GitHub and "
    "GITHUB_WEBHOOK_SECRET are the same (docs/github.md).",
)
NO_SECRET = Answer(
    401,
    "GITHUB_WEBHOOK_SECRET is empty, so every request is refused. Nothing was taken in. Set it to the webhook's secret "
    "and restart (docs/github.md).",
)
NONSENSE = Answer(400, "This is nothing that GitHub sends. Nothing was taken in.")
NO_JSON = Answer(
    400, "Nothing was taken in. Set the webhook's content type at GitHub to application/json (docs/github.md)."
)
BUSY = Answer(503, "The database is busy. Nothing was taken in; it is found when GitHub is asked the next time.")
#: The same for all that is in order: whether there is an incident is nobody's business.
FINE = Answer(200, "Thank you.")
PONG = Answer(200, "Musterpoint is here, and the secret is right.")

_EVENT = re.compile(r"[a-z_]{1,50}")
_DELIVERY = re.compile(r"[0-9A-Za-z-]{1,100}")

Hook = Callable[[Mapping[str, str], bytes, datetime], Answer]


def hook(process: Process) -> Hook:
    """What answers a request, given its headers (names in small letters), its raw body and the time."""

    def answered(headers: Mapping[str, str], body: bytes, now: datetime) -> Answer:
        secret = keys().webhook_secret
        if not secret:
            return NO_SECRET
        if not is_signed(secret, headers.get("x-hub-signature-256", ""), body):
            return REFUSED
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return NO_JSON
        try:
            return _answer(headers, json.loads(body), now)
        except (events.Nonsense, UnicodeDecodeError, json.JSONDecodeError, RecursionError):
            return NONSENSE
        except (DatabaseError, InterfaceError):
            return BUSY

    return answered


def is_signed(secret: str, signature: str, body: bytes) -> bool:
    """Whether exactly this body was signed with that secret; it takes as long whether it was or not."""
    right = f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
    return hmac.compare_digest(right.encode(), signature.encode(errors="replace"))


def _answer(headers: Mapping[str, str], payload: Any, now: datetime) -> Answer:
    event, delivery = headers.get("x-github-event", ""), headers.get("x-github-delivery", "")
    if not (isinstance(payload, dict) and _EVENT.fullmatch(event) and _DELIVERY.fullmatch(delivery)):
        return NONSENSE
    if event == "ping":
        return PONG
    issues = events.about(event, payload)
    if issues and not ourselves.is_ours(keys(), payload.get("sender")):
        _note(issues, delivery, now)
    return FINE


def _note(issues: tuple[str, ...], delivery: str, now: datetime) -> None:
    """Intend to look at the issues of the incidents that these concern, once for each delivery."""
    incidents = {row.pk: row for _, row in concerned.by_issue(issues)}
    if not incidents or models.Inbound.objects.filter(source=SOURCE, key=delivery).exists():
        return
    taken = models.Inbound(source=SOURCE, key=delivery, data="", status="taken", received_at=now)
    with transaction.atomic():
        models.Inbound.objects.bulk_create([taken], ignore_conflicts=True)
        for row in incidents.values():
            look(row, delivery)
