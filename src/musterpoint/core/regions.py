"""The regions of an issue's body that Musterpoint writes: between two comments, each on a line of its own.

    <!-- musterpoint:summary -->
    …
    <!-- /musterpoint:summary -->

Everything outside of them is people's. A marker without its other half, and a second region of the same name, are
people's text as well. Only line feeds end a line here; a carriage return before one goes with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_BEGINS, _ENDS, _CLOSES = "<!-- musterpoint:", "<!-- /musterpoint:", " -->"
_LOOKS_LIKE = re.compile(r"(\s*<!-- /?)(\\*)(musterpoint:)")


@dataclass(frozen=True, slots=True)
class Region:
    """The lines of a region: `begin` and `end` are the places of its markers in the list of lines."""

    name: str
    begin: int
    end: int


def begin_marker(name: str) -> str:
    return f"{_BEGINS}{name}{_CLOSES}"


def end_marker(name: str) -> str:
    return f"{_ENDS}{name}{_CLOSES}"


def lines_of(body: str) -> list[str]:
    """The lines with their ends; joined they are the body again, character by character."""
    lines = [f"{line}\n" for line in body.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def normalised(text: str) -> str:
    """With line feeds alone."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def regions(lines: Sequence[str]) -> dict[str, Region]:
    """The first complete region of each name. No marker of any other stands within one: `defused` sees to that."""
    found: dict[str, Region] = {}
    open_name, begin = "", 0
    for place, line in enumerate(lines):
        text = line.strip()
        if not text.endswith(_CLOSES):
            continue
        if text.startswith(_BEGINS):
            open_name, begin = text[len(_BEGINS) : -len(_CLOSES)], place
        elif text.startswith(_ENDS):
            name = text[len(_ENDS) : -len(_CLOSES)]
            if name and name == open_name:
                found.setdefault(name, Region(name, begin, place))
            open_name = ""
    return found


def inside(lines: Sequence[str], region: Region) -> str:
    """What stands in a region, as it was before it was defused."""
    return restored(normalised("".join(lines[region.begin + 1 : region.end])).removesuffix("\n"))


def written(name: str, text: str, line_end: str = "\n") -> list[str]:
    """The lines of a whole region."""
    between = defused(normalised(text)).split("\n") if text else []
    return [f"{line}{line_end}" for line in (begin_marker(name), *between, end_marker(name))]


def defused(text: str) -> str:
    """A line that looks like a marker gets a backslash, so that no text forges or closes a region."""
    return "\n".join(
        _LOOKS_LIKE.sub(r"\1\\\2\3", line, count=1) if _marked(line) else line for line in text.split("\n")
    )


def restored(text: str) -> str:
    """The reverse of `defused`."""
    return "\n".join(_without_backslash(line) if _marked(line) else line for line in text.split("\n"))


def _marked(line: str) -> bool:
    return "musterpoint:" in line and _LOOKS_LIKE.match(line) is not None


def _without_backslash(line: str) -> str:
    return _LOOKS_LIKE.sub(lambda found: f"{found[1]}{found[2][1:]}{found[3]}", line, count=1)
