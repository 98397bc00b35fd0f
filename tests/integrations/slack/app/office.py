"""A team whose incidents have their thread in the fake workspace, with a clock that both share."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from musterpoint import delivery
from musterpoint.core.incident import Severity, time_text
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import people
from musterpoint.integrations.slack.app.asking import Place, Request
from musterpoint.store import models
from tests.actions.telling import declared
from tests.conftest import World
from tests.slack.workspace import Workspace


@dataclass
class Office:
    """`bob` and `alice` of the world are members of the workspace, too; `gus` is a guest there."""

    world: World
    workspace: Workspace
    process: Process
    users: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world.process = self.process
        for name in ("alice", "bob", "charlie"):
            self.users[name] = self.workspace.user(name, name.capitalize())
            person = models.Person.objects.get(name=name.capitalize())
            models.Identity.objects.create(name=f"slack:{self.users[name]}", person=person)
        self.users["gus"] = self.workspace.user("gus", "Gus", kind="guest")
        self.channel = self.workspace.channel("dept-engineering", members=list(self.users.values()))
        for user in self.users.values():
            people.fetch(self.process, self.team, user, self.world.now)
        self.together()

    @property
    def team(self) -> str:
        return self.workspace.team_id

    @property
    def now(self) -> datetime:
        return self.world.now

    def together(self) -> None:
        """The workspace's clock shows what ours does."""
        self.workspace.clock.move((self.world.now - self.workspace.clock.now).total_seconds())

    def later(self, minutes: float) -> None:
        self.world.later(minutes)
        self.together()

    def runs(self, **settings: Any) -> None:
        self.world.runs(**settings)
        self.process = self.world.process

    def declared(self, title: str = "Checkout answers 502", **values: Any) -> str:
        """An incident whose thread has begun."""
        ref = declared(self.world, title, **{"severity": Severity.MAJOR, **values})
        self.delivered(f"thread:{ref}")
        self.together()
        return ref

    def delivered(self, *keys: str) -> None:
        for key in keys:
            assert delivery.deliver(key, self.process), models.Effect.objects.get(key=key).error

    def delivered_all(self, kind: str) -> list[str]:
        """Carry out what waits of this kind, with the real clock of the database; the keys."""
        keys = list(
            models.Effect.objects.filter(kind=kind, status="waiting").order_by("id").values_list("key", flat=True)
        )
        models.Effect.objects.filter(key__in=keys).update(not_before=timezone.now())
        self.delivered(*keys)
        return keys

    def whispered(self) -> None:
        """What is to be shown to one person alone is: it is of use for some minutes of the real clock."""
        for row in models.Effect.objects.filter(kind="slack_whisper", status="waiting"):
            row.data = json.dumps({**json.loads(row.data), "at": time_text(timezone.now())})
            row.save()
        self.delivered_all("slack_whisper")

    def root(self, ref: str) -> str:
        return models.Reading.objects.get(incident__ref=ref, role="chat").thread.root

    def texts(self, ref: str) -> list[str]:
        """What we said in its thread beside the card."""
        return [str(each["text"]) for each in self.workspace.thread(self.channel, self.root(ref))[1:]]

    def direct(self, name: str) -> list[dict[str, Any]]:
        return self.workspace.messages(self.workspace.direct(self.users[name]).id)

    def message(self, stamp: str) -> dict[str, Any]:
        return next(each for each in self.workspace.messages(self.channel) if each["ts"] == stamp)

    def press(self, name: str, action: str, value: str) -> Request:
        """What we are told when somebody presses a button."""
        payload = {"type": "block_actions", "actions": [{"type": "button", "action_id": action, "value": value}]}
        return Request(
            self.process,
            self.now,
            self.team,
            self.users[name],
            Place(self.channel),
            payload=json.loads(json.dumps(payload)),
        )
