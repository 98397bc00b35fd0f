"""Writing the write-up together: both texts are kept, the index follows what stands, similar incidents are found."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musterpoint import access, actions
from musterpoint.core.aftermath import ActionStatus
from musterpoint.core.aftermath_journal import WriteupEdit
from musterpoint.core.incident import Status
from musterpoint.core.journal import MarkKind, replay
from musterpoint.integrations.local.chat import Room
from musterpoint.reading import writeup
from tests.actions.telling import (
    BEN,
    brought_in,
    declared,
    message,
    read,
    refused,
    searched,
    secretly_declared,
    source,
    state,
)
from tests.conftest import World


def text(world: World, ref: str, part: str, by: str = "bob") -> str:
    return str(writeup.writeup(world.by(by), ref, part)["parts"][0]["text"])


def test_a_part_is_written_and_composed_again(world: World) -> None:
    ref = declared(world)
    before = text(world, ref, "summary")
    written = actions.write_part(world.by("bob"), ref, "summary", "Checkout was down.")
    assert written.entry is not None
    assert not written.aside
    assert (written.stands.text, written.stands.version) == ("Checkout was down.", written.entry.id)
    assert state(ref).after.parts == {"summary": written.entry.id}
    assert text(world, ref, "summary") == "Checkout was down."
    again = actions.reset_part(world.by("bob"), ref, "summary")
    assert (again.stands.text, again.stands.version) == (before, 0)
    assert text(world, ref, "summary") == before


def test_two_who_write_the_same_part_are_shown_both_texts(world: World) -> None:
    ref = declared(world)
    seen = text(world, ref, "summary")
    actions.write_part(world.by("alice"), ref, "summary", "Alice's", base=seen)
    written = actions.write_part(world.by("bob"), ref, "summary", "Bob's", base=seen)
    assert written.aside
    assert written.stands.text == "Alice's"
    assert [each.text for each in written.stands.versions] == ["Alice's", "Bob's"]
    [shape] = writeup.writeup(world.by("victor"), ref, "summary")["parts"]
    assert [(each["text"], each["aside"], each["stands"]) for each in shape["versions"]] == [
        ("Alice's", False, True),
        ("Bob's", True, False),
    ]


def test_two_who_write_different_parts_both_win(world: World) -> None:
    ref = declared(world)
    summary, impact = text(world, ref, "summary"), text(world, ref, "impact")
    assert not actions.write_part(world.by("alice"), ref, "summary", "Alice's", base=summary).aside
    assert not actions.write_part(world.by("bob"), ref, "impact", "Bob's", base=impact).aside
    assert (text(world, ref, "summary"), text(world, ref, "impact")) == ("Alice's", "Bob's")


def test_a_writer_names_the_version_that_they_saw(world: World) -> None:
    ref = declared(world)
    first = actions.write_part(world.by("alice"), ref, "summary", "One", seen=0).entry
    assert first is not None
    assert actions.write_part(world.by("bob"), ref, "summary", "Late", seen=0).aside
    assert not actions.write_part(world.by("bob"), ref, "summary", "Two", seen=first.id).aside
    with refused("unknown_version"):
        actions.write_part(world.by("bob"), ref, "summary", "Three", seen=first.id + 1000)


def test_nothing_is_recorded_where_nothing_changes(world: World) -> None:
    ref = declared(world)
    actions.write_part(world.by("bob"), ref, "summary", "Same")
    number = len(read(world, ref))
    assert actions.write_part(world.by("alice"), ref, "summary", " Same\r\n", base="other").entry is None
    assert len(read(world, ref)) == number


@pytest.mark.parametrize(
    ("by", "part", "words", "code"),
    [
        ("victor", "summary", "Mine", "read_only"),
        ("bob", "cause", "Mine", "unknown_part"),
        ("bob", "summary", " ", "empty"),
        ("bob", "summary", "x" * 70_000, "too_long"),
    ],
)
def test_what_is_refused_writes_nothing(world: World, by: str, part: str, words: str, code: str) -> None:
    ref = declared(world)
    with refused(code):
        actions.write_part(world.by(by), ref, part, words)


def test_the_write_up_is_done_and_taken_up_again(world: World) -> None:
    ref = declared(world)
    with refused("not_resolved"):
        actions.writeup_done(world.by("bob"), ref)
    actions.resolve(world.by("bob"), ref)
    actions.writeup_done(world.by("bob"), ref)
    assert state(ref).after.writeup_done
    with refused("unchanged"):
        actions.writeup_done(world.by("bob"), ref)
    actions.writeup_reopen(world.by("bob"), ref, "one more cause")
    assert not state(ref).after.writeup_done
    assert replay(ref, read(world, ref)) == state(ref)


def test_a_first_draft_is_there_the_moment_it_is_resolved_and_everything_in_it_is_cited(world: World) -> None:
    ref = declared(world, affected="web shop")
    actions.note(world.by("bob"), ref, "The pool is too small", mark=MarkKind.FINDING)
    actions.did(world.by("bob"), ref, "Made the pool larger")
    actions.resolve(world.by("bob"), ref, reason="larger pool")
    shape = writeup.writeup(world.by("bob"), ref)
    sentences = [each for part in shape["parts"] for each in part["sentences"]]
    assert len(sentences) > 8
    assert all(each["cites"] for each in sentences)
    assert {each["part"] for each in shape["questions"]} >= {"summary", "impact", "trigger", "lucky"}
    assert "Made the pool larger" in text(world, ref, "resolution")


# --- what is found -----------------------------------------------------------------------------------------------


def test_only_what_stands_is_found_by_a_search(world: World) -> None:
    ref = declared(world)
    seen = text(world, ref, "summary")
    actions.write_part(world.by("alice"), ref, "summary", "The aardvark broke out", base=seen)
    assert searched(world, "aardvark") == [(ref, "The aardvark broke out")]
    actions.write_part(world.by("bob"), ref, "summary", "The badger broke out", base=seen)
    assert searched(world, "badger") == []
    actions.write_part(world.by("bob"), ref, "summary", "The capybara broke out")
    assert (searched(world, "aardvark"), searched(world, "capybara")) == ([], [(ref, "The capybara broke out")])
    actions.reset_part(world.by("bob"), ref, "summary")
    assert searched(world, "capybara") == []


def test_after_a_redaction_still_only_what_stands_is_found(real_world: World) -> None:
    world = real_world
    ref = declared(world)
    actions.write_part(world.by("bob"), ref, "summary", "The aardvark has hunter2")
    actions.write_part(world.by("bob"), ref, "summary", "The badger has hunter2")
    actions.redact(world.by("bob"), ref, "a password", text="hunter2")
    assert searched(world, "aardvark") == []
    assert searched(world, "badger") == [(ref, "The badger has [redacted]")]
    assert "hunter2" not in str(writeup.writeup(world.by("bob"), ref))


def test_who_reads_a_thread_that_is_hidden_from_others_writes_nothing_of_it_into_the_write_up(world: World) -> None:
    """What was composed is kept beside a person's words, and shown to everybody who sees the incident."""
    said = [message(0, "checkout is slow"), message(5, "Luckily the zanzibar key was short")]
    ref = brought_in(world, source(*said)).incident
    into = actions.split(world.by("bob"), ref, said[1].key, "Key").ref
    actions.merge(world.by("bob"), into, ref)
    actions.restrict(world.by("bob"), into)
    assert "zanzibar" in str(read(world, ref))
    actions.write_part(world.by("bob"), ref, "lucky", "We were.")
    for by in ("bob", "charlie"):
        assert "zanzibar" not in str(writeup.writeup(world.by(by), ref)["parts"])
    assert "zanzibar" not in str([each.fact for each in read(world, ref, "charlie")])


