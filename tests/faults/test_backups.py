"""A backup is one consistent moment, whatever is written meanwhile; after a restore nothing goes out a second time."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.databases import BOTH
from tests.faults import verdict
from tests.faults.house import House

pytestmark = pytest.mark.faults
#: In seconds. The engine looks for what is due as it starts and every ten seconds: by then it would have gone out.
LONGER_THAN_A_SWEEP = 12

#: So many acknowledged entries before the backup begins.
ENOUGH = 25


@pytest.fixture(autouse=True)
def _programs_of_postgresql(database: str) -> None:
    if database and not all(map(shutil.which, ("pg_dump", "pg_restore", "psql"))):
        pytest.skip("backups of PostgreSQL (apt-get install postgresql-client)")


def backup(house: House, name: str) -> Path:
    answer = house.musterpoint("backup", "--to", str(house.home.parent / name))
    assert answer["missing"] == []
    return Path(answer["file"])


def acknowledged(house: House) -> list[dict[str, Any]]:
    file = house.home.parent / "acknowledged"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def test_a_backup_taken_while_writers_write_is_whole_and_consistent(house: House) -> None:
    house.inside("declare", title="There before the backup", count=2)
    file = str(house.home.parent / "acknowledged")
    writers = [house.spawn("tests.faults.driver", "write", f"writer {number}", file) for number in range(2)]
    until = time.monotonic() + 60
    while len(acknowledged(house)) < ENOUGH and time.monotonic() < until:
        time.sleep(0.05)
    before = acknowledged(house)
    assert len(before) >= ENOUGH
    archive = backup(house, "while-written.tar.gz")
    assert all(writer.lives for writer in writers), [writer.complained() for writer in writers]
    for writer in writers:
        assert writer.kill()
    assert house.refused("restore", str(archive))["code"] == "not_empty"
    house.musterpoint("restore", str(archive), "--yes")
    verdict.nothing_was_lost(house, before)
    verdict.state_is_what_the_journal_says(house)
    assert house.musterpoint("effects", "release")["released"] >= 0
    house.running_engine()
    house.settle()
    verdict.state_is_what_the_journal_says(house)
    assert {line["key"]: 1 for line in house.other_side.stored()} == dict(house.other_side.times())


def test_a_restore_refuses_while_a_process_lives_and_says_which(house: House) -> None:
    archive = backup(house, "early.tar.gz")
    engine = house.running_engine()
    error = house.refused("restore", str(archive), "--yes")
    assert error["code"] == "processes_live"
    assert f"{'worker' if house.url else 'serve'}-{engine.popen.pid}" in error["message"]
    assert engine.kill()
    house.musterpoint("restore", str(archive), "--yes")


def test_after_a_restore_nothing_goes_out_until_it_is_released_and_then_nothing_twice(house: House) -> None:
    (kept,) = house.inside("declare", title="Waits in the backup, went out later", count=1)
    house.inside("note", ref=kept, texts=["a note that goes out later"])
    archive = backup(house, "older.tar.gz")
    engine = house.running_engine()
    (lost,) = house.inside("declare", title="Lost by the restore", count=1)
    house.settle()
    assert engine.stop() == 0
    before = house.other_side.times()
    assert len(before) == 3
    house.musterpoint("restore", str(archive), "--yes")
    assert house.musterpoint("effects", "list")["held"] is True
    again = house.musterpoint("declare", "Has the number of the lost one", "--wait", "1")["incident"]
    assert again == lost
    house.running_engine()
    time.sleep(LONGER_THAN_A_SWEEP)
    assert house.other_side.times() == before
    house.musterpoint("effects", "release")
    house.settle()
    after = house.other_side.times()
    assert set(after.values()) == {1}
    (new,) = set(after) - set(before)
    rows = {row["outside"]: row for row in house.inside("effect_rows")}
    stored = {line["key"]: line["external"] for line in house.other_side.stored()}
    assert rows[new]["incident"] == again
    assert {row["status"] for row in rows.values()} == {"done"}
    assert {key: row["external"] for key, row in rows.items()} == {key: stored[key] for key in rows}


def waits(house: House) -> bool:
    """Whether an effect waits, asked from outside, at once: no process of ours would be quick enough."""
    question = "SELECT count(*) FROM store_effect WHERE status = 'waiting'"
    if house.url:
        with psycopg.connect(house.url) as connection:
            row = connection.execute(question).fetchone()
            return row is not None and row[0] > 0
    with closing(sqlite3.connect(house.home / "musterpoint.sqlite3", timeout=30)) as file:
        return bool(file.execute(question).fetchone()[0])


def test_a_restore_that_is_killed_as_soon_as_the_database_is_back_lets_nothing_out(house: House) -> None:
    house.inside("declare", title="Waits in the backup, went out later", count=1)
    archive = backup(house, "older.tar.gz")
    engine = house.running_engine()
    house.settle()
    assert engine.stop() == 0
    before = house.other_side.times()
    process = house.command("restore", str(archive), "--yes")
    while not waits(house):
        assert process.lives, process.complained()
        time.sleep(0.005)
    process.kill()
    engine = house.running_engine()
    time.sleep(LONGER_THAN_A_SWEEP / 2)
    assert engine.stop() == 0
    assert house.other_side.times() == before
    house.musterpoint("restore", str(archive), "--yes")
    house.musterpoint("effects", "release")
    house.running_engine()
    house.settle()
    assert house.other_side.times() == before


@pytest.mark.parametrize("database", BOTH[1:], indirect=True)
def test_without_pg_dump_a_backup_says_that_the_database_is_not_in_it(house: House, tmp_path: Path) -> None:
    empty = tmp_path / "no programs"
    empty.mkdir()
    answer = house.musterpoint("backup", environment={"PATH": str(empty)})
    assert "no pg_dump" in answer["missing"][0]
    assert os.path.getsize(answer["file"]) > 0
