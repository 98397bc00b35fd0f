"""What the tests of the workspace share: one that stands still in time, two people, a channel, a client."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from slack_sdk import WebClient

from tests.slack.shapes import Json
from tests.slack.wire import Answer
from tests.slack.workspace import Workspace, serving

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass
class App:
    """An app that takes everything in and answers what a test wants."""

    answers: list[Answer] = field(default_factory=list)
    taken: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)

    def __call__(self, body: bytes, headers: dict[str, str]) -> Answer:
        self.taken.append((body, headers))
        return self.answers.pop(0) if self.answers else Answer(200)


@dataclass
class Scene:
    """`workspace` with `ana`, `ben` and `channel`; `client` calls it, `app` takes its events in when it settles."""

    workspace: Workspace
    client: WebClient
    app: App
    ana: str
    ben: str
    channel: str

    def events(self) -> list[Json]:
        """Every event that was sent until now, the inner part."""
        self.workspace.settle()
        return [sending.event for sending in self.workspace.delivery.sent]


@pytest.fixture
def scene() -> Iterator[Scene]:
    with serving(START) as workspace:
        ana = workspace.user("ana", name="Ana Ortiz", email="ana@halden.example", zone="Europe/Oslo")
        ben = workspace.user("ben", name="Ben Aas", email="ben@halden.example")
        channel = workspace.channel("dept-engineering", members=[ana, ben])
        app = App()
        workspace.deliver_to(app)
        yield Scene(workspace, WebClient(workspace.bot_token, base_url=workspace.url), app, ana, ben, channel)
