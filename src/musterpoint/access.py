"""The only door to an incident on somebody's behalf. What a person may not see does not exist for them.

A restricted incident exists for its members alone; not even an admin sees it by being admin. One that had a number when
it was restricted answers strangers as if it had been cancelled: the number was public, so its silence would tell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from musterpoint.core.decision import Actor, NotAllowed
from musterpoint.core.incident import Incident, Role, Status, Who
from musterpoint.core.journal import Entry
from musterpoint.core.process import Process
from musterpoint.store import incidents, journal, models, search

#: How many entries are looked at together, where many of those that a search found belong to others.
LARGEST_SEARCH = 4000


class NotFound(Exception):
    """There is no such thing, or not for this person: which of the two is not said."""

    code = "not_found"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


class Ambiguous(NotFound):
    """There are several."""


@dataclass(frozen=True, slots=True)
class View:
    """An incident as one person sees it. `row` is None where only a withdrawn number is left to see."""

    state: Incident
    row: models.Incident | None


# --- people ------------------------------------------------------------------------------------------------------


def names_of(person: models.Person) -> frozenset[str]:
    """Everything that may name a person in settings: identities, bare account names, the full name."""
    identities = [each.name for each in person.identities.all()]
    bare = [each.partition(":")[2] for each in identities if each.startswith("account:")]
    return frozenset([f"person:{person.pk}", person.name, *identities, *bare])


def actor_of(person: models.Person, process: Process) -> Actor:
    names = names_of(person)
    authority = not names.isdisjoint(process.authority)
    return Actor(Who(f"person:{person.pk}", person.name), Role(person.role), authority, names)


def person(wanted: str) -> models.Person:
    """The person whom a name, account, identity or `person:3` names. Raises NotFound, also when it names several."""
    wanted = wanted.strip().removeprefix("@")
    people = models.Person.objects.prefetch_related("identities")
    if wanted.startswith("person:") and wanted[7:].isdecimal():
        found = list(people.filter(Q(pk=int(wanted[7:])) | Q(identities__name=wanted)).distinct())
    else:
        named = Q(identities__name__iexact=wanted) | Q(identities__name__iexact=f"account:{wanted}")
        found = list(people.filter(named | Q(name__iexact=wanted)).distinct())
        found = found or list(people.filter(name__istartswith=f"{wanted} ").distinct())
    if not found:
        raise NotFound(f"Nobody here is called {wanted!r}.", "`people list` shows everybody, `people add` adds one.")
    if len(found) > 1:
        names = ", ".join(f"{each.name} (person:{each.pk})" for each in found[:5])
        raise Ambiguous(f"{wanted!r} names several people: {names}.", "Use person:NUMBER.")
    return found[0]


def actor(wanted: str, process: Process) -> Actor:
    return actor_of(person(wanted), process)


#: For what everybody who can open the issue or the post will read: whatever a restricted incident reads is left out.
NOBODY = Actor(Who("", ""), Role.VIEWER)


# --- incidents ---------------------------------------------------------------------------------------------------


def _membership(actor: Actor) -> QuerySet[models.Member]:
    return models.Member.objects.filter(incident=OuterRef("pk"), identity__in=actor.identities)


def visible(actor: Actor) -> QuerySet[models.Incident]:
    """Every incident that exists for this person."""
    return models.Incident.objects.filter(Q(restricted=False) | Exists(_membership(actor)))


def _withdrawn(ref: str) -> View:
    return View(Incident(ref=ref, title=f"Incident {ref}", status=Status.CANCELLED), None)


def find(actor: Actor, ref: str) -> View:
    """The incident with this reference. Raises NotFound."""
    ref = ref.strip().removeprefix("#")
    row = models.Incident.objects.filter(ref=ref).first()
    if row is not None:
        members = incidents.members(row)
        if not row.restricted or not members.isdisjoint(actor.identities):
            return View(incidents.state(row, members), row)
        if row.ref.isdigit():
            return _withdrawn(row.ref)
    raise NotFound(f"There is no incident {ref!r}.", "`list` shows all that you may see.")


def seen(actor: Actor, ref: str) -> models.Incident:
    """The row of an incident that is to be read. Raises NotFound, and NotAllowed where only a number is left."""
    view = find(actor, ref)
    if view.row is None:
        raise NotAllowed("cancelled", f"Incident {view.state.ref} was cancelled.")
    return view.row


@contextmanager
def locked(actor: Actor, *refs: str) -> Iterator[list[tuple[models.Incident, Incident]]]:
    """One transaction with the incidents' rows locked (in a fixed order): rows and states, in the order asked for."""
    with transaction.atomic():
        rows: dict[str, models.Incident] = {}
        for ref in sorted({each.strip().removeprefix("#") for each in refs}):
            number = seen(actor, ref).pk
            rows[ref] = models.Incident.objects.select_for_update().get(pk=number)
        wanted = [rows[each.strip().removeprefix("#")] for each in refs]
        yield [(row, incidents.state(row, incidents.members(row))) for row in wanted]


