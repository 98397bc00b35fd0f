"""The regions of an issue's body that Musterpoint writes: between two comments, each on a line of its own.

    <!-- musterpoint:summary -->
    …
    <!-- /musterpoint:summary -->

Everything outside of them is people's. A marker without its other half, and a second region of the same name, are
people's text as well. Only line feeds end a line here; a carriage return before one goes with it.

The timeline stands there as rows of ours (see `issue_timeline`), or as the words of a person, and then its marker says
so: `<!-- musterpoint:timeline words -->`. The marker tells it whatever somebody did to what stands below.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from musterpoint.core.quiet_words import as_written, quiet

_BEGINS, _ENDS, _CLOSES = "<!-- musterpoint:", "<!-- /musterpoint:", " -->"
_WORDS = " words"
_LOOKS_LIKE = re.compile(r"(\s*<!-- /?)(\\*)(musterpoint:)")


@dataclass(frozen=True, slots=True)
class Region:
    """The lines of a region: `begin` and `end` are the places of its markers in the list of lines. `words`: it is
    marked as one with a person's words."""

    name: str
    begin: int
    end: int
    words: bool = False


def begin_marker(name: str, *, words: bool = False) -> str:
    return f"{_BEGINS}{name}{_WORDS if words else ''}{_CLOSES}"


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
            if name and name == open_name.removesuffix(_WORDS):
                found.setdefault(name, Region(name, begin, place, open_name != name))
            open_name = ""
    return found


def inside(lines: Sequence[str], region: Region) -> str:
    """What stands in a region, as it was before it was defused and quieted."""
    return as_written(restored(normalised("".join(lines[region.begin + 1 : region.end])).removesuffix("\n")))


def line_inside(line: str) -> str:
    """One line of a region, as `inside`, without its end."""
    return as_written(restored(line.rstrip("\r\n")))


def written(name: str, text: str, line_end: str = "\n", *, words: bool = False) -> list[str]:
    """The lines of a whole region: they call nobody (see `quiet_words`)."""
    between = defused(quiet(normalised(text))).split("\n") if text else []
    return [f"{line}{line_end}" for line in (begin_marker(name, words=words), *between, end_marker(name))]


def defused(text: str) -> str:
    """A line that looks like a marker gets a backslash, so that no text forges or closes a region."""
    return "\n".join(
        _LOOKS_LIKE.sub(r"\1\\\2\3", line, count=1) if is_marker(line) else line for line in text.split("\n")
    )


def restored(text: str) -> str:
    """The reverse of `defused`."""
    return "\n".join(_without_backslash(line) if is_marker(line) else line for line in text.split("\n"))


def without_backslashes(line: str) -> str:
    """A line that looks like a marker, however often it was defused."""
    return _LOOKS_LIKE.sub(r"\1\3", line, count=1) if is_marker(line) else line


def is_marker(line: str) -> bool:
    """Whether it looks like one, defused or not."""
    return "musterpoint:" in line and _LOOKS_LIKE.match(line) is not None


def _without_backslash(line: str) -> str:
    return _LOOKS_LIKE.sub(lambda found: f"{found[1]}{found[2][1:]}{found[3]}", line, count=1)
