"""Slack's limits, and how people's words are brought within them: escaped, cleaned, cut at a word.

A message or a view over a limit fails whole (https://docs.slack.dev/reference/block-kit/blocks), so everything that
goes out passes through here. Lengths are those of the escaped text, in characters.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from musterpoint.core.spoken_text import kept, one_line

#: Slack takes 40,000 in a new message and 4,000 in one that is edited: ours can be edited, so they stay below that.
MESSAGE = 3_900
SECTION = 3_000
FIELD = 2_000
FIELDS = 10
HEADER = 150
BLOCKS = 50
VIEW_BLOCKS = 100
#: All blocks of a message together: documented nowhere, seen at 13,200 (github.com/slackapi/bolt-js/issues/2509).
ALL_BLOCKS = 12_000
BUTTONS = 25
LABEL = 75
VALUE = 2_000
ADDRESS = 3_000
ACTION = 255
PLACEHOLDER = 150
MODAL_TITLE = 24
OPTION = 75
OPTIONS = 100
PRIVATE_METADATA = 3_000
USERNAME = 80

MORE = "…"
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SPECIAL = re.compile("[&<>]")
#: Control characters but for tab and line feed, and what overrides or embeds a direction: nobody sees them.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_ADDRESS = re.compile(r"https?://[^\s<>|\"'`*]+[^\s<>|\"'`*.,;:!?)\]}]")
#: A word that is longer than this may be cut in the middle.
_LONG_WORD = 40


def escaped(text: str) -> str:
    """People's words as Slack takes them: nothing in them calls anybody or links anywhere.

    https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    return _SPECIAL.sub(lambda found: _ENTITIES[found[0]], cleaned(text))


def cleaned(text: str) -> str:
    """Without what no database or file takes and no reader sees; lines stay."""
    return _UNSEEN.sub("", kept(text.replace("\r\n", "\n")))


def cut(text: str, limit: int, more: str = "") -> str:
    """`text`, escaped, within `limit` characters. What is longer ends at a word with `…` and `more`, which is Slack's
    own markup (a link to the whole) and is left out where it does not fit."""
    text = cleaned(text)
    if len(whole := escaped(text)) <= limit:
        return whole
    tail = f"{MORE} {more}" if more and len(more) + 2 <= limit // 2 else MORE
    room, end = limit - len(tail), 0
    for end, character in enumerate(text):  # noqa: B007  (where it stops is what is asked)
        room -= len(_ENTITIES.get(character, character))
        if room < 0:
            break
    return escaped(_at_a_word(text, end).rstrip()) + tail


def _at_a_word(text: str, end: int) -> str:
    """The text up to `end`, without the word that would be cut unless it is a very long one."""
    if text[end].isspace():
        return text[:end]
    begins = max(text.rfind(space, 0, end) for space in " \n\t")
    return text[:begins] if begins > 0 and end - begins <= _LONG_WORD else text[:end]


def line(text: str, limit: int) -> str:
    """The same as one line, for titles and labels."""
    return cut(one_line(text), limit)


def linked(text: str) -> str:
    """Escaped text whose web addresses can be followed: in our blocks Slack turns nothing into links by itself."""
    return _ADDRESS.sub(lambda found: f"<{found[0]}>", text)


# --- objects of Block Kit -----------------------------------------------------------------------------------------


def plain(text: str, limit: int) -> dict[str, Any]:
    """A `plain_text` object of people's or our own words; never empty, which Slack refuses."""
    return {"type": "plain_text", "text": line(text, limit) or MORE}


def marked(markup: str) -> dict[str, Any]:
    """A `mrkdwn` object of what is escaped and cut already. `verbatim`: or Slack looks for names and calls people whom
    somebody's words only mention (https://docs.slack.dev/reference/block-kit/composition-objects/text-object)."""
    return {"type": "mrkdwn", "text": markup or MORE, "verbatim": True}


def section(text: str, more: str = "", before: str = "") -> dict[str, Any]:
    """A `section` block of people's words; `before` and `more` (see `cut`) are markup of our own."""
    whole, room = linked(escaped(text)), SECTION - len(before)
    return {"type": "section", "text": marked(before + (whole if len(whole) <= room else cut(text, room, more)))}


def link(address: str, label: str) -> str:
    """The markup of a link; empty for what is no web address, or cannot be one here."""
    if not re.fullmatch(r"https?://[^\s<>|]+", address) or len(address) > ADDRESS // 2:
        return ""
    return f"<{escaped(address)}|{escaped(label)}>"


def fields(pairs: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """`section` blocks with a field for each pair of our own word and a value in markup, which together must stay below
    `FIELD`; ten to a block."""
    made = [marked(f"*{name}*\n{value}") for name, value in pairs]
    parts = [made[begin : begin + FIELDS] for begin in range(0, len(made), FIELDS)]
    return [{"type": "section", "fields": part} for part in parts]


def button(label: str, action: str, value: str = "", *, url: str = "", style: str = "") -> dict[str, Any]:
    """A `button` element. Raises ValueError for a value, an address or an action that cannot be cut without harm."""
    for name, given, limit in (("value", value, VALUE), ("url", url, ADDRESS), ("action", action, ACTION)):
        if len(given) > limit:
            raise ValueError(f"the {name} of a button has {len(given)} characters: {limit} at most")
    made = {"type": "button", "text": plain(label, LABEL), "action_id": action}
    return made | {key: each for key, each in (("value", value), ("url", url), ("style", style)) if each}


def actions(elements: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The `actions` blocks for these elements, each `action_id` once: Slack refuses a message that has one twice, so a
    second one gets a number behind it (`card:resolve#2`)."""
    seen: Counter[str] = Counter()
    made = []
    for each in elements:
        name = str(each.get("action_id", ""))
        seen[name] += 1
        made.append(each | ({"action_id": f"{name}#{seen[name]}"} if name and seen[name] > 1 else {}))
    parts = [made[begin : begin + BUTTONS] for begin in range(0, len(made), BUTTONS)]
    return [{"type": "actions", "elements": part} for part in parts]


def fitting(blocks: Sequence[dict[str, Any]], most: int = BLOCKS) -> list[dict[str, Any]]:
    """As many of the blocks as a message takes. Left out is what comes last, but what can be pressed stays longest."""
    found = list(blocks)
    while found and (len(found) > most or len(json.dumps(found, ensure_ascii=False)) > ALL_BLOCKS):
        shown = [number for number, block in enumerate(found) if block["type"] != "actions" and number]
        found.pop(shown[-1] if shown else -1)
    return found
