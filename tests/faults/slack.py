"""Files as Slack's conversations.replies answers them, of any length."""

from __future__ import annotations

import json
from pathlib import Path

START = 1767348000


def thread_file(folder: Path, name: str, messages: int) -> Path:
    """A thread of so many messages, each with the word `name` in it; its root differs with the name."""
    root = f"{START + sum(map(ord, name)) * 1000}.{len(name):06d}"
    said = [
        {
            "type": "message",
            "ts": root if number == 0 else f"{int(root[:10]) + number}.000100",
            "thread_ts": root,
            "user": f"U{number % 3}",
            "text": f"{name} message {number}: the queue of the shop grows",
        }
        for number in range(messages)
    ]
    file = folder / f"{name}.json"
    file.write_text(json.dumps({"ok": True, "messages": said, "has_more": False}))
    users = [
        {"id": f"U{number}", "name": f"user{number}", "profile": {"real_name": f"User {number}"}} for number in range(3)
    ]
    (folder / "users.json").write_text(json.dumps({"ok": True, "members": users}))
    return file


def arguments(file: Path) -> tuple[str, ...]:
    """Of the command line, to import such a file."""
    return ("import", "slack-thread", str(file), "--users", str(file.with_name("users.json")), "--channel", "C0SHOP")
