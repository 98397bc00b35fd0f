"""Events from outside are stored before they are acknowledged, taken in once, and parked if they make no sense."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet

from musterpoint.actions import issue
from musterpoint.core.incident import time_text
from musterpoint.core.issue_event import IssueEvent
from musterpoint.core.process import Process
from musterpoint.core.said import Said
from musterpoint.intake.entries import Prepared, append_all, prepared
from musterpoint.intake.readers import tell_readers
from musterpoint.store import models

#: Seconds until an event is looked at again whose thread is not known yet, and after which it is left.
LOOK_AGAIN, GIVE_UP = 15, 3600
#: So many events are taken in by one transaction at most, and fewer where to read them takes longer (in seconds): it
#: flushes to disk but once, and others get their turn soon.
TOGETHER, LONG_ENOUGH = 25, 0.05


class NotYet(Exception):
    """What the event is about is not known yet: another one may tell. It is looked at again in `again` seconds, and
    left after GIVE_UP. `ask` is called in the transaction that notes this, to find out by an effect."""

    def __init__(self, why: str = "", ask: Callable[[], None] | None = None, again: float = LOOK_AGAIN) -> None:
        super().__init__(why)
        self.ask, self.again = ask, again


@dataclass(frozen=True, slots=True)
class Told:
    """What an event says: the thread it belongs to and what happened in it. `then` is called in the same transaction,
    after that is written."""

    thread: models.Thread
    said: Sequence[Said]
    then: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What an event asks for: carried out in the transaction that takes the event in. A refusal (NotAllowed, NotFound)
    is to be answered by `carry_out` itself."""

    carry_out: Callable[[], None]


Result = TypeVar("Result")
Reader = Callable[[Mapping[str, Any]], Told | Asked | IssueEvent | None]


def receive(source: str, key: str, event: Mapping[str, Any], now: datetime) -> bool:
    """Store an event; acknowledge it to its sender after this returns. False: it was here already."""
    data = json.dumps(event)  # escaped: half a character or a NUL could not be stored
    row = models.Inbound(source=source, key=key, data=data, received_at=now)
    before = models.Inbound.objects.filter(source=source, key=key).exists()
    models.Inbound.objects.bulk_create([row], ignore_conflicts=True)
    return not before


def take_in(
    source: str,
    read: Reader,
    now: datetime,
    limit: int = 500,
    *,
    process: Process | None = None,
    between: Callable[[], None] | None = None,
) -> int:
    """Take in the stored events of a source in the order in which they came. Returns how many entries are new.

    A poison event is parked with its error and never stops the rest; one about an issue that we have not noted yet
    waits. `process` is needed for a tracker's events; `between` is called between two transactions.
    """
    rows = models.Inbound.objects.filter(Q(not_before=None) | Q(not_before__lte=now), source=source, status="waiting")
    waiting, new = list(rows.order_by("id").values_list("id", flat=True)[:limit]), 0
    while waiting:
        batch = _Batch(source, now, process)
        batch.read(waiting[:TOGETHER], read)
        with transaction.atomic():
            new += batch.take_in()
        waiting = [number for number in waiting if number > batch.last]
        if waiting and between is not None:
            between()
    return new


