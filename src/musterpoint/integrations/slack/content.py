"""What a message says: its text, and whatever only its blocks and attachments say, each once.

A person's message has its words in `text` and again in `blocks`; an app's often has them in `blocks` or `attachments`
alone, or a summary in `text` and the details there. Nothing is lost and nothing is said twice.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping

from musterpoint.integrations.slack.blocks import attachment_parts, block_parts
from musterpoint.integrations.slack.shapes import Object, objects, string, web_address
from musterpoint.integrations.slack.text import plain

_MARKS = re.compile(r"[*_~`\[\]()#\\\s]+")
_LIST_SIGN = re.compile(r"\A\s*(?:[•◦▪>-]|\w{1,4}\.)\s+")
#: Set by Slack anew in each copy of a message, or later than it was said: no difference that anybody made.
_VOLATILE = frozenset({"block_id", "unicode", "display_team_id", "image_bytes", "image_height", "image_width"})


def content(message: Object, names: Mapping[str, str]) -> str:
    """The words of a message; "" where it has none (a file alone). `names`: id -> name."""
    text = plain(string(message, "text"), names).strip("\n")
    blocks = block_parts(objects(message, "blocks"), names)
    if text and blocks and _says("\n".join(blocks), text):
        said = blocks if not _says(text, "\n".join(blocks)) else [text]
    else:
        said = _with_new([text] if text.strip() else [], blocks)
    for attachment in _own_attachments(message):
        said = _with_new(said, attachment_parts(attachment, names))
    return "\n".join(said)


def files_of(message: Object) -> list[Object]:
    """The files that came with a message; before 2018 it was one, under `file`."""
    file = message.get("file")
    return objects(message, "files") or ([file] if isinstance(file, Mapping) else [])


def digest(message: Object) -> str:
    """Tells apart copies of a message that say different things: 16 hex digits over text, blocks, files, attachments.

    Previews of links, block ids and what Slack notes about a file later do not count: nobody edited anything.
    """
    said = {
        "text": string(message, "text"),
        "blocks": _steady(objects(message, "blocks")),
        "files": [[string(file, "id"), string(file, "name")] for file in files_of(message)],
        "attachments": _steady(_own_attachments(message)),
    }
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _own_attachments(message: Object) -> list[Object]:
    """Without the previews that Slack adds to links, unless somebody shared that message on purpose."""
    has_words = bool(string(message, "text").strip() or message.get("blocks"))
    return [item for item in objects(message, "attachments") if not (has_words and _is_preview(item))]


def _is_preview(attachment: Object) -> bool:
    found = web_address(attachment, "from_url", "original_url", "app_unfurl_url")
    return bool(found) and attachment.get("is_share") is not True


def _steady(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _steady(item) for key, item in value.items() if key not in _VOLATILE}
    return [_steady(item) for item in value] if isinstance(value, list) else value


def _with_new(said: list[str], parts: list[str]) -> list[str]:
    for part in parts:
        if not _says("\n".join(said), part):
            said = [*said, part]
    return said


def _says(known: str, part: str) -> bool:
    """Whether every line of `part` is in `known` already, whatever the marks, list signs and spaces there."""
    whole = _words(known)
    lines = (_words(_LIST_SIGN.sub("", line, count=1)) for line in part.splitlines())
    return all(_has_words(whole, line) for line in lines if line)


def _has_words(whole: str, line: str) -> bool:
    """Whether `line` stands in `whole` between the borders of words: "OK" is not in "booking"."""
    begin = whole.find(line)
    while begin >= 0:
        end = begin + len(line)
        if not whole[begin - 1 : begin].isalnum() and not whole[end : end + 1].isalnum():
            return True
        begin = whole.find(line, begin + 1)
    return False


def _words(text: str) -> str:
    return _MARKS.sub(" ", text).strip().casefold()
