"""The one module that knows the engine (DBOS): queues, limits, schedules; enqueues by name. Only ids are passed.

Web processes use a client, which only writes; `worker` launches the engine. The command line imports neither: it
carries its effects out itself. On SQLite the engine has a file of its own beside the database; its contents can be
rebuilt from the effect rows at any time.
"""

from __future__ import annotations

import os
import secrets
import socket
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from dbos import DBOSClient, EnqueueOptions

QUEUE = "effects"
#: A constant: a new version of ours carries on with the jobs of the old one.
VERSION = "1"
#: Threads that carry effects out, in each process.
THREADS = 4
SWEEP = "*/10 * * * * *"
TIDY = "0 17 * * * *"
REMIND = "0 * * * * *"


def url(home: Path, database_url: str) -> str:
    """Where the engine keeps its jobs: the same PostgreSQL database, or a file in the home."""
    if database_url.startswith("postgres"):
        return database_url.replace("postgres://", "postgresql://", 1)
    return f"sqlite:///{quote(str(home / 'engine.sqlite3'))}"


def _prepare(where: str) -> None:
    """The engine leaves its SQLite file in the default journal mode, where readers and writers wait for each other."""
    if where.startswith("sqlite:///"):
        connection = sqlite3.connect(where.removeprefix("sqlite:///"), timeout=30)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.close()


@cache
def client(where: str) -> DBOSClient:
    """A client that enqueues. Raises if the engine has never been launched on this database."""
    from dbos import DBOSClient, DBOSPortableJSONSerializer

    return DBOSClient(
        system_database_url=where,
        serializer=DBOSPortableJSONSerializer(),
        application_name="musterpoint",
        retry_connection_errors=False,
    )


def enqueue(where: str, key: str, attempt: int, delay: float = 0.0) -> None:
    """Put the next attempt of an effect into the queue, to begin in `delay` seconds. Twice is the same as once."""
    options: EnqueueOptions = {
        "workflow_name": "deliver",
        "queue_name": QUEUE,
        "workflow_id": f"{key}:{attempt}",
        "app_version": VERSION,
    }
    if delay:
        options["delay_seconds"] = delay
    client(where).enqueue(options, key)


def launch(
    where: str,
    deliver: Callable[[str], None],
    sweep: Callable[[], list[tuple[str, int]]],
    tidy: Callable[[], None],
    remind: Callable[[], None],
    tend: Callable[[], None],
) -> Callable[[], None]:
    """Launch the engine in this process; never before a fork. Returns what stops it.

    `deliver` carries an effect out by its key; `sweep` names the effects whose next attempt is due, every ten seconds;
    `tidy` runs every hour, `remind` every minute, `tend` every ten seconds, apart from the sweep: it may take long.
    """
    from dbos import DBOS, DBOSPortableJSONSerializer

    _prepare(where)
    engine = DBOS(
        config={
            "name": "musterpoint",
            "system_database_url": where,
            "application_version": VERSION,
            "executor_id": f"{socket.gethostname()[:60]}-{os.getpid()}-{secrets.token_hex(4)}",
            "serializer": DBOSPortableJSONSerializer(),
            "max_executor_threads": THREADS + 3,
            "log_level": "WARNING",
            "sys_db_pool_size": THREADS + 4,
            "scheduler_polling_interval_sec": 5.0,
        }
    )

    @DBOS.workflow(name="deliver")
    def _deliver(key: str) -> None:
        deliver(key)

    @DBOS.workflow(name="sweep")
    def _sweep(scheduled_at: object, context: object) -> None:
        for key, attempt in sweep():
            enqueue(where, key, attempt)

    @DBOS.workflow(name="tidy")
    def _tidy(scheduled_at: object, context: object) -> None:
        tidy()
        forget(where)

    @DBOS.workflow(name="remind")
    def _remind(scheduled_at: object, context: object) -> None:
        remind()

    @DBOS.workflow(name="tend")
    def _tend(scheduled_at: object, context: object) -> None:
        tend()

    DBOS.launch()
    DBOS.register_queue(QUEUE, worker_concurrency=THREADS, polling_interval_sec=0.5)
    DBOS.apply_schedules(
        [
            {"schedule_name": "sweep", "workflow_fn": _sweep, "schedule": SWEEP, "context": None},
            {"schedule_name": "tend", "workflow_fn": _tend, "schedule": SWEEP, "context": None},
            {"schedule_name": "tidy", "workflow_fn": _tidy, "schedule": TIDY, "context": None},
            {"schedule_name": "remind", "workflow_fn": _remind, "schedule": REMIND, "context": None},
        ]
    )
    return lambda: engine.destroy(workflow_completion_timeout_sec=5)


def forget(where: str, older_than: timedelta = timedelta(hours=1)) -> int:
    """Delete jobs older than that, finished or abandoned: the effect rows are the record. Returns how many."""
    before = (datetime.now(UTC) - older_than).isoformat()
    engine, gone = client(where), 0
    while found := engine.list_workflows(end_time=before, limit=500, load_input=False, load_output=False):
        engine.delete_workflows([each.workflow_id for each in found])
        gone += len(found)
    return gone
