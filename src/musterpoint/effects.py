"""Effects: what is to be done outside. Recorded with the decision; claimed under a lease; done once.

A row has a unique key. `attempt` counts how often it was put into the queue (the job's id is KEY:ATTEMPT: the engine
never runs a finished id again), `tries` how often somebody began. Whoever works on it holds `leased_until`, by the
database's clock, and renews it before every call outside. A row without a lease that is due is anybody's: that covers
a crash between commit and enqueue, a dead host and a lost job.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.models import F, Q, Subquery
from django.db.models.functions import Now

from musterpoint.store import models
from musterpoint.store.clock import later

#: What happens with the key of an effect once it is committed: each kind of process sets its own way (`carried_by`).
_carrier: list[Callable[[str], None]] = []
#: The keys that this thread has sent on their way, where somebody wants to know.
_noted: ContextVar[list[str] | None] = ContextVar("noted", default=None)

HELD = "effects_held"
#: A job that was put into the queue this long ago (seconds) and has not begun is put there again.
LOST_AFTER = 20
#: The longest pause between two tries, in seconds.
LONGEST_PAUSE = 600.0


def intend(kind: str, key: str, incident: models.Incident | None, data: Mapping[str, Any] | None = None) -> str:
    """Write an effect down, in the transaction that decided it. A key that exists already is the same effect."""
    row = models.Effect(
        key=key,
        kind=kind,
        incident=incident,
        data=json.dumps(data or {}, ensure_ascii=False),
        not_before=Now(),
        created_at=Now(),
    )
    models.Effect.objects.bulk_create([row], ignore_conflicts=True)
    return key


def carried_by(carrier: Callable[[str], None] | None) -> None:
    """How this process sends a committed effect on its way; without one the sweep finds it within seconds."""
    _carrier[:] = [carrier] if carrier else []


def carries() -> bool:
    """Whether this process is one of those that stay and do the work; a command leaves it to them."""
    return bool(_carrier)


def carry(key: str) -> None:
    """Called after the commit. What fails here is found by the sweep."""
    if (noted := _noted.get()) is not None:
        noted.append(key)
    for carrier in _carrier:
        carrier(key)


@contextmanager
def noted() -> Iterator[list[str]]:
    """The keys of what is sent on its way inside, by this thread."""
    keys: list[str] = []
    token = _noted.set(keys)
    try:
        yield keys
    finally:
        _noted.reset(token)


def unfinished(keys: Collection[str]) -> int:
    """How many of these wait, and of what came of them since: an effect may lead to others of its incident."""
    mine = models.Effect.objects.filter(key__in=keys)
    first = mine.order_by("id").values("id")[:1]
    later_ones = Q(incident__in=mine.values("incident"), id__gt=Subquery(first))
    return models.Effect.objects.filter(Q(key__in=keys) | later_ones, status="waiting").count() if keys else 0


def held() -> bool:
    """After a restore nothing goes out until `effects release`."""
    return models.Setting.objects.filter(name=HELD).exclude(value="").exists()


def hold(reason: str) -> None:
    models.Setting.objects.update_or_create(name=HELD, defaults={"value": reason})


def release() -> int:
    """Let effects go out again; every one of them looks at the other side first. Returns how many are waiting."""
    models.Effect.objects.filter(status="waiting", tries=0).update(tries=1)
    models.Setting.objects.filter(name=HELD).delete()
    return models.Effect.objects.filter(status="waiting").count()


def name_outside(effect: models.Effect) -> str:
    """The key under which the other side has it. Keys of what a restore has undone are handed out a second time, for
    something else; the moment of their creation tells the two apart."""
    return f"{effect.key}@{effect.created_at:%Y%m%dT%H%M%S.%f}"


def free() -> Q:
    return Q(leased_until=None) | Q(leased_until__lt=Now())


def due(limit: int = 500) -> list[str]:
    """The keys of unfinished rows that nobody holds and whose time has come, oldest first."""
    query = models.Effect.objects.filter(free(), status="waiting", not_before__lte=Now()).order_by("id")
    return list(query.values_list("key", flat=True)[:limit])


def to_enqueue(limit: int = 500) -> list[tuple[str, int]]:
    """Rows for the queue, each with its next attempt's number, which is raised here: (key, attempt)."""
    if held():
        return []
    _bury_the_dead()
    stale = Q(enqueued_at=None) | Q(enqueued_at__lt=later(-LOST_AFTER)) | Q(enqueued_at__lt=F("not_before"))
    rows = models.Effect.objects.filter(free(), stale, status="waiting", not_before__lte=Now()).order_by("id")
    found = []
    for key in list(rows.values_list("key", flat=True)[:limit]):
        found += [(key, attempt) for attempt in next_attempt(key)]
    return found


