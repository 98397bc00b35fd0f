"""The write-up: whose text stands, what is kept aside, what changed since, and who may do what."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from musterpoint.core import writeup
from musterpoint.core.aftermath_journal import WriteupDone, WriteupEdit
from musterpoint.core.decision import Actor
from musterpoint.core.incident import Status
from musterpoint.core.journal import MarkKind, StatusChange
from musterpoint.core.writeup_parts import PARTS, Composed, Part, Section
from tests.core.incidents import ALICE, BOB, NOW, VICTOR, incident, refused
from tests.core.writeups import PROCESS, Story, begun, relapsed


def test_a_part_is_composed_until_a_person_writes_it() -> None:
    story = begun()
    before = story.part("summary")
    assert (before.version, before.who, before.versions) == (0, None, ())
    assert before.text == before.composed.text
    story.writes("summary", "  Checkout was down.\r\nFor all.\n")
    after = story.part("summary")
    assert after.text == "Checkout was down.\nFor all."
    assert (after.version, after.who, after.changed) == (story.entries[-1].id, BOB.who, "")
    assert after.composed == before.composed
    assert story.part("impact").version == 0


def test_what_the_record_says_since_is_told_as_a_difference() -> None:
    story = begun()
    story.writes("factors", "Too small a pool.")
    assert story.part("factors").changed == ""
    story.says("The pool is too small", -5, mark=MarkKind.FINDING)
    changed = story.part("factors").changed
    assert "+- Priya Nair at 2026-03-02 09:25 UTC: “The pool is too small”" in changed
    assert not changed.startswith("---")
    assert story.text("factors") == "Too small a pool."
    story.writes("factors", "Too small a pool, and no alert.")
    assert story.part("factors").changed == ""


def test_every_version_is_kept_and_the_last_one_stands() -> None:
    story = begun()
    for text in ("One", "Two", "Three"):
        story.writes("summary", text)
    part = story.part("summary")
    assert [each.text for each in part.versions] == ["One", "Two", "Three"]
    assert part.text == "Three"
    assert [each.fact.on for each in story.entries if isinstance(each.fact, WriteupEdit)] == [
        0,
        *(each.number for each in part.versions[:2]),
    ]


def test_two_who_write_different_parts_both_win() -> None:
    story = begun()
    summary, impact = story.text("summary"), story.text("impact")
    story.writes("summary", "Alice's summary", ALICE, base=summary)
    story.writes("impact", "Bob's impact", BOB, base=impact)
    assert (story.text("summary"), story.text("impact")) == ("Alice's summary", "Bob's impact")


def test_of_two_who_write_the_same_part_the_first_stands_and_the_second_is_kept_aside() -> None:
    story = begun()
    seen = story.text("summary")
    story.writes("summary", "Alice's", ALICE, base=seen)
    story.writes("summary", "Bob's", BOB, base=seen)
    part = story.part("summary")
    assert part.text == "Alice's"
    assert [(each.text, each.aside) for each in part.versions] == [("Alice's", False), ("Bob's", True)]
    story.writes("summary", "Alice's and Bob's", BOB, base="Alice's\n")
    assert story.text("summary") == "Alice's and Bob's"


def test_without_a_base_a_text_is_written_over_what_stands() -> None:
    story = begun()
    story.writes("summary", "Alice's", ALICE)
    story.writes("summary", "Bob's", BOB)
    assert story.text("summary") == "Bob's"


def test_only_a_persons_text_makes_a_conflict() -> None:
    """What is composed may have changed a hundred times while somebody wrote."""
    story = begun()
    story.writes("summary", "Bob's", base="what was composed an hour ago")
    assert story.text("summary") == "Bob's"


def test_nothing_is_written_that_stands_there_already() -> None:
    story = begun()
    for part in (story.part("summary"), story.part("timeline")):
        assert writeup.edit(story.incident, BOB, part, f"\n{part.text}\r\n", NOW, base="something else") is None


def test_a_part_is_composed_again_and_its_versions_stay() -> None:
    story = begun()
    story.writes("summary", "Bob's")
    version = story.part("summary").version
    draft = writeup.reset(story.incident, BOB, story.part("summary"), NOW)
    assert draft.fact == WriteupEdit("summary", on=version, reset=True)
    story.add(draft.fact, 0)
    part = story.part("summary")
    assert (part.version, part.text) == (0, part.composed.text)
    assert [each.text for each in part.versions] == ["Bob's"]
    with refused("unchanged", "“Summary” is composed from the record already."):
        writeup.reset(story.incident, BOB, part, NOW)


def test_a_version_is_named_by_its_number() -> None:
    story = begun()
    for text in ("One", "Two"):
        story.writes("summary", text)
    part = story.part("summary")
    first, second = (each.number for each in part.versions)
    assert [writeup.text_seen(part, each) for each in (0, first, second)] == ["", "One", "Two"]
    with refused("unknown_version", "“Summary” has no version 99.", f"It has: 0, {first}, {second} (0 is composed)."):
        writeup.text_seen(part, 99)


def test_what_was_written_into_the_issue_stands_though_it_crossed_unless_it_is_old_news() -> None:
    story = begun()
    seen = story.text("summary")
    story.writes("summary", "Alice's", ALICE)
    draft = writeup.edit(story.incident, BOB, story.part("summary"), "Bob's", NOW, base=seen, there=True)
    assert draft is not None
    assert isinstance(draft.fact, WriteupEdit)
    assert (draft.fact.over, draft.fact.aside, draft.fact.on) == (True, False, story.part("summary").version)
    story.add(draft.fact, 0)
    story.writes("summary", "Alice's again", ALICE)
    part = story.part("summary")
    assert [each.text for each in part.versions] == ["Alice's", "Bob's", "Alice's again"]
    assert writeup.edit(story.incident, BOB, part, "Bob's", NOW, base=seen, there=True) is None
    back = writeup.edit(story.incident, BOB, part, "Bob's", NOW, base=part.text, there=True)
    assert back is not None


def test_who_saw_only_what_was_composed_conflicts_with_a_person() -> None:
    story = begun()
    story.writes("summary", "Alice's", ALICE)
    part = story.part("summary")
    draft = writeup.edit(story.incident, BOB, part, "Bob's", NOW, base=writeup.text_seen(part, 0))
    assert draft is not None
    assert isinstance(draft.fact, WriteupEdit)
    assert draft.fact.aside


def test_the_write_up_may_be_written_while_the_incident_is_open() -> None:
    story = begun()
    assert story.incident.status is Status.OPEN
    story.writes("summary", "So far…")


@pytest.mark.parametrize(
    ("text", "code", "message", "hint"),
    [
        (" \n", "empty", "The text of “Summary” is empty.", "--composed"),
        ("x" * 60_001, "too_long", "“Summary” has 60001 characters; 60000 is the most.", "link to it"),
    ],
)
def test_no_text_and_too_much_of_it_are_refused(text: str, code: str, message: str, hint: str) -> None:
    story = begun()
    with refused(code, message, hint):
        writeup.edit(story.incident, BOB, story.part("summary"), text, NOW)


def test_a_viewer_writes_nothing() -> None:
    story = relapsed()
    part = story.part("summary")
    with refused("read_only", "Victor may read"):
        writeup.edit(story.incident, VICTOR, part, "Mine", NOW)
    with refused("read_only", "Victor may read"):
        writeup.reset(story.incident, VICTOR, part, NOW)
    with refused("read_only", "Victor may read"):
        writeup.finish(story.incident, VICTOR, NOW)
    with refused("read_only", "Victor may read"):
        writeup.resume(story.incident, VICTOR, NOW)


def test_nothing_is_written_about_what_was_cancelled() -> None:
    story = begun()
    part = story.part("summary")
    with refused("cancelled", "Incident 7 was cancelled."):
        writeup.edit(replace(story.incident, status=Status.CANCELLED), BOB, part, "Mine", NOW)


def test_a_part_that_is_none_is_refused_with_those_that_are() -> None:
    assert writeup.named(" Went-Well ").name == "went_well"
    with refused("unknown_part", "The write-up has no part 'cause'.", "summary, impact, timeline, trigger"):
        writeup.named("cause")
    story = begun()
    with refused("unknown_part", "'post'"):
        writeup.current(story.incident, story.entries, PROCESS, "post")


def test_all_parts_come_in_their_order() -> None:
    story = begun()
    assert [each.part for each in writeup.parts(story.incident, story.entries, PROCESS)] == list(PARTS)
    for each in writeup.parts(story.incident, story.entries, PROCESS):
        assert each == story.part(each.part.name)


def test_another_text_is_versioned_like_a_part() -> None:
    story = begun()
    post = Part("post", "Public post", Section.HEAD)
    part = writeup.part_text(story.incident, story.entries, post, Composed(text="Composed"))
    draft = writeup.edit(story.incident, BOB, part, "Mine", NOW)
    assert draft is not None
    story.add(draft.fact, 0)
    after = writeup.part_text(story.incident, story.entries, post, Composed(text="Composed anew"))
    assert (after.text, after.changed) == ("Mine", "@@ -1 +1 @@\n-Composed\n+Composed anew")


def test_the_write_up_is_done_once_the_incident_is_resolved() -> None:
    story = relapsed()
    draft = writeup.finish(story.incident, BOB, NOW)
    assert draft.fact == WriteupDone(True)
    story.add(draft.fact, 0)
    with refused("unchanged", "is done already"):
        writeup.finish(story.incident, BOB, NOW)
    draft = writeup.resume(story.incident, BOB, NOW, " one more cause ")
    assert draft.fact == WriteupDone(False, "one more cause")
    story.add(draft.fact, 0)
    with refused("unchanged", "is not marked as done"):
        writeup.resume(story.incident, BOB, NOW)
    with refused("not_resolved", "Incident 7 is open", "resolve 7"):
        writeup.finish(incident(), BOB, NOW)


def test_a_relapse_takes_the_write_up_up_again() -> None:
    story = relapsed()
    story.add(WriteupDone(True), 0)
    story.add(StatusChange(Status.OPEN, relapse=True), 0)
    assert not story.incident.after.writeup_done


EDITS = some.tuples(
    some.sampled_from([ALICE, BOB]),
    some.sampled_from(["summary", "impact"]),
    some.sampled_from(["A", "B", "C"]),
    some.sampled_from([None, "A", "B", "composed", "stands"]),
)


@given(some.lists(EDITS, max_size=12))
def test_nothing_that_a_person_wrote_is_ever_lost(edits: list[tuple[Actor, str, str, str | None]]) -> None:
    story, written = begun(), list[tuple[str, str]]()
    for actor, name, text, base in edits:
        part = story.part(name)
        seen = {"composed": part.composed.text, "stands": part.text}.get(base or "", base)
        draft = writeup.edit(story.incident, actor, part, text, NOW, base=seen)
        if draft is None:
            assert text == part.text
            continue
        written.append((name, text))
        story.add(draft.fact, 0)
        after = story.part(name)
        assert isinstance(draft.fact, WriteupEdit)
        assert after.text == (part.text if draft.fact.aside else text)
    for name in ("summary", "impact"):
        kept = [each.text for each in story.part(name).versions]
        assert kept == [text for part, text in written if part == name]


@given(some.text(), some.text())
def test_a_difference_is_empty_only_between_equal_texts(before: str, after: str) -> None:
    assert (writeup.difference(before, after) == "") == (before.splitlines() == after.splitlines())


def test_a_story_without_words_has_no_versions() -> None:
    assert all(not part.versions for part in Story().parts().values())
