"""What a person changed in an issue's body: its text before against its text after, and nothing else.

Never fails, whatever stands there. What only looks different (line ends, kinds of bullets, trailing spaces) is no
change. A region whose markers were taken away is `lost`, and nothing in it was deleted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from musterpoint.core.action_lines import EXPLAINED, NONE_YET, Line, read, read_again, title_and_about
from musterpoint.core.issue_timeline import TIMELINE, RowChanges, row_changes
from musterpoint.core.regions import Region, inside, lines_of, regions
from musterpoint.core.writeup_parts import PARTS

ACTIONS, FACTS = "actions", "facts"
NO_ROWS = RowChanges()
_NAMES = frozenset(part.name for part in PARTS)
#: The regions of the body that are ours.
OURS = (FACTS, *(part.name for part in PARTS), ACTIONS)
_BULLET = re.compile(r"([ \t]*)[*+-][ \t]+(\[[ xX]\])?")


@dataclass(frozen=True, slots=True)
class PartChange:
    """`name` is the part's; `before` and `after` are its texts, with line feeds."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changes:
    """`ticked` and `retitled` name actions by number; `added` are title and whether it is ticked. `notes` is what was
    written where the next version of the body replaces it: it is to be kept elsewhere. `lost` and `found` are regions
    whose markers were taken away, or stand there again."""

    parts: tuple[PartChange, ...] = ()
    ticked: tuple[tuple[int, bool], ...] = ()
    retitled: tuple[tuple[int, str], ...] = ()
    added: tuple[tuple[str, bool], ...] = ()
    notes: tuple[str, ...] = ()
    rows: RowChanges = NO_ROWS
    lost: tuple[str, ...] = ()
    found: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Changes()


@dataclass(frozen=True, slots=True)
class _Body:
    """A body, read: what stands in each region by its name."""

    lines: list[str]
    regions: dict[str, Region]
    texts: dict[str, str]

    @classmethod
    def of(cls, body: str) -> _Body:
        lines = lines_of(body)
        found = regions(lines)
        return cls(lines, found, {name: inside(lines, region) for name, region in found.items()})

    def rows(self) -> list[str] | None:
        """The lines of the timeline where it has rows of ours; None where it is gone, or a person's."""
        region = self.regions.get(TIMELINE)
        return None if region is None or region.words else self.lines[region.begin + 1 : region.end]


def texts(body: str) -> dict[str, str]:
    """What stands in each region, by its name."""
    return _Body.of(body).texts


def changes(before: str, after: str) -> Changes:
    """What a person did to get from one body to the other."""
    was, now = _Body.of(before), _Body.of(after)
    rows = now.rows()
    parts = tuple(
        PartChange(name, was.texts.get(name, ""), text)
        for name, text in now.texts.items()
        if name in _NAMES
        and not (name == TIMELINE and rows is not None)
        and _plain(text) != _plain(was.texts.get(name, ""))
    )
    found = Changes(
        parts,
        notes=_new_facts(was, now),
        rows=row_changes(was.rows() or (), rows) if rows is not None else NO_ROWS,
        lost=tuple(name for name in OURS if name in was.regions and name not in now.regions),
        found=tuple(name for name in OURS if name not in was.regions and name in now.regions),
    )
    if ACTIONS not in now.texts:
        return found
    return _with_actions(found, was.texts.get(ACTIONS, ""), now.texts[ACTIONS])


def _new_facts(was: _Body, now: _Body) -> tuple[str, ...]:
    if FACTS not in was.texts or FACTS not in now.texts:
        return ()
    return _new_prose(was.texts[FACTS].split("\n"), now.texts[FACTS].split("\n"))


def _plain(text: str) -> str:
    """The text without what only looks different."""
    return "\n".join(_plain_line(line.rstrip()) for line in text.split("\n")).strip()


def _plain_line(line: str) -> str:
    found = _BULLET.match(line)
    return f"{found[1]}- {(found[2] or '').lower()}{line[found.end() :]}" if found else line


def _with_actions(told: Changes, was: str, now: str) -> Changes:
    old, new = _Listed(was), _Listed(now)
    found = new.matched(old)
    ticked, retitled, notes = [], [], told.notes
    for number, line in found.items():
        before = old.numbered[number][0]
        title, about = title_and_about(before.said)
        titled, about_now = read_again(line.said, title, about)
        if line.done != before.done:
            ticked.append((number, line.done))
        if titled and titled != title:
            retitled.append((number, titled))
        if about_now and about_now != about:
            notes = (*notes, f"Action {number}: {about_now}")
        if line.behind and line.behind != before.behind:
            notes = (*notes, f"Action {number}: {line.behind}")
    added = tuple((line.said, line.done) for line in new.unnumbered)
    notes = (*notes, *_new_prose(old.prose, new.prose))
    return replace(told, ticked=tuple(ticked), retitled=tuple(retitled), added=added, notes=notes)


class _Listed:
    """The actions region, taken apart: lines with a number (by it), lines without one, and everything else."""

    def __init__(self, text: str) -> None:
        self.numbered: dict[int, list[Line]] = {}
        self.unnumbered: list[Line] = []
        self.prose: list[str] = []
        for raw in text.split("\n"):
            line = read(raw)
            if line is None or line.loose:
                self.prose.append(raw)
                continue
            self.prose.append("")
            if line.number is not None:
                self.numbered.setdefault(line.number, []).append(line)
            elif line.said:
                self.unnumbered.append(line)

    def matched(self, old: _Listed) -> dict[int, Line]:
        """The line that stands for each action known before; what remains in `unnumbered` is new.

        A copied line stands for its action where it still says the same; a line whose comment got lost is known by
        its title.
        """
        found: dict[int, Line] = {}
        for number, lines in self.numbered.items():
            known = old.numbered.get(number)
            if known is None:
                self.unnumbered += lines
                continue
            own = next((each for each in lines if each.said == known[0].said), lines[0])
            found[number] = own
            self.unnumbered += _copies(known[0], [each for each in lines if each.said != own.said])
        self._without_known(old, found)
        return found

    def _without_known(self, old: _Listed, found: dict[int, Line]) -> None:
        lost = {
            name: number
            for number, lines in old.numbered.items()
            if number not in found
            for name in (lines[0].said, title_and_about(lines[0].said)[0])
        }
        seen = Counter(each.said for each in old.unnumbered)
        for first, *others in old.numbered.values():
            seen.update(each.said for each in _copies(first, others))
        fresh = []
        for line in self.unnumbered:
            if seen[line.said]:
                seen[line.said] -= 1
            elif line.said in lost and lost[line.said] not in found:
                found[lost[line.said]] = line
            elif line.said:
                fresh.append(line)
        self.unnumbered = fresh


def _copies(line: Line, copies: Sequence[Line]) -> list[Line]:
    """Copies of an action's line under another title: that is all they say of their own."""
    title, about = title_and_about(line.said)
    return [replace(each, said=read_again(each.said, title, about)[0]) for each in copies]


def _new_prose(before: Iterable[str], after: Iterable[str]) -> tuple[str, ...]:
    """Blocks of lines that were not there before."""
    seen = Counter(_plain_line(line.strip()) for line in before)
    return tuple(_blocks(after, seen))


def _blocks(lines: Iterable[str], seen: Counter[str]) -> Iterator[str]:
    block: list[str] = []
    for line in lines:
        text = _plain_line(line.strip())
        if not text or text in (EXPLAINED, NONE_YET) or seen[text]:
            seen[text] -= 1
            if block:
                yield "\n".join(block)
            block = []
        else:
            block.append(line.rstrip())
    if block:
        yield "\n".join(block)
