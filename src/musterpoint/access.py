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
from musterpoint.core.spoken_text import kept
from musterpoint.store import incidents, journal, models, search

#: How many entries are looked at together, where many of those that a search found belong to others.
LARGEST_SEARCH = 4000
#: Words of one search.
MOST_WORDS = 50
#: Entries that one page of a search looks at, where only some incidents are wanted.
MOST_LOOKED_AT = 20_000
#: What is longer is no number of ours, whatever its digits.
LONGEST_NUMBER = 100
#: And no name has more characters than this, nor an identity.
LONGEST_NAME = 250


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
    wanted = kept(wanted).strip().removeprefix("@")
    people = models.Person.objects.prefetch_related("identities")
    if wanted.startswith("person:") and wanted[7:].isdecimal() and len(wanted) < LONGEST_NUMBER:
        found = list(people.filter(Q(pk=int(wanted[7:])) | Q(identities__name=wanted)).distinct())
    elif len(wanted) > LONGEST_NAME:
        found = []
    else:
        named = Q(identities__name__iexact=wanted) | Q(identities__name__iexact=f"account:{wanted}")
        found = list(people.filter(named | Q(name__iexact=wanted)).distinct())
        found = found or list(people.filter(name__istartswith=f"{wanted} ").distinct())
    if not found:
        raise NotFound(
            f"Nobody here is called {wanted[:80]!r}.", "`people list` shows everybody, `people add` adds one."
        )
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


def unrestricted() -> QuerySet[models.Incident]:
    """Every incident that exists for everybody."""
    return models.Incident.objects.filter(restricted__in=[False])  # so the databases find it in their indexes


def member_of(actor: Actor) -> QuerySet[models.Incident]:
    """Every restricted incident that exists for this person."""
    mine = models.Member.objects.filter(identity__in=actor.identities)
    return models.Incident.objects.filter(restricted=True, pk__in=mine.values("incident"))


def _withdrawn(ref: str) -> View:
    return View(Incident(ref=ref, title=f"Incident {ref}", status=Status.CANCELLED), None)


def find(actor: Actor, ref: str) -> View:
    """The incident with this reference. Raises NotFound."""
    ref = kept(ref).strip().removeprefix("#")
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
    return all_stretches(actor, [row.pk]).get(row.pk, [])


def all_stretches(actor: Actor, numbers: Collection[int]) -> dict[int, list[models.Reading]]:
    """The same for several incidents, by `Incident.pk`, in as many queries as for one."""
    rows = list(models.Reading.objects.filter(incident__in=numbers).select_related("thread").order_by("id"))
    others = models.Reading.objects.filter(thread__in={each.thread_id for each in rows}, incident__restricted=True)
    member = models.Member.objects.filter(incident=OuterRef("incident_id"), identity__in=actor.identities)
    hidden = list(others.filter(~Exists(member)))
    found: dict[int, list[models.Reading]] = {}
    for each in rows:
        if not any(other.incident_id != each.incident_id and _overlap(each, other) for other in hidden):
            found.setdefault(each.incident_id, []).append(each)
    return found


def _overlap(one: models.Reading, other: models.Reading) -> bool:
    if one.thread_id != other.thread_id:
        return False
    begins_late = one.since and other.until and one.since >= other.until
    ends_early = one.until and other.since and one.until <= other.since
    return not (begins_late or ends_early)


def entries(actor: Actor, row: models.Incident) -> list[Entry]:
    """The journal of the incident, as far as this person may read it."""
    return journal.load(row, stretches(actor, row))


def narrowed(
    *,
    status: Sequence[str] = (),
    kind: str = "",
    severity: str = "",
    since: datetime | None = None,
    restricted: bool = False,
) -> Q:
    """Which incidents are wanted: each of these that is given. `restricted`: those alone."""
    wanted = Q()
    if status:
        wanted &= Q(status__in=list(status))
    if kind:
        wanted &= Q(kind=kind)
    if severity:
        wanted &= Q(severity="" if severity == "none" else severity)
    if since:
        wanted &= Q(created_at__gte=since)
    if restricted:
        wanted &= Q(restricted=True)
    return wanted


