"""Adopt: a thread of the chat becomes an incident, once, and only for those who may read it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from musterpoint import access, actions, effects
from musterpoint.actions import Call, Declared, ThreadPlace
from musterpoint.core.decision import NotAllowed
from musterpoint.core.declare import DeclareRequest, Security
from musterpoint.core.incident import Kind
from musterpoint.store import models
from tests.actions.telling import brought_in, counted, message, refused, source, stamp, state
from tests.conftest import World

PUBLIC = ThreadPlace("T7HALDEN", "C7CHECKOUT", stamp(0), "#checkout", "https://example.com/p1")
PRIVATE = ThreadPlace(
    "T7HALDEN", "C7PLANS", stamp(0), "#plans", private=True, members=("slack:U7BEN", "account:charlie")
)


def adopted(world: World, place: ThreadPlace = PUBLIC, by: str = "bob", **values: object) -> Declared:
    world.runs(chat="bridge", chat_url="http://127.0.0.1:1")
    return actions.adopt(world.by(by), DeclareRequest("Checkout answers 502", **values), place)  # type: ignore[arg-type]


def test_it_reads_the_thread_and_its_card_goes_there(world: World) -> None:
    made = adopted(world)
    [reading] = models.Reading.objects.filter(incident__ref=made.state.ref, role="chat")
    assert (reading.thread.root, reading.thread.channel_name, reading.thread.url) == (
        stamp(0),
        "#checkout",
        "https://example.com/p1",
    )
    assert models.Capture.objects.get(thread=reading.thread).due_at == world.now
    assert effects.due() == [f"thread:{made.state.ref}"]
    assert made.state == state(made.state.ref)
    assert not made.restricted


def test_a_thread_is_one_incident_alone(world: World) -> None:
    adopted(world)
    with refused("already_an_incident"):
        adopted(world, by="charlie")


def test_the_refusal_names_no_incident_that_its_reader_may_not_see(world: World) -> None:
    secret = adopted(world, security=Security.YES).state.ref
    with refused("cannot_adopt") as _:
        adopted(world, by="charlie")
    with refused("already_an_incident"):
        adopted(world, by="sirt")
    actions.cancel(world.by("sirt"), secret, "a false alarm")
    with refused("cannot_adopt"):
        adopted(world, by="charlie")


def test_a_thread_that_was_imported_is_known_without_its_workspace_and_channel(world: World) -> None:
    brought_in(world, source(message(0, "it burns")))
    with refused("already_an_incident"):
        adopted(world)
    other = brought_in(world, source(message(0, "it burns"), channel="-"))
    assert not other.created


def test_the_same_root_in_another_channel_is_another_thread(world: World) -> None:
    adopted(world)
    adopted(world, ThreadPlace("T7HALDEN", "C7OTHER", stamp(0)))
    assert models.Incident.objects.count() == 2


@pytest.mark.parametrize("place", [PUBLIC, PRIVATE], ids=["public", "private"])
def test_security_says_nothing_in_the_thread(world: World, place: ThreadPlace) -> None:
    made = adopted(world, place, security=Security.UNSURE)
    assert (made.restricted, made.state.confined, made.state.kind) == (True, False, Kind.SECURITY)
    assert models.Reading.objects.get(thread__root=stamp(0)).role == "thread"
    assert not models.Effect.objects.exists()
    assert made.state.members == {world.by("bob").actor.who.identity, "account:sirt"}


def test_a_private_channels_thread_is_for_its_members_and_is_spoken_of_there(world: World) -> None:
    world.runs(security_contact="security@example.com")
    made = adopted(world, PRIVATE)
    ref = made.state.ref
    assert (made.restricted, made.state.confined, made.contact) == (True, True, "")
    assert ref.startswith("s-")
    for account, sees in (("bob", True), ("charlie", True), ("alice", False), ("sirt", False), ("adele", False)):
        assert access.visible(world.by(account).actor).exists() is sees, account
    assert effects.due() == [f"thread:{ref}"]
    assert models.Thread.objects.get(root=stamp(0)).private
    assert state(ref) == made.state


def test_a_viewer_adopts_nothing(world: World) -> None:
    with refused("read_only"):
        adopted(world, by="victor")


def test_what_is_refused_leaves_nothing_behind(world: World) -> None:
    adopted(world)
    before = counted()
    with refused("already_an_incident"):
        adopted(world)
    assert counted() == before


def test_of_two_who_adopt_it_at_the_same_moment_one_does(real_world: World) -> None:
    real_world.runs(chat="bridge", chat_url="http://127.0.0.1:1")
    calls = [real_world.by(each) for each in ("bob", "charlie", "sirt", "adele")]

    def tries(call: Call) -> str:
        try:
            return actions.adopt(call, DeclareRequest("Checkout answers 502"), PUBLIC).state.ref
        except NotAllowed as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        outcomes = sorted(pool.map(tries, calls))
    assert outcomes == ["1", *["already_an_incident"] * 3]
    assert models.Reading.objects.filter(role="chat").count() == 1
