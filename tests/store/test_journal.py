"""The journal's table: what the database itself sees to, and how it is read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext

from musterpoint import access, actions
from musterpoint.core.declare import DeclareRequest
from musterpoint.core.incident import Basis, Moment
from musterpoint.core.journal import Message, RowKind, Signals
from musterpoint.store import journal, models
from tests.conftest import START, World

NOW = Moment(START, Basis.RECORDED)


@pytest.fixture
def thread(db: None) -> models.Thread:
    return models.Thread.objects.create(channel="C7CHECKOUT", root="1772442000.000100")


@contextmanager
def impossible() -> Iterator[None]:
    with pytest.raises(IntegrityError), transaction.atomic():
        yield


def row(owner: journal.Owner, key: str = "") -> models.Entry:
    return journal.row(owner, Message("down"), NOW, None, "slack", START, key=key)


def test_a_key_is_unique_within_its_thread(thread: models.Thread) -> None:
    other = models.Thread.objects.create(channel="C7MAIL", root="1772442000.000100")
    row(journal.Owner(thread=thread), "1.0").save()
    row(journal.Owner(thread=other), "1.0").save()
    with impossible():
        row(journal.Owner(thread=thread), "1.0").save()
    assert models.Entry.objects.count() == 2


def test_what_nobody_outside_sends_has_a_key_of_its_own(thread: models.Thread) -> None:
    keys = {row(journal.Owner(thread=thread)).key for _ in range(100)}
    assert len(keys) == 100


def test_an_entry_has_exactly_one_owner(world: World, thread: models.Thread) -> None:
    ref = actions.declare(world.by("bob"), DeclareRequest("Down")).state.ref
    incident = models.Incident.objects.get(ref=ref)
    with impossible():
        row(journal.Owner(incident=incident, thread=thread)).save()
    with impossible():
        row(journal.Owner()).save()
    row(journal.Owner(incident=incident)).save()


def test_a_thread_an_incident_and_an_import_with_entries_cannot_be_deleted(world: World) -> None:
    ref = actions.declare(world.by("bob"), DeclareRequest("Down")).state.ref
    actions.note(world.by("bob"), ref, "looking")
    for each in (models.Incident.objects.get(ref=ref), models.Thread.objects.get(root=ref)):
        with pytest.raises(ProtectedError):
            each.delete()


def test_a_thread_has_one_row(thread: models.Thread) -> None:
    with impossible():
        models.Thread.objects.create(channel=thread.channel, root=thread.root)


def test_an_entry_comes_back_as_it_was_written(thread: models.Thread) -> None:
    signals = Signals(0.75, RowKind.FINDING, ("names a cause", "läuft"))
    saved = journal.row(
        journal.Owner(thread=thread), Message("down"), NOW, None, "slack", START, ref="slack:C7/1.0", signals=signals
    )
    saved.save()
    entry = journal.entry(models.Entry.objects.get(pk=saved.pk))
    assert (entry.fact, entry.at, entry.basis, entry.who) == (Message("down"), START, Basis.RECORDED, None)
    assert (entry.ref, entry.signals, entry.known_at) == ("slack:C7/1.0", signals, START)


def test_an_entry_without_an_address_is_named_by_its_number(thread: models.Thread) -> None:
    saved = row(journal.Owner(thread=thread))
    saved.save()
    assert journal.entry(saved).ref == f"entry:{saved.pk}"


def test_loading_takes_as_many_queries_for_a_long_thread_as_for_a_short_one(world: World) -> None:
    ref = actions.declare(world.by("bob"), DeclareRequest("Down")).state.ref
    actor = world.by("bob").actor
    incident = access.seen(actor, ref)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            entries = access.entries(actor, incident)
        counts.append(len(queries))
        for number in range(30):
            actions.note(world.by("bob"), ref, f"note {number}")
    assert len(entries) == 31
    assert counts[0] == counts[1] <= 6


def test_entries_come_in_the_order_in_which_they_were_learnt(world: World) -> None:
    ref = actions.declare(world.by("bob"), DeclareRequest("Down")).state.ref
    for minutes in (5, -60, 1):
        call = world.by("bob")
        actions.note(call, ref, f"{minutes}", START if minutes < 0 else None)
    ids = [each.id for each in access.entries(world.by("bob").actor, models.Incident.objects.get(ref=ref))]
    assert ids == sorted(ids)
