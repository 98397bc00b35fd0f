"""Puts back what was overwritten: three versions of an issue's body become one that has everybody's words.

Lines are counted, not only aligned: how often a line is to stand there follows from the three versions, and where, from
its neighbours. So nothing is lost where two people wrote at the same place, and putting back twice is the same as once.
Our regions stay as they are in the body that we wrote: what was changed within is told by `changes`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from musterpoint.core.alignment import aligned
from musterpoint.core.issue_changes import OURS
from musterpoint.core.issue_timeline import TIMELINE, known_lines
from musterpoint.core.region_placing import moved_out
from musterpoint.core.regions import defused, is_marker, lines_of, regions, without_backslashes


@dataclass(frozen=True, slots=True)
class _Piece:
    """A line that is people's, or a whole region of ours. `same` is what two of them are compared by."""

    same: str
    text: str
    ours: bool = False

    @property
    def counts(self) -> bool:
        return not self.ours and bool(self.same)


def put_back(base: str, theirs: str, ours: str) -> str:
    """The body `ours`, with what `theirs` changed outside of our regions since `base` put back into it. Where both
    changed the same, both stand."""
    known = _rows(base) | _rows(ours)
    old, they, we = (list(_pieces(each)) for each in (base, moved_out(theirs, known), ours))
    there = _counted(we)
    wanted = _wanted(_counted(old), _counted(they), there)
    missing = wanted - there
    surplus = Counter({line: count for line, count in (there - wanted).items() if not is_marker(line)})
    if not missing and not surplus:
        return ours
    return "".join(_merged(we, they, missing, surplus))


def _rows(body: str) -> frozenset[str]:
    lines = lines_of(body)
    region = regions(lines).get(TIMELINE)
    return known_lines(lines[region.begin + 1 : region.end]) if region is not None else frozenset()


def _pieces(body: str) -> Iterator[_Piece]:
    lines, done = lines_of(body), 0
    mine = (region for region in regions(lines).values() if region.name in OURS)
    for region in sorted(mine, key=lambda each: each.begin):
        yield from (_line(line) for line in lines[done : region.begin])
        yield _Piece(region.name, "".join(lines[region.begin : region.end + 1]), ours=True)
        done = region.end + 1
    yield from (_line(line) for line in lines[done:])


def _line(line: str) -> _Piece:
    return _Piece(without_backslashes(line.strip()), line)


def _counted(pieces: Sequence[_Piece]) -> Counter[str]:
    return Counter(piece.same for piece in pieces if piece.counts)


def _wanted(base: Counter[str], theirs: Counter[str], ours: Counter[str]) -> Counter[str]:
    """How often each line is to stand there. Who added one is followed, and of two who did, whoever added more; it is
    taken away where nobody added it and somebody took it away."""
    wanted: Counter[str] = Counter()
    for line in {*base, *theirs, *ours}:
        more = (theirs[line] - base[line], ours[line] - base[line])
        wanted[line] = base[line] + (max(more) if max(more) > 0 else min(more))
    return wanted


def _merged(
    ours: Sequence[_Piece], theirs: Sequence[_Piece], missing: Counter[str], surplus: Counter[str]
) -> list[str]:
    told: list[str] = []
    done = their_done = 0
    for at, place in [
        *aligned([_key(each) for each in ours], [_key(each) for each in theirs]),
        (len(ours), len(theirs)),
    ]:
        _add(told, [each.text for each in ours[done:at] if not _taken(surplus, each)])
        _add(told, list(_new(theirs[their_done:place], missing)))
        _add(told, [each.text for each in ours[at : at + 1]])
        done, their_done = at + 1, place + 1
    return told


def _key(piece: _Piece) -> tuple[bool, str]:
    return piece.ours, piece.same


def _taken(counted: Counter[str], piece: _Piece) -> bool:
    """Whether it is one of those counted; if so, there is one less."""
    if not piece.counts or counted[piece.same] < 1:
        return False
    counted[piece.same] -= 1
    return True


def _new(theirs: Sequence[_Piece], missing: Counter[str]) -> Iterator[str]:
    """Their lines that are missing, with the empty ones around them. None can open or close a region of ours."""
    empty: list[str] = []
    found = False
    for piece in theirs:
        if not piece.same:
            empty.append(piece.text)
        elif _taken(missing, piece):
            yield from empty
            yield defused(piece.text)
            empty, found = [], True
        else:
            empty = []
    if found:
        yield from empty


def _add(told: list[str], new: Sequence[str]) -> None:
    """Whole lines, even where one was the last of its body."""
    for line in new:
        if told and not told[-1].endswith("\n"):
            told[-1] += "\n"
        told.append(line)
