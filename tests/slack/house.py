"""An installation in the fake workspace whose engine turns when the test says so, by the workspace's clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from musterpoint import access, delivery, effects
from musterpoint.actions import Call
from musterpoint.core.process import Process
from musterpoint.integrations import registry
from musterpoint.integrations.slack.app import receiving
from tests.slack.wire import Answer
from tests.slack.workspace import Workspace, serving

START = datetime(2026, 3, 2, 13, tzinfo=UTC)


@dataclass
class House:
    """Whatever the workspace sends is received as over HTTP, signatures and all."""

    workspace: Workspace
    process: Process

    def receive(self, body: bytes, headers: dict[str, str]) -> Answer:
        given = {name.lower(): value for name, value in headers.items()}
        answer = receiving.hook(self.process)(given, body, self.workspace.clock.now)
        return Answer(answer.status, answer.body.encode(), answer.type)

    def sign(self) -> None:
        """Slack signs by the workspace's clock, not by ours."""
        self.workspace.delivery.skew = (self.workspace.clock.now - timezone.now()).total_seconds()

    def turn(self) -> None:
        """Until nothing is left to do."""
        for _ in range(30):
            self.sign()
            self.workspace.settle()
            registry.take_in(self.process, self.workspace.clock.now)
            due = effects.due()
            for key in due:
                delivery.deliver(key, self.process)
            registry.tend(self.process, self.workspace.clock.now)
            if not due and not self.workspace.delivery.waiting:
                return
        raise AssertionError("it never comes to rest")

    def call(self, user: str) -> Call:
        """On behalf of somebody of the workspace, on a page."""
        actor = access.actor(f"slack:{user}", self.process)
        return Call(actor, self.process, "web", self.workspace.clock.now)


@contextmanager
def housed(environment: pytest.MonkeyPatch) -> Iterator[House]:
    """Needs a database with real transactions."""
    with serving(start=START) as workspace:
        environment.setenv("SLACK_API_URL", workspace.url)
        environment.setenv("SLACK_BOT_TOKEN", workspace.bot_token)
        environment.setenv("SLACK_SIGNING_SECRET", workspace.signing_secret)
        authority = ("email:cto@halden.example",)
        process = Process(authority=authority, chat="slack", timeout=5, sirt=authority, security_contact="Lena Brandt")
        house = House(workspace, process)
        workspace.clock.on_move.append(house.sign)
        house.sign()
        workspace.deliver_to(house.receive)
        yield house
