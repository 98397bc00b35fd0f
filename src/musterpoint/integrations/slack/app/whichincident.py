"""Which incident is meant by what is said in a thread: those that read it at that time, live ones before closed ones.

An incident that the person may not see does not exist here either.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from musterpoint import access
from musterpoint.core.decision import Actor
from musterpoint.core.incident import Status
from musterpoint.integrations.slack.app.asking import Place
from musterpoint.store import models

_CLASSES = ((Status.OPEN, Status.RESOLVED), (Status.CLOSED,), (Status.CANCELLED,))


def here(actor: Actor, workspace: str, place: Place, at: datetime) -> list[models.Incident]:
    """The incidents that read what is said there at that time (UTC), as far as they exist for this person; in the order
    of their beginning, live ones first."""
    covered = _covered(workspace, place, at)
    rows = list(access.visible(actor).filter(pk__in=covered.values("incident")).order_by("pk"))
    return [row for statuses in _CLASSES for row in rows if row.status in statuses]


def _covered(workspace: str, place: Place, at: datetime) -> QuerySet[models.Reading]:
    return models.Reading.objects.filter(
        Q(since=None) | Q(since__lte=at),
        Q(until=None) | Q(until__gt=at),
        thread__workspace=workspace,
        thread__channel=place.channel,
        thread__root=place.thread or place.message,
    )


def withdrawn(actor: Actor, workspace: str, place: Place, at: datetime) -> list[str]:
    """The numbers of those that were restricted after everybody had seen them there. To whoever is no member they were
    cancelled, as everywhere (`access`): their silence would tell."""
    hidden = _covered(workspace, place, at).filter(incident__restricted=True)
    hidden = hidden.exclude(incident__in=access.visible(actor))
    refs = hidden.order_by("incident").values_list("incident__ref", flat=True)
    return [ref for ref in dict.fromkeys(refs) if ref.isdecimal()]


def meant(rows: Sequence[models.Incident], ref: str = "") -> list[models.Incident]:
    """Those of them that are meant: the one that is named, or all of the first class that there is. Several: ask."""
    if ref:
        return [row for row in rows if row.ref == ref]
    for statuses in _CLASSES:
        if found := [row for row in rows if row.status in statuses]:
            return found
    return []
