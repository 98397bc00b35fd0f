"""The journal from its end backwards, a window at a time: what the page of a long thread reads instead of the whole.

What is shown stands at its `anchor` (for what happened to the incident itself that is its time), then in the order in
which we learnt it. Facts about another entry stand beside that one, whose anchor they share.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from django.db.models import Max, Q, QuerySet

from musterpoint.core.journal import Entry, Fact
from musterpoint.store import journal, models

#: The kinds that are about another entry of the same thread: shown with it, not by themselves.
ABOUT = (
    "edit",
    "deletion",
    "reaction_added",
    "reaction_removed",
    "mark",
    "curation",
    "row_time",
    "row_undo",
    "row_public",
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Rows: TypeAlias = "QuerySet[models.Entry]"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where an entry stands: `anchor` (UTC), then `id`."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // timedelta(microseconds=1)}.{self.id}"


def read_place(text: str) -> Place:
    """The reverse of `str(place)`. Raises ValueError for anything else."""
    at, _, number = text.partition(".")
    if len(at) > 17 or len(number) > 18:
        raise ValueError(f"no place: {text[:40]!r}")
    return Place(EPOCH + timedelta(microseconds=int(at)), int(number))


def place(row: models.Entry) -> Place:
    return Place(row.anchor, row.pk)


def _owned(incident: models.Incident, readings: Sequence[models.Reading]) -> list[Rows]:
    """What the incident reads, one query for each stretch: each can go along an index."""
    wanted = [Q(incident=incident), *(journal.stretch(each) for each in readings)]
    return [models.Entry.objects.filter(each).exclude(taken_in_by__in=journal.unfinished()) for each in wanted]


def newest(
    incident: models.Incident, readings: Sequence[models.Reading], limit: int, before: Place | None = None
) -> list[models.Entry]:
    """The last so many entries that are shown, oldest first; with `before` the last of those that stand before it."""
    found: dict[int, models.Entry] = {}
    for query in _owned(incident, readings):
        shown = query.exclude(kind__in=ABOUT)
        if before is not None:
            shown = shown.filter(anchor__lte=before.at).exclude(anchor=before.at, id__gte=before.id)
        found |= {row.pk: row for row in shown.order_by("-anchor", "-id")[:limit]}
    return sorted(found.values(), key=place)[-limit:] if limit else []


def one(incident: models.Incident, readings: Sequence[models.Reading], number: int) -> models.Entry | None:
    """The entry with that number, if it is shown here; of a fact about another entry, that one."""
    for query in _owned(incident, readings):
        if (row := query.filter(pk=number).first()) is not None:
            return row if row.kind not in ABOUT else next(iter(meant(incident, readings, [row])), None)
    return None


def last_number() -> int:
    """The highest number of any entry anywhere."""
    return int(models.Entry.objects.aggregate(last=Max("id"))["last"] or 0)


def learnt(incident: models.Incident, readings: Sequence[models.Reading], after: int, limit: int) -> list[models.Entry]:
    """Everything with a number above `after`, shown or about what is shown, in the order in which it was learnt."""
    found: dict[int, models.Entry] = {}
    for query in _owned(incident, readings):
        found |= {row.pk: row for row in query.filter(pk__gt=after).order_by("pk")[:limit]}
    return [found[number] for number in sorted(found)]


def numbers(incident: models.Incident, readings: Sequence[models.Reading], after: int) -> dict[int, datetime]:
    """The numbers of all that, each with the time when it was learnt (UTC)."""
    found: dict[int, datetime] = {}
    for query in _owned(incident, readings):
        found |= dict(query.filter(pk__gt=after).values_list("pk", "known_at"))
    return found


def about(rows: Collection[models.Entry]) -> dict[int, list[Entry]]:
    """The facts about each of the entries, by the entry's number, in the order in which they were learnt."""
    names = {_name(row): row.pk for row in rows}
    found: dict[int, list[Entry]] = {}
    for each in _beside(rows).filter(kind__in=ABOUT).order_by("pk"):
        fact = journal.entry(each)
        number = names.get((each.thread_id, each.incident_id, of(fact.fact)))
        if number is not None:
            found.setdefault(number, []).append(fact)
    return found


def meant(
    incident: models.Incident, readings: Sequence[models.Reading], facts: Collection[models.Entry]
) -> list[models.Entry]:
    """The entries that these facts are about, if they are shown here."""
    names = {(row.thread_id, row.incident_id, of(journal.entry(row).fact)) for row in facts}
    numbers = [each.pk for each in _beside(facts).exclude(kind__in=ABOUT) if _name(each) in names]
    found = {row.pk: row for query in _owned(incident, readings) for row in query.filter(pk__in=numbers)}
    return sorted(found.values(), key=place)


def _name(row: models.Entry) -> tuple[int | None, int | None, str]:
    return (row.thread_id, row.incident_id, row.ref or f"entry:{row.pk}")


def of(fact: Fact) -> str:
    """The `ref` of the entry that a fact is about."""
    return str(getattr(fact, "of", ""))


def _beside(rows: Collection[models.Entry]) -> Rows:
    """Everything that stands at the same places of the same threads (or, of its own facts, of the same incident)."""
    said = [row for row in rows if row.thread_id is not None]
    own = [row for row in rows if row.incident_id is not None]
    near = Q(thread__in={row.thread_id for row in said}, anchor__in={row.anchor for row in said})
    if own:
        near |= Q(incident__in={row.incident_id for row in own}, anchor__in={row.anchor for row in own})
    return models.Entry.objects.filter(near).exclude(taken_in_by__in=journal.unfinished())
