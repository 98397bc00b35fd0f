"""Several events are taken in by one transaction; each stands for itself all the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError

from musterpoint import actions, effects, intake
from musterpoint.core.incident import Basis, Milestone, Who
from musterpoint.core.journal import Edit, ReactionAdded
from musterpoint.core.said import Said
from musterpoint.store import models
from tests.actions.telling import BEN, CLEO, about, counted, declared, message, reacted, searched, state
from tests.conftest import World

SOURCE = "elsewhere"


class Reader:
    """What is stored names what it does: a word, and whom or what it is about."""

    def __init__(self, world: World, *threads: models.Thread) -> None:
        self.world, self.threads = world, threads
        self.happened: list[str] = []
        self.known = False

    def __call__(self, event: Mapping[str, Any]) -> intake.Told | intake.Asked | None:
        does, number, thread = event["does"], event["number"], self.threads[event["number"] % len(self.threads)]
        match does:
            case "says":
                then = lambda: self.happened.append(f"then {number}")  # noqa: E731
                return intake.Told(thread, [message(number, f"said {number}")], then)
            case "asks":
                return intake.Asked(lambda: self.asked(number))
            case "waits" if not self.known:
                raise intake.NotYet("who", lambda: self.happened.append(f"find out {number}"), 5)
            case "fails":
                raise RuntimeError("poison")
            case "fails later":
                return intake.Told(thread, [message(number, f"said {number}")], self.fail)
            case "breaks the transaction":
                models.Thread.objects.create(workspace=thread.workspace, channel=thread.channel, root=thread.root)
        return None

    def asked(self, number: int) -> None:
        self.happened.append(f"asked {number}")
        actions.note(self.world.by("bob"), self.threads[0].readings.get().incident.ref, f"note {number}")

    def fail(self) -> None:
        raise ValueError("poison afterwards")


@pytest.fixture
def threads(world: World) -> list[models.Thread]:
    found = []
    for channel in ("C1", "C2", "C3"):
        thread = models.Thread.objects.create(workspace="T1", channel=channel, root="1.000000")
        incident = models.Incident.objects.get(ref=declared(world))
        models.Reading.objects.create(incident=incident, thread=thread, role="chat")
        found.append(thread)
    return found


def stored(world: World, *events: str) -> None:
    for number, does in enumerate(events):
        intake.receive(SOURCE, f"E{number}", {"does": does, "number": number}, world.now)


def became() -> list[str]:
    return list(models.Inbound.objects.filter(source=SOURCE).order_by("id").values_list("status", flat=True))


def test_what_is_told_comes_in_together_and_then_what_follows(world: World, threads: list[models.Thread]) -> None:
    read = Reader(world, *threads)
    stored(world, *["says"] * 7)
    assert intake.take_in(SOURCE, read, world.now) == 7
    assert [each.entries.count() for each in threads] == [3, 2, 2]
    assert read.happened == [f"then {number}" for number in range(7)]
    assert became() == ["taken"] * 7
    assert searched(world, "said 5")


def test_each_incident_is_told_once_of_what_came_together(world: World, threads: list[models.Thread]) -> None:
    before = [each.version for each in models.Incident.objects.order_by("pk")]
    stored(world, *["says"] * 9)
    intake.take_in(SOURCE, Reader(world, *threads), world.now)
    assert [each.version for each in models.Incident.objects.order_by("pk")] == [each + 1 for each in before]


@pytest.mark.parametrize("poison", ["fails", "fails later", "breaks the transaction"])
def test_a_poison_event_among_others_concerns_itself_alone(
    world: World, threads: list[models.Thread], poison: str
) -> None:
    stored(world, "says", "says", poison, "says")
    read = Reader(world, *threads)
    assert intake.take_in(SOURCE, read, world.now) == 3
    assert became() == ["taken", "taken", "parked", "taken"]
    assert read.happened[-3:] == ["then 0", "then 1", "then 3"]
    assert models.Entry.objects.filter(kind="message").count() == 3
    assert intake.take_in(SOURCE, read, world.now) == 0


def test_what_is_asked_for_is_done_in_its_turn(world: World, threads: list[models.Thread]) -> None:
    read = Reader(world, *threads)
    stored(world, "says", "asks", "asks", "says")
    assert intake.take_in(SOURCE, read, world.now) == 2
    assert read.happened == ["then 0", "asked 1", "asked 2", "then 3"]
    assert became() == ["taken"] * 4


def test_an_event_that_waits_is_looked_at_again_when_it_says(world: World, threads: list[models.Thread]) -> None:
    read = Reader(world, *threads)
    stored(world, "waits", "says")
    assert intake.take_in(SOURCE, read, world.now) == 1
    assert became() == ["waiting", "taken"]
    assert "find out 0" in read.happened
    read.known = True
    assert intake.take_in(SOURCE, read, world.now + timedelta(seconds=4)) == 0
    assert became()[0] == "waiting"
    intake.take_in(SOURCE, read, world.now + timedelta(seconds=6))
    assert became()[0] == "taken"


def test_an_event_may_wait_for_one_that_comes_with_it(world: World, threads: list[models.Thread]) -> None:
    read = Reader(world, *threads)
    stored(world, "says", "waits")
    tell = threads[0].entries.filter(kind="message").exists

    def knows(event: Mapping[str, Any]) -> intake.Told | intake.Asked | None:
        read.known = tell()
        return read(event)

    intake.take_in(SOURCE, knows, world.now)
    assert became() == ["taken", "taken"]
    assert "find out 1" not in read.happened


def test_an_event_that_waited_for_an_hour_is_left(world: World, threads: list[models.Thread]) -> None:
    stored(world, "waits")
    read = Reader(world, *threads)
    intake.take_in(SOURCE, read, world.now + timedelta(minutes=61))
    assert became() == ["taken"]
    assert read.happened == []


def test_an_error_of_our_own_database_undoes_all_and_blames_no_event(
    world: World, threads: list[models.Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OperationalError("the disk is full")

    stored(world, "says", "says")
    before = counted()
    with monkeypatch.context() as broken:
        broken.setattr(models.Entry.objects, "bulk_create", fails)
        with pytest.raises(DatabaseError):
            intake.take_in(SOURCE, Reader(world, *threads), world.now)
    assert (became(), counted()) == (["waiting"] * 2, before)
    assert intake.take_in(SOURCE, Reader(world, *threads), world.now) == 2


def test_no_transaction_takes_in_more_than_fits(
    world: World, threads: list[models.Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake.events, "TOGETHER", 4)
    pauses: list[int] = []
    stored(world, *["says"] * 10)
    read = Reader(world, *threads)
    between = lambda: pauses.append(len(read.happened))  # noqa: E731
    assert intake.take_in(SOURCE, read, world.now, between=between) == 10
    assert pauses == [4, 8]


def test_reading_that_takes_long_ends_the_batch(
    world: World, threads: list[models.Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake.events, "LONG_ENOUGH", 0.0)
    pauses: list[int] = []
    stored(world, *["says"] * 3)
    assert intake.take_in(SOURCE, Reader(world, *threads), world.now, between=lambda: pauses.append(1)) == 3
    assert len(pauses) == 2


def test_what_is_intended_by_an_event_that_goes_wrong_is_not(world: World, threads: list[models.Thread]) -> None:
    def read(event: Mapping[str, Any]) -> intake.Asked:
        def carry_out() -> None:
            effects.intend("mail", f"key {event['number']}", None)
            if event["does"] == "fails":
                raise RuntimeError

        return intake.Asked(carry_out)

    stored(world, "asks", "fails", "asks")
    intake.take_in(SOURCE, read, world.now)
    assert list(models.Effect.objects.order_by("id").values_list("key", flat=True)) == ["key 0", "key 2"]
    assert became() == ["taken", "parked", "taken"]


# --- what order would change ---------------------------------------------------------------------------------------


def test_an_earlier_answer_that_comes_later_is_the_first_one(world: World, threads: list[models.Thread]) -> None:
    ref = threads[0].readings.get().incident.ref
    late, early = message(9, "me too", CLEO), message(4, "looking")
    for each in (late, early):
        intake.say([intake.Told(threads[0], [each])], SOURCE, world.now)
    first = state(ref).milestones[Milestone.FIRST_RESPONDER]
    assert (first.at, first.basis) == (early.at, Basis.ESTIMATED)


def test_what_a_person_said_of_the_first_responder_stands(world: World, threads: list[models.Thread]) -> None:
    ref = threads[0].readings.get().incident.ref
    actions.correct_time(world.by("bob"), ref, Milestone.FIRST_RESPONDER, world.now, why="she called")
    intake.say([intake.Told(threads[0], [message(4, "looking")])], SOURCE, world.now)
    assert state(ref).milestones[Milestone.FIRST_RESPONDER].basis is Basis.STATED


def test_the_first_wording_of_a_key_counts_among_what_comes_together(
    world: World, threads: list[models.Thread]
) -> None:
    said = message(1, "first")
    told = [intake.Told(threads[0], [each]) for each in (said, message(1, "second"))]
    assert intake.say(told, SOURCE, world.now) == 1
    assert "first" in threads[0].entries.get(kind="message").data


def test_edits_of_one_moment_stay_in_the_order_in_which_they_were_told(
    world: World, threads: list[models.Thread]
) -> None:
    said = message(1, "a")
    edits = [about(said, f"edit:{word}", Edit(said.ref, word), said.at) for word in ("zebra", "mole", "ant")]
    intake.say([intake.Told(threads[0], [said, *edits])], SOURCE, world.now)
    rows = threads[0].entries.filter(kind="edit").order_by("id")
    assert [json.loads(each.data)["text"] for each in rows] == ["zebra", "mole", "ant"]


def test_a_reaction_without_a_time_is_written_once_for_each_person_and_message(
    world: World, threads: list[models.Thread]
) -> None:
    said, other = message(1, "down"), message(2, "up")
    timed = about(said, "reaction:timed", ReactionAdded(said.ref, "eyes"), said.at + timedelta(seconds=5))
    timed = replace(timed, basis=Basis.RECORDED, who=CLEO)
    intake.write(threads[0], [said, other, timed], SOURCE, world.now)
    assert intake.write(threads[0], [given(said, CLEO)], SOURCE, world.now) == []
    assert len(intake.write(threads[0], [given(said, BEN), given(other, CLEO)], SOURCE, world.now)) == 2
    assert len(intake.write(threads[1], [said, given(said, CLEO)], SOURCE, world.now)) == 2


def given(said: Said, who: Who) -> Said:
    return replace(reacted(said, "eyes", who), who=who)