# --- similar incidents -------------------------------------------------------------------------------------------


def similar(world: World, ref: str, by: str = "bob") -> list[str]:
    return [each["incident"] for each in writeup.similar(world.by(by), ref)["similar"]]


def test_similar_earlier_incidents_are_shown_with_what_is_still_open_of_them(world: World) -> None:
    old = declared(world, "Checkout fails", affected="web shop")
    actions.add_action(world.by("bob"), old, "Alert on the pool", due="2026-04-01")
    actions.add_action(world.by("bob"), old, "Make the pool larger")
    actions.end_action(world.by("bob"), old, 2, ActionStatus.DONE)
    declared(world, "Mails are late", affected="mail relay")
    new = declared(world, "Web shop does not answer", affected="web shop, app")
    [found] = writeup.similar(world.by("bob"), new)["similar"]
    assert (found["incident"], found["title"], found["affected"]) == (old, "Checkout fails", "web shop")
    assert found["shared"]["affected"] == ["web", "shop"]
    assert [each["title"] for each in found["actions"]] == ["Alert on the pool"]
    assert writeup.writeup(world.by("bob"), new)["similar"] == [found]


def test_the_same_contributing_factors_make_incidents_similar(world: World) -> None:
    old = declared(world, "Reports are empty")
    actions.note(world.by("bob"), old, "The connection pool of pgbouncer was exhausted", mark=MarkKind.FINDING)
    new = declared(world, "Logins hang")
    assert similar(world, new) == []
    for words in ("pgbouncer has no connection left in its pool", "the exhausted pool did not recover"):
        actions.note(world.by("bob"), new, words, mark=MarkKind.FINDING)
    assert similar(world, new) == [old]


