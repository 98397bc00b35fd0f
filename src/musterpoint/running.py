"""Which processes of this installation live: each shares a lock on a file in the home; some work needs it alone."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO

from django.db import connection


class Lock(StrEnum):
    ALIVE = "alive.lock"
    MIGRATION = "migration.lock"


class Busy(Exception):
    """Somebody else holds the lock."""


def _open(home: Path, lock: Lock) -> IO[str]:
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return (home / lock.value).open("a+")


@contextmanager
def alive(home: Path, what: str) -> Iterator[None]:
    """For as long as this process runs: others can see that it does, and what it is. Raises Busy during a restore."""
    with _open(home, Lock.ALIVE) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy from error
        mark = home / "processes" / f"{what}-{os.getpid()}"
        mark.parent.mkdir(exist_ok=True)
        mark.touch()
        try:
            yield
        finally:
            mark.unlink(missing_ok=True)


def living(home: Path) -> list[str]:
    """The processes that left their mark and still run, e.g. `serve-4711`."""
    found = []
    for mark in sorted((home / "processes").glob("*-*")):
        number = mark.name.rpartition("-")[2]
        if number.isdigit() and Path(f"/proc/{number}").exists():
            found.append(mark.name)
    return found


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Nobody else may run meanwhile: no process on this machine, nobody at the database. Raises Busy."""
    with _open(home, Lock.ALIVE) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(", ".join(living(home)) or "another process") from error
        if connection.vendor == "postgresql" and (others := _still_connected()):
            raise Busy(f"{others} connection{'s' * (others > 1)} to the database")
        yield


def _still_connected() -> int:
    """How many others use the database. Of a process that has just ended it knows only moments later."""
    until = time.monotonic() + 3
    while (others := _connected()) and time.monotonic() < until:
        time.sleep(0.1)
    return others


def _connected() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


@contextmanager
def exclusive(home: Path, lock: Lock) -> Iterator[None]:
    """One process at a time; waits. On PostgreSQL the database itself sees to it, for all hosts."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [f"musterpoint:{lock.value}"])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [f"musterpoint:{lock.value}"])
        return
    with _open(home, lock) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
