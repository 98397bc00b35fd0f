"""What the tests of the rules share: three actors, an incident to work on, and how a refusal is read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from musterpoint.core.decision import Actor, NotAllowed
from musterpoint.core.incident import Basis, Incident, Milestone, Moment, Role, Who
from musterpoint.core.journal import Entry, Fact

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
BOB = Actor(Who("person:2", "Bob"), Role.RESPONDER)
ALICE = Actor(Who("person:1", "Alice"), Role.RESPONDER, authority=True)
ADELE = Actor(Who("person:5", "Adele"), Role.ADMIN)
VICTOR = Actor(Who("person:4", "Victor"), Role.VIEWER)


def at(minutes: float) -> datetime:
    """So many minutes after (or before) NOW."""
    return NOW + timedelta(minutes=minutes)


def stated(minutes: float) -> Moment:
    return Moment(at(minutes), Basis.STATED)


def recorded(minutes: float) -> Moment:
    return Moment(at(minutes), Basis.RECORDED)


def estimated(minutes: float) -> Moment:
    return Moment(at(minutes), Basis.ESTIMATED)


def incident(**values: Any) -> Incident:
    milestones = {Milestone.DECLARED: recorded(-20), Milestone.DETECTED: estimated(-20)}
    return Incident(**{"ref": "7", "title": "Checkout answers 502", "milestones": milestones, **values})


def with_times(**moments: Moment) -> Incident:
    """An incident with these milestones alone."""
    return incident(milestones={Milestone(name): moment for name, moment in moments.items()})


def entry(fact: Fact, minutes: float = 0, number: int = 1, who: Who | None = BOB.who, ref: str = "") -> Entry:
    return Entry(number, fact, at(minutes), Basis.RECORDED, NOW, who, "cli", ref or f"entry:{number}")


@contextmanager
def refused(code: str, message: str, hint: str | None = None) -> Iterator[None]:
    """What is done inside must be refused, with this code, these words and (unless None) words in the hint."""
    with pytest.raises(NotAllowed) as caught:
        yield
    assert caught.value.code == code
    assert message in caught.value.message
    if hint is not None:
        assert hint in caught.value.hint, caught.value.hint
        assert bool(hint) == bool(caught.value.hint)
