"""What an installation has captured of Slack's threads: set up, waited for and looked at from the inside."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from musterpoint.core.incident import time_text
from musterpoint.core.journal import Gap, GapRead
from musterpoint.integrations.slack.app import gaps
from musterpoint.store import journal, models


def capture(workspace: str, channel: str, roots: list[str]) -> None:
    """An open incident for each of these threads, captured from now on."""
    now = datetime.now(UTC)
    for number, root in enumerate(roots, 1):
        thread = models.Thread.objects.create(workspace=workspace, channel=channel, root=root)
        incident = models.Incident.objects.create(ref=f"{number}", title=f"Incident {number}", announced=False)
        models.Reading.objects.create(incident=incident, thread=thread, role="chat")
        models.Capture.objects.create(thread=thread, since=now, due_at=now)


def compared(since: str, seconds: float) -> list[dict[str, Any]]:
    """Wait until every thread was compared with the history by a pass that began after that time; returns those that
    were not, and the events that wait."""
    begun, until = datetime.fromisoformat(since), time.monotonic() + seconds
    while time.monotonic() < until and (left := _left(begun)):
        time.sleep(0.5)
    return left


def _left(begun: datetime) -> list[dict[str, Any]]:
    done = models.Capture.objects.filter(whole=False, read_at__gt=begun, reading_since=None)
    left = models.Capture.objects.exclude(pk__in=done.values("pk"))
    waiting = models.Inbound.objects.filter(source="slack").exclude(status="taken")
    return [
        *({"thread": str(each.thread_id), "error": each.error, "cursor": each.cursor} for each in left),
        *({"event": each.key, "status": each.status, "error": each.error} for each in waiting[:5]),
    ]


def heard() -> str:
    at = gaps.heard_at()
    return time_text(at) if at else ""


def captured() -> dict[str, list[dict[str, Any]]]:
    """By the root of each thread its entries: what each says, about what, when and by whom, as they were learnt."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in models.Entry.objects.filter(thread__capture__isnull=False).select_related("thread").order_by("id"):
        assert row.thread is not None
        fact = journal.entry(row).fact
        shape = {name: getattr(fact, name) for name in ("of", "text", "digest", "name") if hasattr(fact, name)}
        if isinstance(fact, Gap | GapRead):
            shape |= {"since": time_text(fact.since), "until": time_text(fact.until)}
        common = {"key": row.key, "kind": row.kind, "at": time_text(row.at), "known_at": time_text(row.known_at)}
        common |= {"basis": row.basis, "source": row.source, "who": row.who_identity, "ref": row.ref}
        found.setdefault(row.thread.root, []).append({**common, **shape})
    return found
