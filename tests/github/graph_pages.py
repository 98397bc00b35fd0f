"""Pages of a GraphQL connection: `first`/`after` from the front, `last`/`before` from the end, 100 at most."""

from __future__ import annotations

import base64
from typing import Any

import graphql

MOST = 100


def connection(
    every: list[Any], first: int | None = None, after: str | None = None, last: int | None = None,
    before: str | None = None, **ordered: Any,
) -> dict[str, Any]:  # fmt: skip
    """GitHub wants `first` or `last`, of 1 to 100."""
    size = first if first is not None else last
    if size is None:
        raise graphql.GraphQLError("You must provide a `first` or `last` value to properly paginate the connection.")
    if not 0 <= size <= MOST:
        raise graphql.GraphQLError(
            f"Requesting {size} records on the connection exceeds the `first` limit of {MOST} records."
        )
    start = _place(after) if after else 0
    end = _place(before) - 1 if before else len(every)
    if first is not None:
        end = min(end, start + first)
    else:
        start = max(start, end - size)
    places = range(start, max(start, end))
    page = [every[each] for each in places]
    cursors = [_cursor(each + 1) for each in places]
    return {
        "nodes": page,
        "edges": [{"cursor": cursor, "node": node} for cursor, node in zip(cursors, page, strict=True)],
        "totalCount": len(every),
        "pageInfo": {
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
            "hasNextPage": end < len(every),
            "hasPreviousPage": start > 0,
        },
    }


def _cursor(place: int) -> str:
    return base64.b64encode(f"cursor:{place}".encode()).decode()


def _place(cursor: str) -> int:
    return int(base64.b64decode(cursor).decode().removeprefix("cursor:"))
