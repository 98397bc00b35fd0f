"""Makes the Incident issue, once: before a second try the tracker is asked for the first one."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from musterpoint.actions.recording import aloud, happened
from musterpoint.core.aftermath_journal import IssueRaised
from musterpoint.core.process import Process
from musterpoint.effects import name_outside
from musterpoint.ports import Filed, Posted, Tracker
from musterpoint.store import incidents, models
from musterpoint.tracking.document import document, incident_of, noted_as_ours


def make(tracker: Tracker, effect: models.Effect, process: Process, renew: Callable[[], None]) -> Posted:
    row, key = incident_of(effect), name_outside(effect)
    if effect.tries > 1 and (there := tracker.find(key, effect.created_at)) is not None:
        return _posted(there)
    state, body = document(row, process, "", tracker.limit)
    models.IssueCopy.objects.update_or_create(
        incident=row, defaults={"writing": body, "wrote": noted_as_ours("", body)}
    )
    renew()
    return _posted(tracker.create(f"Incident {row.ref}: {state.title}", body, key))


def _posted(filed: Filed) -> Posted:
    return Posted(filed.ref, filed.url, dropped=filed.dropped)


def raised(effect: models.Effect, process: Process, posted: Posted) -> None:
    """Note that the issue is there, and tell the chat, in the transaction that ends the effect."""
    now = timezone.now()
    row = models.Incident.objects.select_for_update().get(pk=incident_of(effect).pk)
    models.IssueCopy.objects.update_or_create(incident=row, defaults={"ref": posted.external})
    state = incidents.state(row, incidents.members(row))
    entry, _ = happened(process, row, state, IssueRaised(posted.external, posted.url, posted.dropped), now)
    aloud(process, row, entry)
