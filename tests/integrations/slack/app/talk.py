"""People of the fake workspace who talk to us in an incident's thread, and press what stands below its card."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from musterpoint import actions
from musterpoint.core.declare import DeclareRequest
from musterpoint.core.incident import Incident
from musterpoint.core.journal import Entry
from musterpoint.integrations.slack.app import ourselves, people
from musterpoint.store import models
from tests.actions.telling import read, state
from tests.integrations.slack.app.desk import Desk


@dataclass
class Talk(Desk):
    """The same people; we know who we are."""

    def __post_init__(self) -> None:
        super().__post_init__()
        ourselves.introduce(self.process, timezone.now())
        team, ours = self.workspace.team_id, self.workspace.app.user
        models.ChatUser.objects.create(
            workspace=team, user=ours, name="Musterpoint", kind="app", known_at=timezone.now()
        )
        self.us = f"<@{self.workspace.app.user}>"

    def call(self, name: str) -> actions.Call:
        return people.caller(self.process, self.workspace.team_id, self.users[name], timezone.now())

    def declared(self, title: str = "Checkout answers 502", name: str = "alice") -> str:
        """An incident whose thread has begun in the channel."""
        ref = actions.declare(self.call(name), DeclareRequest(title)).state.ref
        self.carried_out("thread")
        return ref

    def root(self, ref: str) -> str:
        return models.Reading.objects.get(incident__ref=ref, role="chat").thread.root

    def tells(self, name: str, text: str, ref: str) -> str:
        """Tell us something in the incident's thread; the answer that only they see."""
        return self.tells_at(name, text, self.root(ref))

    def tells_at(self, name: str, text: str, root: str = "", channel: str = "") -> str:
        before = len(self.whispered(name))
        self.says(name, f"{self.us} {text}", channel, root)
        self.takes_in()
        return "\n".join(self.whispered(name)[before:])

    def presses(self, name: str, action: str, ref: str = "", **more: Any) -> str:
        """Press something on the incident's card; the answer that only they see."""
        self.carried_out("card")
        before = len(self.whispered(name))
        answer = self.workspace.press(self.users[name], self.dept, self.root(ref), action, **more)
        assert answer.fine
        return "\n".join(self.whispered(name)[before:])

    def fills_in(self, name: str, **values: Any) -> dict[str, Any]:
        """Send the form that is open; what the app answers."""
        user = self.users[name]
        answer = self.workspace.submit(self.workspace.views[user]["id"], values, user)
        assert answer.fine
        return dict(json.loads(answer.body)) if answer.body else {}

    def state(self, ref: str) -> Incident:
        return state(ref)

    def entries(self, ref: str) -> list[Entry]:
        return read(self.world, ref, "alice")

    def kinds(self, ref: str) -> list[str]:
        return [each.kind for each in self.entries(ref)]
