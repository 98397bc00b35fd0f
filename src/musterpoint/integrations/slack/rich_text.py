"""The `rich_text` block, which is what people's own messages are made of. Its text is not escaped.

Marks are written as Slack writes them in a message's `text` (`*bold*`, `> quote`), so that both say the same.
"""

from __future__ import annotations

from collections.abc import Mapping

from musterpoint.integrations.slack.shapes import Object, inner, objects, string
from musterpoint.integrations.slack.text import announced, channel, date, link, mention

Ids = Mapping[str, str]
_MARKS = {"code": "`", "strike": "~", "italic": "_", "bold": "*"}
_BULLETS = "•◦▪"


def rich_text(block: Object, names: Ids) -> list[str]:
    """The text of each element of the block: a paragraph, a list, a quote, or preformatted text."""
    return [_element(element, names) for element in objects(block, "elements")]


def _element(element: Object, names: Ids) -> str:
    match element.get("type"):
        case "rich_text_list":
            return "\n".join(_items(element, names))
        case "rich_text_quote":
            return "\n".join(f"> {line}" for line in _line(element, names).split("\n"))
        case "rich_text_preformatted":
            return f"```{_line(element, names)}```"
        case "rich_text_section":
            return _line(element, names).strip("\n")
        case _:
            return _inline(element, names) or _line(element, names)


def _line(element: Object, names: Ids) -> str:
    return "".join(
        _element(part, names) if string(part, "type").startswith("rich_text_") else _inline(part, names)
        for part in objects(element, "elements")
    )


def _items(element: Object, names: Ids) -> list[str]:
    """Slack writes a nested list as a list of its own with an `indent`; `offset` says where its numbers go on."""
    indent, offset = _count(element, "indent"), _count(element, "offset")
    ordered = element.get("style") == "ordered"
    lines: list[str] = []
    for number, item in enumerate(objects(element, "elements"), offset + 1):
        sign = f"{number}." if ordered else _BULLETS[min(indent, len(_BULLETS) - 1)]
        lines.append(f"{'    ' * indent}{sign} {_element(item, names)}")
    return lines


def _count(element: Object, key: str) -> int:
    value = element.get(key)
    return value if isinstance(value, int) and 0 <= value <= 1000 else 0


def _inline(part: Object, names: Ids) -> str:
    match part.get("type"):
        case "text":
            return _marked(string(part, "text"), inner(part, "style"))
        case "link":
            return link(string(part, "url"), string(part, "text"))
        case "emoji":
            return f":{string(part, 'name')}:"
        case "user":
            return mention(string(part, "user_id"), names)
        case "usergroup":
            return mention(string(part, "usergroup_id"), names)
        case "team":
            return mention(string(part, "team_id"), names)
        case "channel":
            return channel(string(part, "channel_id"), names)
        case "broadcast":
            return announced(string(part, "range"))
        case "date":
            return date(part.get("timestamp"), string(part, "fallback"), string(part, "url"))
        case "color":
            return string(part, "value")
        case _:
            return string(part, "text") or string(part, "fallback") or string(part, "url")


def _marked(text: str, style: Object) -> str:
    """The marks stand next to the words, not next to the spaces around them, or they would not be marks."""
    core = text.strip()
    if not core:
        return text
    before, _, after = text.partition(core)
    for name, mark in _MARKS.items():
        if style.get(name) is True:
            core = f"{mark}{core}{mark}"
    return f"{before}{core}{after}"
