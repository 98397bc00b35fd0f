"""Intake: events are stored first, taken in once, in whatever order they come; a poison event stops nobody."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from musterpoint import actions, intake, reading
from musterpoint.core.incident import Basis, Milestone, time_text
from musterpoint.core.journal import HuddleEnded, MarkKind, ReactionAdded, ReactionRemoved
from musterpoint.core.said import Said
from musterpoint.integrations.local.chat import Room
from musterpoint.integrations.local.chat import read as read_local
from musterpoint.store import models
from tests.actions.telling import (
    BEN,
    CLEO,
    about,
    declared,
    edited,
    message,
    read,
    rows,
    says,
    searched,
    state,
    texts,
)
from tests.conftest import World


def event(world: World, ref: str, stamp: str, **values: Any) -> dict[str, Any]:
    """What the local chat would send."""
    who = {"identity": BEN.identity, "name": BEN.name}
    return {"root": ref, "at": time_text(world.now), "who": who, "stamp": stamp, **values}


def arrives(world: World, key: str, content: Mapping[str, Any]) -> bool:
    return intake.receive("local", key, content, world.now)


def take_in(world: World) -> int:
    return intake.take_in("local", read_local, world.now)


def test_an_event_is_stored_before_it_is_taken_in(world: World) -> None:
    ref = declared(world)
    assert arrives(world, "E1", event(world, ref, "1772442000.000100", type="message", text="down", bot=False))
    assert texts(world, ref) == []
    assert models.Inbound.objects.get().status == "waiting"
    assert take_in(world) == 1
    assert texts(world, ref) == ["down"]
    row = models.Inbound.objects.get()
    assert (row.status, row.data) == ("taken", "")


def test_an_event_that_comes_twice_counts_once(world: World) -> None:
    ref = declared(world)
    content = event(world, ref, "1772442000.000100", type="message", text="down", bot=False)
    assert [arrives(world, "E1", content), arrives(world, "E1", content)] == [True, False]
    assert take_in(world) == 1
    assert not arrives(world, "E1", content)
    assert arrives(world, "E1 by another way", content)
    assert take_in(world) == 0
    assert texts(world, ref) == ["down"]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0)])
def test_the_order_in_which_events_come_makes_no_difference(world: World, order: tuple[int, ...]) -> None:
    ref = declared(world)
    stamp = "1772442000.000100"
    events = [
        event(world, ref, stamp, type="message", text="all pods down", bot=False),
        event(world, ref, stamp, type="edit", text="two pods down"),
        event(world, ref, stamp, type="reaction", name="eyes", on=True),
    ]
    for number in order:
        arrives(world, f"E{number}", events[number])
    assert take_in(world) == 3
    assert texts(world, ref) == ["two pods down"]
    assert searched(world, "two pods") == [(ref, "two pods down")]
    assert searched(world, "all pods") == []
    assert any(isinstance(each.fact, ReactionAdded) for each in read(world, ref))


def test_a_deletion_may_come_before_its_message(world: World) -> None:
    ref = declared(world)
    stamp = "1772442000.000100"
    arrives(world, "E1", event(world, ref, stamp, type="deletion"))
    arrives(world, "E2", event(world, ref, stamp, type="edit", text="hunter3"))
    arrives(world, "E3", event(world, ref, stamp, type="message", text="hunter2", bot=False))
    take_in(world)
    assert searched(world, "hunter2") == searched(world, "hunter3") == []
    (shown,) = [each for each in reading.thread_of(world.by("bob"), ref) if each["kind"] == "message"]
    assert (shown["text"], shown["deleted"]) == ("", True)


def test_an_edit_that_comes_late_does_not_undo_a_newer_one(world: World) -> None:
    ref = declared(world)
    stamp = says(world, ref, "first words")
    early = event(world, ref, stamp, type="edit", text="second words")
    world.later(5)
    Room(ref).edit(BEN, stamp, "third words", world.now)
    arrives(world, "late", early)
    take_in(world)
    assert texts(world, ref) == ["third words"]
    assert searched(world, "third words") == [(ref, "third words")]
    assert searched(world, "second") == searched(world, "first") == []


def test_an_edit_takes_the_old_text_out_and_the_record_keeps_it_for_responders(world: World) -> None:
    ref = declared(world)
    stamp = says(world, ref, "the database is on fire, rolling back")
    world.later(1)
    Room(ref).edit(BEN, stamp, "the database is slow, rolling back", world.now)
    for account in ("bob", "victor"):
        assert texts(world, ref, account) == ["the database is slow, rolling back"]
        assert searched(world, "fire", account) == []
        assert "fire" not in str(rows(world, ref, account))
        assert searched(world, "slow rolling", account) == [(ref, "the database is slow, rolling back")]
    unfolded = reading.thread_of(world.by("bob"), ref, history=True)
    assert "the database is on fire, rolling back" in [each.get("original") for each in unfolded]
    assert "fire" not in str(reading.thread_of(world.by("victor"), ref, history=True))


def test_a_deletion_takes_the_text_out(world: World) -> None:
    ref = declared(world)
    stamp = says(world, ref, "restarted the billing pods")
    actions.mark(world.by("bob"), ref, stamp, MarkKind.ACTION_TAKEN)
    world.later(1)
    Room(ref).delete(BEN, stamp, world.now)
    assert texts(world, ref) == [""]
    assert searched(world, "billing") == []
    assert ("A message was deleted", "action_taken", "kept") in rows(world, ref)
    assert "billing" not in str(rows(world, ref))


def test_reactions_come_and_go(world: World) -> None:
    ref = declared(world)
    stamp = says(world, ref, "rolled back")
    world.later(1)
    Room(ref).react(CLEO, stamp, "white_check_mark", world.now)
    world.later(1)
    Room(ref).react(CLEO, stamp, "white_check_mark", world.now, on=False)
    facts = [type(each.fact) for each in read(world, ref)]
    assert facts[-2:] == [ReactionAdded, ReactionRemoved]


def test_a_huddle_is_told_with_who_was_there(world: World) -> None:
    ref = declared(world)
    room = Room(ref)
    stamp = room.begin_huddle(BEN, "https://chat.example.com/huddle/1", world.now)
    world.later(20)
    room.end_huddle(BEN, stamp, [BEN, CLEO], world.now)
    ended = read(world, ref)[-1]
    assert ended.fact == HuddleEnded((BEN, CLEO))
    assert (ended.at, ended.basis) == (world.now, Basis.RECORDED)


@pytest.mark.parametrize(
    "poison",
    [
        {},
        {"type": "dance"},
        {"type": "message", "text": "no bot said"},
        {"type": "message", "text": 7, "bot": False},
        {"type": "message", "text": "x", "bot": False, "at": "yesterday"},
        {"type": "message", "text": "x", "bot": False, "stamp": "soon"},
        {"type": "message", "text": "x", "bot": False, "root": "no such incident"},
        {"type": "message", "text": "x" * 20 + "\ud800", "bot": False},
        {"type": "message", "text": "x", "bot": False, "who": None},
    ],
    ids=lambda each: "-".join(each) or "empty",
)
def test_a_poison_event_is_parked_and_the_rest_is_taken_in(world: World, poison: dict[str, Any]) -> None:
    ref = declared(world)
    arrives(world, "E1", event(world, ref, "1772442000.000100", type="message", text="before", bot=False))
    arrives(world, "E2", {**event(world, ref, "1772442001.000100"), **poison} if poison else poison)
    arrives(world, "E3", event(world, ref, "1772442002.000100", type="message", text="after", bot=False))
    assert take_in(world) == 2
    assert texts(world, ref) == ["before", "after"]
    (parked,) = intake.parked()
    assert (parked["source"], parked["key"]) == ("local", "E2")
    assert parked["error"]
    assert take_in(world) == 0
    assert len(intake.parked()) == 1
    assert models.Inbound.objects.get(key="E2").data  # kept, to be looked at


def test_sources_are_kept_apart(world: World) -> None:
    ref = declared(world)
    content = event(world, ref, "1772442000.000100", type="message", text="down", bot=False)
    assert intake.receive("other", "E1", content, world.now)
    assert arrives(world, "E1", content)
    assert take_in(world) == 1
    assert models.Inbound.objects.get(source="other").status == "waiting"


def test_a_limit_takes_the_oldest_first(world: World) -> None:
    ref = declared(world)
    for number in range(3):
        stamp = f"177244200{number}.000100"
        arrives(world, f"E{number}", event(world, ref, stamp, type="message", text=f"{number}", bot=False))
    assert intake.take_in("local", read_local, world.now, limit=2) == 2
    assert texts(world, ref) == ["0", "1"]


def test_the_first_person_to_answer_is_the_first_responder(world: World) -> None:
    ref = declared(world)
    world.later(1)
    Room(ref).say(BEN, "[FIRING] errors", world.now, bot=True)
    assert Milestone.FIRST_RESPONDER not in state(ref).milestones
    says(world, ref, "looking")
    moment = state(ref).milestones[Milestone.FIRST_RESPONDER]
    assert (moment.at, moment.basis) == (world.now, Basis.ESTIMATED)
    (shown,) = reading.shown(world.by("bob"), ref)["corrections"]
    assert (shown["field"], shown["why"]) == ("first_responder", "first to answer in the thread")
    says(world, ref, "me too", CLEO)
    assert state(ref).milestones[Milestone.FIRST_RESPONDER] == moment


def test_whoever_leads_was_first_already(world: World) -> None:
    ref = declared(world)
    led = actions.lead(world.by("bob"), ref, world.by("bob").actor.who)
    says(world, ref, "looking")
    moment = state(ref).milestones[Milestone.FIRST_RESPONDER]
    assert (moment.at, moment.basis) == (led.at, Basis.RECORDED)


def test_whoever_looks_at_the_incident_is_told_that_something_came(world: World) -> None:
    ref, other = declared(world), declared(world)
    before = models.Incident.objects.get(ref=ref).version
    unmoved = models.Incident.objects.get(ref=other).version
    says(world, ref, "looking")
    assert models.Incident.objects.get(ref=ref).version > before
    assert models.Incident.objects.get(ref=other).version == unmoved


def test_what_is_written_keeps_its_source_and_its_words_score(world: World) -> None:
    ref = declared(world)
    says(world, ref, "rolled back to 41")
    row = models.Entry.objects.get(kind="message")
    assert (row.source, row.score is not None, row.row_kind) == ("local", True, "action_taken")
    assert json.loads(row.data)["text"] == "rolled back to 41"


def test_an_edit_in_the_same_batch_as_its_message_counts(world: World) -> None:
    ref = declared(world)
    thread = models.Thread.objects.get(root=ref)
    said = message(1, "first words")
    change = edited(said, "last words")
    again = about(said, "edit:again", change.fact, change.at)
    batch: list[Said] = [change, said, again, said]
    assert len(intake.write(thread, batch, "slack", world.now)) == 3
    assert searched(world, "words") == [(ref, "last words")]
    assert intake.write(thread, batch, "slack", world.now) == []
