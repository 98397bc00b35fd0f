"""What tests of our app in the workspace share: a fake workspace that runs, whose keys are in the environment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from musterpoint.core.process import Process
from tests.slack.workspace import Workspace, serving


@pytest.fixture
def workspace(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """Empty, with the real clock; its Web API listens."""
    with serving() as running:
        monkeypatch.setenv("SLACK_API_URL", running.url)
        monkeypatch.setenv("SLACK_BOT_TOKEN", running.bot_token)
        monkeypatch.setenv("SLACK_APP_TOKEN", running.app_token)
        monkeypatch.setenv("SLACK_SIGNING_SECRET", running.signing_secret)
        yield running


@pytest.fixture
def process(workspace: Workspace) -> Process:
    """The settings of a team that lives in that workspace."""
    return Process(authority=("alice",), sirt=("account:sirt",), chat="slack", workspace=workspace.team_id, timeout=5)
