"""Composed Markdown on a page: what a sentence cites leads to its entry in the thread, and a difference is lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_CITED = re.compile(r"`([^`\s]+)`")
_OWN = re.compile(r"entry:(\d{1,18})")
_BULLET = re.compile(r"^[-*] ")


def entry_address(ref: str, number: int | str) -> str:
    return f"/incidents/{ref}/entries/{number}"


def linked(text: str, ref: str, evidence: Mapping[str, int]) -> str:
    """The references in it (`entry:12`, or one that `evidence` knows) as links to their entries. Still Markdown."""

    def link(found: re.Match[str]) -> str:
        own = _OWN.fullmatch(found[1])
        number = own[1] if own else evidence.get(found[1])
        return f"[{number}]({entry_address(ref, number)})" if number else found[0]

    return _CITED.sub(link, text)


def sentences(shapes: Sequence[dict[str, Any]], ref: str) -> list[dict[str, Any]]:
    """Each composed sentence with the addresses of the entries that it rests on, and the fields."""
    return [
        {
            "text": each["text"],
            "entries": [{"number": number, "url": entry_address(ref, number)} for number in each["entries"]],
            "fields": [_field(cite) for cite in each["cites"] if _is_field(cite)],
        }
        for each in shapes
    ]


def _is_field(cite: str) -> bool:
    return cite.startswith(("milestone:", "action:")) or cite.isidentifier()


def _field(cite: str) -> str:
    kind, _, name = cite.partition(":")
    return f"{kind} {name}".replace("milestone ", "time: ").replace("_", " ").strip()


def changes(difference: str, ref: str = "", evidence: Mapping[str, int] | None = None) -> list[dict[str, str]]:
    """The lines of a unified difference: `kind` is `new`, `gone` or `same`."""
    kinds = {"+": "new", "-": "gone"}
    return [
        {
            "kind": kinds.get(line[:1], "same"),
            "text": linked(_BULLET.sub("", line[1:]), ref, evidence or {}),
        }
        for line in difference.splitlines()
        if line[1:].strip() and not line.startswith("@@")
    ]
