"""Messages as the workspace keeps them: by channel and `ts`, with each thread's replies at hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.slack.shapes import Json


@dataclass
class Thread:
    """The replies of one root by `ts`, oldest first, and who wrote them."""

    replies: dict[str, Json] = field(default_factory=dict)
    writers: dict[str, None] = field(default_factory=dict)

    def add(self, message: Json) -> None:
        self.replies[str(message["ts"])] = message
        self.writers[str(message.get("user") or message.get("bot_id"))] = None

    def remove(self, ts: str) -> None:
        del self.replies[ts]
        left, self.replies, self.writers = list(self.replies.values()), {}, {}
        for message in left:
            self.add(message)


class Kept:
    """The messages themselves, not copies; those of a channel come oldest first, because every `ts` is later."""

    def __init__(self) -> None:
        self._channels: dict[str, dict[str, Json]] = defaultdict(dict)
        self._threads: dict[tuple[str, str], Thread] = defaultdict(Thread)

    def get(self, channel: str, ts: str) -> Json | None:
        return self._channels[channel].get(ts)

    def all(self, channel: str) -> list[Json]:
        return list(self._channels[channel].values())

    def newest_first(self, channel: str) -> Iterator[Json]:
        return reversed(self._channels[channel].values())

    def add(self, channel: str, message: Json) -> None:
        ts = str(message["ts"])
        self._channels[channel][ts] = message
        if message.get("thread_ts", ts) != ts:
            self.thread(channel, message["thread_ts"]).add(message)

    def remove(self, channel: str, message: Json) -> None:
        ts = str(message["ts"])
        del self._channels[channel][ts]
        if message.get("thread_ts", ts) != ts:
            self.thread(channel, message["thread_ts"]).remove(ts)

    def thread(self, channel: str, root: str) -> Thread:
        return self._threads[channel, root]

    def place_of(self, ts: str) -> str:
        """The channel that has it; StopIteration if none does."""
        return next(channel for channel, messages in self._channels.items() if ts in messages)
