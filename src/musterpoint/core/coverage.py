"""How complete the record of a thread is: from when to when it was captured, and what is known to be missing.

Whoever is told by the chat as it happens knows every version of a message. Its history, read afterwards, holds only the
last text of what is still there: messages are learnt from it, but edits and deletions of that time may be unknown for
good, and are said to be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from musterpoint.core.thread_journal import Gap, GapRead

#: What was said in the moments in which the capture of a thread began is no part of its past.
MOMENTS = timedelta(seconds=60)
#: Without a sign of life for so long nothing is received.
DEAF_AFTER = timedelta(seconds=60)
#: Gaps that are told one by one; of the others their number.
MOST = 10


@dataclass(frozen=True, slots=True)
class Captured:
    """`began`: when the thread did; `since`: since when we are told of what happens in it; `read_at`: when the last
    comparison with the chat's history began that reached its end; `heard_at`: the last sign that we were told of
    anything, None where that is not known; `error`: why the history cannot be read now. Times are UTC."""

    began: datetime
    since: datetime
    read_at: datetime | None = None
    heard_at: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Missed:
    """A gap: nothing was received from `since` to `until`. `found`: how many messages were learnt from the history
    afterwards, None while it has not been read."""

    since: datetime
    until: datetime
    why: str
    found: int | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """`since` is None until the history was read once. `sentences` say all of it, without full stops."""

    since: datetime | None
    until: datetime
    missed: tuple[Missed, ...]
    sentences: tuple[str, ...]


def coverage(captured: Captured, facts: Iterable[Gap | GapRead], now: datetime) -> Coverage:
    """`facts` are the thread's gaps and what was read of them, in any order. `now` is the time of looking, UTC."""
    missed = _missed(facts)
    deaf = captured.heard_at is not None and now - captured.heard_at > DEAF_AFTER
    until = captured.heard_at if deaf and captured.heard_at else now
    since = min(captured.began, captured.since) if captured.read_at else None
    sentences = [
        *_whole(captured, missed, since, until),
        *(_gap(each) for each in missed[-MOST:]),
        *([f"{len(missed) - MOST} earlier gaps are in the journal"] if len(missed) > MOST else []),
        *([f"Nothing has been received since {_day(until)} UTC"] if deaf else []),
        *([f"The history cannot be read now: {captured.error.rstrip('.')}"] if captured.error else []),
    ]
    return Coverage(since, until, missed, tuple(sentences))


def _missed(facts: Iterable[Gap | GapRead]) -> tuple[Missed, ...]:
    gaps: dict[tuple[datetime, datetime], Gap] = {}
    read: dict[tuple[datetime, datetime], int] = {}
    for each in facts:
        if isinstance(each, Gap):
            gaps[each.since, each.until] = each
        else:
            read[each.since, each.until] = each.found
    return tuple(Missed(*each, gaps[each].why, read.get(each)) for each in sorted(gaps))


def _whole(captured: Captured, missed: Sequence[Missed], since: datetime | None, until: datetime) -> list[str]:
    late = captured.since - captured.began > MOMENTS
    if since is None:
        return [
            f"What was said before {_day(captured.since)} UTC is being read" if late else "Its beginning is being read"
        ]
    gaps = "" if not missed else f", except for {_count(len(missed), 'gap')}"
    told = [f"Complete from {_span(since, until)}{gaps}"]
    if late:
        told.append(
            f"What was said before {_day(captured.since)} UTC was learnt from the history: edits and deletions made "
            "until then may be missing"
        )
    return told


def _gap(gap: Missed) -> str:
    why = f" ({gap.why})" if gap.why else ""
    told = f"Nothing was received from {_span(gap.since, gap.until)}{why}"
    if gap.found is None:
        return f"{told}; the history of that time is being read"
    learnt = (
        "no message was" if not gap.found else f"{_count(gap.found, 'message')} {'was' if gap.found == 1 else 'were'}"
    )
    return f"{told}; {learnt} learnt from the history afterwards, edits and deletions made meanwhile may be missing"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _span(since: datetime, until: datetime) -> str:
    """`2026-03-02 09:10 to 10:55 UTC`; with seconds where they tell the two apart, with the day where it is another."""
    since, until = since.astimezone(UTC), until.astimezone(UTC)
    exact = "%H:%M:%S" if until - since < timedelta(minutes=1) else "%H:%M"
    day = "" if since.date() == until.date() else "%Y-%m-%d "
    return f"{since:%Y-%m-%d {exact}} to {until:{day}{exact}} UTC"


def _day(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"
