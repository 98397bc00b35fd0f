"""What an answer is shown on: whether in colours, and how wide. Of whoever asks from afar it is theirs, not ours."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Screen:
    """`width` is in columns."""

    coloured: bool = False
    width: int = 100


_screen: ContextVar[Screen | None] = ContextVar("screen", default=None)


def screen() -> Screen:
    """The one that was said, else the terminal of this process."""
    return _screen.get() or Screen(wants_colours(sys.stdout), shutil.get_terminal_size((100, 24)).columns)


@contextmanager
def shown_on(there: Screen) -> Iterator[None]:
    """What is told inside is told for that one."""
    token = _screen.set(there)
    try:
        yield
    finally:
        _screen.reset(token)


def wants_colours(stream: TextIO) -> bool:
    """A terminal does, unless its user does not (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR")


def paint(text: str, colour: str, wanted: bool | None = None) -> str:
    """ANSI colour; `wanted` where it is not the screen that decides."""
    return f"\033[{colour}m{text}\033[0m" if (screen().coloured if wanted is None else wanted) else text
