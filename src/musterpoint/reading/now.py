"""What happens now: incidents that affect customers with the newest that was said of each, and what is left to do.

The number of queries does not grow with anything, and nobody's whole thread is read.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from django.db.models import DateTimeField, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from musterpoint import access
from musterpoint.actions import Call
from musterpoint.core.blockers import blockers
from musterpoint.core.describe import describe
from musterpoint.core.incident import Incident, Milestone, Status, read_time, time_text
from musterpoint.reading.incident import incident_shape
from musterpoint.store import incidents, journal, models

#: How many of each are shown; and up to how many open ones are counted.
OPEN, RESOLVED, COUNTED = 20, 10, 200
OF_NOW, OF_LATER = (Status.OPEN.value,), (Status.RESOLVED.value,)
#: So many of the newest incidents are looked at to say since when customers are not affected.
ENDED = 50
#: What is said of an incident where nobody has written anything.
STEPS = ("declaration", "status", "severity", "lead", "nomination")
SAID = ("message", "note")
SHORT = {
    "issue_not_raised": "raise the issue",
    "writeup_open": "finish the write-up",
    "publication_undecided": "decide about the post",
    "publication_pending": "publish the post",
}
_FIRST, _LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


def happening(call: Call) -> dict[str, Any]:
    """`open` incidents and `resolved` ones that are not closed, newest first, as far as they are shown; `open_count` of
    all that are open (up to COUNTED); `calm_since`: where none is, when the last one was resolved."""
    seen = access.visible(call.actor)
    rows = access.listing(call.actor, status=OF_NOW, limit=OPEN)
    said = newest(call, rows)
    resolved = access.listing(call.actor, status=OF_LATER, limit=RESOLVED + 1)
    count = len(rows) if len(rows) < OPEN else seen.filter(status=Status.OPEN.value)[:COUNTED].count()
    calm = None if rows else _last_resolved(call)
    return {
        "open": [{**_shape(row), "newest": said.get(row.pk)} for row in rows],
        "open_count": count,
        "resolved": [{**_shape(row), "left": left(incidents.state(row))} for row in resolved[:RESOLVED]],
        "more_resolved": len(resolved) > RESOLVED,
        "calm_since": time_text(calm) if calm else None,
        "begun": bool(rows or resolved) or seen.exists(),
        "stamp": _stamp([*rows, *resolved]),
    }


def stamp(call: Call) -> str:
    """The `stamp` of what `happening` would show: the same as long as nothing of it changes. Costs little."""
    shown = ((OF_NOW, OPEN), (OF_LATER, RESOLVED + 1))
    rows = [access.listing(call.actor, status=status, limit=limit, lean=True) for status, limit in shown]
    return _stamp([each for several in rows for each in several])


def _stamp(rows: list[models.Incident]) -> str:
    return f"{crc32(repr([(each.pk, each.version) for each in rows]).encode()):08x}"


def _shape(row: models.Incident) -> dict[str, Any]:
    shape = incident_shape(incidents.state(row))
    times = shape["milestones"]
    begun = times["impact_began"] or times["detected"] or times["declared"]
    ended = times["resolved"]
    return {**shape, "affected_since": begun and begun["at"], "affected_until": ended and ended["at"]}


def left(incident: Incident) -> list[dict[str, str]]:
    """What is left to do before it can be closed, in few words."""
    found = blockers(incident)
    steps = [{"code": each.code, "text": SHORT[each.code]} for each in found if each.code in SHORT]
    if count := sum(each.code == "action_open" for each in found):
        steps.append({"code": "action_open", "text": f"{count} open action{'s' if count > 1 else ''}"})
    return steps


def newest(call: Call, rows: list[models.Incident]) -> dict[int, dict[str, Any]]:
    """The newest that was written in each incident, or the newest step where nobody wrote since; by `Incident.pk`."""
    readings = access.all_stretches(call.actor, [row.pk for row in rows])
    numbers = [each.pk for several in readings.values() for each in several]
    places = models.Reading.objects.filter(pk__in=numbers).annotate(newest=Subquery(_said()))
    steps = access.visible(call.actor).filter(pk__in=[row.pk for row in rows]).annotate(newest=Subquery(_step()))
    pairs = [*places.values_list("incident_id", "newest"), *steps.values_list("pk", "newest")]
    entries = {each.pk: each for each in models.Entry.objects.filter(pk__in=[number for _, number in pairs if number])}
    texts = journal.last_texts([each for each in entries.values() if each.kind in SAID])
    found: dict[int, dict[str, Any]] = {}
    for incident, number in sorted(pairs, key=lambda pair: entries[pair[1]].anchor if pair[1] else _FIRST):
        if number:
            found[incident] = _line(entries[number], texts)
    return found


def _line(row: models.Entry, texts: dict[int, str]) -> dict[str, Any]:
    said = row.kind in SAID
    return {
        "id": row.pk,
        "kind": row.kind,
        "text": texts[row.pk] if said else describe(journal.entry(row)),
        "who": row.who_name if said else None,
        "at": time_text(row.at),
    }


def _said() -> QuerySet[models.Entry, Any]:
    """The newest message or note of a reading that still stands."""
    within = {
        "anchor__gte": Coalesce(OuterRef("since"), Value(_FIRST, output_field=DateTimeField())),
        "anchor__lt": Coalesce(OuterRef("until"), Value(_LAST, output_field=DateTimeField())),
    }
    deleted = models.Entry.objects.filter(kind="deletion", thread=OuterRef("thread"), anchor=OuterRef("anchor"))
    query = models.Entry.objects.filter(thread=OuterRef("thread"), kind__in=SAID, redacted=False, **within)
    query = query.filter(~Exists(deleted)).exclude(taken_in_by__in=journal.unfinished())
    return query.order_by("-anchor").values("pk")[:1]  # in the order of the index, whose newest entry ends the search


def _step() -> QuerySet[models.Entry, Any]:
    query = models.Entry.objects.filter(incident=OuterRef("pk"), kind__in=STEPS, redacted=False)
    return query.order_by("-pk").values("pk")[:1]


def _last_resolved(call: Call) -> datetime | None:
    """When customers were affected for the last time, as far as this person knows."""
    rows = access.visible(call.actor).exclude(status=Status.CANCELLED.value).order_by("-pk")
    times = [each.get(Milestone.RESOLVED.value) for each in rows.values_list("milestones", flat=True)[:ENDED]]
    return max((read_time(each["at"]) for each in times if each), default=None)
