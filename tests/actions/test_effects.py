"""Effects: recorded once, claimed under a lease, retried, parked; all by the database's clock."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from musterpoint import actions, effects
from musterpoint.core.decision import NotAllowed
from musterpoint.store import clock, models
from tests.actions.telling import declared
from tests.conftest import World

ME, YOU = "host:1:aa", "host:2:bb"


def intended(key: str = "say:1:1") -> models.Effect:
    effects.intend("say", key, None, {"entry": 1})
    return row(key)


def row(key: str = "say:1:1") -> models.Effect:
    return models.Effect.objects.get(key=key)


def claimed(key: str = "say:1:1", holder: str = ME) -> models.Effect:
    effect = effects.claim(key, holder, 30)
    assert effect is not None
    return effect


def run_out(key: str = "say:1:1") -> None:
    """The lease was taken long ago."""
    models.Effect.objects.filter(key=key).update(leased_until=clock.later(-1))


def wait_for(key: str = "say:1:1") -> None:
    """The pause is over."""
    models.Effect.objects.filter(key=key).update(not_before=clock.later(-1))


def seconds_from_now(at: datetime | None) -> float:
    assert at is not None
    return (at - clock.now()).total_seconds()


def test_a_key_names_one_effect(world: World) -> None:
    first = intended()
    effects.intend("say", "say:1:1", None, {"entry": 2})
    assert models.Effect.objects.get() == first
    assert row().data == '{"entry": 1}'
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Effect.objects.create(key="say:1:1", kind="say", not_before=clock.now(), created_at=clock.now())


def test_an_effect_is_recorded_with_its_decision_or_not_at_all(world: World) -> None:
    world.runs(chat="bridge", chat_url="http://127.0.0.1:1")
    ref = declared(world)
    keys = set(models.Effect.objects.values_list("key", flat=True))
    with pytest.raises(NotAllowed):
        actions.relapse(world.by("bob"), ref)
    assert set(models.Effect.objects.values_list("key", flat=True)) == keys == {f"thread:{ref}"}


def test_without_a_chat_nothing_is_intended(world: World) -> None:
    ref = declared(world)
    actions.did(world.by("bob"), ref, "rolled back")
    actions.resolve(world.by("bob"), ref)
    assert not models.Effect.objects.exists()


def test_only_one_holds_the_lease(world: World) -> None:
    intended()
    effect = claimed()
    assert (effect.tries, effect.leased_by) == (1, ME)
    assert 29 <= seconds_from_now(effect.leased_until) <= 30
    assert effects.claim("say:1:1", YOU, 30) is None
    assert effects.claim("say:1:1", ME, 30) is None
    assert effects.due() == []


def test_a_lease_runs_out_and_its_holder_loses_the_right_to_go_on(world: World) -> None:
    intended()
    mine = claimed()
    run_out()
    assert effects.due() == ["say:1:1"]
    assert not effects.renew(mine, ME, 30)
    yours = claimed(holder=YOU)
    assert yours.tries == 2
    assert not effects.renew(mine, ME, 30)
    assert not effects.done(mine, ME, "M1")
    assert not effects.park(mine, ME, "refused")
    assert not effects.again(mine, ME, "away", 5)
    assert effects.done(yours, YOU, "M2")
    assert (row().status, row().external, row().leased_by) == ("done", "M2", "")


def test_a_lease_is_renewed_before_every_call(world: World) -> None:
    intended()
    effect = claimed()
    models.Effect.objects.update(leased_until=clock.later(2))
    assert effects.renew(effect, ME, 30)
    assert 29 <= seconds_from_now(row().leased_until) <= 30
    assert not effects.renew(effect, YOU, 30)


def test_what_is_done_is_done(world: World) -> None:
    intended()
    effect = claimed()
    assert effects.done(effect, ME, "M1")
    assert not effects.done(effect, ME, "M2")
    assert effects.claim("say:1:1", ME, 30) is None
    assert effects.next_attempt("say:1:1") == []
    assert not effects.retry(row())
    assert not effects.drop(row(), "never mind")
    assert (row().status, row().external, row().error) == ("done", "M1", "")


def test_after_a_failure_it_waits_before_the_next_try(world: World) -> None:
    intended()
    assert effects.again(claimed(), ME, "answered 503", 120)
    assert 118 <= seconds_from_now(row().not_before) <= 120
    assert (row().status, row().error, row().leased_until) == ("waiting", "answered 503", None)
    assert not effects.due()
    assert not effects.to_enqueue()
    assert effects.claim("say:1:1", ME, 30) is None
    wait_for()
    assert claimed().tries == 2
    assert effects.done(row(), ME, "M1")
    assert row().error == ""


def test_pauses_grow_up_to_a_limit() -> None:
    assert [effects.pause_after(tries, 5.0) for tries in (0, 1, 2, 3, 4)] == [5, 5, 10, 20, 40]
    assert effects.pause_after(1000, 5.0) == effects.LONGEST_PAUSE


def test_what_is_refused_is_parked_for_a_person(world: World) -> None:
    intended()
    assert effects.park(claimed(), ME, "the channel is archived")
    assert (row().status, row().error) == ("parked", "the channel is archived")
    assert not effects.due()
    assert not effects.to_enqueue()
    assert effects.retry(row())
    assert effects.due() == ["say:1:1"]
    assert claimed().tries == 2  # not the first try: the other side is looked at first


def test_a_person_drops_what_is_not_wanted_and_it_stays_visible(world: World) -> None:
    intended()
    mine = claimed()
    assert effects.drop(mine, "dropped by Bob: told them by telephone")
    assert (row().status, row().error) == ("dropped", "dropped by Bob: told them by telephone")
    assert not effects.renew(mine, ME, 30)
    assert not effects.done(mine, ME, "M1")
    assert effects.retry(row())
    assert row().status == "waiting"


def test_every_attempt_in_the_queue_has_its_own_number(world: World) -> None:
    intended()
    assert effects.next_attempt("say:1:1") == [1]
    assert effects.next_attempt("say:1:1") == [2]
    assert effects.to_enqueue() == []  # it was put there a moment ago
    models.Effect.objects.update(enqueued_at=clock.later(-effects.LOST_AFTER - 1))
    assert effects.to_enqueue() == [("say:1:1", 3)]
    assert effects.to_enqueue() == []


def test_what_was_never_put_into_the_queue_is_found_by_the_sweep(world: World) -> None:
    for key in ("say:1:1", "say:1:2", "say:1:3"):
        intended(key)
    claimed("say:1:2")
    assert effects.to_enqueue() == [("say:1:1", 1), ("say:1:3", 1)]


def test_the_sweep_finds_the_next_try_as_soon_as_it_is_due(world: World) -> None:
    intended()
    effects.next_attempt("say:1:1")
    effects.again(claimed(), ME, "away", 60)
    models.Effect.objects.update(enqueued_at=clock.later(-3), not_before=clock.later(-1))
    assert effects.to_enqueue() == [("say:1:1", 2)]


def test_a_lease_that_ran_out_is_swept_up(world: World) -> None:
    intended()
    effects.next_attempt("say:1:1")
    claimed()
    models.Effect.objects.update(enqueued_at=clock.later(-60))
    assert effects.to_enqueue() == []
    run_out()
    assert effects.to_enqueue() == [("say:1:1", 2)]


def test_after_a_restore_nothing_goes_out_until_it_is_released(world: World) -> None:
    intended()
    effects.hold("restored from monday.tar.gz")
    assert effects.held()
    assert effects.claim("say:1:1", ME, 30) is None
    assert effects.to_enqueue() == []
    assert effects.release() == 1
    assert not effects.held()
    assert effects.release() == 1
    assert claimed().tries == 2  # what the backup believes new may lie there already: it is looked up first


def test_the_database_has_one_clock(world: World) -> None:
    assert clock.now().utcoffset() == timedelta()
    before = clock.now()
    assert before <= clock.now()
    assert models.Counter.objects.get(name="incident").value == 0
