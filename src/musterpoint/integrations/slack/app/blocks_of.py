"""What is said, as Slack shows it: a sentence with its buttons, or the status card; and as the text of a notification.

People's words are escaped: whom they mention is not called. Called is whom the saying is for.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from musterpoint.core.card import Card
from musterpoint.integrations.slack.app import cutting
from musterpoint.integrations.slack.app.card import buttons
from musterpoint.ports import Saying
from musterpoint.store.addresses import chat_users

_USER = re.compile(r"[UW][A-Z0-9]+")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d) UTC( \(\w+\))?")
#: What a field of the card may have, in characters: a card is read at a glance.
_FIELD = 500
#: So many people are called at once, and no more.
_CALLED = 20


def message(
    saying: Saying, users: Sequence[str] = (), *, named: bool = False, channel: str = ""
) -> tuple[str, list[dict[str, Any]]]:
    """The text (for notifications, and for what shows no blocks) and the blocks. `users` are called; `named`: the
    writer's name stands in front, where the message cannot be posted under it; `channel` is where it is to be."""
    before = "".join(f"<@{user}> " for user in users[:_CALLED])
    if named and saying.writer:
        before += f"*{cutting.line(saying.writer, cutting.USERNAME)}*: "
    more = cutting.link(saying.card.address if saying.card else saying.address, "the rest is on its page")
    text = before + cutting.cut(saying.text, cutting.MESSAGE - len(before), more)
    blocks = card(saying.card, channel) if saying.card else [cutting.section(saying.text, more, before)]
    pressed = [cutting.button(each.label, each.action, each.value) for each in saying.buttons]
    return text, cutting.fitting([*blocks, *cutting.actions(pressed)])


def users_of(identities: Collection[str]) -> list[str]:
    """The ids of these people in the workspace, each once; without those whom it does not know."""
    return [each for each in chat_users(identities, "slack").values() if _USER.fullmatch(each)]


# --- the card -----------------------------------------------------------------------------------------------------


def card(shown: Card, channel: str = "") -> list[dict[str, Any]]:
    """The card: title, reference and status, how it stands and what is known, where there is more, what to do."""
    known = [(name, _value(value)) for name, value in (*shown.standing, *shown.facts)]
    about = f"Incident {cutting.line(shown.ref, cutting.LABEL)} · *{shown.status.value}*"
    links = [
        cutting.link(address, label)
        for address, label in ((shown.address, "The incident's page"), (shown.issue, "Issue"), (shown.post, "Post"))
    ]
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": cutting.plain(shown.title, cutting.HEADER)},
        _small(about),
        *cutting.fields((name[:1].upper() + name[1:], value) for name, value in known),
    ]
    if any(links):
        blocks.append(_small(" · ".join(filter(None, links))))
    return [*blocks, *cutting.actions(buttons(shown, channel))]


def _small(markup: str) -> dict[str, Any]:
    return {"type": "context", "elements": [cutting.marked(markup)]}


def _value(value: str) -> str:
    """A time is shown in UTC, as everywhere, and in the reader's own zone
    (https://docs.slack.dev/messaging/formatting-message-text#date-formatting)."""
    match = _TIME.fullmatch(value)
    if match is None:
        return cutting.cut(value, _FIELD)
    seconds = int(datetime.strptime(match[1], "%Y-%m-%d %H:%M").replace(tzinfo=UTC).timestamp())
    return f"{value}\n<!date^{seconds}^{{date_short_pretty}} {{time}} where you are|{match[1]} UTC>"
