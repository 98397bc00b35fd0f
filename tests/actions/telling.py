"""Short words for what the tests of the actions do again and again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from musterpoint import access, actions, importing, reading
from musterpoint.core.decision import NotAllowed
from musterpoint.core.declare import DeclareRequest, Security
from musterpoint.core.incident import Basis, Incident, Who
from musterpoint.core.journal import Edit, Entry, Fact, Message, ReactionAdded
from musterpoint.core.said import Said
from musterpoint.importing import Imported, Source
from musterpoint.integrations.local.chat import Room
from musterpoint.store import incidents, models
from tests.conftest import World

BEN, CLEO = Who("slack:U7BEN", "Ben Okafor"), Who("slack:U7CLEO", "Cleo Marsh")
ROOT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def declared(world: World, title: str = "Checkout answers 502", by: str = "bob", **values: Any) -> str:
    """The reference of a new incident."""
    return actions.declare(world.by(by), DeclareRequest(title, **values)).state.ref


def secretly_declared(world: World, title: str = "Key leaked", by: str = "bob") -> str:
    return declared(world, title, by, security=Security.YES)


def state(ref: str) -> Incident:
    row = models.Incident.objects.get(ref=ref)
    return incidents.state(row, incidents.members(row))


def says(world: World, ref: str, text: str, who: Who = BEN) -> str:
    """Somebody writes into the thread of the incident; the stamp of the message."""
    world.later(1)
    return Room(ref).say(who, text, world.now)


def read(world: World, ref: str, by: str = "bob") -> list[Entry]:
    actor = access.actor(by, world.process)
    return access.entries(actor, access.seen(actor, ref))


def texts(world: World, ref: str, by: str = "bob") -> list[str]:
    """What was said in the incident, as its thread shows it."""
    shown = reading.thread_of(world.by(by), ref)
    return [each["text"] for each in shown if each["kind"] in ("message", "note")]


def rows(world: World, ref: str, by: str = "bob") -> list[tuple[str, str, str]]:
    """The timeline: text, kind and status of each row."""
    return [(row.text, row.kind.value, row.status.value) for row in reading.rows_of(world.by(by), ref)]


def searched(world: World, query: str, by: str = "bob") -> list[tuple[str, str]]:
    """The incidents and texts that a search finds."""
    return [(hit.incident.ref, hit.text) for hit in access.found(world.by(by).actor, query)]


@contextmanager
def refused(code: str) -> Iterator[None]:
    """What is done inside must be refused with this code, and nothing may be written."""
    before = counted()
    with pytest.raises((NotAllowed, access.NotFound)) as caught:
        yield
    assert words(caught)[0] == code, caught.value
    assert counted() == before


def words(caught: pytest.ExceptionInfo[Exception]) -> tuple[str, str, str]:
    """How somebody was refused: code, message, hint."""
    refusal = caught.value
    assert isinstance(refusal, NotAllowed | access.NotFound)
    return refusal.code, refusal.message, refusal.hint


def counted() -> list[int]:
    """How many rows of the record there are, with the incidents' versions: the same if nothing was written."""
    kinds = (models.Entry, models.Incident, models.Reading, models.Thread, models.Effect, models.Member)
    return [each._default_manager.count() for each in kinds] + list(
        models.Incident.objects.order_by("pk").values_list("version", flat=True)
    )


# --- imported threads ---------------------------------------------------------------------------------------------


def stamp(minutes: float) -> str:
    return f"{int((ROOT + timedelta(minutes=minutes)).timestamp())}.000100"


def message(minutes: float, text: str, who: Who = BEN, digest: str = "", channel: str = "C7CHECKOUT") -> Said:
    """A message so many minutes after the root of the thread; its digest tells its text unless it is given."""
    own = stamp(minutes)
    fact = Message(text, root=not minutes, digest=digest or f"digest of {text}")
    at = ROOT + timedelta(minutes=minutes, microseconds=100)
    return Said(own, f"slack:{channel}/{own}", at, fact, at, Basis.RECORDED, who)


def edited(said: Said, text: str, after: float = 1) -> Said:
    fact, at = Edit(said.ref, text, f"digest of {text}"), said.at + timedelta(minutes=after)
    return about(said, f"edit:{said.key}:{at.timestamp()}:{fact.digest}", fact, at)


def reacted(said: Said, name: str, who: Who = CLEO) -> Said:
    return about(said, f"reaction:{said.key}:{name}:{who.identity}", ReactionAdded(said.ref, name), said.at)


def about(said: Said, key: str, fact: Fact, at: datetime) -> Said:
    return Said(key, f"{said.ref}#{key.replace(':', '-')}", said.anchor, fact, at, Basis.ESTIMATED, said.who)


def source(*said: Said, channel: str = "C7CHECKOUT", **values: Any) -> Source:
    digest = str(hash(said))
    return Source("", channel, "#checkout", said[0].key, list(said), digest, **values)


def brought_in(world: World, *sources: Source, by: str = "bob", title: str = "", **values: Any) -> Imported:
    return importing.bring_in(world.by(by), list(sources), DeclareRequest(title, **values), lambda done, total: None)
