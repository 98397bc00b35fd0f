"""The front matter of a post: a few lines of YAML between `---`, read and stamped by hand.

The day of publication and that of the last update are written when a post is published, not when it is composed: a
draft does not change with the calendar.
"""

from __future__ import annotations

import json
import re
from datetime import date

#: What the website knows; other keys are dropped by it without a word.
KEYS = ("date", "title", "subtitle", "description", "metaTitle", "lastUpdated", "authors", "image", "tags", "tldr")
_BLOCK = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*$", re.DOTALL | re.MULTILINE)
_LINE = re.compile(r"([A-Za-z_][\w-]*):(?:[ \t]+(.*?))?[ \t]*")
#: A plain scalar that YAML reads as something else, or not at all.
_TROUBLE = re.compile(r"""^[\s"'&*!|>%@`{}\[\],#?]|^[-:](?:\s|$)|:\s|\s#|:$""")


def block(text: str) -> str | None:
    """What is between the two lines `---`; None where there are none."""
    found = _BLOCK.match(text.replace("\r\n", "\n"))
    return found.group(1) if found else None


def body(text: str) -> str:
    """Everything after the front matter."""
    return _rest(text).lstrip("\n")


def _rest(text: str) -> str:
    return _BLOCK.sub("", text.replace("\r\n", "\n"), count=1)


def read(text: str) -> tuple[dict[str, str | list[str]], list[str]]:
    """The values of the front matter, and the lines that are not YAML (or more of it than is read here)."""
    values: dict[str, str | list[str]] = {}
    wrong: list[str] = []
    last = ""
    for line in (block(text) or "").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        item = re.fullmatch(r"\s*-[ \t]+(.*?)\s*", line)
        known = values.get(last, "no list")
        if item and not (isinstance(known, str) and known):
            values[last] = [*known, _scalar(item.group(1), line, wrong)]
            continue
        found = _LINE.fullmatch(line)
        if found is None or found.group(1) in values:
            wrong.append(line)
            continue
        last = found.group(1)
        values[last] = _value(found.group(2) or "", line, wrong)
    return values, wrong


def _value(text: str, line: str, wrong: list[str]) -> str | list[str]:
    if text.startswith("["):
        try:
            found = json.loads(text)
        except ValueError:
            if not text.endswith("]"):
                wrong.append(line)
            return [_scalar(each.strip(), line, wrong) for each in text.strip("[]").split(",") if each.strip()]
        return [str(each) for each in found]
    return _scalar(text, line, wrong)


def _scalar(text: str, line: str, wrong: list[str]) -> str:
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if text.startswith('"'):
        try:
            return str(json.loads(text))
        except ValueError:
            wrong.append(line)
            return text
    if _TROUBLE.search(text):
        wrong.append(line)
    return text


def value(text: str, key: str) -> str:
    """One value as a text; empty where it is not there, or a list."""
    found = read(text)[0].get(key, "")
    return found if isinstance(found, str) else ""


def stamped(text: str, day: date, was: str = "") -> str:
    """As it is published on that day: with its date and, after `was` was published, the day of this update.

    A date that a person wrote stays. Without front matter the text is returned as it is.
    """
    if block(text) is None:
        return text
    first = value(was, "date") if was else ""
    if not value(text, "date"):
        text = _with(text, "date", first or day.isoformat())
    return _with(unstamped(text), "lastUpdated", day.isoformat()) if was else text


def unstamped(text: str) -> str:
    """Without the day of the last update: two revisions that differ by that alone are the same."""
    found = block(text)
    if found is None:
        return text.replace("\r\n", "\n")
    lines = [line for line in found.splitlines(keepends=True) if not line.startswith("lastUpdated:")]
    return f"---\n{''.join(lines)}---{_rest(text)}"


def _with(text: str, key: str, text_of: str) -> str:
    return f"---\n{key}: {text_of}\n{block(text)}---{_rest(text)}"
