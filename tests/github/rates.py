"""GitHub's limits (docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api), counted by the fake's clock.

Primary: 5,000 requests an hour for each caller, 304 costs nothing; GraphQL has 5,000 points of its own. Secondary: 80
requests a minute and 500 an hour that create content; 900 points a minute (a read is 1, a write is 5).
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.github.clock import Clock, text
from tests.github.faults import SECONDARY
from tests.github.refusal import Refusal

MINUTE, HOUR = 60.0, 3600.0


@dataclass
class Window:
    """An hour of one caller and one resource, from its first request."""

    ends: float = 0.0
    used: int = 0


@dataclass
class Rates:
    """Each limit may be lowered by a test. `refused` counts what was turned away."""

    clock: Clock
    primary: dict[str, int] = field(default_factory=lambda: {"core": 5000, "graphql": 5000})
    a_minute: int = 80
    an_hour: int = 500
    points: int = 900
    #: GitHub answers 403 or 429.
    status: int = 403
    refused: int = 0
    #: Times of writes, for the tests to look at.
    writes: deque[float] = field(default_factory=deque)
    _spent: deque[tuple[float, int]] = field(default_factory=deque)
    _windows: dict[tuple[str, str], Window] = field(default_factory=lambda: defaultdict(Window))

    def _window(self, caller: str, resource: str) -> Window:
        window = self._windows[caller, resource]
        if self.clock.seconds >= window.ends:
            window.ends, window.used = math.floor(self.clock.seconds) + HOUR, 0
        return window

    def check(self, caller: str, resource: str, write: bool) -> None:
        """Raises the refusal where the next request would be one too many."""
        window = self._window(caller, resource)
        if window.used >= self.primary[resource]:
            self.refused += 1
            words = f"API rate limit exceeded for {caller}."
            raise Refusal(self.status, words, headers=self.headers(caller, resource))
        wait = self._wait(write)
        if wait > 0:
            self.refused += 1
            raise Refusal(self.status, SECONDARY, headers={"retry-after": str(math.ceil(wait))})

    def _wait(self, write: bool) -> float:
        """Seconds until one more is within the secondary limits; 0 when it is now."""
        now = self.clock.seconds
        while self._spent and self._spent[0][0] <= now - MINUTE:
            self._spent.popleft()
        if sum(points for _, points in self._spent) + (5 if write else 1) > self.points:
            return self._spent[0][0] + MINUTE - now
        if not write:
            return 0.0
        waits = [0.0]
        for most, span in ((self.a_minute, MINUTE), (self.an_hour, HOUR)):
            within = [each for each in self.writes if each > now - span]
            if len(within) >= most:
                waits.append(within[-most] + span - now)
        return max(waits)

    def count(self, caller: str, resource: str, write: bool, free: bool = False) -> None:
        """A request that was let through; `free` costs none of the primary limit (304)."""
        if not free:
            self._window(caller, resource).used += 1
        self._spent.append((self.clock.seconds, 5 if write else 1))
        if write:
            self.writes.append(self.clock.seconds)

    def headers(self, caller: str, resource: str) -> dict[str, str]:
        window = self._window(caller, resource)
        return {
            "x-ratelimit-limit": str(self.primary[resource]),
            "x-ratelimit-remaining": str(max(0, self.primary[resource] - window.used)),
            "x-ratelimit-used": str(window.used),
            "x-ratelimit-reset": str(int(window.ends)),
            "x-ratelimit-resource": resource,
        }

    def told(self, caller: str, resource: str) -> dict[str, int]:
        """As GET /rate_limit has it."""
        window = self._window(caller, resource)
        left = max(0, self.primary[resource] - window.used)
        reset = int(window.ends)
        return {"limit": self.primary[resource], "remaining": left, "used": window.used, "reset": reset}

    def ends(self, caller: str, resource: str) -> str:
        return text(datetime.fromtimestamp(self._window(caller, resource).ends, UTC))
