"""An installation at the fake GitHub whose engine turns when the test says so, without waiting for anything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from musterpoint import access, actions, delivery, effects
from musterpoint.actions import Call
from musterpoint.core.incident import Incident
from musterpoint.core.process import Process
from musterpoint.integrations import registry
from musterpoint.integrations.github import sending
from musterpoint.store import incidents, models
from tests.github.github import GitHub, Looked, serving

REPOSITORY = "halden-ferries/CloudProject"
CTO = "olga"


@dataclass
class House:
    """`turn` does all that waits, as if all the time had gone by that anything waits for. GitHub delivers nothing by
    itself unless `github.deliver_to(house.receive)` is called: the look at everything finds it."""

    github: GitHub
    process: Process
    ref: str = ""
    looks: int = field(default=0)

    def call(self, login: str = CTO) -> Call:
        """On behalf of somebody who signed in with GitHub."""
        return Call(access.actor(f"github:{login}", self.process), self.process, "web", timezone.now())

    def person(self, login: str, name: str, role: str = "responder") -> models.Person:
        person = models.Person.objects.create(name=name, role=role)
        models.Identity.objects.create(name=f"github:{login}", person=person)
        return person

    def declared(self, title: str = "Checkout answers 502", login: str = CTO) -> str:
        from musterpoint.core.declare import DeclareRequest

        self.ref = actions.declare(self.call(login), DeclareRequest(title)).state.ref
        return self.ref

    def raised(self, title: str = "Checkout answers 502") -> str:
        """The reference of the Incident issue of a resolved incident."""
        ref = self.declared(title)
        actions.resolve(self.call(), ref)
        actions.raise_issue(self.call(), ref)
        self.turn()
        return self.issue

    @property
    def issue(self) -> str:
        found = models.IssueCopy.objects.get(incident__ref=self.ref).ref
        assert found is not None
        return found

    def state(self, ref: str = "") -> Incident:
        row = models.Incident.objects.get(ref=ref or self.ref)
        return incidents.state(row, incidents.members(row))

    def there(self) -> Looked:
        """The Incident issue as GitHub has it."""
        return self.github.issue(self.issue)

    def look(self) -> None:
        """As the reconciling does: look at every issue, whatever was told of it."""
        self.looks += 1
        for copy in models.IssueCopy.objects.exclude(ref=None).select_related("incident"):
            effects.intend("issue", f"issue:{copy.incident.ref}:look:test-{self.looks}", copy.incident, {"look": True})

    def forget_the_time(self) -> None:
        """Whatever waits for its time need not wait any longer."""
        past = timezone.now() - timedelta(hours=1)
        models.Effect.objects.filter(status="waiting").update(not_before=past, leased_until=None, leased_by="")
        models.IssueCopy.objects.update(written_at=None)
        models.Throttle.objects.update(calls="[]", held_until=None, busy_until=None)

    def carry_out(self, most: int = 500) -> bool:
        """Carry out what waits, the oldest first. Whether there was anything."""
        self.forget_the_time()
        due = effects.due()[:most]
        for key in due:
            delivery.deliver(key, self.process)
            models.Throttle.objects.update(calls="[]")
        return bool(due)

    def turn(self, look: bool = True) -> None:
        """Until nothing is left to do; with `look` whatever happened at GitHub is learnt."""
        if look:
            self.look()
        for _ in range(40):
            registry.take_in(self.process, timezone.now())
            if not self.carry_out():
                return
        left = list(models.Effect.objects.filter(status="waiting").values_list("key", "error"))
        raise AssertionError(f"it never comes to rest: {left}")

    def parked(self) -> list[tuple[str, str]]:
        return list(models.Effect.objects.filter(status="parked").values_list("key", "error"))


@contextmanager
def housed(environment: pytest.MonkeyPatch, start: datetime | None = None) -> Iterator[House]:
    """Needs a database with real transactions. GitHub's clock runs, unless it stands at `start`.

    Olga has authority, Tim and Ines respond; all three may push.
    """
    with serving(start=start) as github:
        github.organisation("halden-ferries")
        for login, name in ((CTO, "Olga Kerr"), ("tim", "Tim Alder"), ("ines", "Ines Vela")):
            github.user(login, name=name)
        github.repository(REPOSITORY, labels=["incident"])
        for login in (CTO, "tim", "ines"):
            github.rights(REPOSITORY, login, "write")
        environment.setenv("GITHUB_API_URL", github.url)
        environment.setenv("GITHUB_TOKEN", "")
        environment.setenv("GITHUB_WEBHOOK_SECRET", github.webhook_secret)
        environment.setenv("GITHUB_APP_ID", str(github.app_id))
        environment.setenv("GITHUB_APP_PRIVATE_KEY", github.private_key)
        process = Process(
            authority=(f"github:{CTO}",),
            tracker="github",
            github_repository=REPOSITORY,
            github_edit_every=0.001,
            timeout=10,
        )
        house = House(github, process)
        for login, name in ((CTO, "Olga Kerr"), ("tim", "Tim Alder"), ("ines", "Ines Vela")):
            house.person(login, name)
        yield house
        sending.end()
