"""Looks at every live incident's issue once in a while, whatever GitHub told: a lost webhook costs minutes, no truth.

At the start of an engine, and every `reconcile_every` seconds. A thousand incidents do not come at once: the one that
was looked at longest ago goes first, and no more look at a time than `AT_A_TIME`. Others that have been quiet for a
month are looked at once a day.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from musterpoint.actions.recording import look
from musterpoint.core.process import Process
from musterpoint.integrations.github import concerned
from musterpoint.store import models

#: Looks that may wait at one time for a turn to add more.
AT_A_TIME = 20
#: Between two looks at an incident that is not live.
RARELY = timedelta(days=1)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def reconcile(process: Process, now: datetime, begun: datetime) -> int:
    """Intend to look at those that nobody has looked at since the round began; `begun` is when this engine did. Returns
    how many."""
    waiting = _looks().filter(status="waiting").count()
    if waiting >= AT_A_TIME:
        return 0
    began = max(_round(process, now), begun)
    mark = f"all:{int(began.timestamp())}"
    unseen = concerned.with_issue().filter(
        Q(looked_at=None) | (Q(looked_at__lt=began) & concerned.live(now)) | Q(looked_at__lt=began - RARELY)
    )
    # one that is parked is for a person; one that was dropped in this round is not begun again in it
    key = Concat(Value("issue:"), F("incident__ref"), Value(f":look:{mark}"), output_field=CharField())
    known = models.Effect.objects.filter(key=OuterRef("key"))
    unseen = unseen.annotate(key=key).exclude(Exists(known))
    unseen = unseen.exclude(incident__in=_looks().filter(status__in=("waiting", "parked")).values("incident"))
    rows = unseen.order_by(F("looked_at").asc(nulls_first=True), "pk").select_related("incident")
    found = [each.incident for each in rows.only("incident__ref", "incident__after")[: AT_A_TIME - waiting]]
    for row in found:
        look(row, mark)
    return len(found)


def _looks() -> QuerySet[models.Effect]:
    return models.Effect.objects.filter(kind="issue", incident__isnull=False, data__contains='"look"')


def _round(process: Process, now: datetime) -> datetime:
    """When the round began that `now` is in: the same for every engine."""
    every = timedelta(seconds=process.github_reconcile_every)
    return now - (now - _EPOCH) % every
