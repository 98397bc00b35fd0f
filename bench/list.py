"""100,000 incidents: the newest 50, one of them, and searches through all that was said. Access rules hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from bench.inside import me, median, statements
from bench.installation import databases, installation
from bench.tables import Figure, Table

FEW, MANY = 1_000, 100_000
Measured = dict[str, Any]


def run() -> list[Table]:
    return [_table(name) for name in databases()]


def _table(database: str) -> Table:
    with installation(database) as where:
        where.inside("bench.list:create", first=1, count=FEW)
        few = where.inside("bench.list:measure")
        where.inside("bench.list:create", first=FEW + 1, count=MANY - FEW)
        many = where.inside("bench.list:measure")
    peers = defaultdict(str, {"a rare word": "151 ms"})
    figures = [
        Figure("list of the newest 50", many["list"], "ms", 20, peers="132 ms"),
        Figure("… statements", many["list statements"], "", 6, peers="13"),
        Figure(f"… more statements than with {FEW:,}", many["list statements"] - few["list statements"], "", 0),
        Figure("list of 50 open ones", many["list open"], "ms", 20),
        Figure("show", many["show"], "ms", 20),
        *(Figure(f"search: {name}", value, "ms", 20, peers=peers[name]) for name, value in many["search"].items()),
    ]
    note = f"{many['documents']:,} texts are searched, those of restricted incidents by their members alone; "
    return Table(f"{MANY:,} incidents, {database}", figures, note + "each figure is the median of nine runs.")


# --- in a process of the installation ---


def create(first: int, count: int) -> None:
    from bench import incidents

    incidents.create(first, count)


def measure() -> Measured:
    from bench.incidents import COMMON, COMMONEST, HIDDEN, OFTEN_HIDDEN, RARE
    from musterpoint import access, reading
    from musterpoint.store import incidents, models

    call = me()

    def listed(**narrowed: Any) -> list[dict[str, Any]]:
        rows = access.listing(call.actor, **narrowed)
        return [reading.incident_shape(incidents.state(row)) for row in rows]

    def search(query: str) -> float:
        return milliseconds(lambda: access.found(call.actor, query))

    public = models.Incident.objects.filter(restricted=False)
    ref = public.filter(readings__thread__entries__isnull=False).order_by("-pk")[public.count() // 3].ref
    return {
        "list": milliseconds(listed),
        "list statements": statements(listed),
        "list open": milliseconds(lambda: listed(status=["open"])),
        "show": milliseconds(lambda: reading.shown(call, ref)),
        "documents": models.Entry.objects.filter(kind__in=("declaration", "message")).count(),
        "search": {
            "a rare word": search(RARE),
            "a word in 30 % of all": search(COMMON),
            "the commonest word": search(COMMONEST),
            "two words": search(f"{COMMON} {RARE}"),
            "three words, all common": search(f"{COMMONEST} {COMMON} {COMMONEST}"),
            "the beginning of a word": search(COMMON[:5]),
            "the beginning of very many words": search(COMMON[:1]),
            "a word that is not there": search("xylophone"),
            "a word of others' restricted incidents alone": search(HIDDEN),
            "… and of half of what is said in them": search(OFTEN_HIDDEN),
        },
    }


def milliseconds(work: Callable[[], Any]) -> float:
    return median(work) * 1000
