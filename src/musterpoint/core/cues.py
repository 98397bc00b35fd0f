"""How a message's words are weighed: a cue is a pattern, what it says, the kind of row it points to, and a weight.

Weights are log-odds: +1 makes a row about three times as likely. Cues look at a message's statements: lower case, one
sentence a line, links and code taken out. No cue knows a case: they are the habits of people who write to each other
while something is broken. The tables are `cues_of_rows` and `cues_of_chatter`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from musterpoint.core.journal import RowKind
from musterpoint.core.vocabulary import any_of


@dataclass(frozen=True, slots=True)
class Cue:
    """`why` is empty for a cue that people need not read about; a `telling` one counts however few the words are."""

    name: str
    weight: float
    kind: RowKind | None
    why: str
    patterns: tuple[re.Pattern[str], ...]
    telling: bool = False


def cue(name: str, weight: float, kind: RowKind | None, why: str, *patterns: str, telling: bool = False) -> Cue:
    r"""Patterns begin with `\b` (anywhere), `^` (a sentence's beginning) or with neither.

    They are compiled so that each begins with a set of characters: `re` skips fast to those.
    """
    inside = [pattern.removeprefix(r"\b") for pattern in patterns if pattern.startswith(r"\b")]
    opening = [pattern.removeprefix("^") for pattern in patterns if pattern.startswith("^")]
    other = [pattern for pattern in patterns if not pattern.startswith((r"\b", "^"))]
    groups = [(r"\W", inside), (r"\n", opening)]
    joined = [f"{lead}(?:{'|'.join(group)})" for lead, group in groups if group]
    compiled = tuple(re.compile(pattern, re.MULTILINE) for pattern in joined + other)
    return Cue(name, weight, kind, why, compiled, telling)


def words(listed: str) -> str:
    r"""Whole words or phrases, separated by ` | `; a phrase may be a pattern, its spaces are any white space."""
    phrases = [" ".join(phrase.split()) for phrase in re.split(r"\s\|\s", listed.strip())]
    return rf"\b(?:{any_of(phrases)})\b"
