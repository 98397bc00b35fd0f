"""Declare: the incident, its own thread, its first entry and the intended thread in the chat, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from musterpoint.actions.recording import LOCAL, Call, announce, write
from musterpoint.core import declare as rules
from musterpoint.core.decision import Draft
from musterpoint.core.declare import DeclareRequest
from musterpoint.core.incident import Incident
from musterpoint.core.journal import Declaration, Entry, apply
from musterpoint.store import incidents, models


@dataclass(frozen=True, slots=True)
class Declared:
    """A new incident. `contact` is whom to turn to when it is restricted for security."""

    state: Incident
    entry: Entry
    restricted: bool
    contact: str = ""


def declare(call: Call, request: DeclareRequest) -> Declared:
    """Declare an incident. Raises NotAllowed."""
    return begun(call, rules.declare(call.actor, call.process, request, call.now))


def begun(call: Call, draft: Draft, then: Callable[[models.Incident], None] | None = None) -> Declared:
    """Write a declared incident, and in the same transaction what belongs to it (`then`)."""
    fact = draft.fact
    assert isinstance(fact, Declaration)
    while True:
        try:
            with transaction.atomic():
                row, entry, state = begin(call, draft)
                if then is not None:
                    then(row)
            break
        except IntegrityError:  # two random references were the same
            if not fact.restricted:
                raise
    secret = fact.restricted and not fact.confined
    return Declared(state, entry, fact.restricted, call.process.security_contact if secret else "")


def begin(call: Call, draft: Draft, *, announced: bool = True) -> tuple[models.Incident, Entry, Incident]:
    """Write a declared incident inside the caller's transaction. One that is long over is not announced."""
    fact = draft.fact
    assert isinstance(fact, Declaration)
    row = models.Incident(ref=incidents.provisional_reference(), title=fact.title, restricted=fact.restricted)
    row.confined = fact.confined
    row.announced = announced and call.process.announces and (fact.confined or not fact.restricted)
    row.save(force_insert=True)
    entry = write(call, row, draft)
    models.Member.objects.bulk_create([models.Member(incident=row, identity=each) for each in fact.members])
    thread = models.Thread.objects.create(workspace=LOCAL, channel="incident", root=row.ref)
    models.Reading.objects.create(incident=row, thread=thread, role=LOCAL)
    # The number comes last: whoever takes one makes all others wait until the commit.
    row.ref = incidents.random_reference() if fact.restricted else incidents.next_number()
    models.Thread.objects.filter(pk=thread.pk).update(root=row.ref)
    state = apply(Incident(ref=row.ref), entry)
    incidents.project(row, state)
    row.version = 1
    row.save(force_update=True)
    announce(row, "thread", f"thread:{row.ref}")
    return row, entry, state