def _bury_the_dead() -> None:
    """Whoever let a lease run out has died at work: the job in the queue will not go on, so it is put there again."""
    dead = models.Effect.objects.filter(status="waiting", leased_until__lt=Now())
    dead.update(leased_until=None, leased_by="", enqueued_at=None)


def next_attempt(key: str, delay: float = 0.0) -> list[int]:
    """Raise the number of the attempt that is about to be put into the queue; empty when it is finished.

    `delay`: in so many seconds the queue lets it begin.
    """
    query = models.Effect.objects.filter(key=key, status="waiting")
    for attempt in query.values_list("attempt", flat=True):
        if query.filter(attempt=attempt).update(attempt=attempt + 1, enqueued_at=later(delay) if delay else Now()):
            return [attempt + 1]
    return []


def not_enqueued(key: str) -> None:
    """The queue did not take it: the next sweep tries again."""
    models.Effect.objects.filter(key=key, status="waiting").update(enqueued_at=None)


def due_in(key: str) -> list[float]:
    """The seconds until the next try of an unfinished effect that nobody works on; empty when there is none to come."""
    if held():
        return []
    rows = models.Effect.objects.filter(free(), key=key, status="waiting").annotate(clock=Now())
    return [max((due - now).total_seconds(), 0.0) for due, now in rows.values_list("not_before", "clock")]


def claim(key: str, holder: str, lease: float) -> models.Effect | None:
    """Take the lease and count the try. None when it is finished, held, not due yet, or somebody else's."""
    if held():
        return None
    query = models.Effect.objects.filter(free(), key=key, status="waiting", not_before__lte=Now())
    if not query.update(leased_until=later(lease), leased_by=holder, tries=F("tries") + 1):
        return None
    return models.Effect.objects.select_related("incident").get(key=key)


def renew(effect: models.Effect, holder: str, lease: float) -> bool:
    """Before every call outside. False: the lease was lost, and with it the right to go on."""
    query = models.Effect.objects.filter(id=effect.id, status="waiting", leased_by=holder, leased_until__gt=Now())
    return bool(query.update(leased_until=later(lease)))


def _end(effect: models.Effect, holder: str, **values: Any) -> bool:
    query = models.Effect.objects.filter(id=effect.id, status="waiting", leased_by=holder)
    return bool(query.update(leased_until=None, leased_by="", **values))


def done(effect: models.Effect, holder: str, external: str) -> bool:
    """It is on the other side; `external` is its id there. False when somebody else ended it meanwhile."""
    return _end(effect, holder, status="done", external=external, error="", ended_at=Now())


def again(
    effect: models.Effect, holder: str, error: str, pause: float, *, failed: bool = True, sent: bool = True
) -> bool:
    """It did not work this time: the next try is due in `pause` seconds.

    One that was only put off (not `failed`) does not count towards giving up, nor make the next pauses longer; still
    the other side is looked at from now on, unless nothing can have been `sent` to it at any try.
    """
    tries = effect.tries if failed else max(effect.tries - 1, 1 if sent else 0)
    return _end(effect, holder, error=error, not_before=later(pause), tries=tries)


def park(effect: models.Effect, holder: str, error: str) -> bool:
    """It will not work: shown to a person, who retries or drops it."""
    return _end(effect, holder, status="parked", error=error, ended_at=Now())


def pause_after(tries: int, first: float) -> float:
    """Seconds until the next try: doubled each time, at most `LONGEST_PAUSE`."""
    return float(min(LONGEST_PAUSE, first * 2 ** min(max(tries, 1) - 1, 30)))


def retry(effect: models.Effect) -> bool:
    """A person says: try again. The other side is looked at first (`tries` is not 0)."""
    query = models.Effect.objects.filter(id=effect.id, status__in=("parked", "dropped"))
    return bool(query.update(status="waiting", not_before=Now(), tries=1, enqueued_at=None, ended_at=None))


def drop(effect: models.Effect, reason: str) -> bool:
    """A person says: leave it. It stays visible with the reason."""
    query = models.Effect.objects.filter(id=effect.id, status__in=("parked", "waiting"))
    return bool(query.update(status="dropped", error=reason, ended_at=Now(), leased_until=None, leased_by=""))
