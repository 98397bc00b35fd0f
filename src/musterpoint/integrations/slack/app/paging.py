"""Answers that come in pages: https://docs.slack.dev/apis/web-api/pagination (`cursor`, `next_cursor`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from musterpoint.integrations.slack.app import calling
from musterpoint.integrations.slack.shapes import Object, inner, string


def page(timeout: float, method: str, limit: int, cursor: str = "", **arguments: Any) -> tuple[Object, str]:
    """One page and the cursor of the next, empty after the last. Raises Trouble, Unavailable, Refused."""
    answer = calling.call(timeout, method, limit=limit, cursor=cursor or None, **arguments)
    data: Object = answer.data if isinstance(answer.data, dict) else {}
    return data, string(inner(data, "response_metadata"), "next_cursor")


def pages(timeout: float, method: str, limit: int, **arguments: Any) -> Iterator[Object]:
    """All of them, each asked for when the one before is done with."""
    data, cursor = page(timeout, method, limit, **arguments)
    yield data
    while cursor:
        data, cursor = page(timeout, method, limit, cursor, **arguments)
        yield data
