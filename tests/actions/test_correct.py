"""Correct: times, texts and rows; and what the record proposes, confirmed by a person."""

from __future__ import annotations

from datetime import timedelta

from musterpoint import actions, reading
from musterpoint.core.incident import Basis, Milestone, Moment, Status, time_text
from musterpoint.core.journal import Correction, StatusChange
from musterpoint.store import models
from tests.actions.telling import (
    ROOT,
    brought_in,
    declared,
    message,
    read,
    refused,
    searched,
    source,
    state,
)
from tests.conftest import START, World


def test_the_old_value_stays_visible(world: World) -> None:
    ref = declared(world)
    was = state(ref).milestones[Milestone.DETECTED]
    at = START - timedelta(minutes=12)
    actions.correct_time(world.by("bob"), ref, Milestone.DETECTED, at, why="the pager")
    assert state(ref).milestones[Milestone.DETECTED] == Moment(at, Basis.STATED)
    (shown,) = reading.shown(world.by("victor"), ref)["corrections"]
    assert shown["was"] == {"at": time_text(was.at), "basis": "estimated"}
    assert shown["is"] == {"at": time_text(at), "basis": "stated"}


def test_a_time_cites_the_message_that_supports_it(world: World) -> None:
    said = message(2, "customers called at 8:40")
    ref = brought_in(world, source(message(0, "502s"), said)).incident
    actions.correct_time(world.by("bob"), ref, Milestone.DETECTED, ROOT - timedelta(minutes=20), evidence=said.key)
    (shown,) = reading.shown(world.by("bob"), ref)["corrections"]
    assert (shown["evidence"], shown["quote"]) == (said.ref, "customers called at 8:40")
    with refused("not_found"):
        actions.correct_time(world.by("bob"), ref, Milestone.DETECTED, ROOT, evidence="slack:C7/0.0")


def test_a_time_becomes_unknown_again(world: World) -> None:
    ref = declared(world)
    actions.correct_time(world.by("bob"), ref, Milestone.IMPACT_BEGAN, START - timedelta(minutes=30))
    actions.correct_time(world.by("bob"), ref, Milestone.IMPACT_BEGAN, None)
    shown = reading.shown(world.by("bob"), ref)
    assert shown["milestones"]["impact_began"] is None
    assert [each["is"] is None for each in shown["corrections"]] == [False, True]


def test_what_contradicts_or_repeats_is_refused(world: World) -> None:
    ref = declared(world)
    with refused("not_resolved"):
        actions.correct_time(world.by("bob"), ref, Milestone.RESOLVED, START)
    with refused("in_the_future"):
        actions.correct_time(world.by("bob"), ref, Milestone.DETECTED, world.now + timedelta(hours=1))
    with refused("read_only"):
        actions.correct_time(world.by("victor"), ref, Milestone.DETECTED, START)
    with refused("fixed"):
        actions.correct_time(world.by("alice"), ref, Milestone.CLOSED, START)
    with refused("unchanged"):
        actions.correct_text(world.by("bob"), ref, "title", "Checkout answers 502")


def test_a_corrected_title_is_found_and_the_old_one_is_kept(world: World) -> None:
    ref = declared(world)
    actions.correct_text(world.by("bob"), ref, "title", "Checkout refuses cards", "clearer")
    actions.correct_text(world.by("bob"), ref, "affected", "all of Europe")
    assert (state(ref).title, state(ref).affected) == ("Checkout refuses cards", "all of Europe")
    assert [incident for incident, _ in searched(world, "refuses cards")] == [ref]
    shown = reading.shown(world.by("bob"), ref)["corrections"]
    assert [(each["field"], each["was"], each["is"]) for each in shown] == [
        ("title", "Checkout answers 502", "Checkout refuses cards"),
        ("affected", None, "all of Europe"),
    ]


def test_a_row_gets_its_right_time_and_the_message_keeps_its_own(world: World) -> None:
    ref = declared(world)
    note = actions.did(world.by("bob"), ref, "rolled back to 41")
    actions.correct_row(world.by("bob"), ref, note.ref, START - timedelta(minutes=3), "did it before writing")
    first = reading.rows_of(world.by("bob"), ref)[0]
    assert (first.text, first.at, first.basis) == ("rolled back to 41", START - timedelta(minutes=3), Basis.STATED)
    assert "did it before writing" in first.why
    assert next(each for each in read(world, ref) if each.id == note.id).at == note.at


def test_a_proposed_time_is_confirmed_with_its_quote(world: World) -> None:
    said = message(5, "customers reported at 08:41 UTC that they cannot pay")
    ref = brought_in(world, source(message(0, "checkout answers 502"), said)).incident
    proposal = next(each for each in reading.proposals_of(world.by("bob"), ref) if each.milestone is Milestone.DETECTED)
    entry = actions.confirm(world.by("bob"), ref, proposal)
    assert isinstance(entry.fact, Correction)
    assert entry.fact.evidence == said.ref
    assert entry.fact.quote == "customers reported at 08:41 UTC that they cannot pay"
    assert state(ref).milestones[Milestone.DETECTED] == Moment(ROOT - timedelta(minutes=19), Basis.STATED)
    left = [each.milestone for each in reading.proposals_of(world.by("bob"), ref)]
    assert Milestone.DETECTED not in left


def test_a_proposed_resolution_resolves_an_open_incident(world: World) -> None:
    ref = brought_in(
        world,
        source(
            message(0, "checkout answers 502, all customers see errors"),
            message(9, "rolled back to 41"),
            message(12, "all back to normal, no errors for 10 minutes, resolved"),
        ),
    ).incident
    proposal = next(each for each in reading.proposals_of(world.by("bob"), ref) if each.milestone is Milestone.RESOLVED)
    with refused("read_only"):
        actions.confirm(world.by("victor"), ref, proposal)
    entry = actions.confirm(world.by("bob"), ref, proposal)
    assert isinstance(entry.fact, StatusChange)
    assert state(ref).status is Status.RESOLVED
    assert state(ref).milestones[Milestone.RESOLVED].at == proposal.moment.at
    assert not models.Entry.objects.filter(kind="correction").exists()
