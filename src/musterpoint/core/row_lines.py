"""A row of the timeline as a line of the issue, written and read apart.

    - **14:02** (stated) Ana Ruiz: The pool is exhausted † ([message](https://chat.example/p1)) <!-- row entry:12 -->

Time, mark and links come from the record; what stands between them may be put differently. The comment at the end,
which no tracker's page shows, tells which row it is.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from musterpoint.core.incident import Basis
from musterpoint.core.timeline_markdown import unescaped

_KEY, _END = "<!-- row ", " -->"
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_.:/#@+=,-]{1,80}")
_FRONT = re.compile(r"(?:[-*+]|[0-9]{1,9}[.)])(?:[ \t]+|$)(?:\[[ xX]\][ \t]+)?")
_TIME = re.compile(rf"\*{{0,2}}([0-9]{{1,2}}:[0-9]{{2}})\*{{0,2}}(?: \((?:{'|'.join(Basis)})\))?(?:[ \t]+|$)")
_MARK = " †"


@dataclass(frozen=True, slots=True)
class RowLine:
    """`time` stands there as `14:02`, empty without one; `said` is Markdown; `links` have the mark before them."""

    key: str
    time: str
    said: str
    links: str = ""

    @property
    def text(self) -> str:
        """What it says, as plain text."""
        return unescaped(self.said)


def key_of(ref: str) -> str:
    """The key of the row about that entry: its `ref`, or a digest where that could end a comment."""
    if _PLAIN_KEY.fullmatch(ref) and "--" not in ref:
        return ref
    return f"={hashlib.sha256(ref.encode(errors='backslashreplace')).hexdigest()[:16]}"


def with_key(line: str, ref: str) -> str:
    return f"{line} {_KEY}{key_of(ref)}{_END}"


def plain(line: str) -> str:
    """A line without its key, its bullet and what only looks different: to be compared."""
    return " ".join(_without_front(_parted(line)[1]).split())


def read(line: str, before: RowLine | None = None) -> RowLine | None:
    """The row that a line is; None for one without a key. `before` is how we wrote it: where it stands in the line is
    known by that."""
    key, text = _parted(line)
    if not key:
        return None
    text = _without_front(text)
    found = _TIME.match(text)
    time, rest = (found[1], text[found.end() :]) if found else ("", text)
    if before is None:
        return RowLine(key, time, *_split(rest))
    return RowLine(key, time, " ".join(_without_links(rest, before.links).split()), before.links)


def key_in(line: str) -> str:
    return _parted(line)[0]


def _parted(line: str) -> tuple[str, str]:
    """Its key and all the rest."""
    place = line.rfind(_KEY)
    key, end, behind = line[place + len(_KEY) :].partition(_END) if place >= 0 else ("", "", "")
    if not end or not _PLAIN_KEY.fullmatch(key):
        return "", line.strip()
    return key, f"{line[:place].strip()} {behind.strip()}".strip()


def _without_front(text: str) -> str:
    found = _FRONT.match(text)
    return text[found.end() :] if found else text


def _split(text: str) -> tuple[str, str]:
    """Of a line as we write it: what is said, and the links with the mark."""
    place = max(text.rfind(" (["), text.rfind(" (`"))
    if place < 0 or not text.endswith(")"):
        return " ".join(text.split()), ""
    if text[:place].endswith(_MARK):
        place -= len(_MARK)
    return " ".join(text[:place].split()), text[place:]


def _without_links(text: str, links: str) -> str:
    """What somebody left of them goes, and what they wrote around them stays."""
    inner = links.removeprefix(_MARK).strip()[1:-1]
    place = text.rfind(inner) if inner else -1
    if place < 0:
        return text.removesuffix(_MARK) if links.startswith(_MARK) else text
    head, tail = text[:place].rstrip(), text[place + len(inner) :].lstrip()
    if head.endswith("(") and tail.startswith(")"):
        head, tail = head[:-1].rstrip(), tail[1:].lstrip()
    elif head.endswith("(") and tail.startswith(","):
        tail = tail[1:].lstrip()
    elif head.endswith(","):
        head = head[:-1]
    if links.startswith(_MARK):
        head = head.removesuffix(_MARK)
    return f"{head}{tail}" if head.endswith("(") or tail.startswith(")") else f"{head} {tail}"
