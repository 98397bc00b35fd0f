"""What a tracker has told us already, each thing by its own key: kept among the events that came in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from musterpoint.store import models


def known(tracker: str, keys: Iterable[str]) -> set[str]:
    """Those of the keys that were taken in before."""
    rows = models.Inbound.objects.filter(source=_source(tracker), key__in=list(keys))
    return set(rows.values_list("key", flat=True))


def mark(tracker: str, keys: Sequence[str], now: datetime) -> None:
    """They are taken in now, in the caller's transaction."""
    rows = [
        models.Inbound(source=_source(tracker), key=key, data="", status="taken", received_at=now)
        for key in dict.fromkeys(keys)
    ]
    models.Inbound.objects.bulk_create(rows, ignore_conflicts=True)


def _source(tracker: str) -> str:
    return f"{tracker}-seen"
