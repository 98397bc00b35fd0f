"""How a webhook reaches an address by HTTP."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

from tests.github.state import Receiver


def by_http(url: str, timeout: float) -> Receiver:
    """Post there, with a connection of its own, and wait for the answer; its status, 0 where none came."""
    parts = urlsplit(url)

    def post(body: bytes, headers: dict[str, str]) -> int:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=timeout)
        try:
            connection.request("POST", parts.path or "/", body, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    return post
