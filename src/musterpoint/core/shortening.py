"""A tracker takes so many characters and no more: composed parts are cut until the body fits, people's words never."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

TIMELINE = "timeline"


def shortened(
    ref: str, texts: Mapping[str, str], composed: Collection[str], whole: Callable[[Mapping[str, str]], str], limit: int
) -> str:
    """The body that `whole` makes of the texts, with the timeline and then other composed parts cut to the limit."""
    body = whole(texts)
    if len(body) <= limit:
        return body
    shown = dict(texts)
    if TIMELINE in composed:
        rows = _rows(texts[TIMELINE].split("\n"))
        low, high = min(2, len(rows)), len(rows)
        while low < high:  # the largest number of rows that fits
            middle = (low + high + 1) // 2
            fits = len(whole({**texts, TIMELINE: without_middle(ref, texts[TIMELINE], middle)})) <= limit
            low, high = (middle, high) if fits else (low, middle - 1)
        shown[TIMELINE] = without_middle(ref, texts[TIMELINE], low)
    pointer = f"Left out here, for the issue would be too long: `musterpoint writeup show {ref}`"
    for name in sorted(composed, key=lambda each: len(shown[each]), reverse=True):
        body = whole(shown)
        if len(body) <= limit:
            break
        if len(shown[name]) > len(pointer):
            shown[name] = pointer
    return whole(shown)


def without_middle(ref: str, timeline: str, keep: int) -> str:
    """The timeline with its first and last rows, `keep` of them, and a line that tells how many are left out."""
    lines = timeline.split("\n")
    rows = _rows(lines)
    if len(rows) <= keep:
        return timeline
    head, tail = (keep + 1) // 2, keep // 2
    left_out = f"- … {len(rows) - keep} rows are left out here: `musterpoint timeline {ref}`"
    begin, end = rows[head], rows[len(rows) - tail] if tail else rows[-1] + 1
    heading = [line for line in lines[begin:end] if line.startswith("#")][-1:]
    between = ["", *heading, ""] if heading else []
    return "\n".join([*lines[:begin], left_out, *between, *lines[end:]])


def _rows(lines: list[str]) -> list[int]:
    """The places of the lines that begin a row."""
    return [place for place, line in enumerate(lines) if line.startswith("- ")]
