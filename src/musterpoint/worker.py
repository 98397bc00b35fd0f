"""The worker: registers the jobs and launches the engine; `serve` runs it beside the pages, `worker` alone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from musterpoint import effects, jobs
from musterpoint.core.process import Process
from musterpoint.delivery import deliver
from musterpoint.integrations import registry

log = logging.getLogger("musterpoint.worker")

Given = ParamSpec("Given")
Result = TypeVar("Result")


def start(home: Path, database_url: str, process: Process, *, pages: bool) -> Callable[[], None]:
    """Launch the engine here, sweep once at once and begin to listen to the chat. Returns what ends it all.

    `pages`: this process serves them, too.
    """
    where = jobs.url(home, database_url)

    def carry_out(key: str) -> None:
        if not deliver(key, process):
            for delay in effects.due_in(key):
                _enqueue(where, key, delay)

    def sweep() -> list[tuple[str, int]]:
        registry.take_in(process, timezone.now())
        return effects.to_enqueue()

    def remind() -> None:
        from musterpoint import reminding  # not needed before the first full minute

        reminding.remind(process, timezone.now())

    def tend() -> None:
        registry.tend(process, timezone.now())

    stop = jobs.launch(where, _job(carry_out), _job(sweep), _job(_tidy), _job(remind), _job(tend))
    effects.carried_by(lambda key: _enqueue(where, key))
    for key, attempt in _job(sweep)():
        jobs.enqueue(where, key, attempt)
    deaf = registry.listen(process, called=pages, engine=True)

    def end() -> None:
        deaf()
        stop()

    return end


def _job(work: Callable[Given, Result]) -> Callable[Given, Result]:
    """The same with a connection to the database of its own, which is closed afterwards."""

    def job(*given: Given.args, **named: Given.kwargs) -> Result:
        close_old_connections()
        try:
            return work(*given, **named)
        finally:
            connection.close()

    return job


def _tidy() -> None:
    # a quarter of a second that nobody should wait for at the start
    from musterpoint import importing
    from musterpoint.accounts import tidy as accounts

    importing.sweep()
    accounts.tidy()


def _enqueue(where: str, key: str, delay: float = 0.0) -> None:
    """Send the effect on its way, in so many seconds. If the engine's database is away the sweep does it later."""
    try:
        for attempt in effects.next_attempt(key, delay):
            jobs.enqueue(where, key, attempt, delay)
    except Exception as error:  # noqa: BLE001  (the edge: the effect is committed, the sweep will find it)
        log.warning("could not enqueue %s, the next sweep will: %s", key, str(error).partition("\n")[0])
        with suppress(DatabaseError):
            effects.not_enqueued(key)


def only_enqueue(home: Path, database_url: str, process: Process) -> Callable[[], None]:
    """For processes that serve pages alone: effects are put into the queue for the workers. Returns what ends it."""
    where = jobs.url(home, database_url)
    effects.carried_by(lambda key: _enqueue(where, key))
    return registry.listen(process, called=True, engine=False)
