"""Requests of Slack over HTTP, all to one address: proven to be Slack's own, told apart by form, answered in time.

- Signed with the signing secret, no older than five minutes and not from the future
  (https://docs.slack.dev/authentication/verifying-requests-from-slack). Without a secret nothing can be told from what
  somebody forged: everything is refused.
- An event is JSON; a command or a click is a form. What was sent a second time is acknowledged, and not done twice.
- 503 where the database is busy: Slack sends an event again, and tells whoever clicked that it did not work.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from django.db import DatabaseError, InterfaceError

from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import hearing
from musterpoint.integrations.slack.app.asking import Reply
from musterpoint.integrations.slack.app.keys import keys
from musterpoint.integrations.slack.app.storing import NotStored
from musterpoint.integrations.slack.shapes import Object, string
from musterpoint.ports import Answer

REFUSED = Answer(401, "This request is not signed by Slack for this app, or it is too old. Nothing was taken in.")
NO_SECRET = Answer(401, "SLACK_SIGNING_SECRET is empty, so every request is refused (docs/slack.md).")
NONSENSE = Answer(400, "This is nothing that Slack sends. Nothing was taken in.")
BUSY = Answer(503, "The database is busy. Nothing was taken in; send it again.")
FINE = Answer(200)

Hook = Callable[[Mapping[str, str], bytes, datetime], Answer]


def hook(process: Process) -> Hook:
    """What answers a request, given its headers (names in small letters), its raw body and the time."""

    def answered(headers: Mapping[str, str], body: bytes, now: datetime) -> Answer:
        secret = keys().signing
        if not secret:
            return NO_SECRET
        if not is_signed(secret, headers, body, now):
            return REFUSED
        try:
            return _answer(headers.get("content-type", ""), body, process, now)
        except (hearing.Nonsense, UnicodeDecodeError, json.JSONDecodeError, RecursionError):
            return NONSENSE
        except (NotStored, DatabaseError, InterfaceError):
            return BUSY

    return answered


class _Now:
    """The clock of Slack's verifier: the request's."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> float:
        return self._now.timestamp()


def is_signed(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether Slack signed exactly this body within five minutes of `now`."""
    from slack_sdk.signature import SignatureVerifier

    clock: Any = _Now(now)
    try:
        return SignatureVerifier(secret, clock).is_valid_request(body, dict(headers))
    except (ValueError, TypeError, OverflowError):  # a time that is none, a body that is no text
        return False


def _answer(form: str, body: bytes, process: Process, now: datetime) -> Answer:
    text = body.decode()
    if form.partition(";")[0].strip().lower() == "application/json":
        return _json(json.loads(text), process, now)
    given = {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}
    if "payload" in given:
        return _as_json(hearing.heard(hearing.INTERACTIVE, _object(json.loads(given["payload"])), process, now))
    if "command" in given:
        return _as_json(hearing.heard(hearing.COMMANDS, given, process, now))
    return FINE if given.get("ssl_check") else NONSENSE


def _json(payload: Any, process: Process, now: datetime) -> Answer:
    payload = _object(payload)
    match string(payload, "type"):
        case "url_verification":
            return Answer(200, string(payload, "challenge"))
        case "event_callback":
            return _as_json(hearing.heard(hearing.EVENTS, payload, process, now))
        case "app_rate_limited":
            _held_back(payload)
            return FINE
    return NONSENSE


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise hearing.Nonsense("no object")
    return value


def _held_back(payload: Object) -> None:
    """Slack drops what exceeds 30,000 events an hour, and tells of each minute in which it did
    (https://docs.slack.dev/reference/events/app_rate_limited)."""
    from musterpoint.integrations.slack.app import gaps

    minute = payload.get("minute_rate_limited")
    if isinstance(minute, int) and 0 < minute < 32_503_680_000:
        since = datetime.fromtimestamp(minute, UTC)
        gaps.noticed(since, since + timedelta(minutes=1), "Slack held events back, there were too many")


def _as_json(reply: Reply) -> Answer:
    return FINE if reply is None else Answer(200, json.dumps(reply), "application/json")
