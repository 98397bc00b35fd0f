"""How complete the record of each thread is, in the words of `core.coverage`. Read only."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from musterpoint.core.coverage import Captured, Coverage, coverage
from musterpoint.core.incident import read_time, time_text
from musterpoint.core.journal import Gap, GapRead
from musterpoint.store import journal, models

#: The setting that holds the last sign that the chat could reach us (UTC).
HEARD = "slack_heard"


def of_threads(threads: Collection[models.Thread], now: datetime) -> dict[int, Coverage]:
    """By `Thread.pk`, of those threads that are captured from a chat as they happen."""
    captures = {each.thread_id: each for each in models.Capture.objects.filter(thread__in=threads)} if threads else {}
    if not captures:
        return {}
    facts: dict[int, list[Gap | GapRead]] = {}
    rows = models.Entry.objects.filter(thread__in=list(captures), key__gte="gap", key__lt="gaq")  # along an index
    for row in rows.filter(kind__in=("gap", "gap_read")).order_by("id"):
        fact = journal.entry(row).fact
        if isinstance(fact, Gap | GapRead) and row.thread_id is not None:
            facts.setdefault(row.thread_id, []).append(fact)
    heard = models.Setting.objects.filter(name=HEARD).exclude(value="").values_list("value", flat=True).first()
    heard_at = read_time(heard) if heard else None
    return {
        each.pk: coverage(_captured(each, captures[each.pk], heard_at), facts.get(each.pk, []), now)
        for each in threads
        if each.pk in captures
    }


def _captured(thread: models.Thread, capture: models.Capture, heard_at: datetime | None) -> Captured:
    began = models.Entry.objects.filter(thread=thread, kind="message").order_by("anchor").values("anchor").first()
    return Captured(
        min(capture.since, began["anchor"]) if began else capture.since,
        capture.since,
        capture.read_at,
        heard_at,
        capture.error,
    )


def coverage_shape(found: Coverage | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "since": time_text(found.since) if found.since else None,
        "until": time_text(found.until),
        "gaps": [
            {"since": time_text(each.since), "until": time_text(each.until), "why": each.why, "found": each.found}
            for each in found.missed
        ],
        "sentences": list(found.sentences),
    }
