"""The Incident issue is somewhere else now, or it was deleted: the journal says so, and the copy follows."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from musterpoint.actions.recording import aloud, happened
from musterpoint.core.issue_journal import IssueMoved
from musterpoint.core.process import Process
from musterpoint.ports import Posted, Seen
from musterpoint.store import incidents, models


def follow(copy: models.IssueCopy, seen: Seen, process: Process) -> None:
    """Where the tracker found the issue under another reference, it has that one from now on."""
    if not seen.ref or seen.ref == copy.ref:
        return
    with transaction.atomic():
        row = models.Incident.objects.select_for_update().get(pk=copy.incident_id)
        was = copy.ref
        copy.refresh_from_db()
        if copy.ref != was or was is None:
            return
        copy.ref = seen.ref
        copy.save(update_fields=["ref"])
        state = incidents.state(row, incidents.members(row))
        happened(process, row, state, IssueMoved(seen.ref, seen.url, was), timezone.now(), source=_source(process))


def is_gone(copy: models.IssueCopy, process: Process) -> Posted:
    """The tracker says that it was deleted: what was on its way to it is dropped, and another one may be raised. What
    an effect returns that has found it out."""
    now = timezone.now()
    with transaction.atomic():
        row = models.Incident.objects.select_for_update().get(pk=copy.incident_id)
        if models.IssueCopy.objects.filter(pk=copy.pk, ref=copy.ref).delete()[0]:
            models.IssuePage.objects.filter(incident=row).delete()
            models.ActionIssue.objects.filter(incident=row).update(linked=False)
            state = incidents.state(row, incidents.members(row))
            fact = IssueMoved("", was=copy.ref or "")
            entry, _ = happened(process, row, state, fact, now, source=_source(process))
            aloud(process, row, entry)
            _without_it(row)
    return Posted("the issue was deleted in the tracker")


def _without_it(row: models.Incident) -> None:
    waiting = models.Effect.objects.filter(incident=row, kind__in=("issue", "comment"))
    error = "the issue was deleted in the tracker"
    waiting.filter(status__in=("waiting", "parked")).update(
        status="dropped", error=error, leased_until=None, leased_by="", ended_at=timezone.now()
    )


def _source(process: Process) -> str:
    return "tracker" if process.tracker == "local" else process.tracker
