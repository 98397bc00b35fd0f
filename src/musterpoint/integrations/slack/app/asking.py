"""Who asks for something in the workspace, where, and what they get to see at once.

The same for a slash command, a button, a shortcut, a modal that was sent and a mention. What a request answers with
goes back in the response to it; everything else is an effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from musterpoint.core.process import Process


@dataclass(frozen=True, slots=True)
class Place:
    """Where it was asked: `thread` is the root's ts, empty outside of a thread; `message` the ts of what was pressed,
    chosen or written."""

    channel: str = ""
    thread: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """Something that a person asks for. `workspace` is the team's id (`T…`), `user` who asks (`U…`), `now` is UTC.

    `trigger` opens a modal within three seconds of the click; `response_url` takes private answers for half an hour.
    `payload` is what Slack sent, as it came.
    """

    process: Process
    now: datetime
    workspace: str
    user: str
    place: Place = Place()
    trigger: str = ""
    response_url: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)


#: The body of the response to a request: for a slash command a message that the asker alone sees (`{"text": …}`), for a
#: modal that was sent `{"response_action": …}`; None where there is nothing to say at once.
Reply = dict[str, Any] | None


def privately(text: str) -> dict[str, Any]:
    """A message that only who asked sees."""
    return {"response_type": "ephemeral", "text": text}
