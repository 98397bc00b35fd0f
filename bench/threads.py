"""A thread of any length as `conversations.replies` answers it, out of the messages of tests/threads."""

from __future__ import annotations

import json
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from tests.threads import all_threads, replies, users

#: Seconds between two messages.
PACE = 20


def written(folder: Path, size: int, number: int) -> tuple[Path, Path]:
    """The files of the thread and of its users. Another `number` is another thread."""
    threads = all_threads()
    messages = cycle([message for thread in threads for message in replies(thread)["messages"]])
    begins = 1_770_000_000 + number * 1000
    root = f"{begins}.000100"
    said = [
        message | {"ts": f"{begins + PACE * place}.000100", "thread_ts": root}
        for place, message in enumerate(islice(messages, size))
    ]
    said[0] |= {"reply_count": size - 1}
    known = {user["id"]: user for thread in threads for user in _users(users(thread))}
    return (
        _file(folder / f"{size}-{number}.json", {"ok": True, "messages": said, "has_more": False}),
        _file(folder / "users.json", list(known.values())),
    )


def _users(found: Any) -> list[dict[str, Any]]:
    return list(found["members"] if isinstance(found, dict) else found)


def _file(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path
