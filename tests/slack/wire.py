"""How a request reaches the app: to an address by HTTP, or into a function, for tests that have no server."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit


class Answer(NamedTuple):
    """What the app answered. `status` 0: nothing, and `reason` says why (http_timeout or connection_failed)."""

    status: int
    body: bytes = b""
    content_type: str = ""
    headers: Mapping[str, str] = {}
    reason: str = ""

    @property
    def fine(self) -> bool:
        return 200 <= self.status < 300


#: (body, headers) -> Answer
Receiver = Callable[[bytes, dict[str, str]], Answer]


def by_http(url: str, timeout: float) -> Receiver:
    """Post to that address, with a connection of its own, waiting `timeout` seconds for the whole answer."""
    parts = urlsplit(url)
    path = parts.path or "/"

    def post(body: bytes, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=timeout)
        try:
            connection.request("POST", path, body, headers | {"User-Agent": "Slackbot 1.0"})
            answer = connection.getresponse()
            return Answer(answer.status, answer.read(), answer.getheader("Content-Type", ""), dict(answer.getheaders()))
        except TimeoutError:
            return Answer(0, reason="http_timeout")
        except (OSError, http.client.HTTPException):
            return Answer(0, reason="connection_failed")
        finally:
            connection.close()

    return post
