"""The thread a window at a time says what the whole says; what is new since a look is told once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musterpoint import actions, reading
from musterpoint.core import conversation
from musterpoint.core.incident import Severity
from musterpoint.core.journal import KIND_OF, File, MarkKind, Redaction, Verdict
from musterpoint.core.thread_journal import Deletion
from musterpoint.reading.thread import (
    IN_FLIGHT,
    MANY,
    Cursor,
    News,
    thread_entry,
    thread_news,
    thread_window,
)
from musterpoint.store import models, window
from musterpoint.web.live import poller, read_cursor
from tests.actions.telling import (
    about,
    brought_in,
    declared,
    edited,
    message,
    reacted,
    refused,
    says,
    secretly_declared,
    source,
)
from tests.conftest import World


def everything(world: World) -> str:
    """The reference of an incident with every kind of entry in its thread."""
    said = [message(each, f"message {each}", digest=f"d{each}") for each in range(12)]
    gone = about(said[4], f"deletion:{said[4].key}", Deletion(said[4].ref), said[4].at + timedelta(minutes=3))
    file = about(
        said[5], f"file:{said[5].key}", File(said[5].ref, "graph.png", "png", "https://files.example/g"), said[5].at
    )
    changes = [edited(said[2], "message 2, better"), edited(said[2], "message 2, best", after=2), gone, file]
    ref = brought_in(world, source(*said, *changes, reacted(said[1], "eyes"))).incident
    second = actions.note(world.by("bob"), ref, "written here")
    actions.mark(world.by("bob"), ref, str(second.id), MarkKind.FINDING)
    actions.mark(world.by("bob"), ref, said[7].key, MarkKind.DECISION)
    actions.mark(world.by("bob"), ref, said[7].key, MarkKind.DECISION, on=False)
    actions.curate(world.by("bob"), ref, said[8].key, Verdict.DROP)
    actions.severity(world.by("bob"), ref, Severity.MAJOR)
    actions.note(world.by("alice"), ref, "an hour ago", world.now - timedelta(hours=1), MarkKind.ACTION_TAKEN)
    actions.redact(world.by("bob"), ref, "a secret", entry=said[9].key)
    return ref


def windows(world: World, ref: str, size: int, by: str = "bob") -> list[dict[str, Any]]:
    """All windows one after the other, from the newest back, put in order."""
    found: list[dict[str, Any]] = []
    before = ""
    while True:
        shown = thread_window(world.by(by), ref, before, size)
        assert len(shown.entries) <= size
        found = [*shown.entries, *found]
        if not shown.earlier:
            return found
        before = str(shown.entries[0]["id"])


@pytest.mark.parametrize("size", [1, 5, 100])
@pytest.mark.parametrize("by", ["bob", "victor"])
def test_all_windows_together_say_what_the_whole_thread_says(world: World, size: int, by: str) -> None:
    ref = everything(world)
    whole = reading.thread_of(world.by(by), ref, history=True)
    expected = [each for each in whole if each["kind"] not in window.ABOUT]
    found = windows(world, ref, size, by)
    names = set(expected[0]) | {"original"}
    assert [{name: each[name] for name in each if name in names} for each in found] == expected
    assert len(found) > 15


def test_facts_about_an_entry_stand_with_it(world: World) -> None:
    ref = everything(world)
    shown = {each["text"]: each for each in windows(world, ref, 100)}
    best = shown["message 2, best"]
    assert [each["text"] for each in best["versions"]] == ["message 2", "message 2, better"]
    assert shown["message 1"]["reactions"] == [{"name": "eyes", "count": 1}]
    assert shown["written here"]["marks"] == [{"mark": "finding", "who": "Bob"}]
    assert shown["message 7"]["marks"] == []
    assert shown["message 8"]["verdict"] == "drop"
    assert shown[""]["deleted"]
    assert [each["text"] for each in shown[""]["versions"]] == ["message 4"]
    assert shown["[redacted]"]["redacted"]
    assert all(each["versions"] == [] for each in windows(world, ref, 100, "victor"))


def test_what_is_shown_with_another_entry_is_what_the_timeline_folds_into_it() -> None:
    folded = {KIND_OF[each] for each in conversation._ABOUT - {File, Redaction}}
    assert set(window.ABOUT) == folded


def test_a_window_costs_the_same_however_long_the_thread_is(world: World) -> None:
    counts = []
    for length in (10, 400):
        said = [message(each / 10, f"message {each}", channel=f"C{length}") for each in range(length)]
        ref = brought_in(world, source(*said, channel=f"C{length}")).incident
        call = world.by("bob")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert len(thread_window(call, ref).entries) == min(length + 2, 100)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 12


def test_an_entry_of_another_incident_is_no_place_to_begin(world: World) -> None:
    ref, secret = declared(world), secretly_declared(world)
    hidden = actions.note(world.by("bob"), secret, "the bucket is open")
    for number in (str(hidden.id), "999999", "9" * 30, "x", "-1", "1.5", "²"):
        with refused("not_found"):
            thread_window(world.by("charlie"), ref, number)
        with refused("not_found"):
            thread_entry(world.by("charlie"), ref, number)


def test_a_stretch_that_a_restricted_incident_reads_too_is_in_no_window(world: World) -> None:
    said = [message(0, "checkout is slow"), message(1, "rolled back"), message(5, "the key leaks")]
    ref = brought_in(world, source(*said)).incident
    into = actions.split(world.by("bob"), ref, said[2].key, "Key").ref
    actions.restrict(world.by("bob"), into)
    for account in ("charlie", "bob"):
        told = " ".join(each["text"] for each in windows(world, ref, 2, account))
        assert "rolled back" in told
        assert "the key leaks" not in told
    assert "the key leaks" in str(windows(world, into, 2))


def test_an_import_that_is_not_whole_is_in_no_window(world: World) -> None:
    said = [message(0, "checkout is slow"), message(1, "rolled back")]
    ref = brought_in(world, source(*said)).incident
    models.Import.objects.update(status="running")
    assert "rolled back" not in str(windows(world, ref, 10))


# --- what is new --------------------------------------------------------------------------------------------------


@pytest.fixture
def look(world: World) -> Callable[..., News | None]:
    """Looks at an incident as a page does, again and again; each look goes on from the one before."""
    cursors: dict[str, Cursor] = {}

    def looks(ref: str, by: str = "charlie") -> News | None:
        call = world.by(by)
        world.later(-1)  # looking takes no time: what was just written is just written
        call = replace(call, now=world.now)
        if ref not in cursors:
            cursors[ref] = thread_window(call, ref).cursor
            return None
        news = thread_news(call, ref, cursors[ref])
        if news is not None:
            seen = poller(ref, news.cursor).partition("seen=")[2]
            first = str(cursors[ref].first or "")
            cursors[ref] = read_cursor(seen, first) if news.anew is None else news.cursor
        return news

    return looks


Look = Callable[..., News | None]


def told(news: News | None) -> list[str]:
    assert news is not None
    assert news.anew is None
    return [each["text"] for each in news.new]


def test_what_somebody_writes_is_told_once(world: World, look: Look) -> None:
    ref = declared(world)
    look(ref)
    assert look(ref) is None
    actions.note(world.by("bob"), ref, "one")
    actions.severity(world.by("bob"), ref, Severity.MINOR)
    says(world, ref, "two")
    assert told(look(ref))[:3] == ["one", "Bob set the severity to minor", "two"]
    assert look(ref) is None
    actions.note(world.by("bob"), ref, "three")
    assert told(look(ref)) == ["three"]


def test_an_edit_a_deletion_a_mark_and_a_curation_change_the_entry_they_are_about(world: World, look: Look) -> None:
    ref = declared(world)
    entry = actions.note(world.by("bob"), ref, "one")
    stamp = says(world, ref, "two")
    look(ref)
    actions.mark(world.by("bob"), ref, str(entry.id), MarkKind.FINDING)
    news = look(ref)
    assert news is not None
    assert (news.new, [each["marks"][0]["mark"] for each in news.changed]) == ([], ["finding"])
    actions.curate(world.by("bob"), ref, stamp, Verdict.KEEP)
    news = look(ref)
    assert news is not None
    assert [each["verdict"] for each in news.changed] == ["keep"]
    actions.note(world.by("bob"), ref, "three", mark=MarkKind.DECISION)
    news = look(ref)
    assert news is not None
    assert [each["marks"][0]["mark"] for each in news.new] == ["decision"]
    assert news.changed == []


def test_what_happened_earlier_is_put_in_its_place(world: World, look: Look) -> None:
    ref = declared(world)
    first = actions.note(world.by("bob"), ref, "one")
    actions.note(world.by("bob"), ref, "three")
    look(ref)
    actions.note(world.by("bob"), ref, "two", first.at + timedelta(seconds=10))
    news = look(ref)
    assert news is not None
    assert news.new == []
    assert [(number, each["text"]) for number, each in news.between] == [(first.id, "two")]


def test_what_stands_before_all_that_is_shown_is_not_put_into_it(world: World) -> None:
    ref = declared(world)
    actions.note(world.by("bob"), ref, "one")
    begun = world.now
    for each in range(3):
        actions.note(world.by("bob"), ref, f"later {each}")
    seen = thread_window(world.by("charlie"), ref, limit=2).cursor
    early = actions.note(world.by("bob"), ref, "early", begun + timedelta(seconds=1))
    actions.mark(world.by("bob"), ref, str(early.id), MarkKind.FINDING)
    news = thread_news(world.by("charlie"), ref, seen)
    assert news is not None
    assert (news.new, news.between, news.changed, news.anew) == ([], [], [], None)


def test_an_entry_that_was_committed_after_a_later_one_is_not_lost(world: World, look: Look) -> None:
    """Numbers are given out before the commit: of two writers the first may be the last to be seen."""
    ref = declared(world)
    call = world.by("bob")
    actions.note(call, ref, "slow")
    actions.note(call, ref, "quick")
    slow = models.Entry.objects.get(kind="note", data__contains="slow")
    models.Entry.objects.filter(pk=slow.pk).delete()  # as if it were not committed yet
    look(ref)
    slow.save(force_insert=True)
    models.Incident.objects.filter(ref=ref).update(version=99)
    news = look(ref)
    assert news is not None
    assert [each["text"] for _, each in news.between] == ["slow"]
    assert look(ref) is None


def test_the_numbers_that_are_remembered_are_forgotten_again(world: World) -> None:
    ref = declared(world)
    for each in range(20):
        actions.note(world.by("bob"), ref, f"note {each}")
    world.later(IN_FLIGHT.total_seconds() / 60 + 1)
    seen = thread_window(world.by("charlie"), ref).cursor
    assert seen.told == frozenset()


@pytest.mark.parametrize("what", ["redacted", "split", "merged", "many", "old numbers"])
def test_after_a_larger_change_the_newest_window_is_told(world: World, look: Look, what: str) -> None:
    ref, other = declared(world), declared(world, "Login fails")
    actions.note(world.by("bob"), ref, "the password is hunter2")
    second = actions.note(world.by("bob"), ref, "second")
    look(ref)
    match what:
        case "redacted":
            actions.redact(world.by("bob"), ref, "a secret", text="hunter2")
        case "split":
            actions.split(world.by("bob"), ref, str(second.id), "Two")
        case "merged":
            actions.merge(world.by("bob"), other, ref)
        case "many":
            for each in range(MANY + 1):
                actions.note(world.by("bob"), ref, f"note {each}")
        case "old numbers":
            models.Incident.objects.filter(ref=ref).update(version=99)
    news = look(ref)
    assert news is not None
    assert news.anew is not None
    assert news.anew.entries == thread_window(world.by("charlie"), ref).entries
    assert ("hunter2" in str(news.anew.entries)) == (what != "redacted")
    assert look(ref) is None


def test_news_of_one_that_was_restricted_meanwhile_are_refused(world: World, look: Look) -> None:
    ref = declared(world)
    look(ref)
    actions.restrict(world.by("bob"), ref)
    with refused("cancelled"):
        look(ref)
    assert thread_news(world.by("charlie"), ref, Cursor()) is None


def test_a_look_without_news_costs_next_to_nothing(world: World) -> None:
    ref = declared(world)
    call = world.by("charlie")
    seen = thread_window(call, ref).cursor
    with CaptureQueriesContext(connection) as captured:
        assert thread_news(call, ref, seen) is None
    assert len(captured) == 1


@pytest.mark.parametrize("seen", ["", "x", "1_2_3", "1_2_x_", "1_2__9999999999999999999.1", "²_1__", f"1_{'9' * 20}__"])
def test_what_no_page_wrote_is_read_as_having_seen_nothing(seen: str) -> None:
    assert read_cursor(seen, "") == Cursor()


def test_a_cursor_is_read_as_it_was_written(world: World) -> None:
    ref = declared(world)
    call = world.by("bob")
    actions.note(call, ref, "hello")
    cursor = thread_window(call, ref).cursor
    assert cursor.told
    seen = poller(ref, cursor).partition("seen=")[2]
    assert read_cursor(seen, str(cursor.first)) == cursor
