"""Figures beside their targets: as a table on the terminal, and in Markdown for docs/performance.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEAD = ("measurement", "ours", "target", "best of the others", "")


@dataclass(frozen=True)
class Figure:
    """One measurement. Without a target it is only told; `at_least` where more is better; `peers` is their best."""

    name: str
    value: float
    unit: str
    target: float | None = None
    at_least: bool = False
    peers: str = ""

    @property
    def misses(self) -> bool:
        if self.target is None:
            return False
        return self.value < self.target if self.at_least else self.value > self.target

    def cells(self) -> tuple[str, ...]:
        sign = "≥" if self.at_least else "≤"
        wanted = "" if self.target is None else f"{sign} {_amount(self.target, self.unit)}"
        return (self.name, _amount(self.value, self.unit), wanted, self.peers, "misses its target" * self.misses)


@dataclass(frozen=True)
class Table:
    """Figures that belong together. `note` says under what conditions they hold."""

    title: str
    figures: Sequence[Figure]
    note: str = ""

    def text(self) -> str:
        rows = [HEAD, *(each.cells() for each in self.figures)]
        widths = [max(len(row[place]) for row in rows) for place in range(len(HEAD))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
        lines += [self.note] * bool(self.note)
        return "\n".join([self.title, *(f"  {line.rstrip()}" for line in lines)])

    def markdown(self) -> str:
        rows = [HEAD, ("---",) * len(HEAD), *(each.cells() for each in self.figures)]
        lines = ["|" + "|".join(f" {cell} " if cell else " " for cell in row) + "|" for row in rows]
        return "\n".join([f"**{self.title}**", "", *lines, *(["", self.note] * bool(self.note))])


def _amount(value: float, unit: str) -> str:
    if float(value).is_integer() or value >= 1000:
        number = f"{value:,.0f}"
    else:
        number = f"{value:,.1f}" if value >= 10 else f"{value:,.2f}"
    return f"{number} {unit}".strip()
