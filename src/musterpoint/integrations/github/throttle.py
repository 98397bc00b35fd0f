"""Whose turn it is to write to GitHub, and the pause that GitHub asked for: one row for all processes.

One write at a time, and fewer than GitHub allows: 80 requests a minute and 500 an hour that make something. Whoever
writes holds the row until `busy_until` by the database's clock, so that a turn ends though its holder died.
https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Lock

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from musterpoint.core.process import Process
from musterpoint.ports import NotSent
from musterpoint.store import models
from musterpoint.store.clock import later

SOURCE = "github"
#: Seconds that a turn is waited for, and after which to ask again where that was not enough.
WAITS, AGAIN = 3.0, 1.0
LOOKS_EVERY = 0.03
#: The pause (seconds) where GitHub names none: it doubles each time.
SHORTEST, LONGEST = 60.0, 900.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_of_this_process = Lock()


class HourFull(NotSent):
    """As much was written within the hour as may be."""


@contextmanager
def turn(process: Process, now: datetime) -> Iterator[None]:
    """Inside, nobody else writes. Raises NotSent where it is not our turn, with the seconds that are to be waited."""
    begun = time.monotonic()
    if not _of_this_process.acquire(timeout=WAITS):
        raise NotSent("Something else is being written to GitHub just now.", AGAIN)
    try:
        holder = _taken(process, now, begun)
        done = False
        try:
            yield
            done = True
        finally:
            _given_back(holder, done)
    finally:
        _of_this_process.release()


def unless_held(now: datetime) -> None:
    """Raises NotSent while a pause lasts that GitHub asked for; reading obeys it, too."""
    until = (
        models.Throttle.objects.filter(source=SOURCE, held_until__gt=now).values_list("held_until", flat=True).first()
    )
    if until is not None:
        raise NotSent(f"GitHub asked us to wait until {until:%H:%M:%S} UTC.", (until - now).total_seconds())


def held(seconds: float | None, now: datetime) -> float:
    """Note a pause for everybody. None: GitHub named none; then it is a minute, and twice as long each time until
    something is written. Returns the seconds to wait from `now`."""
    _row()
    with transaction.atomic():
        row = models.Throttle.objects.select_for_update().get(source=SOURCE)
        left = (row.held_until - now).total_seconds() if row.held_until else 0.0
        if seconds is None and left <= 0:  # several calls may be answered so at once: that is one time
            doubles = row.held_for if left > -LONGEST else 0.0
            seconds = row.held_for = min(max(SHORTEST, 2 * doubles), LONGEST)
        pause = max(seconds or 0.0, left)
        row.held_until = now + timedelta(seconds=pause)
        row.save(update_fields=["held_until", "held_for"])
    return pause


def _row() -> models.Throttle:
    return models.Throttle.objects.get_or_create(source=SOURCE)[0]


def _taken(process: Process, now: datetime, begun: float) -> str:
    """Who holds the turn now. The row is replaced only if it is as it was read: nothing is locked in between."""
    holder = f"{os.getpid()}:{secrets.token_hex(4)}"
    while True:
        waited = time.monotonic() - begun
        moment = now + timedelta(seconds=waited)
        row = _row()
        unless_held(moment)
        calls = _counted(row.calls, moment, process)
        mine = models.Throttle.objects.filter(
            Q(busy_until=None) | Q(busy_until__lte=Now()), pk=row.pk, calls=row.calls, held_until=row.held_until
        )
        if mine.update(busy_until=later(_longest(process)), busy_by=holder, calls=json.dumps(calls)):
            return holder
        if waited > WAITS:
            raise NotSent("Something else is being written to GitHub just now.", AGAIN)
        time.sleep(LOOKS_EVERY)


def _longest(process: Process) -> float:
    """Seconds that a call can take at most: connecting, sending, waiting and reading have a time-out each."""
    return 4 * process.timeout + 5


def _given_back(holder: str, done: bool) -> None:
    row = models.Throttle.objects.filter(source=SOURCE, busy_by=holder)
    if done:
        row.update(busy_until=None, busy_by="", held_for=0)
    else:
        row.update(busy_until=None, busy_by="")


def _counted(text: str, now: datetime, process: Process) -> list[int]:
    """The times (milliseconds) of the last hour's writes and of this one. Raises NotSent where there are too many."""
    moment = (now - _EPOCH) // timedelta(milliseconds=1)
    calls = sorted(each for each in json.loads(text) if moment - 3_600_000 < each <= moment + 60_000)
    for seconds, most in ((60, process.github_writes_a_minute), (3600, process.github_writes_an_hour)):
        within = [each for each in calls if each > moment - seconds * 1000]
        if len(within) >= most:
            wait = (within[-most] + seconds * 1000 - moment) / 1000
            told = f"{most} writes to GitHub in {'a minute' if seconds == 60 else 'an hour'} are all that may be."
            raise (NotSent if seconds == 60 else HourFull)(told, wait)
    return [*calls, moment]
