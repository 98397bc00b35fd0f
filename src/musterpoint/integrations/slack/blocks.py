"""The text inside Slack's `blocks`, part by part, as a person reads it.

Kinds of block: https://docs.slack.dev/reference/block-kit/blocks. One that is not known here gives whatever readable
strings it holds. Left out is what only acts and says nothing: buttons without an address, menus, dates to pick.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from musterpoint.integrations.slack.rich_text import rich_text
from musterpoint.integrations.slack.shapes import Object, inner, objects, string, web_address
from musterpoint.integrations.slack.text import link, plain, unescaped

Ids = Mapping[str, str]

_READABLE = frozenset({"title", "subtitle", "text", "label", "description", "body", "alt_text", "fallback", "url"})
_SILENT = frozenset(
    {"divider", "overflow", "datepicker", "timepicker", "datetimepicker", "checkboxes", "radio_buttons"}
)


def block_parts(blocks: Iterable[Object], names: Ids) -> list[str]:
    """The text of each part of `blocks`, in order; parts without text are left out."""
    return [part for block in blocks for part in _parts(block, names) if part.strip()]


def text_object(value: object, names: Ids) -> str:
    """The text of a text object (`mrkdwn`, `plain_text`, `raw_text`), or of a bare string in Slack's escaped form."""
    if isinstance(value, str):
        return plain(value, names)
    if not isinstance(value, Mapping):
        return ""
    text = string(value, "text")
    match value.get("type"):
        case "plain_text":
            return unescaped(text)
        case "raw_text" | "raw_number" | "markdown":
            return text
        case "rich_text":
            return "\n".join(rich_text(value, names))
        case _:
            return plain(text, names)


def _parts(block: Object, names: Ids) -> list[str]:
    kind = string(block, "type")
    match kind:
        case "rich_text":
            return rich_text(block, names)
        case "section":
            fields = [text_object(field, names) for field in objects(block, "fields")]
            accessory = block.get("accessory")
            said = _parts(accessory, names) if isinstance(accessory, Mapping) else []
            return [text_object(block.get("text"), names), *fields, *said]
        case "header" | "mrkdwn" | "plain_text":
            return [text_object(block if kind != "header" else block.get("text"), names)]
        case "markdown":
            return [string(block, "text")]
        case "context" | "actions" | "context_actions":
            return ["  ".join(part for item in objects(block, "elements") for part in _parts(item, names) if part)]
        case "button" | "workflow_button":
            address = web_address(block, "url")
            return [link(address, text_object(block.get("text"), names))] if address else []
        case "image":
            return [_image(block, names)]
        case "table":
            return ["\n".join(_rows(block, names))]
        case _:
            silent = kind in _SILENT or kind.endswith("_select")
            return [] if silent else list(_readable(block, names))


def _image(block: Object, names: Ids) -> str:
    label = text_object(block.get("title"), names) or unescaped(string(block, "alt_text"))
    address = web_address(block, "image_url") or web_address(inner(block, "slack_file"), "url")
    return link(address, label) if address else label


def _rows(block: Object, names: Ids) -> Iterable[str]:
    rows = block.get("rows")
    for row in rows if isinstance(rows, list) else []:
        cells = row if isinstance(row, list) else []
        yield " | ".join(text_object(cell, names) for cell in cells)


def _readable(value: object, names: Ids) -> Iterable[str]:
    """Every readable string of a block that came after this was written, in its own order."""
    if isinstance(value, list):
        for item in value:
            yield from _parts(item, names) if isinstance(item, Mapping) else _readable(item, names)
    elif isinstance(value, Mapping):
        for key, found in value.items():
            if isinstance(found, Mapping) and found.get("type"):
                yield from _parts(found, names)
            elif isinstance(found, Mapping | list):
                yield from _readable(found, names)
            elif isinstance(found, str) and key in _READABLE:
                yield plain(found, names)


def attachment_parts(attachment: Object, names: Ids) -> list[str]:
    """The text of one attachment, part by part: https://docs.slack.dev/legacy/legacy-messaging.

    `fallback` is what a client shows that knows no attachments: it counts only where nothing else is there.
    """
    title = plain(string(attachment, "title"), names)
    title_address = web_address(attachment, "title_link")
    parts = [
        plain(string(attachment, "pretext"), names),
        plain(string(attachment, "author_name"), names),
        link(title_address, title) if title_address else title,
        plain(string(attachment, "text"), names),
        *(_field(field, names) for field in objects(attachment, "fields")),
        *block_parts(objects(attachment, "blocks"), names),
        *_quoted(attachment, names),
        *(part for action in objects(attachment, "actions") for part in _action(action, names)),
        web_address(attachment, "image_url"),
        plain(string(attachment, "footer"), names),
        *(_file(file) for file in objects(attachment, "files")),
    ]
    said = [part for part in parts if part.strip()]
    return said or [part for part in [plain(string(attachment, "fallback"), names)] if part.strip()]


def _field(field: Object, names: Ids) -> str:
    title, value = plain(string(field, "title"), names), plain(string(field, "value"), names)
    return f"{title}: {value}" if title and value else title or value


def _action(action: Object, names: Ids) -> list[str]:
    address = web_address(action, "url")
    return [link(address, plain(string(action, "text"), names))] if address else []


def _quoted(attachment: Object, names: Ids) -> list[str]:
    """The blocks of a message that was shared into this one."""
    shared = [inner(message, "message") for message in objects(attachment, "message_blocks")]
    return [part for message in shared for part in block_parts(objects(message, "blocks"), names)]


def _file(file: Object) -> str:
    name = string(file, "title") or string(file, "name")
    address = web_address(file, "permalink", "url_private")
    return link(address, name) if address else name
