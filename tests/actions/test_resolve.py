"""Resolve, relapse, cancel: what is written and shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from musterpoint import actions, reading
from musterpoint.actions import Call
from musterpoint.core.incident import Basis, Milestone, Moment, Status
from musterpoint.core.journal import Entry, StatusChange
from tests.actions.telling import declared, read, refused, rows, secretly_declared, state
from tests.conftest import START, World


def test_it_is_over_when_a_person_says_so(world: World) -> None:
    ref = declared(world)
    entry = actions.resolve(world.by("bob"), ref, reason="rolled back")
    assert state(ref).status is Status.RESOLVED
    assert state(ref).milestones[Milestone.RESOLVED] == Moment(entry.at, Basis.RECORDED)
    assert "not_resolved" not in [each["code"] for each in reading.shown(world.by("victor"), ref)["blockers"]]
    assert rows(world, ref)[-1][1:] == ("resolution", "kept")
    with refused("not_open"):
        actions.resolve(world.by("bob"), ref)


def test_it_may_have_been_over_earlier_but_not_before_it_was_noticed(world: World) -> None:
    ref = declared(world, detected=Moment(START - timedelta(minutes=20), Basis.STATED))
    with refused("before_detection"):
        actions.resolve(world.by("bob"), ref, START - timedelta(minutes=21))
    actions.resolve(world.by("bob"), ref, START - timedelta(minutes=5))
    assert state(ref).milestones[Milestone.RESOLVED] == Moment(START - timedelta(minutes=5), Basis.STATED)


def test_a_relapse_takes_the_time_back_and_the_record_keeps_it(world: World) -> None:
    ref = declared(world)
    first = actions.resolve(world.by("bob"), ref)
    with refused("before_resolution"):
        actions.relapse(world.by("bob"), ref, first.at - timedelta(minutes=1))
    actions.relapse(world.by("bob"), ref, reason="502s are back")
    assert state(ref).status is Status.OPEN
    assert Milestone.RESOLVED not in state(ref).milestones
    assert reading.shown(world.by("bob"), ref)["blockers"][0]["code"] == "not_resolved"
    second = actions.resolve(world.by("bob"), ref)
    assert state(ref).milestones[Milestone.RESOLVED].at == second.at
    assert [kind for _, kind, _ in rows(world, ref)] == ["status", "resolution", "relapse", "resolution"]
    times = [each.at for each in read(world, ref) if each.fact == StatusChange(Status.RESOLVED)]
    assert times == [first.at, second.at]


def test_the_old_time_of_the_resolution_stays_visible(world: World) -> None:
    ref = declared(world)
    resolved = actions.resolve(world.by("bob"), ref)
    actions.correct_time(
        world.by("bob"), ref, Milestone.RESOLVED, resolved.at - timedelta(seconds=30), why="the graph says so"
    )
    (shown,) = reading.shown(world.by("victor"), ref)["corrections"]
    assert (shown["field"], shown["who"], shown["why"]) == ("resolved", "Bob", "the graph says so")
    assert shown["was"]["basis"] == "recorded"
    assert shown["is"]["basis"] == "stated"
    assert shown["was"]["at"] > shown["is"]["at"]


def test_what_is_open_does_not_relapse(world: World) -> None:
    ref = declared(world)
    with refused("not_resolved"):
        actions.relapse(world.by("bob"), ref)


def test_not_an_incident(world: World) -> None:
    ref = declared(world)
    actions.cancel(world.by("bob"), ref, "a drill")
    assert state(ref).status is Status.CANCELLED
    for step in (actions.resolve, actions.relapse, actions.cancel):
        with refused("cancelled"):
            step(world.by("bob"), ref)
    assert reading.shown(world.by("bob"), ref)["blockers"] == []


def test_a_duplicate_keeps_its_link(world: World) -> None:
    first, second = declared(world), declared(world, "Checkout down")
    actions.cancel(world.by("bob"), second, duplicate_of=f"#{first}")
    assert reading.shown(world.by("bob"), second)["duplicate_of"] == first


def test_a_duplicate_repeats_another_incident_that_is_there(world: World) -> None:
    ref = declared(world)
    with refused("same_incident"):
        actions.cancel(world.by("bob"), ref, duplicate_of=ref)
    with refused("not_found"):
        actions.cancel(world.by("bob"), ref, duplicate_of="99")


def test_no_link_leads_strangers_to_a_restricted_incident(world: World) -> None:
    secret = declared(world, "Key leaked")
    actions.restrict(world.by("bob"), secret)
    ref = declared(world)
    with refused("would_leak"):
        actions.cancel(world.by("bob"), ref, duplicate_of=secret)
    mine = secretly_declared(world)
    actions.cancel(world.by("bob"), mine, duplicate_of=secret)
    assert state(mine).duplicate_of == secret


@pytest.mark.parametrize(
    "step", [actions.resolve, actions.relapse, actions.cancel], ids=["resolve", "relapse", "cancel"]
)
def test_a_viewer_decides_nothing(world: World, step: Callable[[Call, str], Entry]) -> None:
    ref = declared(world)
    if step is actions.relapse:
        actions.resolve(world.by("bob"), ref)
    with refused("read_only"):
        step(world.by("victor"), ref)
