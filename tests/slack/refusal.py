"""What the Web API says no with: an error string as Slack's pages list it, and what else the answer holds."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """Becomes {"ok": false, "error": error, ...}. `retry_after` (seconds) makes it a 429."""

    def __init__(self, error: str, *, retry_after: int = 0, **more: Any) -> None:
        super().__init__(error)
        self.error, self.retry_after, self.more = error, retry_after, more

    @classmethod
    def of_arguments(cls, *messages: str, error: str = "invalid_arguments") -> Refusal:
        return cls(error, response_metadata={"messages": [f"[ERROR] {each}" for each in messages]})
