"""An incident whose issue is on the fake GitHub, with actions that may have issues of their own there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone

from musterpoint import access, actions
from musterpoint.core.aftermath import Action
from musterpoint.core.process import Process
from musterpoint.delivery import deliver
from musterpoint.integrations.github import credentials, troubles
from musterpoint.store import models
from tests.actions.telling import declared, read, state
from tests.conftest import World
from tests.github.github import GitHub, serving
from tests.github.looking import Looked
from tests.integrations.github.calls import REPOSITORY

SHOP = "halden-ferries/shop"


@dataclass
class Site:
    """An incident whose issue is on GitHub, with one action; carl, ana and our own account are there."""

    world: World
    github: GitHub
    ref: str = ""
    first: bool = True

    def __post_init__(self) -> None:
        github, world = self.github, self.world
        if self.first:
            github.user("carl")
            github.repository(SHOP)
            models.Identity.objects.create(name="github:ana", person=access.person("alice"))
        world.runs(
            tracker="github", github_repository=REPOSITORY, github_edit_every=0.0, github_labels=(), timeout=10.0
        )
        self.ref = declared(world)
        actions.resolve(world.by("bob"), self.ref)
        self.adds("Alert on the pool")

    def adds(self, title: str, **values: object) -> None:
        actions.add_action(self.world.by("bob"), self.ref, title, **values)  # type: ignore[arg-type]

    def raised(self) -> Site:
        actions.raise_issue(self.world.by("alice"), self.ref)
        self.settle()
        return self

    def settle(self) -> None:
        """Carry out all that waits, and what that leads to."""
        for _ in range(60):
            waiting = models.Effect.objects.filter(status="waiting").order_by("id")
            keys = list(waiting.values_list("key", flat=True))
            waiting.update(not_before=timezone.now() - timedelta(days=1))
            if not keys:
                parked = models.Effect.objects.filter(status="parked")
                assert list(parked.values_list("key", "error")) == []
                return
            for key in keys:
                deliver(key, self.process)
        raise AssertionError(list(models.Effect.objects.filter(status="waiting").values("key", "error")))

    def looks(self) -> None:
        """As polling and webhooks do: something happened there."""
        row = models.Incident.objects.get(ref=self.ref)
        now, count = timezone.now(), models.Effect.objects.count()
        models.Effect.objects.create(
            key=f"issue:{self.ref}:look:{count}", kind="issue", incident=row, data='{"look": true}', not_before=now,
            created_at=now,
        )  # fmt: skip
        self.settle()

    def is_long_ago(self) -> None:
        """All that we know about issues of actions we have known for an hour."""
        known = models.Entry.objects.filter(kind__startswith="action_issue")
        known.update(known_at=timezone.now() - timedelta(hours=1))

    @property
    def process(self) -> Process:
        return self.world.process

    @property
    def parent(self) -> Looked:
        issue = state(self.ref).after.issue
        assert issue is not None
        return self.github.issue(issue.ref)

    def action(self, number: int = 1) -> Action:
        found = state(self.ref).after.action(number)
        assert found is not None
        return found

    def child(self, number: int = 1) -> Looked:
        assert self.action(number).issue
        return self.github.issue(self.action(number).issue)

    def wants(self, number: int = 1, place: str = "", issue: str = "") -> None:
        actions.change_action_issue(self.world.by("bob"), self.ref, number, place, issue)
        self.settle()

    def line(self, number: int = 1) -> str:
        return next(each for each in self.parent.body.splitlines() if f"<!-- action {number} -->" in each)

    def entries(self, kind: type) -> list[object]:
        return [each.fact for each in read(self.world, self.ref) if isinstance(each.fact, kind)]

    def web(self) -> str:
        """Where people read it."""
        issue = state(self.ref).after.issue
        assert issue is not None
        return issue.url.partition(f"/{REPOSITORY}")[0]


@contextmanager
def on_github(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Of a process that has just begun."""
    monkeypatch.setattr(credentials, "_tokens", {})
    monkeypatch.setattr(troubles, "_memory", {"there": False, "looked_at": float("-inf")})
    for name in "APP_ID APP_PRIVATE_KEY APP_INSTALLATION URL".split():
        monkeypatch.delenv(f"GITHUB_{name}", raising=False)
    with serving() as running:
        running.repository(REPOSITORY)
        running.user("ana")
        monkeypatch.setenv("GITHUB_API_URL", running.url)
        monkeypatch.setenv("GITHUB_TOKEN", running.token)
        yield Site(world, running).raised()
