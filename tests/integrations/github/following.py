"""What tests of the ways in share: incidents whose issues are at the fake GitHub, and the looks that were intended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from musterpoint.actions.recording import happened
from musterpoint.core.aftermath_journal import IssueRaised
from musterpoint.core.process import Process
from musterpoint.integrations.github import ourselves, polling, receiving, tending
from musterpoint.ports import Answer
from musterpoint.store import incidents, models
from tests.actions.telling import declared
from tests.conftest import World
from tests.github.github import GitHub, serving

REPOSITORY, OTHER = "halden-ferries/CloudProject", "halden-ferries/ticket-shop"
SECRET = "a-made-up-webhook-secret"


@dataclass
class Following:
    """`olga` opens issues there; the clock of the world goes with GitHub's."""

    github: GitHub
    world: World
    process: Process

    def raised(self, repository: str = REPOSITORY) -> tuple[str, str]:
        """A new incident with an issue that was just looked at: both references."""
        ref, issue = declared(self.world), self.github.open_issue("olga", repository, "Incident")
        row = models.Incident.objects.get(ref=ref)
        state = incidents.state(row, incidents.members(row))
        happened(self.process, row, state, IssueRaised(issue), self.world.now)
        models.IssueCopy.objects.create(incident=row, ref=issue, looked_at=self.world.now)
        models.Effect.objects.all().delete()
        return ref, issue

    def child(self, ref: str, repository: str = OTHER) -> str:
        """An action of the incident gets an issue of its own."""
        issue = self.github.open_issue("olga", repository, "Alert on it")
        incident = models.Incident.objects.get(ref=ref)
        number = models.ActionIssue.objects.filter(incident=incident).count() + 1
        models.ActionIssue.objects.create(incident=incident, number=number, ref=issue)
        return issue

    def goes_on(self, seconds: float) -> datetime:
        """Time passes, here and there."""
        self.github.clock.move(seconds)
        self.world.now += timedelta(seconds=seconds)
        return self.world.now

    def polls(self, seconds: float = 60) -> list[str]:
        """What the next poll makes us look at."""
        self.goes_on(seconds)
        polling.poll(self.process, self.world.now)
        return looked()

    def hears(self, body: bytes, headers: dict[str, str]) -> Answer:
        """A webhook of GitHub arrives."""
        lowered = {name.lower(): value for name, value in headers.items()}
        return receiving.hook(self.process)(lowered, body, self.world.now)

    def asked(self, repository: str = REPOSITORY) -> list[int]:
        """The statuses of the lists of issues that were asked for."""
        path = f"/repos/{repository}/issues"
        return [each.status for each in self.github.requests if (each.method, each.path) == ("GET", path)]


def looked() -> list[str]:
    """The incidents that are to be looked at, one for each intention; they count as done afterwards."""
    rows = models.Effect.objects.filter(kind="issue", status="waiting").order_by("id").select_related("incident")
    found = [each.incident.ref for each in rows if each.incident and json.loads(each.data).get("look")]
    rows.update(status="done")
    return found


@contextmanager
def followed(world: World, environment: pytest.MonkeyPatch) -> Iterator[Following]:
    """A GitHub whose clock stands at the world's; we call it by a token, and know its webhooks' secret."""
    for memory in (ourselves._asked, polling._failed, tending._begun):
        memory.clear()
    with serving(start=world.now) as github:
        github.organisation("halden-ferries")
        github.user("olga", name="Olga Kerr")
        for each in (REPOSITORY, OTHER):
            github.repository(each)
        github.webhook_secret = SECRET
        environment.setenv("GITHUB_API_URL", github.url)
        environment.setenv("GITHUB_TOKEN", github.token)
        environment.setenv("GITHUB_APP_ID", "")
        environment.setenv("GITHUB_APP_PRIVATE_KEY", "")
        environment.setenv("GITHUB_WEBHOOK_SECRET", SECRET)
        world.runs(tracker="github", github_repository=REPOSITORY, timeout=5)
        yield Following(github, world, world.process)
