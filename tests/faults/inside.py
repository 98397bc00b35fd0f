"""What is looked at, or done, inside an installation: `python -m tests.faults.inside FUNCTION JSON` prints JSON."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from django.conf import settings
from django.db import connection

from musterpoint import access, actions, effects, importing, intake
from musterpoint import process as processes
from musterpoint.core.declare import DeclareRequest
from musterpoint.core.journal import replay
from musterpoint.integrations.local.chat import read
from musterpoint.store import incidents, journal, models
from musterpoint.store.clock import later
from tests.faults.at_github import known, raised
from tests.faults.captured import capture, captured, compared, heard
from tests.faults.outcomes import bodies, outcomes, prepare

LOOKED_AT = (known, raised, bodies, outcomes, prepare, capture, captured, compared, heard)


def settle(seconds: float) -> list[dict[str, Any]]:
    """Wait until no effect waits, at most so long; returns those that still do."""
    until = time.monotonic() + seconds
    while models.Effect.objects.filter(status="waiting").exists() and time.monotonic() < until:
        time.sleep(0.2)
    left = models.Effect.objects.filter(status="waiting").values("key", "tries", "attempt", "error")
    return [dict(each) for each in left[:20]]


def entries() -> dict[str, dict[str, Any]]:
    """Every entry that shows, by its number: the kind, its text, and the incidents whose journal has it."""
    found: dict[str, dict[str, Any]] = {}
    for incident in models.Incident.objects.order_by("id"):
        for each in journal.load(incident, list(incident.readings.all())):
            shape: dict[str, Any] = {"kind": each.kind, "text": getattr(each.fact, "text", ""), "incidents": []}
            found.setdefault(str(each.id), shape)["incidents"].append(incident.ref)
    return found


def unlike_their_journal() -> list[str]:
    """Incidents whose stored state is not what replaying their journal gives."""
    found = []
    for row in models.Incident.objects.order_by("id"):
        state = incidents.state(row, incidents.members(row))
        replayed = replay(row.ref, journal.load(row, list(row.readings.all())))
        if state != replayed:
            found.append(f"{state} is not {replayed}")
    return found


def effect_rows() -> list[dict[str, Any]]:
    """Every effect; `outside` is the key under which the other side has it."""
    return [
        {
            "key": each.key,
            "outside": effects.name_outside(each),
            "kind": each.kind,
            "incident": each.incident.ref if each.incident else None,
            "status": each.status,
            "external": each.external,
            "error": each.error,
            "leased_by": each.leased_by,
            "leased_until": each.leased_until and each.leased_until.timestamp(),
        }
        for each in models.Effect.objects.order_by("id").select_related("incident")
    ]


def imports() -> list[dict[str, Any]]:
    names = ("id", "status", "total", "thread__root", "thread_id")
    return [
        row | {"entries": models.Entry.objects.filter(thread_id=row["thread_id"]).count()}
        for row in models.Import.objects.order_by("id").values(*names)
    ]


def threads() -> dict[str, dict[str, Any]]:
    """Imported threads by their root: rows in the table, how often the commonest key is there, who reads it."""
    found = {}
    for thread in models.Thread.objects.exclude(workspace="local").filter(imports__isnull=False).distinct():
        keys = Counter(thread.entries.values_list("key", flat=True))
        found[thread.root] = {
            "entries": sum(keys.values()),
            "most": max(keys.values(), default=0),
            "readers": list(thread.readings.values_list("incident__ref", flat=True)),
        }
    return found


def titles() -> list[str]:
    return list(models.Incident.objects.order_by("id").values_list("title", flat=True))


def found_by(words: str) -> dict[str, int]:
    """How often a search finds something: as a person, and how many rows of the index have it."""
    from musterpoint.store import search

    process, _ = processes.load(settings.HOME)
    actor = access.actor("olga", process)
    return {"hits": len(access.found(actor, words, 10000)), "rows": len(search.find(words, 10000))}


def showing(words: str) -> dict[str, int]:
    """What anybody sees of an import: incidents, entries in their journals, what a search finds."""
    return {
        "incidents": models.Incident.objects.count(),
        "entries": len(entries()),
        "hits": found_by(words)["hits"],
    }


def rows() -> dict[str, int]:
    """How many rows some tables have: what an import that was swept away must not leave."""
    tables = (models.Entry, models.Import, models.Thread, models.Incident)
    return {table.__name__: table.objects.count() for table in tables}


def age_imports(hours: float) -> int:
    return models.Import.objects.exclude(status="whole").update(beat_at=later(-3600 * hours))


def sweep_imports() -> int:
    return importing.sweep()


def declare(title: str, count: int) -> list[str]:
    """Declare incidents; what they intend is left to the engine."""
    process, _ = processes.load(settings.HOME)
    actor = access.actor("olga", process)
    made = []
    for number in range(count):
        call = actions.Call(actor, process, "cli", datetime.now(UTC))
        made.append(actions.declare(call, DeclareRequest(f"{title} {number}")).state.ref)
    return made


def note(ref: str, texts: list[str]) -> list[int]:
    """Write notes; what they intend is left to the engine."""
    return note_each([(ref, text) for text in texts])


def note_each(notes: list[tuple[str, str]]) -> list[int]:
    """The same for several incidents: (ref, text)."""
    process, _ = processes.load(settings.HOME)
    actor = access.actor("olga", process)
    return [actions.note(actions.Call(actor, process, "cli", datetime.now(UTC)), ref, text).id for ref, text in notes]


def intend(kind: str, key: str, ref: str) -> str:
    return effects.intend(kind, key, models.Incident.objects.get(ref=ref))


def events(ref: str, contents: list[str]) -> dict[str, Any]:
    """Events of the local chat, as stored texts of JSON; then all are taken in."""
    now = datetime.now(UTC)
    for number, content in enumerate(contents):
        models.Inbound.objects.create(source="local", key=f"event-{number}", data=content, received_at=now)
    new = intake.take_in("local", read, now)
    again = intake.take_in("local", read, now)
    return {
        "new": new,
        "again": again,
        "statuses": list(models.Inbound.objects.order_by("id").values_list("status", flat=True)),
    }


def status_changes() -> dict[str, int]:
    """How many status changes the journal of each incident holds."""
    rows = models.Entry.objects.filter(kind="status").values_list("incident__ref", flat=True)
    return dict(Counter(str(ref) for ref in rows))


def disconnect() -> int:
    """PostgreSQL: end everybody else's connections to this database, as a restarted server or a firewall does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]](**json.loads(sys.argv[2]))))
