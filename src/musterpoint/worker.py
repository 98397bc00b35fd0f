"""The worker: registers the jobs and launches the engine; `serve` runs it beside the pages, `worker` alone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from musterpoint import effects, jobs
from musterpoint.core.process import Process
from musterpoint.delivery import deliver
from musterpoint.integrations import registry

log = logging.getLogger("musterpoint.worker")


def start(home: Path, database_url: str, process: Process) -> Callable[[], None]:
    """Launch the engine here and sweep once at once. Returns what stops it."""
    where = jobs.url(home, database_url)

    def carry_out(key: str) -> None:
        close_old_connections()
        try:
            if not deliver(key, process):
                for delay in effects.due_in(key):
                    _enqueue(where, key, delay)
        finally:
            connection.close()

    def sweep() -> list[tuple[str, int]]:
        close_old_connections()
        try:
            registry.take_in(process, timezone.now())
            return effects.to_enqueue()
        finally:
            connection.close()

    def remind() -> None:
        from musterpoint import reminding  # not needed before the first full minute

        close_old_connections()
        try:
            reminding.remind(process, timezone.now())
        finally:
            connection.close()

    def tend() -> None:
        close_old_connections()
        try:
            registry.tend(process, timezone.now())
        finally:
            connection.close()

    stop = jobs.launch(where, carry_out, sweep, _tidy, remind, tend)
    effects.carried_by(lambda key: _enqueue(where, key))
    for key, attempt in sweep():
        jobs.enqueue(where, key, attempt)
    deaf = registry.listen(process)

    def end() -> None:
        deaf()
        stop()

    return end


def _tidy() -> None:
    # a quarter of a second that nobody should wait for at the start
    from musterpoint import importing
    from musterpoint.accounts import tidy as accounts

    close_old_connections()
    try:
        importing.sweep()
        accounts.tidy()
    finally:
        connection.close()


def _enqueue(where: str, key: str, delay: float = 0.0) -> None:
    """Send the effect on its way, in so many seconds. If the engine's database is away the sweep does it later."""
    try:
        for attempt in effects.next_attempt(key, delay):
            jobs.enqueue(where, key, attempt, delay)
    except Exception as error:  # noqa: BLE001  (the edge: the effect is committed, the sweep will find it)
        log.warning("could not enqueue %s, the next sweep will: %s", key, str(error).partition("\n")[0])
        with suppress(DatabaseError):
            effects.not_enqueued(key)


def only_enqueue(home: Path, database_url: str) -> None:
    """For processes that serve pages: effects are put into the queue for the workers."""
    where = jobs.url(home, database_url)
    effects.carried_by(lambda key: _enqueue(where, key))
