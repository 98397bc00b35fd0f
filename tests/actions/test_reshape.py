"""Split and merge: which incident reads what. Entries are never copied."""

from __future__ import annotations

from datetime import timedelta

from musterpoint import access, actions, reading
from musterpoint.core.incident import Basis, Milestone, Status
from musterpoint.core.journal import MarkKind, Note, Verdict
from musterpoint.integrations.local.chat import Room
from musterpoint.store import models
from tests.actions.telling import (
    BEN,
    brought_in,
    declared,
    edited,
    message,
    read,
    refused,
    rows,
    says,
    searched,
    secretly_declared,
    source,
    state,
    texts,
)
from tests.conftest import World

CHECKOUT = [message(0, "checkout answers 502"), message(1, "rolling back checkout")]
MAIL = [message(5, "mail is down too"), message(6, "restarted the mail queue")]


def two_in_one(world: World) -> str:
    return brought_in(world, source(*CHECKOUT, *MAIL)).incident


def test_the_new_incident_reads_the_chat_from_the_entry_on(world: World) -> None:
    ref = two_in_one(world)
    before = models.Entry.objects.filter(kind="message").count()
    into = actions.split(world.by("bob"), ref, MAIL[0].ref, "Mail is down")
    assert texts(world, ref) == ["checkout answers 502", "rolling back checkout"]
    assert texts(world, into.ref) == ["mail is down too", "restarted the mail queue"]
    assert models.Entry.objects.filter(kind="message").count() == before
    detected = into.milestones[Milestone.DETECTED]
    assert (detected.at, detected.basis) == (MAIL[0].at, Basis.ESTIMATED)
    assert state(into.ref) == into
    assert searched(world, "mail queue") == [(into.ref, "restarted the mail queue")]
    told = f"Bob split incident {into.ref} off incident {ref}"
    for each in (ref, into.ref):
        assert told in [shown["text"] for shown in reading.thread_of(world.by("bob"), each)]


def test_what_is_said_in_the_chat_afterwards_belongs_to_the_new_one(world: World) -> None:
    ref = two_in_one(world)
    into = actions.split(world.by("bob"), ref, MAIL[0].ref, "Mail is down").ref
    brought_in(world, source(*CHECKOUT, *MAIL, message(9, "queue is empty again")))
    assert texts(world, into)[-1] == "queue is empty again"
    assert len(texts(world, ref)) == 2


def test_an_edit_of_an_old_message_stays_with_it(world: World) -> None:
    ref = two_in_one(world)
    into = actions.split(world.by("bob"), ref, MAIL[0].ref, "Mail is down").ref
    late = edited(CHECKOUT[1], "rolled back checkout to 41", after=30)
    brought_in(world, source(*CHECKOUT, late, *MAIL))
    assert texts(world, ref)[-1] == "rolled back checkout to 41"
    assert "rolled back checkout to 41" not in texts(world, into)


def test_marks_and_curation_go_with_their_message(world: World) -> None:
    ref = two_in_one(world)
    for said, kind in ((CHECKOUT[1], MarkKind.ACTION_TAKEN), (MAIL[0], MarkKind.FINDING)):
        actions.mark(world.by("bob"), ref, said.key, kind)
    actions.curate(world.by("bob"), ref, MAIL[1].key, Verdict.REWORD, text="The queue was restarted")
    into = actions.split(world.by("bob"), ref, MAIL[0].ref, "Mail is down").ref
    kept = [(text, kind) for text, kind, status in rows(world, ref) if status == "kept" and kind != "status"]
    assert kept == [("rolling back checkout", "action_taken")]
    kept = [(text, kind) for text, kind, status in rows(world, into) if status == "kept" and kind != "status"]
    assert kept[0] == ("mail is down too", "finding")
    assert kept[1][0] == "The queue was restarted"
    actions.mark(world.by("bob"), into, MAIL[0].key, MarkKind.FINDING, on=False)
    assert ("mail is down too", "finding", "kept") not in rows(world, into)


