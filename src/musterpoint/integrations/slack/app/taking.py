"""Takes in what was stored: within a moment by a thread of the process that stored it, else by the engine's sweep.

The thread makes pauses, so that those who wait to store something get their turn: SQLite has one writer.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime

from django.db import connections
from django.utils import timezone

from musterpoint import intake
from musterpoint.core.process import Process

log = logging.getLogger("musterpoint.slack")

SOURCE = "slack"
#: Seconds between two transactions, between two passes (what comes meanwhile is taken in together), and between two
#: looks at what could not be taken in yet.
PAUSE, REST, AGAIN = 0.02, 0.1, 1.0
#: So many looks without anything new, and the thread ends.
LOOKS = 20

#: Thread and sweep of one process do not take in the same events at the same time.
_turn = threading.Lock()


def take_in(process: Process, now: datetime) -> int:
    """Take in what is stored; how many entries are new."""
    from musterpoint.integrations.slack.app import hearing
    from musterpoint.integrations.slack.app.events import reader

    with _turn:
        hearing.late(process, now)
        return intake.take_in(SOURCE, reader(process, now), now, process=process, between=_pause)


def _pause() -> None:
    time.sleep(PAUSE)


# --- at once -------------------------------------------------------------------------------------------------------


class _Taker:
    """One thread at most, for as long as something comes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._something = threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self, process: Process) -> None:
        with self._lock:
            self._something.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, args=(process,), name="slack-take-in", daemon=True)
                self._thread.start()

    def _run(self, process: Process) -> None:
        quiet = 0
        try:
            while quiet < LOOKS or not self._ends():
                quiet = 0 if self._something.wait(AGAIN) else quiet + 1
                self._something.clear()
                _tried(process)
                time.sleep(REST)
        finally:
            connections.close_all()

    def _ends(self) -> bool:
        """Whether nothing has come meanwhile; then the next event makes a new thread."""
        with self._lock:
            if not self._something.is_set():
                self._thread = None
            return self._thread is None


def _tried(process: Process) -> None:
    try:
        take_in(process, timezone.now())
    except Exception as error:  # noqa: BLE001  (the edge: the events stay where they are, the next look finds them)
        log.warning("could not take in what Slack sent, the next look will: %s", type(error).__name__)
        connections.close_all()


_taker = _Taker()


def soon(process: Process) -> None:
    """Something was stored: it is taken in within a moment."""
    _taker.wake(process)
