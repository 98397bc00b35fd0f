"""Two texts of one part that crossed, put together line by line: a beginning for whoever merges them.

Nothing of either is left out: what only one of them says is there, and where both differ both stand, theirs first.
"""

from __future__ import annotations

from difflib import SequenceMatcher

#: Lines of both. Beyond that no equal ones are looked for: it takes time that grows with their square.
LINES = 2_000


def put_together(theirs: str, mine: str) -> str:
    """Every line of both, in their order; what both say once."""
    first, second = theirs.splitlines(), mine.splitlines()
    if len(first) + len(second) > LINES and first != second:
        return "\n".join([*first, *second])
    lines: list[str] = []
    for kind, begin, end, other, last in SequenceMatcher(None, first, second).get_opcodes():
        lines += first[begin:end]
        if kind != "equal":
            lines += second[other:last]
    return "\n".join(lines)