def test_notes_move_too_and_later_ones_stay_where_they_are_written(world: World) -> None:
    ref = declared(world)
    for text in ("checkout answers 502", "mail is down too"):
        actions.note(world.by("bob"), ref, text)
    stamp = says(world, ref, "the queue is full")
    second = next(each for each in read(world, ref) if each.fact == Note("mail is down too"))
    into = actions.split(world.by("bob"), ref, second.ref, "Mail is down").ref
    assert texts(world, ref) == ["checkout answers 502"]
    assert texts(world, into) == ["mail is down too", "the queue is full"]
    actions.note(world.by("bob"), ref, "rolled back")
    says(world, ref, "checkout is fine")
    actions.note(world.by("bob"), into, "queue restarted")
    says(world, into, "mails flow")
    assert texts(world, ref) == ["checkout answers 502", "rolled back", "checkout is fine"]
    assert texts(world, into) == ["mail is down too", "the queue is full", "queue restarted", "mails flow"]
    world.later(1)
    Room(ref).edit(BEN, stamp, "the mail queue is full", world.now)
    assert texts(world, into)[1] == "the mail queue is full"


def test_a_later_note_about_earlier_stays_where_it_is_written(world: World) -> None:
    ref = declared(world)
    first, second = (actions.note(world.by("bob"), ref, text) for text in ("checkout answers 502", "mail is down too"))
    into = actions.split(world.by("bob"), ref, second.ref, "Mail is down").ref
    done = actions.did(world.by("bob"), ref, "rolled back", second.at + timedelta(seconds=10))
    assert texts(world, ref) == ["checkout answers 502", "rolled back"]
    assert texts(world, into) == ["mail is down too"]
    assert ("rolled back", "action_taken", "kept") in rows(world, ref)
    before = actions.note(world.by("bob"), into, "the queue grew", first.at)
    assert texts(world, into) == ["the queue grew", "mail is down too"]
    assert (done.at, before.at) == (second.at + timedelta(seconds=10), first.at)


def test_what_is_split_off_is_split_again(world: World) -> None:
    search = [message(20, "now the search"), message(21, "index gone")]
    ref = brought_in(world, source(*CHECKOUT, *MAIL, *search)).incident
    second = actions.split(world.by("bob"), ref, MAIL[0].key, "Mail").ref
    third = actions.split(world.by("bob"), second, search[1].key, "Search").ref
    assert [len(texts(world, each)) for each in (ref, second, third)] == [2, 3, 1]
    first_again = actions.split(world.by("bob"), ref, CHECKOUT[1].key, "Rollback").ref
    assert texts(world, first_again) == ["rolling back checkout"]
    assert [len(texts(world, each)) for each in (ref, second, third)] == [1, 3, 1]


def test_a_split_of_the_own_page_is_split_again(world: World) -> None:
    ref = declared(world)
    notes = [actions.note(world.by("bob"), ref, text) for text in ("one", "two", "three", "four")]
    second = actions.split(world.by("bob"), ref, notes[1].ref, "Second").ref
    actions.note(world.by("bob"), second, "of the second")
    third = actions.split(world.by("bob"), second, notes[3].ref, "Third").ref
    actions.note(world.by("bob"), second, "later of the second")
    assert texts(world, ref) == ["one"]
    assert texts(world, second) == ["two", "three", "later of the second"]
    assert texts(world, third) == ["four", "of the second"]


def test_the_huddles_thread_is_cut_at_the_same_moment(world: World) -> None:
    huddle = [message(each, f"in the huddle {each}", channel="C7CHECKOUT") for each in (2, 7)]
    ref = brought_in(world, source(*CHECKOUT, *MAIL), source(*huddle, role="huddle")).incident
    into = actions.split(world.by("bob"), ref, MAIL[0].key, "Mail").ref
    assert "in the huddle 2" in texts(world, ref)
    assert "in the huddle 7" in texts(world, into)
    assert len(texts(world, ref)) == len(texts(world, into)) == 3


