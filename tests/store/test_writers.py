"""On SQLite the threads of one process that write take turns; a thread that fails or goes away passes its turn on."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import Error, IntegrityError, connection, connections, transaction

from musterpoint.store import models
from musterpoint.store.sqlite.base import _turn


def count_one(barrier: Barrier | None = None) -> None:
    if barrier:
        barrier.wait()
    try:
        with transaction.atomic():
            counter = models.Counter.objects.select_for_update().get(name="turns")
            time.sleep(0.002)
            models.Counter.objects.filter(name="turns").update(value=counter.value + 1)
    finally:
        connections.close_all()


def close_within() -> None:
    with transaction.atomic():
        models.Counter.objects.filter(name="turns").update(value=5)
        connection.close()
        models.Counter.objects.get(name="turns")


def test_many_threads_that_write_lose_nothing(transactional_db: None) -> None:
    models.Counter.objects.create(name="turns")
    barrier = Barrier(8)
    with ThreadPoolExecutor(8) as pool:
        for each in [pool.submit(count_one, barrier) for _ in range(8)]:
            each.result()
        for each in [pool.submit(count_one) for _ in range(40)]:
            each.result()
    assert models.Counter.objects.get(name="turns").value == 48
    assert not _turn.locked()


def test_a_failure_and_a_closed_connection_pass_the_turn_on(transactional_db: None) -> None:
    models.Counter.objects.create(name="turns")
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Counter.objects.create(name="turns")
    assert not _turn.locked()
    with pytest.raises(Error):
        close_within()
    assert not _turn.locked()
    count_one()
    assert models.Counter.objects.get(name="turns").value == 1
