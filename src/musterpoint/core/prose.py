"""Reads Markdown that people wrote: its sentences exactly as they stand, and what in them is no prose blanked out."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SENTENCE = re.compile(r"(?:[^.!?\n]|[.!?](?!\s|$))+[.!?]*", re.MULTILINE)
_NO_PROSE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|\]\([^)\n]*\)|https?://[^\s)>\]]+|<!--.*?-->|<[^>\n]+>", re.DOTALL)
_QUOTED = re.compile(r"“[^”]*”|^>.*$", re.MULTILINE)
_BULLET = re.compile(r"^(?:[-*+]|\d+[.)])[ \t]+\S.*$", re.MULTILINE)


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Each sentence with its place in the text."""
    for found in _SENTENCE.finditer(text):
        if said := found[0].strip():
            yield found.start() + found[0].index(said[0]), said


def sentence_at(text: str, place: int) -> str:
    """The sentence that stands there, else the line."""
    for begin, said in sentences(text):
        if begin <= place < begin + len(said):
            return said
    begin = text.rfind("\n", 0, place) + 1
    return text[begin:].partition("\n")[0].strip()


def prose(text: str, *, quotes: bool = True) -> str:
    """The text with code, addresses and comments (and, without `quotes`, quoted words) blanked; as long as before."""
    text = _NO_PROSE.sub(_blank, text)
    return text if quotes else _QUOTED.sub(_blank, text)


def _blank(found: re.Match[str]) -> str:
    return "".join("\n" if each == "\n" else " " for each in found[0])


def points(text: str) -> list[str]:
    """What a list makes of it: its bullets (those at the margin); without any, its paragraphs."""
    bullets = [found[0] for found in _BULLET.finditer(text)]
    return bullets or [each.strip() for each in re.split(r"\n\s*\n", text) if each.strip()]
