"""Follow-up actions: what is written, what is shown, and to whom."""

from __future__ import annotations

from typing import Any

from musterpoint import actions, reading
from musterpoint.core.aftermath import ActionStatus
from musterpoint.core.aftermath_journal import ActionAdded
from musterpoint.core.incident import Status, Who
from musterpoint.core.journal import MarkKind
from musterpoint.integrations.local.chat import Room
from musterpoint.store import models
from tests.actions.telling import BEN, declared, refused, says, secretly_declared, state
from tests.conftest import World

KIM = Who("name:Kim Sato", "Kim Sato")
BOB = Who("person:2", "Bob")


def listed(world: World, by: str = "bob", **values: Any) -> list[tuple[str, int]]:
    return [(each["incident"], each["number"]) for each in reading.all_actions(world.by(by), **values)]


def test_an_action_is_there_with_all_that_was_said_of_it(world: World) -> None:
    ref = declared(world)
    actions.add_action(world.by("bob"), ref, "Alert on the pool", KIM, "3d")
    (shape,) = reading.actions_of(world.by("victor"), ref)["actions"]
    assert (shape["incident"], shape["number"], shape["title"], shape["due"]) == (
        ref,
        1,
        "Alert on the pool",
        "2026-03-05",
    )
    assert (shape["owner"], shape["owner_known"], shape["status"], shape["overdue"]) == (
        "Kim Sato",
        False,
        "open",
        False,
    )
    assert reading.shown(world.by("victor"), ref)["actions"] == [shape]
    assert models.Incident.objects.get(ref=ref).open_actions == 1


def test_a_proposal_is_adopted_in_its_own_words_and_proposed_no_more(world: World) -> None:
    ref = declared(world)
    stamp = says(world, ref, "TODO: alert on the pol")
    Room(ref).edit(BEN, stamp, "TODO: alert on the pool", world.now)
    (proposal,) = reading.actions_of(world.by("bob"), ref)["proposed"]
    assert (proposal["text"], proposal["who"], proposal["why"]) == (
        "alert on the pool",
        "Ben Okafor",
        "said by Ben Okafor",
    )
    entry = actions.add_action(world.by("bob"), ref, entry=str(proposal["entry"]))
    assert entry.fact == ActionAdded(1, "alert on the pool", of=proposal["ref"])
    assert reading.actions_of(world.by("bob"), ref)["proposed"] == []
    with refused("already_adopted"):
        actions.add_action(world.by("bob"), ref, entry=proposal["ref"])


def test_a_marked_note_is_adopted_under_a_better_title(world: World) -> None:
    ref = declared(world)
    note = actions.note(world.by("bob"), ref, "the pool was full", mark=MarkKind.FOLLOW_UP)
    entry = actions.add_action(world.by("bob"), ref, "Alert on the pool", entry=note.ref)
    assert entry.fact == ActionAdded(1, "Alert on the pool", of=note.ref)


def test_nothing_is_adopted_from_what_has_no_words_any_more(world: World) -> None:
    ref = declared(world)
    stamp = says(world, ref, "TODO: alert")
    (proposal,) = reading.actions_of(world.by("bob"), ref)["proposed"]
    Room(ref).delete(BEN, stamp, world.now)
    with refused("empty"):
        actions.add_action(world.by("bob"), ref, entry=proposal["ref"])
    with refused("not_found"):
        actions.add_action(world.by("bob"), ref, entry="999999")


