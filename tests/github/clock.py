"""GitHub's clock: it runs with the real one or stands still, and can be moved. What GitHub tells has whole seconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """`now` is UTC in whole seconds. With a start it stands but for `move`; without, it runs with the real one."""

    def __init__(self, start: datetime | None = None) -> None:
        self._stands, self._offset = start, timedelta()

    @property
    def exact(self) -> datetime:
        return (self._stands or datetime.now(UTC)) + self._offset

    @property
    def now(self) -> datetime:
        return self.exact.replace(microsecond=0)

    @property
    def seconds(self) -> float:
        """Since 1970, for what is measured."""
        return self.exact.timestamp()

    def move(self, seconds: float) -> None:
        self._offset += timedelta(seconds=seconds)


def text(moment: datetime) -> str:
    """As GitHub writes it: `2026-03-02T09:00:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(given: str) -> datetime:
    """The reverse; a time without a zone is taken as UTC, as GitHub does."""
    read = datetime.fromisoformat(given)
    return read if read.tzinfo else read.replace(tzinfo=UTC)
