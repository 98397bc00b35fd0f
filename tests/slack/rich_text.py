"""What Slack makes of words: `rich_text` blocks out of a text; a posted text as it is kept, escaped, links marked."""

from __future__ import annotations

import html
import re
from typing import Any

from tests.slack.shapes import Json

_TOKEN = re.compile(r"<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>|:([a-z0-9_+'-]+):")
_BARE_AND = re.compile(r"&(?!amp;|lt;|gt;)")
_MARKED = re.compile(r"(<(?:[@#!]|https?:|mailto:|tel:)[^<>]+>)")
_BARE_LINK = re.compile(r"(?<![<|\w])https?://[^\s<>|]+[^\s<>|.,;:!?)]")


def as_kept(text: str) -> str:
    """A text that an app posts: `&`, `<` and `>` are escaped unless they mark something, a bare address becomes a link.

    A `>` that begins a line stays: it marks a quotation.
    """
    return "".join(part if number % 2 else _escaped(part) for number, part in enumerate(_MARKED.split(text)))


def _escaped(text: str) -> str:
    text = re.sub(r"(?m)(?<!^)>", "&gt;", _BARE_AND.sub("&amp;", text).replace("<", "&lt;"))
    return _BARE_LINK.sub(r"<\g<0>>", text)


def rich_text(text: str, block_id: str) -> list[Json]:
    """The blocks that Slack adds to a message of words alone; none for no words."""
    if not text:
        return []
    section = {"type": "rich_text_section", "elements": _elements(text)}
    return [{"type": "rich_text", "block_id": block_id, "elements": [section]}]


def _elements(text: str) -> list[Json]:
    elements: list[Json] = []
    end = 0
    for match in _TOKEN.finditer(text):
        if match.start() > end:
            elements.append(_plain(text[end : match.start()]))
        elements.append(_element(match))
        end = match.end()
    if end < len(text):
        elements.append(_plain(text[end:]))
    return elements


def _plain(text: str) -> Json:
    return {"type": "text", "text": html.unescape(text)}


def _element(match: re.Match[str]) -> dict[str, Any]:
    sign, target, label, emoji = match.groups()
    if emoji:
        return {"type": "emoji", "name": emoji}
    if sign == "@":
        return {"type": "user", "user_id": target}
    if sign == "#":
        return {"type": "channel", "channel_id": target}
    if sign == "!" and target in ("here", "channel", "everyone"):
        return {"type": "broadcast", "range": target}
    if sign == "!":
        return _plain(match[0])
    link: Json = {"type": "link", "url": html.unescape(target)}
    return link | ({"text": html.unescape(label)} if label else {})
