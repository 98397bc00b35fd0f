"""Many who wait to be stored share one transaction; nobody waits for ever, and what was said yes to is on disk."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone

from musterpoint import effects
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import storing, taking
from musterpoint.store import models
from tests.actions.telling import declared
from tests.conftest import World

PROCESS = Process(chat="slack", workspace="T0HALDEN001")
ROOT = "1772442000.000100"


@pytest.fixture
def tracked(real_world: World) -> Iterator[World]:
    """An incident reads a thread, and who writes there is known."""
    ref = declared(real_world)
    thread = models.Thread.objects.create(workspace="T0HALDEN001", channel="C1", root=ROOT)
    models.Reading.objects.create(incident=models.Incident.objects.get(ref=ref), thread=thread, role="chat")
    models.ChatUser.objects.create(
        workspace="T0HALDEN001", user="U0000001ANA", name="Ana", kind="member", known_at=timezone.now()
    )
    yield real_world
    until(lambda: not [each for each in threading.enumerate() if each.name == "slack-store"])


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not come to that"
        time.sleep(0.02)


def said(number: int, root: str = ROOT) -> dict[str, Any]:
    stamp = f"1772442001.{number:06d}"
    event = {"type": "message", "user": "U0000001ANA", "channel": "C1", "ts": stamp, "event_ts": stamp}
    event |= {"text": f"message {number}", "thread_ts": root}
    return {"type": "event_callback", "team_id": "T0HALDEN001", "event_id": f"Ev{number}", "event": event}


def store(number: int, root: str = ROOT) -> bool:
    try:
        return storing.store(f"Ev{number}", said(number, root), timezone.now(), PROCESS)
    finally:
        connections.close_all()


def test_it_returns_when_the_event_is_committed_or_dropped(tracked: World) -> None:
    assert store(1)
    assert models.Inbound.objects.get().key == "Ev1"
    assert not store(2, root="1772442000.999999")
    assert models.Inbound.objects.count() == 1


def test_what_waits_together_is_stored_together(tracked: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    write = storing._write

    def noting(batch: list[Any]) -> None:
        sizes.append(len(batch))
        time.sleep(0.1)
        write(batch)

    monkeypatch.setattr(storing, "_write", noting)
    with ThreadPoolExecutor(20) as pool:
        assert all(pool.map(store, range(40)))
    assert models.Inbound.objects.count() == 40
    assert sum(sizes) == 40
    assert len(sizes) < 10


def test_an_event_that_comes_twice_at_once_is_stored_once(tracked: World) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(store, [7] * 16))
    assert models.Inbound.objects.count() == 1


def test_of_two_requests_with_one_key_one_is_new(tracked: World) -> None:
    def ask(_: int) -> bool:
        try:
            return storing.store_request("command:1.1", "slash_commands", {}, timezone.now(), PROCESS)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(ask, range(16))) == [False] * 15 + [True]


def test_an_error_of_the_database_reaches_everybody_who_waits_and_the_next_is_stored(
    tracked: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OperationalError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(models.Inbound.objects, "bulk_create", fails)
        with ThreadPoolExecutor(4) as pool:
            for waiting in [pool.submit(store, number) for number in range(4)]:
                with pytest.raises(storing.NotStored, match="disk is full"):
                    waiting.result()
    assert store(9)


def test_nobody_waits_longer_than_slack_does(tracked: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "PATIENCE", 0.3)
    begun_to_write, goes_on = threading.Event(), threading.Event()
    write = storing._write

    def waits(batch: list[Any]) -> None:
        begun_to_write.set()
        goes_on.wait(10)
        write(batch)

    monkeypatch.setattr(storing, "_write", waits)
    begun = time.monotonic()
    with ThreadPoolExecutor(3) as pool:
        several = [pool.submit(store, 0)]
        assert begun_to_write.wait(10)
        several += [pool.submit(store, number) for number in (1, 2)]
        for each in several:
            with pytest.raises(storing.NotStored, match="busy"):
                each.result()
    assert time.monotonic() - begun < 2
    goes_on.set()
    monkeypatch.undo()
    assert store(9)
    # What was being written when somebody gave up is kept all the same, what waited is not: it comes again.
    assert models.Inbound.objects.filter(key__in=("Ev0", "Ev1", "Ev2")).count() == 1


def test_the_thread_goes_when_nothing_comes_and_comes_again(tracked: World) -> None:
    assert store(1)
    until(lambda: not [each for each in threading.enumerate() if each.name == "slack-store"])
    assert store(2)


def test_inside_a_transaction_of_the_caller_it_is_stored_in_that(tracked: World) -> None:
    with transaction.atomic():
        assert storing.store("Ev1", said(1), timezone.now(), PROCESS)
        assert connection.in_atomic_block
        transaction.set_rollback(True)
    assert models.Inbound.objects.count() == 0


def test_an_event_is_taken_in_within_a_moment(tracked: World) -> None:
    effects.carried_by(lambda key: None)  # as in a process that stays
    for number in range(5):
        assert store(number)
    until(lambda: models.Entry.objects.filter(kind="message").count() == 5, 5)
    until(lambda: not models.Inbound.objects.filter(status="waiting").exists())


def test_a_command_takes_nothing_in_by_itself(tracked: World) -> None:
    assert store(1)
    time.sleep(0.3)
    assert models.Inbound.objects.get().status == "waiting"


def test_what_cannot_be_taken_in_now_is_at_the_next_look(tracked: World, monkeypatch: pytest.MonkeyPatch) -> None:
    effects.carried_by(lambda key: None)
    take_in, times = taking.take_in, iter([True, True])

    def fails_first(*given: Any) -> int:
        if next(times, False):
            raise OperationalError("database is locked")
        return take_in(*given)

    monkeypatch.setattr(taking, "take_in", fails_first)
    assert store(1)
    until(lambda: models.Entry.objects.filter(kind="message").exists(), 10)


@pytest.fixture(autouse=True)
def _taker_ends(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(taking, "AGAIN", 0.1)
    monkeypatch.setattr(taking, "LOOKS", 3)
    yield
    until(lambda: not [each for each in threading.enumerate() if each.name == "slack-take-in"])
