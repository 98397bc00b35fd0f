"""A pass over a thread's history: where it begins, how far it goes, and what is said of it when it reached the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from musterpoint import intake
from musterpoint.core.incident import Basis, time_text
from musterpoint.core.journal import Gap, GapRead
from musterpoint.core.process import Process
from musterpoint.core.said import Said
from musterpoint.integrations.slack.app import absent, gaps
from musterpoint.integrations.slack.app.position import Position, stamp
from musterpoint.store import journal, models

SOURCE = "slack_history"
#: What is younger may still be on its way to us: Slack sends again at once and after a minute.
GRACE = timedelta(seconds=90)
#: How far Slack's clock and ours may be apart.
SKEW = timedelta(seconds=5)


def write(thread: models.Thread, said: Iterable[Said], now: datetime) -> list[models.Entry]:
    """Append what is new out of the history, inside the caller's transaction."""
    new = intake.write(thread, said, SOURCE, now)
    if new:
        intake.tell_incidents(thread, new, now)
    return new


def first(capture: models.Capture, now: datetime) -> Position:
    """Where a pass begins that begins now: at the high-water mark, or at the root if there is none.

    A gap is read to its end at least. The very first pass takes in everything.
    """
    begin, ends = capture.read_to, [each.until + SKEW for each in unread(capture)]
    until = "" if capture.read_at is None else stamp(max([now - GRACE, *ends]))
    return Position(begin=begin, end=begin, until=until, whole=not begin)


def unread(capture: models.Capture) -> list[Gap]:
    """The gaps of the thread whose history has not been read."""
    read = {(each.since, each.until) for each in _facts(capture, "gap_read") if isinstance(each, GapRead)}
    found = [each for each in _facts(capture, "gap") if isinstance(each, Gap)]
    return [each for each in found if (each.since, each.until) not in read]


def _facts(capture: models.Capture, kind: str) -> list[object]:
    along_an_index = models.Entry.objects.filter(thread=capture.thread_id, key__gte="gap", key__lt="gaq")
    rows = along_an_index.filter(kind=kind).order_by("id")
    return [journal.entry(row).fact for row in rows]


def lost(capture: models.Capture, new: Sequence[models.Entry], now: datetime) -> None:
    """Messages that nobody told us of, at a time when nothing was known to be missing: that is a gap, too."""
    if capture.read_at is None:
        return
    found = [each for each in _facts(capture, "gap") if isinstance(each, Gap)]
    times = [
        row.anchor
        for row in new
        if row.kind == "message"
        and row.anchor > capture.since
        and not any(each.since - SKEW <= row.anchor <= each.until + SKEW for each in found)
    ]
    if times:
        gaps.named(capture, min(times), max(times) + timedelta(seconds=1), "events were lost", now)


def ended(process: Process, capture: models.Capture, position: Position, now: datetime) -> None:
    """The last page was read: now over the whole thread if that is wanted, else until the next time. The caller saves
    `capture`."""
    assert capture.reading_since is not None
    capture.read_to = position.end
    if capture.whole and not position.whole:
        capture.cursor = str(Position(until=position.until, whole=True))
        return
    write(capture.thread, absent.orphans(capture.thread, now), now)
    _gaps_read(capture, now)
    capture.whole = bool(unread(capture)) or gaps.looked_after(capture.reading_since)
    capture.read_at, capture.reading_since, capture.cursor = capture.reading_since, None, ""
    if not capture.whole:
        capture.due_at = now + timedelta(seconds=process.history_every)


def _gaps_read(capture: models.Capture, now: datetime) -> None:
    """The gaps that had ended when the pass began."""
    assert capture.reading_since is not None
    said = []
    for gap in unread(capture):
        if gap.until <= capture.reading_since:
            learnt = models.Entry.objects.filter(thread=capture.thread_id, kind="message", source=SOURCE)
            number = learnt.filter(
                anchor__gte=gap.since - SKEW, anchor__lte=gap.until + SKEW, known_at__gte=gap.until
            ).count()
            fact = GapRead(gap.since, gap.until, number)
            anchor = max(gap.since, capture.since)
            said.append(Said(f"gap_read:{time_text(gap.since)}", "", anchor, fact, now, Basis.RECORDED, None))
    if new := intake.write(capture.thread, said, "musterpoint", now):
        intake.tell_incidents(capture.thread, new, now)
