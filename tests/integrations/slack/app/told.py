"""An incident whose thread is in the fake workspace: what people do there reaches us by the hook, and is taken in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from musterpoint.core.journal import Edit, Entry
from musterpoint.core.process import Process
from musterpoint.core.timeline import timeline
from musterpoint.integrations.slack.app import people, receiving, taking
from musterpoint.store import journal, models
from tests.actions.telling import declared
from tests.conftest import World
from tests.slack.wire import Answer
from tests.slack.workspace import Workspace


@dataclass
class Team:
    """`ana` and `ben` are members, `gus` is a guest; all are known. `root` is the first message of the thread that the
    incident reads, in `channel`."""

    world: World
    workspace: Workspace
    process: Process
    users: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, kind in (("ana", "member"), ("ben", "member"), ("gus", "guest")):
            self.users[name] = self.workspace.user(name, name.capitalize(), kind=kind)
            people.fetch(self.process, self.workspace.team_id, self.users[name], self.now)
        self.channel = self.workspace.channel("dept-engineering", members=list(self.users.values()))
        self.root = self.workspace.say(self.users["ana"], self.channel, "Tickets fail")
        self.ref = declared(self.world)
        self.thread = self.reads(self.channel, self.root)
        self.workspace.deliver_to(self.hears)
        self.arrives()

    @property
    def now(self) -> datetime:
        return self.workspace.clock.now

    def reads(self, channel: str, root: str, ref: str = "") -> models.Thread:
        """The incident reads that thread from now on."""
        where = {"workspace": self.workspace.team_id, "channel": channel, "root": root}
        thread = models.Thread.objects.create(**where)
        incident = models.Incident.objects.get(ref=ref or self.ref)
        models.Reading.objects.create(incident=incident, thread=thread, role="chat")
        return thread

    def hears(self, body: bytes, headers: dict[str, str]) -> Answer:
        given = {name.lower(): value for name, value in headers.items()}
        answer = receiving.hook(self.process)(given, body, self.now)
        return Answer(answer.status, answer.body.encode(), answer.type)

    def arrives(self) -> None:
        """What was sent is received and taken in; what is wrong with it would be parked."""
        self.workspace.settle()
        taking.take_in(self.process, self.now)
        assert not list(models.Inbound.objects.filter(status="parked").values_list("error", "data"))

    def later(self, seconds: float) -> None:
        self.workspace.clock.move(seconds)

    def carried_out(self, kind: str) -> int:
        """Carry out what waits of this kind."""
        from musterpoint import delivery

        keys = list(models.Effect.objects.filter(kind=kind, status="waiting").values_list("key", flat=True))
        for key in keys:
            assert delivery.deliver(key, self.process), models.Effect.objects.get(key=key).error
        return len(keys)

    # --- what people do

    def says(self, name: str, text: str, root: str = "", **more: Any) -> str:
        self.later(1)
        return self.workspace.reply(self.users[name], self.channel, root or self.root, text, **more)

    def edits(self, name: str, stamp: str, text: str) -> None:
        self.later(1)
        self.workspace.edit(self.users[name], self.channel, stamp, text)

    def reacts(self, name: str, stamp: str, reaction: str, *, on: bool = True) -> None:
        self.later(1)
        self.workspace.react(self.users[name], self.channel, stamp, reaction, on)

    # --- what is recorded

    def entries(self, *kinds: str) -> list[Entry]:
        rows = models.Entry.objects.filter(thread__workspace=self.workspace.team_id).order_by("id")
        return [journal.entry(each) for each in (rows.filter(kind__in=kinds) if kinds else rows)]

    def facts(self, *kinds: str) -> list[Any]:
        return [each.fact for each in self.entries(*kinds)]

    def record(self) -> set[tuple[Any, ...]]:
        """What is known, whatever came first. Of an edit only its own event tells more than the second."""
        return {(e.ref, e.fact, _second(e), e.basis, e.who) for e in self.entries()}

    def rows(self) -> list[tuple[Any, ...]]:
        return [(row.key, row.at, row.kind, row.text, row.status, row.who) for row in timeline(self.entries())]

    def marks(self) -> list[tuple[str, bool, str]]:
        """In their order: kind, on or off, by whom."""
        return [(each.fact.mark.value, each.fact.on, each.who.name if each.who else "") for each in self._marks()]

    def _marks(self) -> list[Any]:
        return self.entries("mark")


def _second(entry: Entry) -> datetime:
    return entry.at.replace(microsecond=0) if isinstance(entry.fact, Edit) else entry.at