def listing(
    actor: Actor,
    *,
    status: Sequence[str] = (),
    kind: str = "",
    severity: str = "",
    since: datetime | None = None,
    restricted: bool = False,
    limit: int = 50,
    before: int | None = None,
    lean: bool = False,
) -> list[models.Incident]:
    """Incidents newest first. `before` continues after the row with that number (`Incident.pk`); `lean` leaves out
    what follows a resolution, which takes as long to read as all the rest."""
    wanted = narrowed(kind=kind, severity=severity, since=since)
    rows: list[models.Incident] = []
    for part in _parts(actor, status, restricted):
        query = part.filter(wanted).order_by("-pk")
        if before:
            query = query.filter(pk__lt=before)
        rows += (query.defer("after") if lean else query)[:limit]
    return sorted(rows, key=lambda row: -row.pk)[:limit]


def _parts(actor: Actor, status: Sequence[str], restricted: bool) -> list[QuerySet[models.Incident]]:
    """What a list is made of, each in the order of an index: where very many have a status, they are not sorted."""
    if restricted or status:
        others = [each.value for each in Status if status and each.value not in status]
        mine = member_of(actor).exclude(status__in=others)  # no condition for an index: they are few
        return [mine] if restricted else [*(unrestricted().filter(status=each) for each in status), mine]
    return [visible(actor)]


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry that a search found, with the incident that this person sees it in, and its last text."""

    incident: models.Incident
    entry: Entry
    text: str


def found(actor: Actor, query: str, limit: int = 50) -> list[Hit]:
    """Entries with all the words, newest first, in incidents that exist for this person. Raises NotAllowed."""
    return found_page(actor, query, limit)[0]


def found_page(
    actor: Actor, query: str, limit: int = 50, before: int | None = None, only: Q | None = None
) -> tuple[list[Hit], int | None]:
    """The same after the entry with the number `before`, and the number after which it goes on (None: nowhere).

    `only` some of the incidents (see `narrowed`): where very many others have the words, a page may have few hits, or
    none, and go on all the same.
    """
    count = len(search.words(query))
    if not count:
        raise NotAllowed("empty_query", "There is no word to search for.", "Give one or more words.")
    if count > MOST_WORDS:
        message = f"That is a search for {count} words; {MOST_WORDS} are allowed."
        raise NotAllowed("too_many_words", message, "Give the few that matter.")
    hits: list[Hit] = []
    size, looked_at = min(2 * limit, LARGEST_SEARCH), 0
    while True:
        numbers = search.find(query, size, before)
        mine = _sieved(actor, numbers)
        perhaps = _sieved(actor, mine, only) if only else mine
        while perhaps and len(hits) < limit:
            hits += _hits(actor, perhaps[:limit], only)
            perhaps = perhaps[limit:]
        if len(hits) >= limit:
            return hits[:limit], hits[limit - 1].entry.id
        if len(numbers) < size:
            return hits, None
        looked_at += len(mine)  # only what is theirs to see: the rest must not tell that it is there
        if only and looked_at > MOST_LOOKED_AT:
            return hits, mine[-1] if mine else numbers[-1]
        before, size = numbers[-1], LARGEST_SEARCH


def sharing(actor: Actor, *searches: tuple[Sequence[str], Sequence[str]], limit: int = 400) -> list[Hit]:
    """Entries that share words, in incidents that exist for this person. Each search is beginnings of words, of which
    one must be there, and the kinds of entries that are looked at (none: all); so many newest ones of each."""
    numbers = {number for words, kinds in searches for number in search.find_any(words, limit, kinds)}
    return _hits(actor, _sieved(actor, sorted(numbers, reverse=True)))


def _sieved(actor: Actor, numbers: list[int], only: Q | None = None) -> list[int]:
    """Those of the entries that `_hits` may show to this person: it is spared the many of others' incidents."""
    wanted = visible(actor).filter(only or Q())
    owned = Exists(wanted.filter(pk=OuterRef("incident_id")))
    read = Exists(wanted.filter(readings__thread=OuterRef("thread_id")))
    rows = models.Entry.objects.filter(Q(owned) | Q(read), pk__in=search.among(numbers))
    return list(rows.order_by("-pk").values_list("pk", flat=True))


def _hits(actor: Actor, numbers: list[int], only: Q | None = None) -> list[Hit]:
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
    wanted = set(visible(actor).filter(only, pk__in=candidates).values_list("pk", flat=True)) if only else set(allowed)
    texts = journal.last_texts(found)
    return [
        Hit(allowed[number], journal.entry(row), texts[row.pk])
        for row in found
        for number in _seen_in(row, readings.get(row.thread_id or 0, []), allowed)
        if number in wanted
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
