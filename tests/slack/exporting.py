"""A Slack export archive of one channel: users.json, channels.json, and a file for each day with messages."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from tests.slack.shapes import Json, day, user_shape

if TYPE_CHECKING:
    from tests.slack.state import State


def write_export(state: State, channel: str, folder: Path) -> Path:
    """A reply lies in the file of its own day, whatever the day of its root; edits and deletions have left no trace."""
    place = state.channels[channel]
    (folder / place.name).mkdir(parents=True, exist_ok=True)
    nothing = {"value": "", "creator": "", "last_set": 0}
    listed: Json = {"id": place.id, "name": place.name, "created": place.created, "creator": ""}
    listed |= {"is_archived": place.archived, "is_general": False, "members": place.members}
    _write(folder / "channels.json", [listed | {"topic": nothing, "purpose": nothing}])
    now = state.clock.now
    _write(folder / "users.json", [user_shape(each, state.team_id, now) for each in state.users.values()])
    days: dict[str, list[Json]] = defaultdict(list)
    for message in state.messages(channel):
        shown = {key: value for key, value in message.items() if key not in ("source_team", "metadata")}
        days[day(message["ts"])].append(shown)
    for name, messages in days.items():
        _write(folder / place.name / f"{name}.json", messages)
    return folder


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=4, ensure_ascii=False), encoding="utf-8")
