"""When we heard nothing: signs of life while we can hear, and the gaps between them, named in every live thread.

A gap is an entry of each thread that was captured then. Its history is read from the root at once: that is how the
messages of that time are learnt, the last text of those that were edited, and which are gone.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from musterpoint import intake
from musterpoint.core.incident import Basis, read_time, time_text
from musterpoint.core.journal import Gap
from musterpoint.core.said import Said
from musterpoint.reading.completeness import HEARD
from musterpoint.store import models

#: Whoever gave no sign of life for so long heard nothing.
SILENCE = timedelta(seconds=30)
#: Another connection that is there heard what we did not, if somebody's sign of life is not older than this.
OTHERS = timedelta(seconds=10)
#: Of threads that were captured before anybody could hear at all.
NEVER = datetime.min.replace(tzinfo=UTC)
#: When somebody last wanted every thread compared, a setting of the database.
LOOKED = "slack_looked"
#: What is still captured: threads of these incidents, and of those that were closed a little while ago.
LIVE = ("open", "resolved")
LINGERS = timedelta(days=1)


def live(now: datetime) -> QuerySet[models.Capture]:
    """What is captured of threads that an incident reads which is open or resolved, or was closed within a day."""
    lately = time_text(now - LINGERS)
    readings = models.Reading.objects.filter(
        Q(incident__status__in=LIVE) | Q(incident__status="closed", incident__milestones__closed__at__gte=lately)
    )
    return models.Capture.objects.filter(thread__in=readings.values("thread"))


def open_threads() -> QuerySet[models.Capture]:
    """What is compared with the history on a schedule."""
    readings = models.Reading.objects.filter(incident__status__in=LIVE)
    return models.Capture.objects.filter(thread__in=readings.values("thread"))


def heard_at() -> datetime | None:
    """The last sign (UTC) that somebody of us could hear."""
    row = models.Setting.objects.filter(name=HEARD).first()
    return read_time(row.value) if row is not None and row.value else None


def beat(at: datetime) -> None:
    """A sign of life from that time (UTC); an older one changes nothing."""
    with transaction.atomic():
        row, made = models.Setting.objects.select_for_update().get_or_create(
            name=HEARD, defaults={"value": time_text(at)}
        )
        if not made and (not row.value or read_time(row.value) < at):
            row.value = time_text(at)
            row.save()


def alive(at: datetime) -> None:
    """Of whoever is called by the chat: we can hear now. If that was not so for longer than SILENCE, it is a gap."""
    last = heard_at() or NEVER
    if at - last > SILENCE:
        noticed(last, at, "Musterpoint was not running")
    beat(at)


def connected(at: datetime, proof: datetime | None, *, others: bool) -> None:
    """A connection of ours began. `proof`: the last sign of life of the one before, None where there was none since
    this process began; `others`: there are more connections to which things were told meanwhile."""
    last = max(heard_at() or NEVER, proof or NEVER)
    if others and at - last <= OTHERS:
        look(at)
    else:
        noticed(last, at, "the connection was away" if proof else "Musterpoint was not running")
    beat(at)


def noticed(since: datetime, until: datetime, why: str, channel: str = "") -> None:
    """Nothing was heard from `since` to `until` (UTC), because of `why`, a clause; of one `channel` if it is named.
    Told once for each `since`."""
    found = live(until).filter(since__lt=until)
    found = found.filter(thread__channel=channel) if channel else found
    for number in found.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            capture = models.Capture.objects.select_for_update(of=("self",)).select_related("thread").get(pk=number)
            named(capture, max(since, capture.since), until, why, until)
            capture.save()


def named(capture: models.Capture, since: datetime, until: datetime, why: str, now: datetime) -> None:
    """Write the gap into the thread, and let its history be read; inside the caller's transaction, which saves
    `capture`."""
    capture.whole, capture.due_at = True, min(capture.due_at, now)
    fact = Gap(since, until, why)
    said = Said(f"gap:{time_text(since)}", "", since, fact, since, Basis.RECORDED, None)
    if new := intake.write(capture.thread, [said], "musterpoint", now):
        intake.tell_incidents(capture.thread, new, now)


def look(now: datetime) -> None:
    """Nothing is known to be missing, but it may be: every live thread is compared with its history now."""
    with transaction.atomic():
        models.Setting.objects.update_or_create(name=LOOKED, defaults={"value": time_text(now)})
        live(now).update(due_at=now, whole=True)


def looked_after(at: datetime) -> bool:
    """Whether somebody wanted that after this time: a pass that had begun then is not enough."""
    row = models.Setting.objects.filter(name=LOOKED).first()
    return row is not None and read_time(row.value) > at


def begin(now: datetime) -> None:
    """A process begins to listen: every live thread is due, whoever was reading it may have died."""
    live(now).update(due_at=now, leased_until=None)
