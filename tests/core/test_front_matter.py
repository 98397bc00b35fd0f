"""The front matter of a post: read by hand, stamped when it is published."""

from __future__ import annotations

from datetime import date

import pytest

from musterpoint.core import front_matter as matter

DAY, LATER = date(2026, 3, 9), date(2026, 3, 20)
POST = '---\ntitle: "A: \\"b\\""\ntags:\n  - posts\n  - "x y"\nauthors: ["ana", "ben"]\n---\n\nText.\n'


def test_its_values_are_read() -> None:
    values, wrong = matter.read(POST)
    assert values == {"title": 'A: "b"', "tags": ["posts", "x y"], "authors": ["ana", "ben"]}
    assert wrong == []
    assert matter.body(POST) == "Text.\n"


@pytest.mark.parametrize(
    "line",
    ["no colon", "title: a: b", 'title: "open', "tags: [a, b", "title: @x", "title: # none", "title: x #y", "- item"],
)
def test_a_line_that_is_not_yaml_is_named(line: str) -> None:
    assert line in matter.read(f"---\n{line}\n---\n")[1]


@pytest.mark.parametrize(
    "line", ["title: it's", "title: 'it''s'", "tags: [a, b]", "date: 2026-03-02", "# a comment", "tldr:"]
)
def test_a_line_that_is_yaml_is_not(line: str) -> None:
    assert matter.read(f"---\n{line}\n---\n")[1] == []


def test_a_key_that_is_there_twice_is_named() -> None:
    assert matter.read("---\ntitle: a\ntitle: b\n---\n")[1] == ["title: b"]


def test_publishing_writes_the_day_into_it() -> None:
    first = matter.stamped(POST, DAY)
    assert matter.read(first)[0]["date"] == "2026-03-09"
    assert matter.body(first) == matter.body(POST)
    second = matter.stamped(POST, LATER, first)
    assert matter.value(second, "date") == "2026-03-09"
    assert matter.value(second, "lastUpdated") == "2026-03-20"
    third = matter.stamped(second, date(2026, 4, 1), second)
    assert third.count("lastUpdated") == 1
    assert matter.unstamped(third) == matter.unstamped(second) == first


def test_a_date_that_a_person_wrote_stays() -> None:
    mine = POST.replace("---\n", "---\ndate: 2026-01-01\n", 1)
    assert matter.stamped(mine, DAY) == mine


@pytest.mark.parametrize("text", ["Text.\n", "", "--- no\n", "---\ntitle: a\n"])
def test_without_front_matter_nothing_is_written(text: str) -> None:
    assert matter.block(text) is None
    assert matter.stamped(text, DAY, "---\n---\n") == text
    assert matter.unstamped(text) == text
