"""How often the Web API may be called (docs.slack.dev/apis/web-api/rate-limits): by method, and messages by channel."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tests.slack.method import Method
from tests.slack.refusal import Refusal
from tests.slack.shapes import Json

if TYPE_CHECKING:
    from tests.slack.state import State

READING = ("conversations.history", "conversations.replies")
MESSAGES_BURST = 3.0


class Rates:
    """Buckets that fill up again with the workspace's clock. Nothing is refused while `workspace.limits` is None."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def check(self, method: Method, args: Json) -> None:
        """Count one call. Refuses with `ratelimited` and the seconds to wait."""
        if self._state.limits is None:
            return
        if method.name == "chat.postMessage":
            self._take((method.name, str(args.get("channel"))), 1.0, MESSAGES_BURST)
        elif method.name in READING and self._state.limits == "low":
            self._take((method.name, ""), 1 / 60, 1.0)
        elif method.tier:
            self._take((method.name, ""), method.tier / 60, float(method.tier))

    def _take(self, bucket: tuple[str, str], per_second: float, burst: float) -> None:
        now = self._state.clock.seconds
        left, since = self._buckets.get(bucket, (burst, now))
        left = min(burst, left + max(0.0, now - since) * per_second)
        if left < 1:
            raise Refusal("ratelimited", retry_after=max(1, math.ceil((1 - left) / per_second)))
        self._buckets[bucket] = (left - 1, now)
