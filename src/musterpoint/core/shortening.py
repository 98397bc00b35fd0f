"""A tracker takes so many characters and no more: composed parts give way until the body fits, people's words never."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from musterpoint.core.region_placing import Content


def shortened(
    ref: str,
    found: Mapping[str, Content],
    composed: Collection[str],
    whole: Callable[[Mapping[str, Content]], str],
    limit: int,
) -> str:
    """The body that `whole` makes of what is `found`; of the composed parts the longest become a pointer, until it fits
    the limit."""
    shown = dict(found)
    pointer = f"Left out here, for the issue would be too long: `musterpoint writeup show {ref}`"
    for name in sorted(composed, key=lambda each: len(shown[each].text), reverse=True):
        body = whole(shown)
        if len(body) <= limit:
            return body
        if len(shown[name].text) > len(pointer):
            shown[name] = Content(pointer, words=shown[name].words)
    return whole(shown)
