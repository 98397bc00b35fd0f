"""A huddle has a thread of its own, which the incident reads like its first one."""

from __future__ import annotations

import pytest

from musterpoint import access, actions, reading
from musterpoint.core.decision import NotAllowed
from musterpoint.core.declare import DeclareRequest
from musterpoint.integrations.local.chat import Room
from tests.conftest import World


@pytest.fixture
def ref(world: World) -> str:
    return actions.declare(world.by("bob"), DeclareRequest("Checkout answers 502")).state.ref


def test_what_is_typed_in_the_huddle_is_part_of_the_incident(world: World, ref: str) -> None:
    call = world.by("bob")
    Room(actions.huddle(call, ref)).say(call.actor.who, "Rolled back to 4.1.2", world.now)
    told = reading.thread_of(world.by("alice"), ref)
    assert [each["kind"] for each in told] == ["declaration", "link", "message", "correction"]
    assert told[2]["text"] == "Rolled back to 4.1.2"
    assert [each.incident.ref for each in access.found(call.actor, "rolled")] == [ref]


def test_a_second_huddle_gets_a_thread_of_its_own(world: World, ref: str) -> None:
    roots = [actions.huddle(world.by("bob"), ref) for _ in range(2)]
    assert roots == [f"{ref}-huddle-1", f"{ref}-huddle-2"]
    threads = reading.shown(world.by("bob"), ref)["threads"]
    assert [each["role"] for each in threads] == ["local", "huddle", "huddle"]


def test_a_viewer_opens_no_huddle_and_a_stranger_finds_none(world: World, ref: str) -> None:
    with pytest.raises(NotAllowed, match="may read but not change"):
        actions.huddle(world.by("victor"), ref)
    actions.restrict(world.by("bob"), ref)
    Room(actions.huddle(world.by("bob"), ref)).say(world.by("bob").actor.who, "The key is on the forum", world.now)
    assert reading.thread_of(world.by("charlie"), ref) == []
    assert access.found(world.by("charlie").actor, "forum") == []
