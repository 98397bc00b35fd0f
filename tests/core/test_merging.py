"""What was overwritten is put back: everybody's lines stand, as often as somebody wrote them; our regions stay."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from musterpoint.core import regions
from musterpoint.core.issue_body import render, texts
from musterpoint.core.issue_changes import OURS
from musterpoint.core.merging import put_back
from musterpoint.core.process import Process
from musterpoint.core.writeup_parts import PARTS
from tests.core.incidents import incident
from tests.core.test_issue_body import PROSE, part_texts

PLAIN = render(incident(), part_texts(), Process())
NEW = render(incident(), part_texts(["New words"] * len(PARTS)), Process())
LINES = st.sampled_from(["a", "b", "c", "", "## Timeline", "- [ ] d", "<!-- musterpoint:summary -->"]) | PROSE
MORE = st.lists(st.tuples(st.integers(0, 200), LINES), max_size=8)


def outside(body: str) -> Counter[str]:
    lines = regions.lines_of(body)
    for region in sorted(regions.regions(lines).values(), key=lambda each: -each.begin):
        if region.name in OURS:
            del lines[region.begin : region.end + 1]
    told = (regions.without_backslashes(line.strip()) for line in "".join(lines).split("\n"))
    return Counter(line for line in told if line)


@st.composite
def written_into(draw: st.DrawFn, body: str) -> str:
    """The body with lines put in and some taken away, anywhere outside of our regions."""
    lines = regions.lines_of(body)
    taken = {at for each in regions.regions(lines).values() for at in range(each.begin, each.end + 1)}
    gone = draw(st.sets(st.sampled_from(sorted({*range(len(lines))} - taken) or [0]), max_size=4)) - taken
    told: list[str] = []
    inside = False
    new = [each for each in draw(MORE) if "\n" not in each[1]]
    for at, line in enumerate(lines):
        if not inside:
            told += [f"{text}\n" for place, text in new if place == at]
        inside = line.startswith("<!-- musterpoint:") or (inside and not line.startswith("<!-- /musterpoint:"))
        if at not in gone:
            told.append(line)
    return "".join([*told, *(f"{text}\n" for place, text in new if place >= len(lines))])


@given(st.data())
@settings(max_examples=100)
def test_no_line_that_anybody_added_is_lost_and_twice_is_the_same_as_once(data: st.DataObject) -> None:
    base = data.draw(written_into(PLAIN))
    theirs, ours = data.draw(written_into(base)), data.draw(written_into(base))
    merged = put_back(base, theirs, ours)
    here, added = outside(merged), outside(theirs) - outside(base)
    assert not added - here
    assert not (outside(ours) - outside(base)) - here
    assert not (outside(base) & outside(theirs) & outside(ours)) - here
    assert {name: text for name, text in texts(merged).items() if name in OURS} == {
        name: text for name, text in texts(ours).items() if name in OURS
    }
    assert put_back(base, theirs, merged) == merged


@given(st.text(), st.text(), st.text())
def test_any_three_texts_are_merged(base: str, theirs: str, ours: str) -> None:
    merged = put_back(base, theirs, ours)
    assert not (outside(theirs) - outside(base)) - outside(merged)
    assert put_back(base, theirs, merged) == merged


def test_a_sentence_stands_where_its_writer_put_it() -> None:
    theirs = PLAIN.replace("## RCA\n", "Asked the vendor, ticket 4711.\n\n## RCA\n")
    assert put_back(PLAIN, theirs, NEW) == NEW.replace("## RCA\n", "Asked the vendor, ticket 4711.\n\n## RCA\n")


def test_a_changed_sentence_replaces_the_old_one() -> None:
    base, ours = (body.replace("## RCA\n", "The cache was cold.\n\n## RCA\n") for body in (PLAIN, NEW))
    theirs = base.replace("The cache was cold.", "The cache was empty.")
    assert put_back(base, theirs, ours) == ours.replace("The cache was cold.", "The cache was empty.")


def test_a_sentence_that_was_taken_away_goes_again() -> None:
    base, ours = (body.replace("## RCA\n", "Never mind.\n\n## RCA\n") for body in (PLAIN, NEW))
    assert "Never mind." not in put_back(base, PLAIN, ours)


def test_where_both_wrote_both_stand() -> None:
    theirs, ours = (PLAIN.replace("## RCA\n", f"{name} was here.\n## RCA\n") for name in ("Kim", "Ben"))
    merged = put_back(PLAIN, theirs, ours)
    assert "Kim was here.\n" in merged
    assert "Ben was here.\n" in merged


def test_what_was_written_inside_of_our_regions_is_not_put_back() -> None:
    theirs = PLAIN.replace("Summary, in short.", "Nobody could pay.")
    assert put_back(PLAIN, theirs, NEW) == NEW


def test_a_body_of_a_hundred_thousand_characters_is_merged_at_once() -> None:
    base = PLAIN + "\n".join(f"line {number}\n" for number in range(8_000))
    theirs, ours = base.replace("line 4000\n", "line 4000 and more\n"), base.replace("Summary, in", "Summary, quite")
    assert put_back(base, theirs, ours) == ours.replace("line 4000\n", "line 4000 and more\n")
    same = PLAIN + "a\n" * 30_000
    assert outside(put_back(same, same + "b\n", same + "c\n"))["a"] == 30_000
