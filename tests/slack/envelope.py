"""An event on its way: the outer payload of the Events API, its signature, and what became of it."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.slack.shapes import Channel, Json

if TYPE_CHECKING:
    from tests.slack.state import State

#: Events go out for these unless a test subscribes otherwise; messages by the kind of their channel.
SUBSCRIBED = (
    "message.channels message.groups reaction_added reaction_removed app_mention app_home_opened member_joined_channel"
    " member_left_channel channel_rename channel_archive channel_unarchive channel_left group_left group_rename"
    " group_archive group_unarchive team_join user_change tokens_revoked app_uninstalled"
)


@dataclass(eq=False)
class Sending:
    """One event for the app. `due`: on the workspace's clock, in seconds since 1970; `not_before`: monotonic."""

    payload: Json
    due: float = 0.0
    not_before: float = 0.0
    retry: int = 0
    reason: str = ""
    answers: list[int] = field(default_factory=list)

    @property
    def event(self) -> Json:
        inner: Json = self.payload["event"]
        return inner


def envelope(state: State, channel: Channel | None, event: Json) -> Json:
    """`event_callback` around an event (docs.slack.dev/apis/events-api)."""
    outer: Json = {
        "token": "not-used-any-more",
        "team_id": state.team_id,
        "context_team_id": state.team_id,
        "context_enterprise_id": None,
        "api_app_id": state.app.id,
        "event": event,
        "type": "event_callback",
        "event_id": state.number("Ev"),
        "event_time": state.clock.whole,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": state.team_id,
                "user_id": state.app.user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": bool(channel and channel.shared),
    }
    return outer | ({"event_context": f"4-{outer['event_id']}"} if channel else {})


def signed(secret: str, body: bytes, skew: float = 0.0, now: float | None = None) -> dict[str, str]:
    """The headers that Slack signs a request with, at the real time plus `skew` seconds."""
    timestamp = str(int((time.time() if now is None else now) + skew))
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


def as_body(payload: Json) -> bytes:
    return json.dumps(payload).encode()
