"""A long timeline: a digest in the body, the rest on pages that change as little as can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from musterpoint.core import issue_pages, regions, row_lines
from musterpoint.core.issue_body import changes, texts
from musterpoint.core.issue_changes import Changes
from musterpoint.core.issue_timeline import EMPTIED, Keyed, keyed
from musterpoint.core.timeline import Row
from tests.core.timelines import body_with, composed, row, rows

LIMIT = 9_000


def keys(text: str) -> list[str]:
    return [key for line in text.split("\n") if (key := row_lines.key_in(line))]


def timeline(told: Sequence[Row]) -> Keyed:
    found = keyed(composed(told))
    assert found is not None
    return found


def pages(
    told: Sequence[Row], body: str, before: Mapping[int, str] | None = None, limit: int = LIMIT
) -> dict[int, str]:
    """The comments, as they are after `before`."""
    known = dict(before or {})
    shown = issue_pages.shown(body)
    assert shown is not None
    standing = {key: number for number, page in known.items() for key in issue_pages.keys_on(page, number)}
    laid = issue_pages.paged(
        timeline(told), *shown, standing, lambda number: issue_pages.room(limit, known.get(number, ""), number)
    )
    return {
        number: issue_pages.page("7", number, timeline(told), laid.get(number, []), known.get(number, ""), ())
        for number in sorted({*laid, *known})
    }


def everything(body: str, others: Mapping[int, str]) -> list[str]:
    """The keys of all rows in the order in which they are read."""
    first, _, last = texts(body)["timeline"].partition("in the comments below.*")
    return [*keys(first), *(key for page in others.values() for key in keys(page)), *keys(last)]


@pytest.mark.parametrize("count", [60, 200, 500])
def test_every_row_stands_somewhere_in_order_and_within_the_limit(count: int) -> None:
    told = rows(count, 100)
    body = body_with(told, limit=LIMIT)
    others = pages(told, body)
    assert len(body) <= LIMIT
    assert all(len(page) <= LIMIT for page in others.values())
    assert everything(body, others) == [each.key for each in told]
    assert f"*{count} rows in all: the first " in body
    assert body_with(told, body, limit=LIMIT) == body
    assert pages(told, body, others) == others


def test_five_hundred_rows_and_120_000_characters_land_whole() -> None:
    told = rows(500, 230)
    assert len(composed(told).text) > 120_000
    body = body_with(told)
    others = pages(told, body, limit=65_536)
    assert len(body) <= 65_536
    assert len(others) <= 3
    assert all(len(page) <= 65_536 for page in others.values())
    assert everything(body, others) == [each.key for each in told]


def test_a_digest_says_how_many_rows_are_where() -> None:
    told = rows(300, 100)
    body = body_with(told, limit=LIMIT)
    shown = issue_pages.shown(body)
    assert shown is not None
    first, last = shown
    assert f"the first {first} and the last {last} stand here, the {300 - first - last} between them follow" in body
    lines = texts(body)["timeline"].split("\n")
    place = next(number for number, line in enumerate(lines) if "in all" in line)
    assert lines[place + 2].startswith("### 2026-03-0")


def test_where_there_is_room_for_none_all_are_in_the_comments() -> None:
    told = rows(60, 100)
    body = body_with(told, limit=1_700)
    assert "*60 rows, all of them in the comments below.*" in body
    assert issue_pages.shown(body) == (0, 0)
    assert everything(body, pages(told, body, limit=2_600)) == [each.key for each in told]


def test_a_new_row_at_the_end_changes_the_last_page_alone() -> None:
    told = rows(300, 100)
    body = body_with(told, limit=LIMIT)
    before = pages(told, body)
    assert len(before) > 3
    for count in range(301, 313):
        more = rows(count, 100)
        body = body_with(more, body, limit=LIMIT)
        after = pages(more, body, before)
        changed = [number for number, page in after.items() if page != before.get(number)]
        assert changed
        assert set(changed) <= {max(before), max(before) + 1}
        assert everything(body, after) == [each.key for each in more]
        before = after


def test_a_row_that_grows_moves_a_few_rows_at_most() -> None:
    told = rows(300, 100)
    body = body_with(told, limit=LIMIT)
    before = pages(told, body)
    grown = [*told[:50], replace(told[50], text="y" * 900), *told[51:]]
    after = pages(grown, body_with(grown, body, limit=LIMIT), before)
    assert len([number for number, page in after.items() if page != before[number]]) <= 2


def test_a_page_that_is_not_needed_any_more_says_so_and_keeps_what_people_wrote() -> None:
    told = rows(60, 100)
    before = pages(told, body_with(told, limit=LIMIT))
    mine = f"{before[2]}\nA word of mine."
    after = issue_pages.page("7", 2, None, [], mine, ())
    assert EMPTIED in after
    assert "A word of mine." in after
    assert keys(after) == []
    assert issue_pages.page("7", 2, timeline(told), timeline(told).rows[3:5], after, ()).count(EMPTIED) == 0


def test_a_page_without_its_markers_gets_them_back_unless_it_was_given_up() -> None:
    told = timeline(rows(4))
    page = issue_pages.page("7", 2, told, told.rows, "", ())
    without = page.replace("<!-- musterpoint:timeline-2 -->\n", "")
    assert issue_pages.page("7", 2, told, told.rows, without, ("timeline-2",)) == without
    again = issue_pages.page("7", 2, told, told.rows, without, ())
    assert again.startswith(without.rstrip())
    assert keys(again) == [*keys(page), *keys(page)]
    assert issue_pages.page_changes(2, page, without) == Changes(lost=("timeline-2",))
    assert issue_pages.page_changes(2, without, page).found == ("timeline-2",)


def test_what_people_do_to_the_rows_of_a_page_is_told_as_in_the_body() -> None:
    told = timeline(rows(9))
    page = issue_pages.page("7", 2, told, told.rows, "", ())
    lines = [line for line in page.split("\n") if "row entry:3 " not in line]
    after = "\n".join(lines).replace("row 5", "line 5") + "\nHello."
    found = issue_pages.page_changes(2, page, after)
    assert found.rows.dropped == ("entry:3",)
    assert [each.key for each in found.rows.reworded] == ["entry:5"]
    assert not issue_pages.page_changes(2, page, page.replace("\n", "\r\n"))


def test_a_stray_on_a_page_moves_below_its_region() -> None:
    told = timeline(rows(4))
    page = issue_pages.page("7", 2, told, told.rows, "", ())
    after = page.replace(told.rows[1].line, f"{told.rows[1].line}\nAsk Kim.")
    assert issue_pages.page("7", 2, told, told.rows, after, ()) == f"{page}\nAsk Kim.\n"


def test_the_body_has_no_pages() -> None:
    """Somebody pasted a comment of ours into the body: it is theirs."""
    told = rows(4)
    page = issue_pages.page("7", 2, timeline(told), timeline(told).rows, "", ())
    body = body_with(told)
    assert not changes(body, f"{body}\n{page}")
    assert body_with(told, f"{body}\n{page}") == f"{body}\n{page}"


def test_what_people_write_into_a_page_takes_room_from_its_rows() -> None:
    told = rows(200, 100)
    body = body_with(told, limit=LIMIT)
    before = pages(told, body)
    mine = {**before, 3: before[3] + "\n" + "My words. " * 400}
    after = pages(told, body, mine)
    assert all(len(page) <= LIMIT for page in after.values())
    assert "My words. " * 400 in after[3]
    assert everything(body, after) == [each.key for each in told]


@given(st.lists(st.integers(1, 400), min_size=30, max_size=80), st.data())
@settings(max_examples=40)
def test_whatever_comes_and_goes_every_row_stands_once(widths: list[int], data: st.DataObject) -> None:
    body = ""
    others: dict[int, str] = {}
    told = [row(number, f"row {number} " + "x" * width, minutes=number * 30) for number, width in enumerate(widths, 1)]
    for _ in range(3):
        chosen = [each for each in told if data.draw(st.integers(0, 9))]
        body = body_with(chosen, body, limit=LIMIT)
        if issue_pages.shown(body) is None:
            assert keys(texts(body)["timeline"]) == [each.key for each in chosen]
            continue
        others = pages(chosen, body, others)
        assert len(body) <= LIMIT
        assert all(len(page) <= LIMIT for page in others.values())
        assert everything(body, others) == [each.key for each in chosen]
        assert all(
            issue_pages.name(number) in regions.regions(regions.lines_of(page)) for number, page in others.items()
        )
