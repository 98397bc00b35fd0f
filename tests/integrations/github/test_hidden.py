"""The hidden key: it stands in the text on GitHub, and nobody else has to know."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from musterpoint.core.regions import lines_of, regions
from musterpoint.integrations.github import hidden
from musterpoint.ports import Refused

KEY = "raise:7@20260302T090000.000000"
LINES = some.lists(
    some.sampled_from(["", "a", "- b", "  ", "```", "<!-- musterpoint:facts -->", "<!-- /musterpoint:facts -->"])
    | some.text(some.characters(exclude_categories=["Cs"]), max_size=9),
    max_size=6,
)


@given(LINES, some.sampled_from(["\n", "\r\n"]), some.text(max_size=40))
def test_a_text_reads_as_it_was_given_whatever_the_key(lines: list[str], line_end: str, key: str) -> None:
    text = line_end.join(lines)
    whole = hidden.with_key(text, key)
    assert hidden.without_key(whole) == text
    assert hidden.mark_of(whole) == hidden.last_mark_of(whole) == hidden.written(key)
    assert "\n" not in hidden.written(key)
    assert "-->" not in hidden.written(key)


def test_line_ends_that_change_on_the_way_change_nothing_else() -> None:
    whole = hidden.with_key("one\ntwo", KEY).replace("\n", "\r\n")
    assert hidden.without_key(whole) == "one\r\ntwo"
    assert hidden.mark_of(whole) == hidden.written(KEY)


def test_what_people_write_below_stays_and_the_key_goes_back_to_the_end() -> None:
    whole = f"{hidden.with_key('one', KEY)}\nA sentence below.\n"
    text = hidden.without_key(whole)
    assert text == "one\nA sentence below.\n"
    again = hidden.joined(text, hidden.mark_of(whole))
    assert again.endswith(f"\n<!-- musterpoint:key {KEY} -->")
    assert hidden.without_key(again) == text


def test_the_key_is_never_taken_for_a_region() -> None:
    body = hidden.without_key(hidden.with_key("<!-- musterpoint:facts -->\nx\n<!-- /musterpoint:facts -->", KEY))
    assert list(regions(lines_of(body))) == ["facts"]


def test_only_the_last_line_of_a_comment_is_its_key() -> None:
    forged = hidden.with_key("look", "other")
    assert hidden.last_mark_of(f"{forged}\nand more") == ""
    assert hidden.last_mark_of(hidden.with_key(forged, KEY)) == hidden.written(KEY)


def test_different_keys_stay_different_however_long_they_are() -> None:
    keys = ["a", "A", "a ", " a", "a%20", "%", "ü", "a--b", "x" * 300, "x" * 301, "<!-- -->"]
    assert len({hidden.written(each) for each in keys}) == len(keys)
    assert all(len(hidden.with_key("", each)) <= hidden.ROOM for each in keys)


def test_what_github_would_not_take_is_not_sent() -> None:
    hidden.with_key("x" * (hidden.LONGEST - hidden.ROOM), "k" * 1000)
    with pytest.raises(Refused, match=r"65,574 characters, and GitHub takes 65,536"):
        hidden.with_key("x" * hidden.LONGEST, "raise:7@2026")
