"""Reads what was missed: each live thread is compared with the chat's own history, page by page, resumable at any page.

A pass goes from the high-water mark to the end and, where something may have been missed, over the whole thread from
its root. A turn reads one page of a few threads, those that waited longest first, so that a long thread holds nobody
up, nor does a limit of one call a minute. Slack is asked outside of transactions; what a page tells and how far the
pass came by it is one transaction.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q

from musterpoint import intake
from musterpoint.core.incident import read_time, time_text
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import absent, calling, gaps, history, passes, troubles
from musterpoint.integrations.slack.app.history import Page
from musterpoint.integrations.slack.app.position import Position
from musterpoint.integrations.slack.app.position import read as read_position
from musterpoint.ports import NotSent, Refused, Unavailable
from musterpoint.store import incidents, models

log = logging.getLogger("musterpoint.slack")

#: Pages in one turn: turns are ten seconds apart, and 50 calls a minute are allowed at best.
PAGES = 8
#: Seconds that whoever reads a page has to write it.
LEASE = 60
#: Seconds until the next try where something is wrong, doubled each time, and the longest pause.
PASSING, MENDING, LONGEST = 10.0, 60.0, 900.0
#: Until when Slack wants to be asked nothing: a setting of the database.
PAUSED = "slack_history_paused"
GONE = "the thread is not there any more"


def step(process: Process, now: datetime, pages: int = PAGES) -> int:
    """One turn. Returns how many pages were read."""
    read = 0
    for capture in _due(now)[:pages]:
        if _paused(now):
            break
        claimed = _claim(capture, now)
        read += claimed is not None and _page(process, claimed, now)
    return read


def _due(now: datetime) -> list[models.Capture]:
    """Those that waited longest first, of those that wait as long the newest incidents."""
    free = models.Capture.objects.filter(Q(leased_until=None) | Q(leased_until__lte=now), due_at__lte=now)
    wanted = free.filter(Q(whole=True) | Q(pk__in=gaps.open_threads().values("pk"))).exclude(error=GONE)
    newest = wanted.annotate(newest=Max("thread__readings__incident"))
    return list(newest.order_by("due_at", "-newest").select_related("thread")[: 4 * PAGES])


def _paused(now: datetime) -> bool:
    row = models.Setting.objects.filter(name=PAUSED).first()
    return row is not None and bool(row.value) and read_time(row.value) > now


def _claim(capture: models.Capture, now: datetime) -> models.Capture | None:
    """Nobody else reads it meanwhile. The pass begins here, if it has not begun."""
    until = now + timedelta(seconds=LEASE)
    free = models.Capture.objects.filter(Q(leased_until=None) | Q(leased_until__lte=now), pk=capture.pk)
    if not free.update(leased_until=until):
        return None
    capture = models.Capture.objects.select_related("thread").get(pk=capture.pk)
    if capture.reading_since is None:
        capture.reading_since, tries = now, read_position(capture.cursor).tries
        capture.cursor = str(replace(passes.first(capture, now), tries=tries))
        capture.save(update_fields=["reading_since", "cursor"])
    return capture


def _page(process: Process, capture: models.Capture, now: datetime) -> bool:
    position = read_position(capture.cursor)
    horizon = models.Entry.objects.aggregate(last=Max("pk"))["last"] or 0
    try:
        page = history.fetch(process, capture.thread, position)
    except Refused as error:
        _refused(capture, position, error, now)
        return False
    except Unavailable as error:
        _hindered(capture, position, error, now)
        return False
    if capture.error:
        troubles.mended(capture.thread.channel)
    history.introduced(process, page, capture.thread, now)
    with transaction.atomic():
        if (held := _held(capture)) is not None:
            _take(process, held, position, page, horizon, now)
    return True


def _held(capture: models.Capture) -> models.Capture | None:
    """The row, locked, if the lease is still ours: since then it may have become due for another reason."""
    rows = models.Capture.objects.select_for_update(of=("self",)).select_related("thread")
    return rows.filter(pk=capture.pk, leased_until=capture.leased_until, cursor=capture.cursor).first()


def _take(
    process: Process, capture: models.Capture, position: Position, page: Page, horizon: int, now: datetime
) -> None:
    thread = capture.thread
    told = history.said(page, thread)
    last = page.last(thread.root)
    stretch = absent.Stretch(position.end, last if page.cursor else position.until)
    changed = [
        *intake.changed(thread, told, now),
        *absent.reactions(thread, page.messages, horizon, now),
        *absent.deletions(thread, stretch, page.stamps, horizon, now),
    ]
    new = passes.write(thread, [*told, *changed], now)
    history.marks(process, thread, [*told, *changed], new, now)
    history.huddles(process, page, thread, now)
    passes.lost(capture, new, now)
    capture.leased_until, capture.error, capture.due_at = None, "", now
    further = replace(position, cursor=page.cursor, end=last or position.end, tries=0)
    if not page.cursor:
        passes.ended(process, capture, further, now)
    else:
        capture.cursor = str(further)
    capture.save()


# --- what may be wrong ---------------------------------------------------------------------------------------------


def _hindered(capture: models.Capture, position: Position, error: Unavailable, now: datetime) -> None:
    """Asked to wait: the whole of reading waits, and who was not served is still the first. A trouble: until it is
    mended this thread waits longer and longer."""
    if isinstance(error, calling.Trouble):
        troubles.noted(error, now)
        _wait(capture, position, troubles.words(error)[0], MENDING, now)
    elif isinstance(error, NotSent) and error.retry_after:
        until = now + timedelta(seconds=error.retry_after)
        models.Setting.objects.update_or_create(name=PAUSED, defaults={"value": time_text(until)})
        troubles.noted(error, now)
        models.Capture.objects.filter(pk=capture.pk).update(leased_until=None)
    else:
        _wait(capture, position, str(error), PASSING, now)


def _refused(capture: models.Capture, position: Position, error: Refused, now: datetime) -> None:
    code = getattr(error, "code", "")
    if code in ("thread_not_found", "message_not_found"):
        models.Capture.objects.filter(pk=capture.pk).update(error=GONE, whole=False, leased_until=None)
        incidents.look_again(capture.thread.channel)
    elif code == "invalid_cursor" and position.cursor:
        further = replace(position, cursor="", begin=position.end)
        models.Capture.objects.filter(pk=capture.pk).update(cursor=str(further), leased_until=None)
    else:
        _wait(capture, position, str(error), MENDING, now)


def _wait(capture: models.Capture, position: Position, error: str, pause: float, now: datetime) -> None:
    log.info("the history of a thread cannot be read now: %s", error)
    seconds = min(pause * 2 ** min(position.tries, 10), LONGEST)
    known = models.Capture.objects.filter(pk=capture.pk, leased_until=capture.leased_until)
    known.update(
        error=error,
        due_at=now + timedelta(seconds=seconds),
        cursor=str(replace(position, tries=position.tries + 1)),
        leased_until=None,
    )
    if error != capture.error:
        incidents.look_again(capture.thread.channel)
