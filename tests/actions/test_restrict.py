"""Restrict: a running incident becomes known to its members alone."""

from __future__ import annotations

from musterpoint import access, actions, effects
from musterpoint.core.incident import Kind, Status
from musterpoint.store import models
from tests.actions.telling import declared, read, refused, rows, searched, secretly_declared, state, texts
from tests.conftest import World


def test_it_is_known_to_whoever_restricts_it_the_security_team_and_the_lead(world: World) -> None:
    ref = declared(world)
    actions.lead(world.by("bob"), ref, world.by("alice").actor.who)
    actions.restrict(world.by("bob"), ref, "customer data")
    bob, alice = world.by("bob").actor.who.identity, world.by("alice").actor.who.identity
    assert state(ref).members == {bob, alice, "account:sirt"}
    assert (state(ref).restricted, state(ref).kind) == (True, Kind.SECURITY)
    for account in ("bob", "alice", "sirt"):
        assert access.find(world.by(account).actor, ref).row is not None
    assert rows(world, ref)[-1] == (
        "Bob restricted the incident to the people who handle it: customer data",
        "status",
        "kept",
    )


def test_whoever_declared_it_keeps_knowing_of_it(world: World) -> None:
    ref = declared(world)
    actions.restrict(world.by("alice"), ref)
    assert access.find(world.by("bob").actor, ref).row is not None
    assert access.find(world.by("charlie").actor, ref).row is None


def test_it_keeps_its_number_which_looks_cancelled_to_others(world: World) -> None:
    ref = declared(world, "Key leaked")
    actions.restrict(world.by("bob"), ref)
    stub = access.find(world.by("charlie").actor, ref)
    assert (stub.row, stub.state.ref, stub.state.title) == (None, ref, f"Incident {ref}")
    assert stub.state.status is Status.CANCELLED
    assert not stub.state.restricted
    assert stub.state.milestones == {}
    assert declared(world) == str(int(ref) + 1)


def test_whoever_restricts_it_twice_is_told(world: World) -> None:
    ref = declared(world)
    with refused("read_only"):
        actions.restrict(world.by("victor"), ref)
    actions.restrict(world.by("bob"), ref)
    with refused("already_restricted"):
        actions.restrict(world.by("sirt"), ref)
    secret = secretly_declared(world)
    with refused("already_restricted"):
        actions.restrict(world.by("bob"), secret)


def test_members_go_on_working(world: World) -> None:
    ref = declared(world)
    actions.restrict(world.by("bob"), ref)
    actions.note(world.by("sirt"), ref, "the key is revoked")
    actions.resolve(world.by("bob"), ref)
    assert texts(world, ref) == ["the key is revoked"]
    assert [incident for incident, _ in searched(world, "revoked", "sirt")] == [ref]


def test_a_member_is_known_by_an_account_that_is_made_later(world: World) -> None:
    world.runs(sirt=("email:nia@example.com",))
    ref = secretly_declared(world)
    nia = world.person("nia")
    with refused("not_found"):
        access.seen(world.by("nia").actor, ref)
    models.Identity.objects.create(name="email:nia@example.com", person=nia)
    assert access.seen(world.by("nia").actor, ref).ref == ref


def test_nothing_about_it_goes_out_any_more(world: World) -> None:
    world.runs(chat="bridge", chat_url="http://127.0.0.1:1")
    ref = declared(world)
    actions.note(world.by("bob"), ref, "somebody has our key")
    claimed = effects.claim(f"thread:{ref}", "host:1", 30)
    assert claimed is not None
    actions.restrict(world.by("bob"), ref)
    actions.note(world.by("bob"), ref, "revoked it")
    actions.resolve(world.by("bob"), ref)
    said = models.Effect.objects.values_list("status", "error").distinct()
    assert list(said) == [("dropped", "the incident was restricted")]
    assert models.Effect.objects.count() == 2
    assert not effects.renew(claimed, "host:1", 30)


def test_the_whole_past_goes_with_it(world: World) -> None:
    ref = declared(world, "Key leaked")
    actions.note(world.by("alice"), ref, "the key of the shop")
    assert [incident for incident, _ in searched(world, "key", "charlie")] == [ref, ref]
    actions.restrict(world.by("bob"), ref)
    assert searched(world, "key", "charlie") == searched(world, "key", "alice") == []
    assert [each.kind for each in read(world, ref)] == ["declaration", "note", "restriction"]
