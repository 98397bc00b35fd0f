"""The timeline in the issue while it is composed: rows of ours, each with a hidden key, that people may put
differently or delete.

What stands among them and is no row of ours belongs to whoever wrote it: it is moved below the region (`strays`).
A stamp in the first line tells which rows were written there. It stands as long as somebody edits just that text; a
text without it, or with another one, came about in some other way, and what is missing in it was deleted by nobody.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from musterpoint.core import row_lines
from musterpoint.core.regions import line_inside
from musterpoint.core.timeline_markdown import SUGGESTED
from musterpoint.core.writeup_parts import Composed

TIMELINE = "timeline"
#: So many rows at least make a timeline of which half does not vanish by intention.
MANY = 4
EMPTIED = "*The rows that stood here are in the issue now, or in another comment.*"
_STAMP = re.compile(r"[ \t]*<!-- rows ([0-9a-f]+) -->")
_DAY = "### "
_OURS = re.compile(
    r"All times are UTC\.|[0-9]{4}-[0-9]{2}-[0-9]{2}, all times are UTC\.|### [0-9]{4}-[0-9]{2}-[0-9]{2}"
    rf"|{re.escape(SUGGESTED)}|{re.escape(EMPTIED)}|\*[0-9]+ rows, all of them in the comments below\.\*"
    r"|\*[0-9]+ rows in all: .{1,90} in the comments below\.\*"
)


@dataclass(frozen=True, slots=True)
class KeyedRow:
    """A row as it is written: `line` with its key, `day` the heading that it stands under, if there are any."""

    key: str
    line: str
    day: str = ""


@dataclass(frozen=True, slots=True)
class Keyed:
    """A composed timeline: `zone` is its first line."""

    zone: str
    rows: tuple[KeyedRow, ...]

    @property
    def known(self) -> frozenset[str]:
        """The lines of its rows, to be known again without their keys."""
        return frozenset(row_lines.plain(row.line) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Rewording:
    """A row whose line says something else. `was` and `text` are what it said and says now, as plain text with the name
    of who said it; `was` is None for a row that did not stand there before. `time` is another time that stands there.
    """

    key: str
    was: str | None
    text: str
    time: str = ""


@dataclass(frozen=True, slots=True)
class RowChanges:
    """What somebody did to the rows: `dropped` are the keys of deleted ones. `emptied`: so many are missing that nobody
    can have meant it. `stale`: their text was made from another one than ours. `notes` belong to no row."""

    reworded: tuple[Rewording, ...] = ()
    dropped: tuple[str, ...] = ()
    emptied: int = 0
    stale: bool = False
    notes: tuple[str, ...] = ()


def keyed(composed: Composed) -> Keyed | None:
    """The rows of a composed timeline; None where it has none."""
    lines, rows, day = composed.text.split("\n"), [], ""
    refs = iter(composed.sentences)
    for line in lines[1:]:
        if line.startswith(_DAY):
            day = line
        elif line.startswith("- "):
            about = next(refs, None)
            if about is None:
                return None
            rows.append(KeyedRow(row_lines.key_of(about.cites[0]), row_lines.with_key(line, about.cites[0]), day))
    return Keyed(lines[0], tuple(rows)) if rows and next(refs, None) is None else None


def written(zone: str, rows: Sequence[KeyedRow], left_out: str = "", at: int = 0) -> str:
    """The text of the region: rows under their days, with the sentence `left_out` before the row `at`."""
    stamp = hashlib.sha256("\n".join(row.line for row in rows).encode(errors="backslashreplace")).hexdigest()[:8]
    lines, day = [f"{zone} <!-- rows {stamp} -->", ""], ""
    for place, row in enumerate(rows):
        if left_out and place == at:
            lines, day = [*lines, *([] if lines[-1] == "" else [""]), left_out, ""], ""
        if row.day != day:
            day = row.day
            lines += [day, ""] if lines[-1] == "" else ["", day, ""]
        lines.append(row.line)
    if left_out and at >= len(rows):
        lines += [left_out] if lines[-1] == "" else ["", left_out]
    if any(row.line.rpartition(" (")[0].endswith(" †") for row in rows):
        lines += ["", SUGGESTED]
    return "\n".join(lines)


# --- read back ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Read:
    """The lines of a region: those with a key, by it, and `loose` ones by their places among all."""

    keyed: dict[str, list[str]] = field(default_factory=dict)
    loose: dict[int, str] = field(default_factory=dict)
    stamp: str = ""


def _read(lines: Sequence[str]) -> _Read:
    """`lines` are those between the markers, as they stand in the body."""
    found = _Read()
    for place, raw in enumerate(lines):
        line = line_inside(raw)
        stamp = _STAMP.search(line)
        if stamp is not None:
            found.stamp = found.stamp or stamp[1]
            line = line[: stamp.start()] + line[stamp.end() :]
        if key := row_lines.key_in(line):
            found.keyed.setdefault(key, []).append(line)
        elif line.strip() and not _OURS.fullmatch(line.strip()):
            found.loose[place] = line
    return found


def strays(lines: Sequence[str], known: Collection[str]) -> list[str]:
    """The lines in a region of rows that are people's own, as they stand there. `known` are rows of ours (see
    Keyed.known): their lines are none, even without a key."""
    return [lines[place] for place, line in _read(lines).loose.items() if row_lines.plain(line) not in known]


def known_lines(lines: Sequence[str]) -> frozenset[str]:
    """The rows that stand in a region, as Keyed.known."""
    return frozenset(row_lines.plain(line) for each in _read(lines).keyed.values() for line in each)


def row_changes(before: Sequence[str], after: Sequence[str]) -> RowChanges:
    """What somebody did to the rows of a region, from its lines before and after."""
    old, new = _read(before), _read(after)
    loose = {row_lines.plain(line) for line in new.loose.values()}
    reworded, notes, gone = [], [], []
    for key, lines in new.keyed.items():
        first = old.keyed.get(key, [None])[0]
        chosen, copies = _own(lines, first)
        notes += copies
        rewording = _rewording(first, chosen)
        if rewording is None:
            continue
        if rewording.text:
            reworded.append(rewording)
        elif first is not None:
            gone.append(key)
    gone += [key for key, lines in old.keyed.items() if key not in new.keyed and row_lines.plain(lines[0]) not in loose]
    return _sorted_out(old, new, tuple(reworded), tuple(gone), tuple(notes))


def _sorted_out(
    old: _Read, new: _Read, reworded: tuple[Rewording, ...], gone: tuple[str, ...], notes: tuple[str, ...]
) -> RowChanges:
    stale = old.stamp != new.stamp
    if stale and new.stamp:
        return RowChanges(reworded, stale=True, notes=notes)
    if (stale and gone) or (len(old.keyed) >= MANY and len(gone) * 2 > len(old.keyed)):
        return RowChanges(reworded, emptied=len(gone), stale=stale, notes=notes)
    return RowChanges(reworded, gone, stale=stale, notes=notes)


def _own(lines: Sequence[str], before: str | None) -> tuple[str, list[str]]:
    """Of several lines with the same key the one that is the row, and what the others say of their own."""
    if len(lines) == 1:
        return lines[0], []
    was = row_lines.plain(before) if before is not None else ""
    own = next((line for line in lines if row_lines.plain(line) == was), lines[0])
    same = {was, row_lines.plain(own)}
    return own, [text for line in lines if (text := row_lines.plain(line)) not in same and text]


def _rewording(before: str | None, after: str) -> Rewording | None:
    was = row_lines.read(before) if before is not None else None
    now = row_lines.read(after, was)
    assert now is not None
    if was is None:
        return Rewording(now.key, None, now.text)
    time = now.time if now.time != was.time else ""
    if now.said == was.said and not time:
        return None
    return Rewording(now.key, was.text, now.text, time)


def keys_of(lines: Sequence[str]) -> tuple[str, ...]:
    """The keys of the rows that stand in a region."""
    return tuple(_read(lines).keyed)
