"""The timeline in the issue: rows with hidden keys, which people put differently, delete, and write between."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from musterpoint.core import regions, row_lines
from musterpoint.core.issue_body import Changes, changes, texts
from musterpoint.core.issue_timeline import Rewording, RowChanges, keyed
from musterpoint.core.row_lines import key_of
from musterpoint.core.timeline import Row, RowStatus
from musterpoint.core.timeline_markdown import basis_of, escaped, said_by, unescaped
from tests.core.test_issue_body import BODIES, PROSE, is_within, outside
from tests.core.timelines import ANA, TEXTS, any_rows, body_with, composed, row, rows

BEGIN, END = "<!-- musterpoint:timeline -->\n", "<!-- /musterpoint:timeline -->\n"


def said(each: Row) -> str:
    return " ".join(f"{said_by(each)}{each.text}".split())


def region(body: str) -> list[str]:
    return body.partition(BEGIN)[2].partition(END)[0].split("\n")[:-1]


def with_region(body: str, lines: list[str]) -> str:
    head, _, rest = body.partition(BEGIN)
    return "".join([head, BEGIN, *(f"{line}\n" for line in lines), END, rest.partition(END)[2]])


def line_of(body: str, number: int) -> str:
    return next(line for line in body.split("\n") if f"<!-- row entry:{number} -->" in line)


# --- what is written ----------------------------------------------------------------------------------------------


def test_each_row_ends_in_a_key_that_tells_which_one_it_is() -> None:
    lines = region(body_with([row(1, "The pool is full"), row(3, "A night later", None, 900)]))
    assert lines[0].startswith("All times are UTC. <!-- rows ")
    assert lines[1:] == [
        "",
        "### 2026-03-02",
        "",
        "- **09:01** (stated) Ana Ruiz: The pool is full ([entry:1](https://chat.example/p1)) <!-- row entry:1 -->",
        "",
        "### 2026-03-03",
        "",
        "- **00:00** A night later (`entry:3`) <!-- row entry:3 -->",
    ]


@given(any_rows())
def test_without_keys_and_stamp_it_is_the_timeline_of_the_writeup(told: list[Row]) -> None:
    shown = texts(body_with(told))["timeline"].split("\n")
    without = [line.partition(" <!-- rows ")[0].rpartition(" <!-- row ") for line in shown]
    assert [head or tail for head, _, tail in without] == composed(told).text.split("\n")


@given(TEXTS | st.text())
def test_what_is_escaped_reads_back(text: str) -> None:
    assert unescaped(escaped(text)) == " ".join(text.split())


@given(st.text(max_size=100), st.text(max_size=100))
def test_a_key_is_short_and_cannot_end_its_comment(ref: str, other: str) -> None:
    assert row_lines.key_in(row_lines.with_key("- a", ref)) == key_of(ref)
    assert len(key_of(ref)) <= 80
    assert (key_of(ref) == key_of(other)) == (ref == other)


@given(any_rows(), any_rows(), BODIES)
@settings(max_examples=150)
def test_what_stands_there_survives_and_rendering_again_changes_nothing(
    one: list[Row], two: list[Row], body: str
) -> None:
    once = body_with(one, body)
    assert body_with(one, once) == once
    assert not changes(once, once)
    twice = body_with(two, once)
    assert is_within(outside(body), outside(once))
    assert outside(once) == outside(twice)


# --- what people did ----------------------------------------------------------------------------------------------


@given(any_rows(1), st.data())
@settings(max_examples=100)
def test_any_edit_of_rows_in_any_order_is_told_row_by_row(told: list[Row], data: st.DataObject) -> None:
    """Deleted, put differently, sorted anew and written between, all at once: each row for itself, and no word lost."""
    before = body_with(told)
    lines, mine = region(before), {key_of(each.key): each for each in told}
    gone = data.draw(st.sets(st.sampled_from(sorted(mine)), max_size=len(mine) // 2 if len(mine) > 3 else 3))
    new: dict[str, str] = {}
    after: list[str] = []
    for line in lines:
        key = row_lines.key_in(line)
        if key in gone:
            continue
        if key and data.draw(st.booleans()):
            new[key] = data.draw(st.text("abc *[]", min_size=1, max_size=9).map(lambda text: f"now {text}".strip()))
            front = f"- **{mine[key].at:%H:%M}**{basis_of(mine[key])} "
            after.append(front + new[key] + regions.line_inside(line).removeprefix(front + escaped(said(mine[key]))))
            continue
        after.append(line)
    strays = [
        f"Stray {number}, {data.draw(PROSE)}".replace("\n", " ") for number in range(data.draw(st.integers(0, 3)))
    ]
    places = [data.draw(st.integers(1, len(after))) for _ in strays]
    for place, stray in zip(places, strays, strict=True):
        after.insert(place, stray)
    edited = with_region(before, [after[0], *data.draw(st.permutations(after[1:]))])
    found = changes(before, edited)
    assert set(found.rows.dropped) == gone
    assert {each.key: each.text for each in found.rows.reworded} == {
        key: unescaped(text) for key, text in new.items() if unescaped(text) != said(mine[key])
    }
    assert found == Changes(rows=found.rows)
    later = body_with([each for each in told if key_of(each.key) not in gone], edited)
    assert all(outside(later).count(stray.strip()) >= 1 for stray in strays)
    assert body_with(told, later) == body_with(told, body_with(told, later))
    assert outside(body_with(told, later)) == outside(later)


def test_a_line_put_differently_is_told_without_time_and_links() -> None:
    before = body_with([row(1, "a_b fails"), row(2, "ok", status=RowStatus.SUGGESTED)])
    after = before.replace("a\\_b fails", "`a_b` *fails*").replace("ok", "not ok")
    assert changes(before, after) == Changes(
        rows=RowChanges(
            (
                Rewording("entry:1", "Ana Ruiz: a_b fails", "Ana Ruiz: `a_b` *fails*"),
                Rewording("entry:2", "Ana Ruiz: ok", "Ana Ruiz: not ok"),
            )
        )
    )


def test_what_only_looks_different_is_none() -> None:
    before = body_with(rows(5))
    after = before.replace("\n- ", "\n*   ").replace("\n", "  \r\n").replace(" †", "")
    assert not changes(before, after)


def test_what_was_written_behind_a_row_belongs_to_it() -> None:
    before = body_with([row(1, "It fails"), row(2, "Hm")])
    [link] = [line.partition("fails ")[2].partition(" <!--")[0] for line in [line_of(before, 1)]]
    for old, new, text in (
        (f"{link} <!-- row entry:1 -->", f"{link} and how <!-- row entry:1 -->", "It fails and how"),
        ("<!-- row entry:1 -->", "<!-- row entry:1 --> and how", "It fails and how"),
        (f"fails {link}", "fails", None),
        (link, f"{link[:-1]}, [graph](https://g.example))", "It fails ([graph](https://g.example))"),
    ):
        found = changes(before, before.replace(old, new)).rows.reworded
        assert [each.text for each in found] == ([f"Ana Ruiz: {text}"] if text else [])


def test_another_time_is_told_and_is_no_wording() -> None:
    before = body_with([row(1, "It fails"), row(2, "Hm")])
    found = changes(before, before.replace("**09:02**", "**9:20**"))
    assert found.rows.reworded == (Rewording("entry:2", "Ana Ruiz: Hm", "Ana Ruiz: Hm", "9:20"),)


def test_a_deleted_line_is_a_dropped_row_and_so_is_an_emptied_one() -> None:
    before = body_with(rows(6))
    lines = [line for line in before.split("\n") if "row entry:2 " not in line]
    after = "\n".join(lines).replace(line_of(before, 5), "- <!-- row entry:5 -->")
    assert changes(before, after) == Changes(rows=RowChanges(dropped=("entry:5", "entry:2")))


def test_a_line_whose_key_got_lost_is_known_by_what_it_says() -> None:
    before = body_with(rows(6))
    after = before.replace(" <!-- row entry:2 -->", "")
    assert not changes(before, after)
    assert body_with(rows(6), after) == before


def test_what_is_no_row_moves_below_the_region_once() -> None:
    before = body_with(rows(3))
    after = before.replace(line_of(before, 2), f"{line_of(before, 2)}\n  - why?\nAsk Kim.")
    assert not changes(before, after)
    later = body_with(rows(3), after)
    assert later == before.replace(END, f"{END}\n  - why?\nAsk Kim.\n")
    assert body_with(rows(9), later).count("Ask Kim.") == 1


def test_a_copy_with_other_words_is_kept_and_the_row_stays() -> None:
    before = body_with(rows(3))
    line = line_of(before, 2)
    found = changes(before, before.replace(line, f"{line.replace('row 2', 'or so')}\n{line}"))
    assert not found.rows.reworded
    assert "or so" in found.rows.notes[0]


def test_a_timeline_that_is_emptied_at_once_drops_nothing() -> None:
    before = body_with(rows(6))
    assert changes(before, with_region(before, [])) == Changes(rows=RowChanges(emptied=6, stale=True))
    kept = [line for line in region(before) if " row 1 " in line or not line.startswith("- ")]
    assert changes(before, with_region(before, kept)) == Changes(rows=RowChanges(emptied=5))
    mine = with_region(before, ["My own words.", "", "In two paragraphs."])
    assert changes(before, mine).rows.emptied == 6
    assert outside(body_with(rows(6), mine)).count("My own words.\nIn two paragraphs.") == 1


def test_of_few_rows_all_may_be_deleted() -> None:
    before = body_with(rows(3))
    kept = [line for line in region(before) if not line.startswith("- ")]
    assert set(changes(before, with_region(before, kept)).rows.dropped) == {"entry:1", "entry:2", "entry:3"}


def test_what_was_saved_over_a_later_text_deletes_nothing() -> None:
    """Somebody had the issue open while we wrote two more rows into it."""
    found = changes(body_with(rows(8)), body_with(rows(6)).replace("row 3", "line 3"))
    assert found.rows.dropped == ()
    assert found.rows.stale
    assert [each.key for each in found.rows.reworded] == ["entry:3"]


def test_a_timeline_whose_markers_are_gone_is_lost_and_nothing_is_dropped() -> None:
    before = body_with(rows(6))
    after = before.replace(BEGIN, "").replace(END, "")
    assert changes(before, after) == Changes(lost=("timeline",))
    assert changes(after, before).rows.dropped == ()


def test_a_persons_version_of_the_timeline_is_a_part_as_any_other() -> None:
    before = body_with(rows(3), words="At nine it failed.")
    assert "<!-- musterpoint:timeline words -->\nAt nine it failed.\n" in before
    found = changes(before, before.replace("it failed", "all failed"))
    assert [(each.before, each.after) for each in found.parts] == [("At nine it failed.", "At nine all failed.")]


def test_rows_become_words_and_words_become_rows_and_nothing_is_left_behind() -> None:
    first = body_with(rows(3))
    words = body_with(rows(3), first, words="At nine it failed.")
    assert outside(words) == outside(first)
    assert body_with(rows(3), words) == first


def test_lines_of_five_hundred_rows_are_read_at_once() -> None:
    before = body_with([replace(each, who=ANA) for each in rows(500)], limit=10**6)
    hostile = "- <!-- row " * 20_000 + "\n" + "`" * 50_000 + "\n"
    assert len(region(before)) > 500
    assert len(keyed(composed(rows(500))).rows) == 500  # type: ignore[union-attr]  # it has rows
    after = before.replace(BEGIN, BEGIN + hostile)
    assert changes(before, after).rows.dropped == ()
    assert regions.regions(regions.lines_of(body_with(rows(500), after, limit=10**6))).keys()
