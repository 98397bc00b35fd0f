"""Killed in the worst moment: the other side has stored it, we have not noted that."""

from __future__ import annotations

import pytest

from tests.faults import verdict
from tests.faults.house import LONG, House

pytestmark = pytest.mark.faults
COMMANDS = 6
ENGINES = 3


def test_what_a_killed_command_line_had_sent_is_found_by_the_engine(house: House) -> None:
    house.other_side.mood("silent")
    for number in range(COMMANDS):
        before = house.other_side.size()
        command = house.command("declare", f"Declared by a doomed process {number}")
        assert house.other_side.wait_for_stored(before, LONG)
        assert command.kill()
    house.other_side.mood("calm")
    house.running_engine()
    house.settle()
    verdict.nothing_happened_twice(house)
    assert len(house.other_side.times()) == COMMANDS


def test_what_a_killed_engine_had_sent_is_found_by_the_next(house: House) -> None:
    house.other_side.mood("silent")
    house.inside("declare", title="Left to the engine", count=ENGINES)
    for _ in range(ENGINES):
        before = house.other_side.size()
        engine = house.engine()
        assert house.other_side.wait_for_stored(before, LONG)
        assert engine.kill()
        house.inside("declare", title="Left to the next engine", count=1)
    house.other_side.mood("calm")
    engine = house.running_engine()
    house.settle()
    verdict.nothing_happened_twice(house)
    assert len(house.other_side.times()) == 2 * ENGINES
    assert engine.stop() == 0
    assert "Traceback" not in engine.complained()