def test_changes_add_up_and_the_end_is_told_with_who_and_why(world: World) -> None:
    ref = declared(world)
    actions.add_action(world.by("bob"), ref, "Alert")
    actions.change_action(world.by("bob"), ref, 1, owner=BOB, due="2w")
    actions.change_action(world.by("charlie"), ref, 1, title="Alert on the pool")
    actions.end_action(world.by("bob"), ref, 1, ActionStatus.DECLINED, "too dear")
    (shape,) = reading.actions_of(world.by("bob"), ref)["actions"]
    assert (shape["title"], shape["owner"], shape["owner_known"], shape["due"]) == (
        "Alert on the pool",
        "Bob",
        True,
        "2026-03-16",
    )
    assert (shape["status"], shape["reason"], shape["ended_by"]) == ("declined", "too dear", "Bob")
    actions.end_action(world.by("bob"), ref, 1, ActionStatus.OPEN)
    assert [each.number for each in state(ref).after.open_actions] == [1]


def test_new_and_ended_actions_make_no_noise_in_the_chat(world: World) -> None:
    world.runs(chat="bridge", chat_url="http://127.0.0.1:1")
    ref = declared(world)
    actions.add_action(world.by("bob"), ref, "Alert")
    actions.end_action(world.by("bob"), ref, 1, ActionStatus.DONE)
    assert not models.Effect.objects.filter(kind="say").exists()
    assert models.Effect.objects.filter(kind="card").count() == 2


def test_a_closed_incident_with_a_new_action_is_closed_no_more(world: World) -> None:
    ref = declared(world)
    actions.resolve(world.by("bob"), ref)
    row = models.Incident.objects.get(ref=ref)
    row.status = Status.CLOSED.value
    row.save()
    actions.add_action(world.by("bob"), ref, "Alert")
    assert state(ref).status is Status.RESOLVED


def test_overdue_ones_come_first_then_those_of_nobody_then_by_day(world: World) -> None:
    first, second = declared(world), declared(world, "Mail is down")
    for ref, owner, due in (
        (first, BOB, ""),
        (first, BOB, "2026-04-02"),
        (first, None, "2026-04-01"),
        (second, None, ""),
        (second, BOB, "2026-03-01"),
        (second, None, "2026-02-01"),
        (second, KIM, "2026-03-20"),
    ):
        actions.add_action(world.by("bob"), ref, "Do it", owner, due)
    expected = [(second, 3), (second, 2), (first, 3), (second, 1), (second, 4), (first, 2), (first, 1)]
    assert listed(world) == expected
    assert listed(world, overdue_only=True) == expected[:2]
    assert listed(world, limit=3) == expected[:3]
    assert listed(world, owner=world.by("bob").actor.identities) == [(second, 2), (first, 2), (first, 1)]
    assert listed(world, owner=["name:Kim Sato"]) == [(second, 4)]


def test_what_ended_is_listed_only_where_it_is_asked_for(world: World) -> None:
    ref = declared(world)
    actions.add_action(world.by("bob"), ref, "Alert", due="2026-01-01")
    actions.end_action(world.by("bob"), ref, 1, ActionStatus.DONE)
    assert listed(world) == listed(world, overdue_only=True) == []
    assert listed(world, open_only=False) == [(ref, 1)]
    assert reading.actions_of(world.by("bob"), ref, open_only=True)["actions"] == []


def test_actions_of_a_cancelled_incident_are_nobodys_work(world: World) -> None:
    ref = declared(world)
    actions.add_action(world.by("bob"), ref, "Alert", due="2026-01-01")
    actions.cancel(world.by("bob"), ref)
    assert listed(world) == []
    assert not reading.actions_of(world.by("bob"), ref)["actions"][0]["overdue"]


def test_strangers_see_no_action_of_a_restricted_incident(world: World) -> None:
    ref = secretly_declared(world)
    actions.add_action(world.by("bob"), ref, "Rotate the key")
    assert listed(world) == [(ref, 1)]
    assert listed(world, "charlie") == listed(world, "alice", open_only=False) == []


def test_all_lists_are_one_query_for_the_incidents(world: World, django_assert_num_queries: Any) -> None:
    for _ in range(5):
        actions.add_action(world.by("bob"), declared(world), "Alert")
    call = world.by("bob")
    with django_assert_num_queries(1):
        assert len(reading.all_actions(call)) == 5
