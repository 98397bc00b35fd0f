"""The workspace's clock: it runs with the real one or stands still, can be moved, and gives every message its `ts`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STEP = timedelta(microseconds=100)


class Clock:
    """`now` is UTC. Without a start it runs with the real clock; with one it stands still but for `move`."""

    def __init__(self, start: datetime | None = None) -> None:
        self._stands, self._offset, self._last = start, timedelta(), EPOCH
        self._lock = threading.Lock()
        self.on_move: list[Callable[[], None]] = []

    @property
    def now(self) -> datetime:
        return (self._stands or datetime.now(UTC)) + self._offset

    @property
    def seconds(self) -> float:
        """Since 1970, for what is measured; a `ts` never comes from it."""
        return (self.now - EPOCH).total_seconds()

    @property
    def whole(self) -> int:
        return int(self.seconds)

    def move(self, seconds: float) -> None:
        self._offset += timedelta(seconds=seconds)
        for told in self.on_move:
            told()

    def stamp(self) -> str:
        """A new `ts`: later than every one before it, also when the clock stands or was moved back."""
        with self._lock:
            self._last = max(self.now, self._last + STEP)
            return text(self._last)


def text(moment: datetime) -> str:
    """The `ts` of a moment: seconds and six digits, without a detour through a float."""
    since = moment - EPOCH
    return f"{since.days * 86400 + since.seconds}.{since.microseconds:06d}"