@dataclass(slots=True)
class _Batch:
    """Events that are taken in by one transaction, each within a savepoint of its own where it goes wrong.

    They are read before it begins, which needs no lock. What is told is written together. What is asked for, and what
    happened to an issue, has its transaction alone: it locks incidents as it likes, and two who do so in another order
    would wait for each other.
    """

    source: str
    now: datetime
    process: Process | None
    last: int = 0
    told: dict[int, Told] = field(default_factory=dict)
    rows: list[Prepared] | None = None
    alone: tuple[int, Asked | IssueEvent] | None = None
    #: What came of the others: nothing, or what went wrong.
    over: dict[int, Exception | None] = field(default_factory=dict)

    def read(self, numbers: list[int], read: Reader) -> None:
        """Read as many as fit; `last` is the number of the last that need not be looked at again."""
        begun = time.monotonic()
        rows = models.Inbound.objects.filter(pk__in=numbers, status="waiting").order_by("id")
        for number, data in rows.values_list("id", "data"):
            if self.alone or (self.last and time.monotonic() - begun > LONG_ENOUGH):
                break
            told = self._tried(partial(_read, read, data))
            if self.last and isinstance(told, (Asked, IssueEvent)):
                break
            if self.told and isinstance(told, NotYet):  # one of those may tell, and is to be written first
                break
            if isinstance(told, Told):
                self.told[number] = told
            elif isinstance(told, (Asked, IssueEvent)):
                self.alone = (number, told)
            else:
                self.over[number] = told
            self.last = number
        else:
            self.last = numbers[-1]
        prepared = self._tried(lambda: _rows(list(self.told.values()), self.source, self.now))
        self.rows = prepared if isinstance(prepared, list) else None

    def take_in(self) -> int:
        """Write what was read, in the caller's transaction; what somebody else has taken in meanwhile is left out."""
        numbers = [*self.told, *self.over, *([self.alone[0]] if self.alone else [])]
        rows = models.Inbound.objects.select_for_update().filter(pk__in=numbers, status="waiting").order_by("id")
        still = set(rows.values_list("id", flat=True))
        new = self._alone(still) if self.alone else self._together(still)
        taken = [number for number in still if self.over.get(number) is None]
        models.Inbound.objects.filter(pk__in=taken).update(status="taken", data="")
        for number in still:
            if (error := self.over.get(number)) is not None:
                _note(number, error, self.now)
        return new

    def _alone(self, still: set[int]) -> int:
        assert self.alone is not None
        number, event = self.alone
        if number not in still:
            return 0
        return self._counted(number, lambda: _carried_out(event, self.process, self.source, self.now))

    def _together(self, still: set[int]) -> int:
        """If one of them cannot be written, each is tried by itself, to find out which."""
        told = {number: each for number, each in self.told.items() if number in still}
        if self.rows is not None and len(told) == len(self.told):
            rows = self.rows
            new = self._tried(lambda: _written(list(told.values()), rows, self.now))
            if isinstance(new, int):
                return new
        return sum(self._counted(each, partial(say, [told[each]], self.source, self.now)) for each in told)

    def _counted(self, number: int, work: Callable[[], int]) -> int:
        new = self._tried(work)
        if isinstance(new, int):
            return new
        self.over[number] = new
        return 0

    def _tried(self, work: Callable[[], Result]) -> Result | Exception:
        """What the work returns, or what went wrong with it; within a transaction nothing else is undone then."""
        try:
            with transaction.atomic() if connection.in_atomic_block else nullcontext():
                return work()
        except (OperationalError, InterfaceError):  # our own database: no event is to blame
            raise
        except Exception as error:  # noqa: BLE001  (the edge: what is wrong with one event concerns it alone)
            return error


def _read(read: Reader, data: str) -> Told | Asked | IssueEvent | None:
    return read(json.loads(data))


def _note(number: int, error: Exception, now: datetime) -> None:
    row = models.Inbound.objects.filter(pk=number)
    if isinstance(error, NotYet):
        _wait(row, error, now)
    elif not isinstance(error, issue.Unknown):
        row.update(status="parked", error=f"{type(error).__name__}: {error}", attempt=F("attempt") + 1)


def _carried_out(event: Asked | IssueEvent, process: Process | None, source: str, now: datetime) -> int:
    if isinstance(event, IssueEvent):
        return issue.take_in(process or Process(), event, source, now)
    event.carry_out()
    return 0


def _wait(row: QuerySet[models.Inbound], error: NotYet, now: datetime) -> None:
    left = row.filter(received_at__lt=now - timedelta(seconds=GIVE_UP)).update(status="taken", data="")
    if not left:
        row.update(not_before=now + timedelta(seconds=error.again))
        if error.ask is not None:
            error.ask()


def say(told: Sequence[Told], source: str, now: datetime) -> int:
    """Write what was told, inside the caller's transaction; how many entries are new."""
    return _written(told, _rows(told, source, now), now)


def _rows(told: Sequence[Told], source: str, now: datetime) -> list[Prepared]:
    """What comes first counts, as if each came alone."""
    rows: dict[tuple[int, str], Prepared] = {}
    for each in told:
        new = [one for one in each.said if (each.thread.pk, one.key) not in rows]
        rows |= {(each.thread.pk, one.key): (one, row) for one, row in prepared(each.thread, new, source, now)}
    return list(rows.values())


def _written(told: Sequence[Told], rows: Sequence[Prepared], now: datetime) -> int:
    """Threads and then incidents are locked each in one order: whoever writes to several of them does it likewise."""
    new = append_all(list({each.thread.pk: each.thread for each in told}.values()), rows) if rows else []
    if new:
        tell_readers(new, now)
    for each in told:
        if each.then is not None:
            each.then()
    return len(new)


def parked() -> list[dict[str, Any]]:
    """Events that could not be taken in, with what is wrong with each; for one person see `outside.events`."""
    rows = models.Inbound.objects.filter(status="parked").order_by("id")
    return [
        {
            "id": row.pk,
            "source": row.source,
            "key": row.key,
            "error": row.error,
            "received_at": time_text(row.received_at),
        }
        for row in rows
    ]


def retry(number: int) -> bool:
    """A person says: take it in anew. The next sweep does."""
    return bool(models.Inbound.objects.filter(pk=number, status="parked").update(status="waiting", error=""))


def drop(number: int, reason: str) -> bool:
    """A person says: leave it. Its content is forgotten, the reason stays."""
    rows = models.Inbound.objects.filter(pk=number, status="parked")
    return bool(rows.update(status="dropped", error=reason, data=""))
