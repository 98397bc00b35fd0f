"""Two `web` and two `worker` processes on PostgreSQL; one worker never comes back, the others are killed and do."""

from __future__ import annotations

import random
import time

import pytest

from tests.faults import verdict
from tests.faults.conftest import fresh_database
from tests.faults.house import LONG, House, answer
from tests.faults.storm import Storm

pytestmark = [pytest.mark.faults, pytest.mark.postgresql]
KILLS = 18


@pytest.fixture
def database(postgresql_server: str) -> str:
    return fresh_database(postgresql_server)


def test_two_web_and_two_worker_processes_lose_nothing_and_do_nothing_twice(house: House, dice: random.Random) -> None:
    house.other_side.mood("wild")
    house.inside("declare", title="There before the storm", count=3)
    pages, address = house.web()
    other_pages, _ = house.web()
    storm = Storm(house, dice)
    house.running_engine()
    doomed = house.running_engine()
    storm.engine()
    storm.writers(2, "enqueue")
    storm.command_line()
    storm.rage(KILLS // 3, 12)
    assert doomed.kill()
    assert other_pages.kill()
    storm.rage(2 * KILLS // 3, 30)
    assert house.inside("disconnect") > 0
    other_pages, other_address = house.web()
    storm.rage(KILLS, 36)
    for url in (address, other_address):
        assert answer(f"{url}healthz")[0] == 200
        assert answer(f"{url}readyz") == (200, {"status": "ok"})
    storm.end()
    house.settle()
    verdict.nothing_was_lost(house, storm.acknowledged())
    verdict.nothing_happened_twice(house)
    verdict.state_is_what_the_journal_says(house)
    assert (pages.stop(), other_pages.stop()) == (0, 0)


def test_what_was_written_before_any_worker_ever_ran_is_carried_out_by_the_first(house: House) -> None:
    storm = Storm(house, random.Random())
    writer = storm.writer("enqueue")
    until = time.monotonic() + LONG
    while len(storm.acknowledged()) < 6 and time.monotonic() < until:
        time.sleep(0.05)
    assert writer.kill(), writer.complained()
    assert house.other_side.size() == 0
    house.running_engine()
    house.settle()
    verdict.nothing_was_lost(house, storm.acknowledged())
    verdict.nothing_happened_twice(house)
    assert "Traceback" not in writer.complained()
