"""The states of incidents that are not over, quickly: what rules need that look at every one of them each minute.

Without title, members and the like; whatever is then done to one of them begins with its whole row, locked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from musterpoint.core.aftermath import NOTHING_AFTER, Aftermath
from musterpoint.core.incident import Basis, Incident, Kind, Milestone, Moment, Severity, Status, Who, read_time
from musterpoint.core.reminder_cases import Heard
from musterpoint.store import models
from musterpoint.store.codec import read

_PLAIN = (
    "pk",
    "ref",
    "status",
    "kind",
    "severity",
    "lead_identity",
    "lead_name",
    "nominee_identity",
    "nominee_name",
    "restricted",
    "confined",
    "spoken_at",
    "huddle_at",
    "announced",
)
#: As texts: the field's own reader takes as long as all the rest.
_JSON = (Cast("milestones", TextField()), Cast("after", TextField()))
Values = tuple[Any, ...]
LIVE = (Status.OPEN.value, Status.RESOLVED.value)


def live() -> Iterator[Values]:
    """A row of values for each incident that is open or resolved; `state` reads it."""
    return values(models.Incident.objects.filter(status__in=LIVE).order_by("pk")).iterator(chunk_size=2000)


def values(query: QuerySet[models.Incident], *more: str) -> QuerySet[models.Incident, Values]:
    """Those of the query as rows of values; `more` columns stand at their end, where `state` does not look."""
    return query.values_list(*_PLAIN, *_JSON, *more)


def state(values: Values) -> tuple[Incident, Heard]:
    """The state as far as it is known here, and what the chat tells beside it. Raises ValueError, KeyError or TypeError
    for a row that makes no sense."""
    _, ref, status, kind, severity, lead, lead_name, nominee, nominee_name, restricted, confined, *rest = values
    spoken_at, huddle_at, announced, times, after = rest[:5]
    incident = Incident(
        ref=ref,
        status=Status(status),
        kind=Kind(kind),
        severity=Severity(severity) if severity else None,
        lead=Who(lead, lead_name) if lead else None,
        nominee=Who(nominee, nominee_name) if nominee else None,
        restricted=restricted,
        confined=confined,
        milestones={
            Milestone(name): Moment(read_time(each["at"]), Basis(each["basis"]))
            for name, each in json.loads(times).items()
        },
        after=NOTHING_AFTER if after == "{}" else read(Aftermath, json.loads(after)),
    )
    return incident, Heard(spoken_at, huddle_at, announced)


def heard(row: models.Incident) -> Heard:
    """The same of a whole row."""
    return Heard(row.spoken_at, row.huddle_at, row.announced)
