"""The state of an incident: from its row, to its row, and the references that are handed out."""

from __future__ import annotations

import secrets
import string

from django.db import connection
from django.db.models import F, Q

from musterpoint.core.aftermath import NOTHING_AFTER, Aftermath
from musterpoint.core.incident import (
    Basis,
    Incident,
    Kind,
    Milestone,
    Moment,
    Severity,
    Status,
    Who,
    read_time,
    time_text,
)
from musterpoint.store import models
from musterpoint.store.codec import read, written

INCIDENTS = "incident"


def next_number() -> str:
    """The next reference, from a counter row raised in this transaction: no gap but by a roll-back, no number twice."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE store_counter SET value = value + 1 WHERE name = %s RETURNING value", [INCIDENTS])
        if found := cursor.fetchone():
            return str(found[0])
    models.Counter.objects.get_or_create(name=INCIDENTS)
    return next_number()


def provisional_reference() -> str:
    """What stands for a reference inside the transaction that will know it at its end; nobody ever sees it."""
    return f"-{secrets.token_hex(12)}"


def random_reference() -> str:
    """The reference of a restricted incident: it tells nothing, not even how many there are."""
    return "s-" + "".join(secrets.choice(string.ascii_lowercase) for _ in range(8))


def _who(identity: str, name: str) -> Who | None:
    return Who(identity, name) if identity else None


def state(row: models.Incident, members: frozenset[str] = frozenset()) -> Incident:
    """The frozen state that `core` decides on. `members` is needed for a restricted incident alone."""
    return Incident(
        ref=row.ref,
        title=row.title,
        affected=row.affected,
        status=Status(row.status),
        kind=Kind(row.kind),
        severity=Severity(row.severity) if row.severity else None,
        lead=_who(row.lead_identity, row.lead_name),
        nominee=_who(row.nominee_identity, row.nominee_name),
        restricted=row.restricted,
        confined=row.confined,
        members=members,
        duplicate_of=row.duplicate_of,
        milestones={
            Milestone(name): Moment(read_time(value["at"]), Basis(value["basis"]))
            for name, value in row.milestones.items()
        },
        after=read(Aftermath, row.after) if row.after else NOTHING_AFTER,
    )


def members(row: models.Incident) -> frozenset[str]:
    if not row.restricted:
        return frozenset()
    return frozenset(row.members.values_list("identity", flat=True))


def project(row: models.Incident, incident: Incident) -> None:
    """Write the state into the row's columns (unsaved)."""
    row.title, row.affected = incident.title, incident.affected
    row.status, row.kind = incident.status.value, incident.kind.value
    row.severity = incident.severity.value if incident.severity else ""
    row.lead_identity = incident.lead.identity if incident.lead else ""
    row.lead_name = incident.lead.name if incident.lead else ""
    row.nominee_identity = incident.nominee.identity if incident.nominee else ""
    row.nominee_name = incident.nominee.name if incident.nominee else ""
    row.confined = incident.confined
    row.restricted, row.duplicate_of = incident.restricted, incident.duplicate_of
    row.milestones = {
        name.value: {"at": time_text(moment.at), "basis": moment.basis.value}
        for name, moment in incident.milestones.items()
    }
    row.after = written(incident.after)
    row.open_actions = len(incident.after.open_actions)


def look_again(channel: str = "") -> None:
    """Whoever looks at an incident that is not over, with a thread of this channel (of any, or with an issue, if it is
    empty), looks again: something about the chat or the tracker is not as it was."""
    live = models.Incident.objects.filter(status__in=(Status.OPEN.value, Status.RESOLVED.value))
    readings = models.Reading.objects.filter(thread__capture__isnull=False)
    reading = Q(pk__in=(readings.filter(thread__channel=channel) if channel else readings).values("incident"))
    live.filter(reading if channel else reading | Q(announced=True) | Q(issue_copy__isnull=False)).update(
        version=F("version") + 1
    )
