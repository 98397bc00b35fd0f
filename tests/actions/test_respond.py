"""Note, did, mark, curate, lead, severity, nominate: what they write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from musterpoint import actions, reading
from musterpoint.actions import Call
from musterpoint.core.incident import Basis, Severity, Who
from musterpoint.core.journal import Entry, Mark, MarkKind, Note, RowKind, Verdict
from musterpoint.store import models
from tests.actions.telling import (
    brought_in,
    declared,
    message,
    read,
    refused,
    rows,
    says,
    searched,
    source,
    state,
    texts,
)
from tests.conftest import World


def test_a_note_is_part_of_the_incidents_own_thread(world: World) -> None:
    ref = declared(world)
    entry = actions.note(world.by("bob"), ref, " the new pods  answer 502 ")
    assert entry.fact == Note("the new pods  answer 502")
    assert (entry.who and entry.who.name, entry.source, entry.basis) == ("Bob", "cli", Basis.RECORDED)
    assert models.Entry.objects.get(pk=entry.id).thread == models.Thread.objects.get(workspace="local", root=ref)
    assert texts(world, ref) == ["the new pods  answer 502"]
    assert searched(world, "pods 502") == [(ref, "the new pods  answer 502")]


def test_a_note_may_tell_of_earlier(world: World) -> None:
    ref = declared(world)
    earlier = world.now - timedelta(minutes=30)
    entry = actions.note(world.by("bob"), ref, "restarted the proxy", earlier)
    assert (entry.at, entry.basis, entry.known_at) == (earlier, Basis.STATED, world.now)


def test_what_was_done_is_a_note_that_is_a_row(world: World) -> None:
    ref = declared(world)
    actions.did(world.by("bob"), ref, "rolled back to 41")
    assert ("rolled back to 41", "action_taken", "kept") in rows(world, ref)
    assert ("Bob declared Checkout answers 502", "status", "kept") in rows(world, ref)


def test_whoever_looks_at_the_incident_sees_that_something_was_said(world: World) -> None:
    ref = declared(world)
    versions = [models.Incident.objects.get(ref=ref).version]
    entry = actions.note(world.by("bob"), ref, "looking")
    versions.append(models.Incident.objects.get(ref=ref).version)
    actions.mark(world.by("bob"), ref, str(entry.id), MarkKind.FINDING)
    versions.append(models.Incident.objects.get(ref=ref).version)
    actions.curate(world.by("bob"), ref, str(entry.id), Verdict.DROP)
    versions.append(models.Incident.objects.get(ref=ref).version)
    assert versions == sorted(set(versions))


def test_an_entry_is_named_by_its_number_its_reference_or_its_stamp(world: World) -> None:
    said = message(3, "the pool is exhausted")
    ref = brought_in(world, source(message(0, "502s"), said)).incident
    number = models.Entry.objects.get(ref=said.ref).pk
    for name in (f"{number}", f"#{number}", f"entry:{number}", said.ref, said.key, f" {said.key} "):
        actions.mark(world.by("bob"), ref, name, MarkKind.FINDING)
        assert ("the pool is exhausted", "finding", "kept") in rows(world, ref)
        actions.mark(world.by("bob"), ref, name, MarkKind.FINDING, on=False)
        assert ("the pool is exhausted", "finding", "kept") not in rows(world, ref)


@pytest.mark.parametrize("wanted", ["99999", "9" * 40, "entry:", "²", "slack:C7/0.1", "", "%", "declaration"])
def test_an_entry_that_is_not_there_is_not_found(world: World, wanted: str) -> None:
    ref = declared(world)
    with refused("not_found"):
        actions.mark(world.by("bob"), ref, wanted, MarkKind.FINDING)


def test_an_entry_of_another_incident_is_not_found_here(world: World) -> None:
    mine, other = declared(world), declared(world, "Mail is slow")
    entry = actions.note(world.by("bob"), other, "queue is full")
    for name in (str(entry.id), entry.ref):
        with refused("not_found"):
            actions.mark(world.by("bob"), mine, name, MarkKind.FINDING)


def test_a_mark_is_set_once_and_taken_away_once(world: World) -> None:
    ref = declared(world)
    stamp = says(world, ref, "we roll back")
    marked = actions.mark(world.by("bob"), ref, stamp, MarkKind.DECISION)
    assert marked.fact == Mark(f"local:{ref}/{stamp}", MarkKind.DECISION)
    with refused("unchanged"):
        actions.mark(world.by("alice"), ref, stamp, MarkKind.DECISION)
    with refused("unchanged"):
        actions.mark(world.by("bob"), ref, stamp, MarkKind.FINDING, on=False)
    actions.mark(world.by("bob"), ref, stamp, MarkKind.DECISION, on=False)
    with refused("unchanged"):
        actions.mark(world.by("bob"), ref, stamp, MarkKind.DECISION, on=False)
    actions.mark(world.by("bob"), ref, stamp, MarkKind.DECISION)
    assert ("we roll back", "decision", "kept") in rows(world, ref)


def test_only_what_people_wrote_is_marked(world: World) -> None:
    ref = declared(world)
    declaration = read(world, ref)[0]
    with refused("not_markable"):
        actions.mark(world.by("bob"), ref, str(declaration.id), MarkKind.TIMELINE)


def test_a_row_is_kept_dropped_reworded_and_let_be_again(world: World) -> None:
    ref = declared(world)
    stamp = says(world, ref, "hm, looks like it is kinda better??")
    plain = rows(world, ref)
    actions.curate(world.by("bob"), ref, stamp, Verdict.REWORD, text="Errors fell", row_kind=RowKind.VERIFICATION)
    assert ("Errors fell", "verification", "kept") in rows(world, ref)
    assert texts(world, ref) == ["hm, looks like it is kinda better??"]
    actions.curate(world.by("bob"), ref, stamp, Verdict.DROP, why="nobody checked")
    assert ("Errors fell", "verification", "dropped") in rows(world, ref)
    actions.curate(world.by("bob"), ref, stamp, Verdict.KEEP)
    assert ("Errors fell", "verification", "kept") in rows(world, ref)
    actions.curate(world.by("bob"), ref, stamp, Verdict.RESET)
    assert rows(world, ref) == plain


def test_a_status_row_is_curated_like_any_other(world: World) -> None:
    ref = declared(world)
    declaration = read(world, ref)[0]
    actions.curate(world.by("bob"), ref, declaration.ref, Verdict.DROP)
    assert rows(world, ref) == [("Bob declared Checkout answers 502", "status", "dropped")]


def test_lead_severity_and_nominee_are_shown(world: World) -> None:
    ref = declared(world)
    bob = world.by("bob").actor.who
    actions.lead(world.by("bob"), ref, bob)
    actions.severity(world.by("bob"), ref, Severity.MAJOR)
    actions.nominate(world.by("alice"), ref, bob)
    shown = reading.shown(world.by("victor"), ref)
    assert (shown["lead"], shown["severity"], shown["nominee"]) == ("Bob", "major", "Bob")
    assert shown["milestones"]["first_responder"]["basis"] == "recorded"
    actions.lead(world.by("bob"), ref, None)
    actions.severity(world.by("bob"), ref, None)
    assert (state(ref).lead, state(ref).severity) == (None, None)


def test_nominating_takes_authority(world: World) -> None:
    ref = declared(world)
    for account in ("bob", "adele"):
        with refused("no_authority"):
            actions.nominate(world.by(account), ref, Who("person:1", "Alice"))


STEPS: dict[str, Callable[[Call, str], Entry]] = {
    "note": lambda call, ref: actions.note(call, ref, "looking"),
    "did": lambda call, ref: actions.did(call, ref, "restarted"),
    "mark": lambda call, ref: actions.mark(call, ref, "entry:1", MarkKind.FINDING),
    "curate": lambda call, ref: actions.curate(call, ref, "entry:1", Verdict.DROP),
    "lead": lambda call, ref: actions.lead(call, ref, call.actor.who),
    "severity": lambda call, ref: actions.severity(call, ref, Severity.MINOR),
}


@pytest.mark.parametrize("step", list(STEPS))
def test_a_viewer_writes_nothing(world: World, step: str) -> None:
    ref = declared(world)
    entry = actions.note(world.by("bob"), ref, "first")
    call = world.by("victor")
    with refused("read_only"):
        if step == "mark":
            actions.mark(call, ref, entry.ref, MarkKind.FINDING)
        elif step == "curate":
            actions.curate(call, ref, entry.ref, Verdict.DROP)
        else:
            STEPS[step](call, ref)
    assert texts(world, ref) == ["first"]


@pytest.mark.parametrize("step", ["note", "did", "lead", "severity"])
def test_nothing_is_written_into_a_cancelled_incident(world: World, step: str) -> None:
    ref = declared(world)
    actions.cancel(world.by("bob"), ref)
    with refused("cancelled"):
        STEPS[step](world.by("bob"), ref)


def test_the_chat_is_told_once_for_each_thing_said(world: World) -> None:
    world.runs(chat="bridge", chat_url="http://127.0.0.1:1")
    ref = declared(world)
    entry = actions.did(world.by("bob"), ref, "rolled back")
    with refused("empty"):
        actions.note(world.by("bob"), ref, " ")
    actions.severity(world.by("bob"), ref, Severity.MINOR)
    keys = list(models.Effect.objects.order_by("id").values_list("key", flat=True))
    version = models.Incident.objects.get(ref=ref).version
    assert keys == [f"thread:{ref}", f"say:{ref}:{entry.id}", f"card:{ref}:{version}"]