def test_something_must_be_left_and_it_must_be_part_of_a_thread(world: World) -> None:
    ref = two_in_one(world)
    with refused("nothing_left"):
        actions.split(world.by("bob"), ref, CHECKOUT[0].key, "All")
    with refused("not_in_thread"):
        actions.split(world.by("bob"), ref, read(world, ref)[-2].ref, "Declaration")
    with refused("not_found"):
        actions.split(world.by("bob"), ref, "slack:C7/0.1", "Nothing")
    with refused("empty"):
        actions.split(world.by("bob"), ref, MAIL[0].key, " ")
    with refused("read_only"):
        actions.split(world.by("victor"), ref, MAIL[0].key, "Mail")


def test_an_edit_of_the_first_message_does_not_begin_a_second_incident(world: World) -> None:
    change = edited(CHECKOUT[0], "checkout answers 503")
    ref = brought_in(world, source(CHECKOUT[0], change, *MAIL)).incident
    with refused("nothing_left"):
        actions.split(world.by("bob"), ref, change.ref, "All")


def test_what_is_split_off_a_restricted_incident_is_restricted(world: World) -> None:
    ref = secretly_declared(world)
    for text in ("first key", "second key"):
        actions.note(world.by("bob"), ref, text)
    into = actions.split(world.by("bob"), ref, read(world, ref)[-1].ref, "Second key")
    assert into.ref.startswith("s-")
    assert state(into.ref).members == state(ref).members
    assert texts(world, into.ref, "sirt") == ["second key"]


def test_a_duplicate_is_merged_and_linked(world: World) -> None:
    first, second = two_in_one(world), declared(world, "Checkout is down")
    actions.note(world.by("bob"), second, "I cannot pay")
    actions.merge(world.by("bob"), second, first)
    assert (state(second).status, state(second).duplicate_of) == (Status.CANCELLED, first)
    assert texts(world, first) == [
        "checkout answers 502",
        "rolling back checkout",
        "mail is down too",
        "restarted the mail queue",
        "I cannot pay",
    ]
    assert texts(world, second) == ["I cannot pay"]
    assert {incident for incident, _ in searched(world, "cannot pay")} == {first, second}
    with refused("cancelled"):
        actions.note(world.by("bob"), second, "more")
    with refused("cancelled"):
        actions.merge(world.by("bob"), second, first)


def test_what_both_read_is_read_once(world: World) -> None:
    ref = two_in_one(world)
    into = actions.split(world.by("bob"), ref, MAIL[0].key, "Mail").ref
    actions.merge(world.by("bob"), into, ref)
    ids = [each.id for each in read(world, ref)]
    assert len(ids) == len(set(ids))
    assert len(texts(world, ref)) == 4


def test_an_incident_is_not_merged_into_itself_or_by_a_viewer(world: World) -> None:
    first, second = declared(world), declared(world)
    with refused("same_incident"):
        actions.merge(world.by("bob"), first, f"#{first}")
    with refused("read_only"):
        actions.merge(world.by("victor"), second, first)
    with refused("not_found"):
        actions.merge(world.by("bob"), second, "99")


def test_merging_never_shows_what_is_restricted(world: World) -> None:
    ref, secret = declared(world), secretly_declared(world)
    with refused("would_leak"):
        actions.merge(world.by("bob"), secret, ref)


def test_what_is_merged_into_a_restricted_incident_is_hidden_with_it(world: World) -> None:
    world.runs(chat="bridge", chat_url="http://127.0.0.1:1")
    ref, secret = declared(world), secretly_declared(world)
    actions.note(world.by("bob"), ref, "somebody has our key")
    actions.merge(world.by("bob"), ref, secret)
    assert "somebody has our key" in texts(world, secret)
    for account in ("alice", "adele", "charlie", "victor"):
        actor = world.by(account).actor
        stub = access.find(actor, ref)
        assert (stub.row, stub.state.duplicate_of, stub.state.title) == (None, "", f"Incident {ref}")
        assert access.listing(actor) == []
        assert access.found(actor, "somebody") == []
    assert access.find(world.by("sirt").actor, ref).state.duplicate_of == secret
    assert not models.Effect.objects.filter(status="waiting").exists()