def stretches(actor: Actor, row: models.Incident) -> list[models.Reading]:
    """What the incident reads and this person may: where a restricted incident reads it too, its rule holds."""
    mine = list(row.readings.select_related("thread").order_by("id"))
    others = models.Reading.objects.filter(
        thread__in=[each.thread_id for each in mine], incident__restricted=True
    ).exclude(incident=row)
    member = models.Member.objects.filter(incident=OuterRef("incident_id"), identity__in=actor.identities)
    hidden = list(others.filter(~Exists(member)))
    return [each for each in mine if not any(_overlap(each, other) for other in hidden)]


def _overlap(one: models.Reading, other: models.Reading) -> bool:
    if one.thread_id != other.thread_id:
        return False
    begins_late = one.since and other.until and one.since >= other.until
    ends_early = one.until and other.since and one.until <= other.since
    return not (begins_late or ends_early)


def entries(actor: Actor, row: models.Incident) -> list[Entry]:
    """The journal of the incident, as far as this person may read it."""
    return journal.load(row, stretches(actor, row))


def listing(
    actor: Actor,
    *,
    status: Sequence[str] = (),
    kind: str = "",
    severity: str = "",
    since: datetime | None = None,
    limit: int = 50,
    before: int | None = None,
) -> list[models.Incident]:
    """Incidents newest first. `before` continues after the row with that number (`Incident.pk`)."""
    query = visible(actor).order_by("-pk")
    if status:
        query = query.filter(status__in=list(status))
    if kind:
        query = query.filter(kind=kind)
    if severity:
        query = query.filter(severity="" if severity == "none" else severity)
    if since:
        query = query.filter(created_at__gte=since)
    if before:
        query = query.filter(pk__lt=before)
    return list(query[:limit])


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry that a search found, with the incident that this person sees it in, and its last text."""

    incident: models.Incident
    entry: Entry
    text: str


def found(actor: Actor, query: str, limit: int = 50) -> list[Hit]:
    """Entries with all the words, newest first, in incidents that exist for this person. Raises NotAllowed."""
    if not search.words(query):
        raise NotAllowed("empty_query", "There is no word to search for.", "Give one or more words.")
    hits: list[Hit] = []
    before: int | None = None
    size = min(2 * limit, LARGEST_SEARCH)
    while len(hits) < limit:
        numbers = search.find(query, size, before)
        perhaps = _sieved(actor, numbers)
        while perhaps and len(hits) < limit:
            hits += _hits(actor, perhaps[:limit])
            perhaps = perhaps[limit:]
        if len(numbers) < size:
            break
        before, size = numbers[-1], LARGEST_SEARCH
    return hits[:limit]


def sharing(actor: Actor, *searches: tuple[Sequence[str], Sequence[str]], limit: int = 400) -> list[Hit]:
    """Entries that share words, in incidents that exist for this person. Each search is beginnings of words, of which
    one must be there, and the kinds of entries that are looked at (none: all); so many newest ones of each."""
    numbers = {number for words, kinds in searches for number in search.find_any(words, limit, kinds)}
    return _hits(actor, _sieved(actor, sorted(numbers, reverse=True)))


def _sieved(actor: Actor, numbers: list[int]) -> list[int]:
    """Those of the entries that `_hits` may show to this person: it is spared the many of others' incidents."""
    owned = Exists(visible(actor).filter(pk=OuterRef("incident_id")))
    read = Exists(visible(actor).filter(readings__thread=OuterRef("thread_id")))
    rows = models.Entry.objects.filter(Q(owned) | Q(read), pk__in=search.among(numbers))
    return list(rows.order_by("-pk").values_list("pk", flat=True))


def _hits(actor: Actor, numbers: list[int]) -> list[Hit]:
    found = list(
        models.Entry.objects.filter(pk__in=numbers).exclude(taken_in_by__in=journal.unfinished()).order_by("-pk")
    )
    threads = {row.thread_id for row in found if row.thread_id}
    readings: dict[int, list[models.Reading]] = {}
    for reading in models.Reading.objects.filter(thread__in=threads):
        readings.setdefault(reading.thread_id, []).append(reading)
    candidates = {row.incident_id for row in found if row.incident_id}
    candidates |= {reading.incident_id for each in readings.values() for reading in each}
    allowed = {row.pk: row for row in visible(actor).filter(pk__in=candidates)}
    texts = journal.last_texts(found)
    return [
        Hit(allowed[number], journal.entry(row), texts[row.pk])
        for row in found
        for number in _seen_in(row, readings.get(row.thread_id or 0, []), allowed)
    ]


def _seen_in(row: models.Entry, readings: list[models.Reading], allowed: Collection[int]) -> list[int]:
    """The incidents in which an entry is seen; none at all if one that is not ours (so restricted) reads it too."""
    if row.incident_id is not None:
        return [row.incident_id] if row.incident_id in allowed else []
    covering = [
        reading.incident_id
        for reading in readings
        if (not reading.since or row.anchor >= reading.since) and (not reading.until or row.anchor < reading.until)
    ]
    return covering if all(number in allowed for number in covering) else []
