"""Slack's escaped text as a person reads it.

The forms are those of https://docs.slack.dev/messaging/formatting-message-text: control sequences stand in angle
brackets, and the three characters & < > are escaped everywhere else. Formatting marks and `:emoji:` stay as typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from musterpoint.integrations.slack.stamps import whole_seconds

# One pass over both: what came out of an escape must never be read as a sequence or unescaped once more.
_TOKEN = re.compile(r"<([^<>\n]+)>|&(amp|lt|gt);")
_ENTITY = re.compile(r"&(amp|lt|gt);")
_CHARACTERS = {"amp": "&", "lt": "<", "gt": ">"}
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S")
_ANNOUNCED = {"here": "@here", "channel": "@channel", "everyone": "@everyone", "group": "@group"}


def plain(text: str, names: Mapping[str, str]) -> str:
    """`text` with mentions, channels, dates and links spelt out. `names`: id -> name; an unknown id stays."""

    def spelt(token: re.Match[str]) -> str:
        return _CHARACTERS[token[2]] if token[2] else _sequence(token[1], names)

    return _TOKEN.sub(spelt, text)


def unescaped(text: str) -> str:
    """Text that has escapes but no sequences, such as that of a `plain_text` object."""
    return _ENTITY.sub(lambda entity: _CHARACTERS[entity[1]], text)


def link(address: str, label: str = "") -> str:
    """`label (address)`, or the address alone where the label says nothing more."""
    address = re.sub(r"^(mailto|tel):", "", address)
    return address if not label.strip() or _shortens(label, address) else f"{label} ({address})"


def mention(identity: str, names: Mapping[str, str], label: str = "") -> str:
    return "@" + (names.get(identity) or label or identity).removeprefix("@")


def channel(identity: str, names: Mapping[str, str], label: str = "") -> str:
    return "#" + (label or names.get(identity) or identity).removeprefix("#")


def announced(audience: str) -> str:
    """`@here` for `here`, as in `<!here>` or a block's `broadcast`."""
    return _ANNOUNCED.get(audience, f"@{audience}")


def date(seconds: object, fallback: str, address: str = "") -> str:
    """A date is shown in each reader's own zone; the record has one text: the fallback, else the time in UTC."""
    at = whole_seconds(seconds)
    said = fallback or (at.strftime("%Y-%m-%d %H:%M:%S UTC") if at else str(seconds))
    return link(address, said) if address else said


def _sequence(body: str, names: Mapping[str, str]) -> str:
    target, _, label = body.partition("|")
    target, label = unescaped(target), unescaped(label)
    if re.fullmatch(r"@[UWB]\w*", target):
        return mention(target[1:], names, label)
    if re.fullmatch(r"#[CDG]\w*", target):
        return channel(target[1:], names, label)
    if target.startswith("!"):
        return _special(target[1:], label, names) or f"<{unescaped(body)}>"
    if _ADDRESS.match(target):
        return link(target, label)
    return f"<{unescaped(body)}>"  # angle brackets that somebody's program forgot to escape


def _special(command: str, label: str, names: Mapping[str, str]) -> str:
    name, *arguments = command.split("^")
    if name == "subteam" and arguments:
        return mention(arguments[0], names, label)
    if name == "date" and arguments:
        seconds = int(arguments[0]) if re.fullmatch(r"[0-9]{1,12}", arguments[0]) else arguments[0]
        return date(seconds, label, arguments[2] if len(arguments) > 2 else "")
    return _ANNOUNCED.get(name, label)


def _shortens(label: str, address: str) -> bool:
    """Whether the label is the address itself, or the address cut short with an ellipsis as Slack shows long ones."""
    label, address = _bare(label), _bare(address)
    if label == address:
        return True
    begin, ellipsis, end = label.replace("...", "…").partition("…")
    return bool(ellipsis and begin) and address.startswith(begin) and address.endswith(end)


def _bare(address: str) -> str:
    return re.sub(r"^(https?://|mailto:|tel:)?(www\.)?", "", address.strip().casefold()).rstrip("/")
