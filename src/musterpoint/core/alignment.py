"""Which lines of two texts are the same, in time that grows with their length: lines that stand in both just once come
first, and only what lies between two of them, if it is short, is compared line by line."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher

#: Pairs of lines that are compared between two anchors; of more than that none are taken to be the same.
MOST = 250_000


def aligned(one: Sequence[Hashable], other: Sequence[Hashable]) -> Iterator[tuple[int, int]]:
    """The places of lines that are the same, rising in both."""
    begin = 0
    while begin < min(len(one), len(other)) and one[begin] == other[begin]:
        yield begin, begin
        begin += 1
    ends = (len(one), len(other))
    same = 0
    while same < min(ends) - begin and one[ends[0] - 1 - same] == other[ends[1] - 1 - same]:
        same += 1
    anchors = [
        *_rising(_unique(one, other, begin, ends[0] - same, ends[1] - same)),
        *((ends[0] - each, ends[1] - each) for each in range(same, 0, -1)),
        ends,
    ]
    here = there = begin
    for at, place in anchors:
        yield from _between(one, other, here, at, there, place)
        if at < ends[0]:
            yield at, place
        here, there = at + 1, place + 1


def _unique(
    one: Sequence[Hashable], other: Sequence[Hashable], begin: int, end: int, other_end: int
) -> list[tuple[int, int]]:
    """The places of what stands just once in both, as they come in the first."""
    mine, theirs = Counter(one[begin:end]), Counter(other[begin:other_end])
    places = {line: place for place, line in enumerate(other[begin:other_end], begin) if theirs[line] == 1}
    return [(at, places[line]) for at, line in enumerate(one[begin:end], begin) if mine[line] == 1 and line in places]


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most of the pairs that rise in both."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        where = bisect_left(ends, place)
        before.append(last[where - 1] if where else -1)
        ends[where : where + 1] = [place]
        last[where : where + 1] = [number]
    found: list[tuple[int, int]] = []
    number = last[-1] if last else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]


def _between(
    one: Sequence[Hashable], other: Sequence[Hashable], begin: int, end: int, other_begin: int, other_end: int
) -> Iterator[tuple[int, int]]:
    if (end - begin) * (other_end - other_begin) not in range(1, MOST):
        return
    matcher = SequenceMatcher(None, one[begin:end], other[other_begin:other_end], autojunk=False)
    for at, place, length in matcher.get_matching_blocks():
        yield from ((begin + at + each, other_begin + place + each) for each in range(length))
