"""Very many incidents, written as the actions write them but in bulk: rows, threads, journals, and the search index.

One in fifteen is restricted; two in five have five messages in their thread. Words follow Zipf's law.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from django.db import connection, transaction

from musterpoint.actions.recording import LOCAL
from musterpoint.core import declare as rules
from musterpoint.core.decision import Actor
from musterpoint.core.declare import DeclareRequest, Security
from musterpoint.core.incident import Basis, Incident, Moment, Role, Status, Who
from musterpoint.core.journal import Declaration, Fact, Message, StatusChange, apply
from musterpoint.core.process import Process
from musterpoint.core.scoring import signals
from musterpoint.store import incidents, journal, models, search

PROCESS = Process(sirt=("account:sirt",))
ANA = Actor(Who("person:900", "Ana Ruiz"), Role.RESPONDER, identities=frozenset({"person:900"}))
BEGAN = datetime(2023, 1, 2, 8, tzinfo=UTC)
BATCH = 1000
#: In 30 % of the texts; in one of five thousand; and in one of twenty, and in half, of restricted incidents' alone.
COMMON, RARE, HIDDEN, OFTEN_HIDDEN = "database", "quokka", "exfiltration", "subpoena"
#: In nearly all.
COMMONEST = "the"


class Words:
    """Texts of made-up words. The same seed makes the same texts."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        syllables = "ba de fi go lu mer nos par quin res tal ver wix yor zan chi".split()
        made = (self.random.choice(syllables) + self.random.choice(syllables) for _ in iter(int, 1))
        known = dict.fromkeys(f"{next(made)}{next(made)}" for _ in range(20_000))
        self.words = [COMMONEST, *known]
        self.weights = list(accumulate(1 / (rank + 1) for rank in range(len(self.words))))

    def text(self, length: int, *, restricted: bool = False) -> str:
        words = [COMMONEST, *self.random.choices(self.words, cum_weights=self.weights, k=length)]
        chance = self.random.random()
        words += [COMMON] * (chance < 0.3) + [RARE] * (chance > 1 - 1 / 5000)
        words += [HIDDEN] * (restricted and chance < 0.05) + [OFTEN_HIDDEN] * (restricted and chance < 0.5)
        return " ".join(words)


@dataclass
class Made:
    """One incident on its way into the tables."""

    state: Incident
    row: models.Incident
    facts: list[tuple[Fact, datetime]]
    said: list[tuple[Message, datetime]]


def create(first: int, count: int) -> None:
    """Incidents number `first` and following."""
    words = Words(first)
    for begin in range(first, first + count, BATCH):
        made = [_made(number, words) for number in range(begin, min(begin + BATCH, first + count))]
        with transaction.atomic():
            _save(made)
    models.Counter.objects.update_or_create(name=incidents.INCIDENTS, defaults={"value": first + count})
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _made(number: int, words: Words) -> Made:
    restricted = number % 15 == 7
    now = BEGAN + timedelta(minutes=15 * number)
    title = words.text(6, restricted=restricted)
    request = DeclareRequest(title, security=Security.YES if restricted else Security.NO)
    facts: list[tuple[Fact, datetime]] = [(rules.declare(ANA, PROCESS, request, now).fact, now)]
    if number % 50:
        facts.append((StatusChange(Status.RESOLVED), now + timedelta(hours=2)))
    state = Incident(ref=f"s-{number:08}" if restricted else str(number))
    row = models.Incident(ref=state.ref, restricted=restricted, version=len(facts), created_at=now)
    several = 5 if number % 5 in (1, 2) else 0
    said = [(Message(words.text(11, restricted=restricted)), now + timedelta(minutes=each)) for each in range(several)]
    return Made(state, row, facts, said)


def _save(made: list[Made]) -> None:
    owned = [(each, journal.row(journal.Owner(), fact, Moment(at, Basis.RECORDED), ANA.who, "cli", at), fact)
             for each in made for fact, at in each.facts]  # fmt: skip
    for each, entry, _ in owned:
        each.state = apply(each.state, journal.entry(entry))
    for each in made:
        incidents.project(each.row, each.state)
    models.Incident.objects.bulk_create([each.row for each in made])
    threads = [models.Thread(workspace=LOCAL, channel="incident", root=each.row.ref) for each in made]
    models.Thread.objects.bulk_create(threads)
    pairs = list(zip(made, threads, strict=True))
    models.Reading.objects.bulk_create(
        [models.Reading(incident=each.row, thread=thread, role=LOCAL) for each, thread in pairs]
    )
    models.Member.objects.bulk_create(
        [models.Member(incident=each.row, identity=who) for each in made for who in _members(each)]
    )
    for each, entry, _ in owned:
        entry.incident = each.row
    told = [pair for each, thread in pairs for pair in _messages(each, thread)]
    rows = [(entry, fact) for _, entry, fact in owned] + told
    saved = models.Entry.objects.bulk_create([entry for entry, _ in rows])
    texts = [(entry.pk, journal.text_of(fact)) for entry, (_, fact) in zip(saved, rows, strict=True)]
    search.index([(number, text) for number, text in texts if text])


def _members(made: Made) -> frozenset[str]:
    fact = made.facts[0][0]
    return frozenset(fact.members) if isinstance(fact, Declaration) else frozenset()


def _messages(made: Made, thread: models.Thread) -> Iterator[tuple[models.Entry, Fact]]:
    for fact, at in made.said:
        owner = journal.Owner(thread=thread, anchor=at)
        scored = replace(signals(fact.text))
        yield journal.row(owner, fact, Moment(at, Basis.RECORDED), ANA.who, "local", at, signals=scored), fact
