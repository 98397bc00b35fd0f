"""Threads of one process that write take turns before they ask SQLite, whose own waiting is to sleep and to ask again.

With eight threads that declare or note, most of the time went into those pauses. Other processes are kept apart by
SQLite as before. Reading waits for nobody. Django wants a backend's module to be called `base`.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

from django.db.backends.sqlite3.base import DatabaseWrapper as OfDjango

#: Seconds after which a thread asks SQLite all the same, which tells it what is wrong.
PATIENCE = 30
_turn = Lock()


class DatabaseWrapper(OfDjango):
    """A connection that holds the turn from the beginning of a transaction to its end, or its own."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._writes = False

    def _start_transaction_under_autocommit(self) -> None:
        self._writes = self._writes or _turn.acquire(timeout=PATIENCE)
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # the stubs leave it out
        except BaseException:
            self._passed_on()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            self._passed_on()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._passed_on()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._passed_on()  # within a transaction, too: it is over then

    def _passed_on(self) -> None:
        if self._writes:
            self._writes = False
            _turn.release()
