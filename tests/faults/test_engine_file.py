"""The engine's own tables are no record: they may go, and everything is carried out all the same."""

from __future__ import annotations

import pytest

from tests.faults import verdict
from tests.faults.house import LONG, House

pytestmark = pytest.mark.faults


@pytest.fixture
def database() -> str:
    """SQLite: there the engine has a file of its own."""
    return ""


def test_everything_is_carried_out_after_the_engines_file_was_deleted(house: House) -> None:
    house.inside("declare", title="Told before and after", count=3)
    house.other_side.mood("silent")
    engine = house.engine()
    assert house.other_side.wait_for_stored(0, LONG)
    assert engine.kill()
    house.other_side.mood("calm")
    files = list(house.home.glob("engine.sqlite3*"))
    assert files
    for file in files:
        file.unlink()
    house.inside("declare", title="Told after alone", count=2)
    house.running_engine()
    house.settle()
    verdict.nothing_happened_twice(house)
    assert len(house.other_side.times()) == 5
