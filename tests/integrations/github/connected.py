"""Connections for the tests of our calls: a fake GitHub and an odd server, each with its token in the environment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from musterpoint.integrations.github import credentials, troubles
from tests.github.github import GitHub, serving
from tests.integrations.github.calls import REPOSITORY
from tests.integrations.github.odd import Odd, listening


@pytest.fixture(autouse=True)
def no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has just begun, and nothing of GitHub in its environment."""
    monkeypatch.setattr(credentials, "_tokens", {})
    monkeypatch.setattr(troubles, "_memory", {"there": False, "looked_at": float("-inf")})
    for name in "TOKEN APP_ID APP_PRIVATE_KEY APP_INSTALLATION WEBHOOK_SECRET URL API_URL".split():
        monkeypatch.delenv(f"GITHUB_{name}", raising=False)


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    with serving() as running:
        running.organisation("halden-ferries")
        running.repository(REPOSITORY)
        running.user("ana")
        running.rights(REPOSITORY, running.token_user, "write")
        monkeypatch.setenv("GITHUB_API_URL", running.url)
        monkeypatch.setenv("GITHUB_TOKEN", running.token)
        yield running


@pytest.fixture
def odd(monkeypatch: pytest.MonkeyPatch) -> Iterator[Odd]:
    with listening() as running:
        monkeypatch.setenv("GITHUB_API_URL", running.url)
        monkeypatch.setenv("GITHUB_TOKEN", "hidden-token")
        yield running


@pytest.fixture
def as_app(github: GitHub, monkeypatch: pytest.MonkeyPatch) -> GitHub:
    monkeypatch.setenv("GITHUB_APP_ID", str(github.app_id))
    monkeypatch.setenv("GITHUB_APP_PRIVATE_KEY", github.private_key)
    return github


@pytest.fixture
def moves(github: GitHub, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves GitHub's clock and ours by so many seconds. GitHub's limits are real."""
    start, moved = timezone.now(), list[float]()
    github.limits = "real"
    monkeypatch.setattr(timezone, "now", lambda: start + timedelta(seconds=sum(moved)))

    def move(seconds: float) -> None:
        moved.append(seconds)
        github.clock.move(seconds)

    return move
