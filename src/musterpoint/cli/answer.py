"""What a verb answers, in the three formats, and how a refusal is told."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from musterpoint.cli.screen import paint, wants_colours


@dataclass(frozen=True, slots=True)
class Answer:
    """`data` is the JSON object, `text` what a person reads; `markdown` where it differs from that.

    `afterwards` makes the answer anew once what was decided has been carried out (or left to the engine).
    """

    data: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    markdown: str = ""
    code: int = 0
    afterwards: Callable[[], Answer] | None = None

    def show(self, form: str) -> int:
        if form == "json":
            print(json.dumps(self.data, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None))
        elif text := (self.markdown or self.text if form == "markdown" else self.text):
            print(text)
        return self.code


def tell_left(left: int, form: str) -> None:
    """How much of what goes outside is not there yet."""
    if left and form == "text":
        print(f"{left} thing{'s' if left > 1 else ''} outside still on the way: `musterpoint effects`")


def refuse(form: str, code: str, message: str, hint: str = "", status: int = 1) -> int:
    """Tell an error on standard error; the exit code is returned (1 refused, 2 usage)."""
    if form == "json":
        error = {"code": code, "message": message, "hint": hint}
        print(json.dumps({"error": error}, ensure_ascii=False), file=sys.stderr)
    else:
        print(f"{paint('error:', '31', wants_colours(sys.stderr))} {message}", file=sys.stderr)
        if hint:
            print(f"       {hint}", file=sys.stderr)
    return status


def columns(rows: list[list[str]]) -> str:
    """A plain table: each column as wide as its widest cell, the last one free."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]) - 1)] if rows else []
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)
