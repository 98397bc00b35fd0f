"""Which incidents an issue on GitHub concerns, and which of them are followed closely.

An issue concerns the incident whose Incident issue it is, and those of which an action has it. A reference is compared
as GitHub writes it: an index answers.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery

from musterpoint.store import models

#: Since when nothing may have happened to an incident whose issue is closed, so that it is followed closely no more.
QUIET = timedelta(days=30)


def by_issue(refs: Collection[str]) -> list[tuple[str, models.Incident]]:
    """Each of these references with an incident that it concerns. Of the incident only `ref` and `after` are loaded."""
    fields = ("ref", "incident__ref", "incident__after")
    copies = models.IssueCopy.objects.filter(ref__in=refs).select_related("incident").only(*fields)
    actions = models.ActionIssue.objects.filter(ref__in=refs).select_related("incident").only(*fields)
    found = [(str(each.ref), each.incident) for each in copies]
    return found + [(each.ref, each.incident) for each in actions]


def with_issue() -> QuerySet[models.IssueCopy]:
    """Every incident that has an issue, as far as both the copy and the journal know."""
    return models.IssueCopy.objects.exclude(ref=None).filter(incident__after__issue__ref__isnull=False)


def live(now: datetime) -> Q:
    """Of those: its issue or an action is open, or something happened to it in the last thirty days."""
    entries = models.Entry.objects.filter(incident=OuterRef("incident")).order_by("-id")
    lately = with_issue().annotate(last=Subquery(entries.values("known_at")[:1])).filter(last__gte=now - QUIET)
    return Q(open=True) | Q(incident__open_actions__gt=0) | Q(pk__in=lately.values("pk"))


def places(now: datetime) -> list[str]:
    """The repositories (`OWNER/REPO`) that concern a live incident: its issue's, and those of its actions' issues."""
    copies = with_issue().filter(live(now))
    actions = models.ActionIssue.objects.filter(incident__in=copies.values("incident"))
    refs = [*copies.values_list("ref", flat=True), *actions.values_list("ref", flat=True)]
    return sorted({str(each).rpartition("#")[0] for each in refs} - {""})
