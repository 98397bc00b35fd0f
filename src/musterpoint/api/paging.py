"""Pages of a list: `{"items": […], "next": "…" or null}`. A cursor tells where the next page begins."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field

from musterpoint.api.fields import Answered
from musterpoint.core.decision import NotAllowed

MOST = 500

T = TypeVar("T")

Limit = Annotated[int, Field(ge=1, le=MOST, description="how many at the most")]
Cursor = Annotated[str, Field(max_length=1000, description="`next` of the page before; nothing for the first page")]


class Page(Answered, Generic[T]):
    """A part of a list. `next` is the cursor of the page that follows, null on the last one."""

    items: list[T]
    next: str | None


def page(items: Sequence[Any], following: str | None) -> dict[str, Any]:
    return {"items": list(items), "next": following}


def packed(*place: Any) -> str:
    return urlsafe_b64encode(json.dumps(place, ensure_ascii=False).encode()).decode().rstrip("=")


def unpacked(cursor: str, *kinds: type) -> list[Any]:
    """What was packed: values of these types; empty for no cursor. Raises NotAllowed for what we did not make."""
    if not cursor:
        return []
    try:
        place = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        place = None
    if not isinstance(place, list) or tuple(type(each) for each in place) != kinds or _too_large(place):
        raise NotAllowed("bad_cursor", "That cursor is none of ours.", "Begin again without one.")
    return place


def _too_large(place: list[Any]) -> bool:
    return any(isinstance(each, int) and abs(each) >= 2**53 for each in place)
