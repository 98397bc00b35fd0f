"""What may stand in `[chat]` and `[marks]` of musterpoint.toml."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from musterpoint.core.marks import MarkKind
from musterpoint.core.process import SAID, Process

_REACTIONS = ("reaction", *(f"mark_{kind.value}" for kind in MarkKind))
#: https://docs.slack.dev/reference/methods/reactions.add: without the colons; a skin tone may follow after two
_NAME = re.compile(r"[a-z0-9_+'-]{1,100}")


def wrong_chat_setting(field: str, value: Any) -> str:
    """What the value must be, if it is not."""
    if field in _REACTIONS and not _NAME.fullmatch(value):
        return "must be the name of a reaction without its colons, such as pushpin."
    if field == "say" and not set(value) <= set(SAID):
        return f"may name {', '.join(SAID)}."
    return ""


def reactions_meet(process: Process) -> str:
    """Which two of the reactions are the same, as a clause; empty where they all differ."""
    used: dict[str, str] = {}
    for field in _REACTIONS:
        name = str(getattr(process, field))
        what = field.removeprefix("mark_")
        if name in used:
            return f"gives the reaction {name} two meanings: {used[name]} and {what}."
        used[name] = what
    return ""


def without_own_reactions(process: Process) -> Process:
    """The same with the default reactions."""
    default = Process()
    return replace(process, **{field: getattr(default, field) for field in _REACTIONS})
