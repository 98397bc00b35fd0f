"""Writers, the command line, imports and the engine are killed at random moments while the other side fails, too."""

from __future__ import annotations

import random

import pytest

from tests.faults import verdict
from tests.faults.house import House
from tests.faults.storm import Storm

pytestmark = pytest.mark.faults
KILLS = 55
ACKNOWLEDGEMENTS = 60
MESSAGES = 600


def test_nothing_is_lost_nothing_is_half_there_and_nothing_happens_twice(house: House, dice: random.Random) -> None:
    house.other_side.mood("wild")
    house.inside("declare", title="There before the storm", count=3)
    storm = Storm(house, dice)
    storm.engine()
    storm.writers(2)
    storm.command_line()
    storm.importing(3, MESSAGES)
    storm.rage(KILLS, ACKNOWLEDGEMENTS)
    storm.end()
    assert storm.kills >= KILLS
    house.engine()
    house.settle()
    verdict.nothing_was_lost(house, storm.acknowledged())
    verdict.nothing_happened_twice(house)
    verdict.no_import_is_half_there(house, storm, MESSAGES)
    verdict.state_is_what_the_journal_says(house)
