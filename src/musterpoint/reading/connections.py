"""What is connected: when something last reached it and what last failed, of the incidents that one person sees."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef

from musterpoint import access
from musterpoint.actions import Call
from musterpoint.core.incident import time_text
from musterpoint.store import models

#: Which effects go where.
KINDS = {
    "chat": ("thread", "say", "card", "rewrite", "slack_direct"),
    "tracker": ("raise", "issue", "comment", "action_issue"),
    "website": ("publish",),
    "mail": ("mail",),
}
#: How far back it is looked for the last one that was done, and how many of the unfinished ones are looked at.
BACK, UNFINISHED = 2000, 500
#: A repository that has not answered for so many questions is silent.
LATE = 5


def reached(call: Call) -> dict[str, dict[str, Any]]:
    """For each of KINDS: `last` (when something was done there), `error` with `error_at`, and how many are `waiting`
    and `parked`. Nothing of incidents that do not exist for this person."""
    seen = Exists(access.visible(call.actor).filter(pk=OuterRef("incident")))
    rows = models.Effect.objects.filter(seen).order_by("-pk")
    done = rows.filter(status="done").values_list("kind", "ended_at")[:BACK]
    left = rows.filter(status__in=("waiting", "parked")).values_list("kind", "status", "error", "created_at")
    last: dict[str, datetime] = {}
    for kind, at in done:
        if at is not None:
            last[kind] = max(last.get(kind, at), at)
    found = {name: _place([last[kind] for kind in kinds if kind in last]) for name, kinds in KINDS.items()}
    places = {kind: name for name, kinds in KINDS.items() for kind in kinds}
    for kind, status, error, at in left[:UNFINISHED]:
        if kind in places:
            _count(found[places[kind]], status, error, time_text(at))
    return found


def asked(call: Call) -> dict[str, Any]:
    """When the tracker was last asked what has changed (`at`), and the repositories that have not answered for long
    (`silent`); nothing for one that is not asked."""
    polls = models.TrackerPoll.objects.filter(source=call.process.tracker).order_by("place")
    rows = list(polls.values_list("place", "polled_at"))
    answered = [at for _, at in rows if at is not None]
    late = call.now - LATE * timedelta(seconds=call.process.github_poll_every)
    silent = [place for place, at in rows if at is None or at < late]
    return {"at": time_text(max(answered)) if answered else None, "silent": silent}


def _place(times: list[datetime]) -> dict[str, Any]:
    last = time_text(max(times)) if times else None
    return {"last": last, "error": "", "error_at": None, "waiting": 0, "parked": 0}


def _count(place: dict[str, Any], status: str, error: str, at: str) -> None:
    place[status] += 1
    if error and not place["error"]:
        place["error"], place["error_at"] = error, at
