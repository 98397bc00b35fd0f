"""What Slack sends is on disk before it is acknowledged: many who wait for that share one transaction.

Whoever has received something hands it over and waits. One thread of the process takes all that wait, decides what of
it concerns us (`wanted`), writes that at once and lets everybody go; it comes with the first event and goes when none
come. Nobody waits longer than Slack would (https://docs.slack.dev/apis/events-api: three seconds).
"""

from __future__ import annotations

import atexit
import json
import logging
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from musterpoint import effects
from musterpoint.core.incident import time_text
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import calling, taking, troubles, wanted
from musterpoint.integrations.slack.app.facts import place
from musterpoint.integrations.slack.shapes import Object, inner, string
from musterpoint.process import in_force
from musterpoint.store import models

log = logging.getLogger("musterpoint.slack")

#: Events are taken in by the intake; requests have been answered, or else are by `hearing.late`.
SOURCE, REQUESTS = "slack", "slack_request"
EVENT = "events_api"
#: Seconds that somebody waits for the database; then they are told to come again.
PATIENCE = 2.0
#: Seconds without work after which the thread ends.
IDLE = 1.0
#: So many are written at once.
TOGETHER = 100
#: Seconds in which whoever clicked is answered; then the process is taken to have died, and the sweep does it.
ANSWERED = 30.0
#: That another workspace calls is noted once in so many seconds.
AGAIN = 60.0


class NotStored(Exception):
    """The database is busy or away: nothing is kept, and it must not be acknowledged."""


@dataclass(slots=True, eq=False)
class _Handed:
    """Something that waits to be stored. `kept` is known when `done` is set, unless `error` says why not."""

    key: str
    kind: str
    payload: Mapping[str, Any]
    now: datetime
    process: Process
    done: threading.Event = field(default_factory=threading.Event)
    kept: bool = False
    error: BaseException | None = None


def store(key: str, event: Mapping[str, Any], now: datetime, process: Process | None = None) -> bool:
    """Keep an `event_callback` if it concerns us; returns when it is committed, or dropped (False). It is taken in
    within a moment. Raises NotStored."""
    return _handed_over(_Handed(key, EVENT, event, now, process or in_force()))


def store_request(key: str, kind: str, payload: Mapping[str, Any], now: datetime, process: Process) -> bool:
    """Keep what somebody asks for. False: it was here already. Raises NotStored."""
    return _handed_over(_Handed(key, kind, payload, now, process))


def _handed_over(handed: _Handed) -> bool:
    if connection.in_atomic_block:  # whose end another thread would wait for in vain
        _write([handed])
    else:
        _store.take(handed)
    if handed.error is not None:
        raise NotStored(str(handed.error)) from handed.error
    return handed.kept


# --- the thread that stores ----------------------------------------------------------------------------------------


class _Store:
    """One thread at most, for as long as there is something to store."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[_Handed] = []
        self._thread: threading.Thread | None = None
        self._over = False

    def take(self, handed: _Handed) -> None:
        with self._changed:
            if self._over:
                raise NotStored("this process ends")
            self._waiting.append(handed)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="slack-store", daemon=True)
                self._thread.start()
            self._changed.notify()
        if not handed.done.wait(PATIENCE):
            with self._changed:
                if handed in self._waiting:
                    self._waiting.remove(handed)
            raise NotStored("the database is busy")

    def end(self) -> None:
        """What was handed over is stored still; nothing is taken any more."""
        with self._changed:
            self._over = True
            self._changed.notify()
            thread = self._thread
        if thread is not None:
            thread.join(PATIENCE)

    def _run(self) -> None:
        try:
            while batch := self._next():
                try:
                    _write(batch)
                finally:
                    for each in batch:
                        each.done.set()
        finally:
            connections.close_all()
            with self._changed:
                if self._thread is threading.current_thread():  # it did not end of itself
                    self._thread = None

    def _next(self) -> list[_Handed]:
        """What waits now; nothing: the thread is to end, and the next event makes a new one."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._over, timeout=IDLE)
            batch, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
            if not batch:
                self._thread = None
            return batch


_store = _Store()
atexit.register(_store.end)


# --- what it does --------------------------------------------------------------------------------------------------


def _write(batch: list[_Handed]) -> None:
    """Store what concerns us of a batch. What goes wrong is noted with each of them."""
    try:
        events = [each for each in batch if each.kind == EVENT]
        _decide(events)
        rows = [_row(each) for each in events if each.kept]
        asked = [each for each in batch if each.kind != EVENT]
        if rows or asked:
            with transaction.atomic():
                models.Inbound.objects.bulk_create(rows, ignore_conflicts=True)
                for each in asked:
                    each.kept = _is_new(each)
        if rows and effects.carries():
            taking.soon(events[-1].process)
    except Exception as error:  # noqa: BLE001  (the edge: those who wait are told, and Slack sends it again)
        log.warning("could not store %s of Slack's requests: %s", len(batch), type(error).__name__)
        for each in batch:
            each.error = error
        if not connection.in_atomic_block:
            connection.close()


def _decide(events: list[_Handed]) -> None:
    if not events:
        return
    answers, foreign = wanted.kept(events[-1].process, [each.payload for each in events])
    for each, answer in zip(events, answers, strict=True):
        each.kept = answer
    for payload in foreign:
        note_foreign(payload, events[-1].now)


def _row(handed: _Handed) -> models.Inbound:
    """As it came, with the thread that it is about (see `outside`) and when it came. Escaped: half a character or a NUL
    could not be stored."""
    data = {"kind": handed.kind, "payload": handed.payload, "received": time_text(handed.now)}
    row = models.Inbound(source=REQUESTS, key=handed.key, received_at=handed.now)
    if handed.kind == EVENT:
        row.source, data["root"] = SOURCE, place(inner(handed.payload, "event")).root
    else:
        row.not_before = handed.now + timedelta(seconds=ANSWERED)
    row.data = json.dumps(data)
    return row


def _is_new(handed: _Handed) -> bool:
    """Of two that come at once one is new, in whichever process."""
    with suppress(IntegrityError), transaction.atomic():
        _row(handed).save(force_insert=True)
        return True
    return False


_noted: dict[str, float] = {}


def note_foreign(payload: Object, now: datetime) -> None:
    """Somebody else's workspace calls us: shown to admins."""
    team = string(payload, "team_id") or string(inner(payload, "team"), "id") or "unknown"
    if time.monotonic() - _noted.get(team, -AGAIN) > AGAIN:
        _noted.clear()
        _noted[team] = time.monotonic()
        with suppress(DatabaseError):
            troubles.noted(calling.Trouble("workspace_changed", needed=team), now)
