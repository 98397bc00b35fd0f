"""The timeline as Markdown, the way that a careful person writes one into a report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from musterpoint.core.incident import Basis
from musterpoint.core.timeline import Row, RowStatus

SUGGESTED = "† suggested from what was said; nobody has confirmed it yet."


def days_of(rows: Sequence[Row]) -> list[date]:
    return sorted({row.at.date() for row in rows})


def said_by(row: Row) -> str:
    """Who did or saw it, unless the clause says so itself."""
    if row.who is None or row.text.startswith(row.who.name):
        return ""
    return f"{row.who.name}: "


def basis_of(row: Row) -> str:
    return "" if row.basis is Basis.RECORDED else f" ({row.basis.value})"


def markdown(title: str, rows: Sequence[Row]) -> str:
    """A heading, the zone once, day headings when it spans days, one clause a row with a link to its evidence."""
    if not rows:
        return f"## Timeline: {title}\n\nNothing to tell yet."
    return f"## Timeline: {escaped(title)}\n\n{rows_markdown(rows)}"


def rows_markdown(rows: Sequence[Row]) -> str:
    """The same without its heading; at least one row."""
    days = days_of(rows)
    zone = "All times are UTC." if len(days) > 1 else f"{days[0]}, all times are UTC."
    lines = [zone, ""]
    day = None
    for row in rows:
        if len(days) > 1 and row.at.date() != day:
            day = row.at.date()
            lines += [f"### {day}", ""] if lines[-1] == "" else ["", f"### {day}", ""]
        mark = " †" if row.status is RowStatus.SUGGESTED else ""
        dropped = " *(dropped)*" if row.status is RowStatus.DROPPED else ""
        links = ", ".join(link(each.ref, each.url) for each in row.evidence)
        lines.append(f"- {clause(row)}{mark}{dropped} ({links})")
    if any(row.status is RowStatus.SUGGESTED for row in rows):
        lines += ["", SUGGESTED]
    return "\n".join(lines)


#: Inside these a backslash would be shown, or break the link.
_AS_IT_IS = re.compile(r"(`[^`\n]+`|https?://[^\s<>\[\]*\\`]+)")
_MARKUP = re.compile(r"([\\*_<\[\]])")
_ESCAPED = re.compile(r"\\([\\*_<\[\]])")


def escaped(text: str) -> str:
    """So that what people wrote neither becomes markup nor breaks the list; code and addresses stay as they are."""
    parts = _AS_IT_IS.split(" ".join(text.split()))
    return "".join(part if place % 2 else _MARKUP.sub(r"\\\1", part) for place, part in enumerate(parts))


def unescaped(text: str) -> str:
    """The reverse of `escaped`, for Markdown on one line."""
    parts = _AS_IT_IS.split(" ".join(text.split()))
    return "".join(part if place % 2 else _ESCAPED.sub(r"\1", part) for place, part in enumerate(parts))


def link(ref: str, url: str) -> str:
    """What a sentence rests on: a link where it has an address, else its reference."""
    if not url:
        return f"`{ref}`"
    return f"[{'message' if '/' in ref else ref}]({url})"


def clause(row: Row) -> str:
    """Its time, who, and what, as Markdown without the evidence."""
    said = escaped(f"{said_by(row)}{row.text}")
    return f"**{row.at:%H:%M}**{basis_of(row)} {said}"