def test_later_and_cancelled_ones_are_not_similar_earlier_incidents(world: World) -> None:
    old = declared(world, "Checkout fails", affected="web shop")
    cancelled = declared(world, "Checkout fails again", affected="web shop")
    actions.cancel(world.by("bob"), cancelled)
    new = declared(world, "Checkout is slow", affected="web shop")
    declared(world, "Checkout hangs", affected="web shop")
    assert similar(world, new) == [old]


def test_what_a_person_may_not_see_is_similar_to_nothing(world: World) -> None:
    secret = secretly_declared(world, "Checkout leaks")
    actions.correct_text(world.by("bob"), secret, "affected", "web shop")
    new = declared(world, "Checkout is slow", affected="web shop")
    assert similar(world, new, "bob") == [secret]
    assert similar(world, new, "charlie") == []


def test_finding_similar_ones_takes_few_queries_however_many_there_are(world: World) -> None:
    for number in range(12):
        ref = declared(world, f"Checkout fails {number}", affected="web shop")
        actions.note(world.by("bob"), ref, "The pool is too small", mark=MarkKind.FINDING)
    call = world.by("bob")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = writeup.similar(call, ref)["similar"]
    assert len(found) == 5
    assert len(queries) <= 14


def test_an_edit_of_the_thread_changes_what_is_composed_until_somebody_writes_it(world: World) -> None:
    ref = declared(world)
    world.later(1)
    stamp = Room(ref).say(BEN, "Luckily it was Sundae", world.now)
    assert "Sundae" in text(world, ref, "lucky")
    actions.write_part(world.by("bob"), ref, "lucky", "It was a day off.")
    world.later(1)
    Room(ref).edit(BEN, stamp, "Luckily it was Sunday", world.now)
    [shape] = writeup.writeup(world.by("bob"), ref, "lucky")["parts"]
    assert shape["text"] == "It was a day off."
    assert "-- Ben Okafor" in shape["changed"]
    assert "“Luckily it was Sunday”" in shape["changed"]
    [shape] = writeup.writeup(world.by("victor"), ref, "lucky")["parts"]
    assert "Sundae" not in str(shape)
    assert "Sunday" in shape["changed"]


def test_what_is_checked_is_told_with_its_passage(world: World) -> None:
    ref = declared(world)
    actions.write_part(world.by("bob"), ref, "factors", "Bob should have tested it.")
    found = writeup.check(world.by("victor"), ref)["advice"]
    assert ("hindsight", "factors", "Bob should have tested it.") in [
        (each["code"], each["part"], each["passage"]) for each in found
    ]


def test_the_entry_says_what_it_was_written_over(world: World) -> None:
    ref = declared(world)
    composed = text(world, ref, "summary")
    first = actions.write_part(world.by("bob"), ref, "summary", "One").entry
    second = actions.write_part(world.by("bob"), ref, "summary", "Two").entry
    assert first is not None
    assert second is not None
    assert first.fact == WriteupEdit("summary", "One", on=0, composed=composed)
    assert isinstance(second.fact, WriteupEdit)
    assert second.fact.on == first.id
    assert access.find(world.by("bob").actor, ref).state.status is Status.OPEN
