"""Ticks an action in an issue's body, as a click on its box does on a tracker's page."""

from __future__ import annotations

import re

from musterpoint.core.action_lines import read
from musterpoint.core.issue_changes import ACTIONS
from musterpoint.core.regions import lines_of, regions

_BOX = re.compile(r"\[[ xX]\]")


def ticked(body: str, number: int, on: bool) -> str:
    """The body with the box of that action ticked or not; as it was where there is no such line."""
    lines = lines_of(body)
    region = regions(lines).get(ACTIONS)
    for place in range(region.begin + 1, region.end) if region else ():
        line = read(lines[place])
        if line is not None and line.number == number and line.done != on:
            lines[place] = _BOX.sub("[x]" if on else "[ ]", lines[place], count=1)
            break
    return "".join(lines)
