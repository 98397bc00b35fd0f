"""Of two texts that crossed nothing is left out, and what both say stands once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from musterpoint.core.put_together import put_together

LINES = st.lists(st.sampled_from(["", "a", "b", "c", "It was down."]), max_size=8)


def test_both_stand_where_they_differ_theirs_first() -> None:
    theirs, mine = "Down for an hour.\n\nTwo customers.", "Down for two hours.\n\nTwo customers.\n\nRefunded."
    assert put_together(theirs, mine) == "Down for an hour.\nDown for two hours.\n\nTwo customers.\n\nRefunded."


def test_what_both_say_stands_once() -> None:
    assert put_together("One\nTwo", "One\nTwo") == "One\nTwo"
    assert put_together("", "One") == "One"
    assert put_together("One", "") == "One"


@given(LINES, LINES)
def test_every_line_of_both_is_there_in_its_order(theirs: list[str], mine: list[str]) -> None:
    lines = put_together("\n".join(theirs), "\n".join(mine)).split("\n")
    for text in ("\n".join(theirs).splitlines(), "\n".join(mine).splitlines()):
        left = iter(lines)
        assert all(line in left for line in text)


def test_very_long_texts_take_no_time() -> None:
    theirs, mine = ("\n".join("ab"[each % number == 0] for each in range(30_000)) for number in (2, 3))
    assert put_together(theirs, mine) == f"{theirs}\n{mine}"
    assert put_together(theirs, theirs) == theirs
