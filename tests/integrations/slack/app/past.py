"""A thread of the fake workspace that an incident reads, for tests of what was missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from musterpoint import intake
from musterpoint.core.journal import Edit
from musterpoint.core.process import Process
from musterpoint.integrations.slack import messages
from musterpoint.integrations.slack.app import backfill, people
from musterpoint.store import journal, models
from tests.slack.workspace import Workspace


@dataclass
class Past:
    """`say` is what the workspace holds; `hears` is what reached us live."""

    workspace: Workspace
    process: Process
    channel: str
    ana: str
    ben: str
    thread: models.Thread
    capture: models.Capture

    @property
    def now(self) -> datetime:
        return self.workspace.clock.now

    @property
    def root(self) -> str:
        return self.thread.root

    def say(self, text: str, who: str = "") -> str:
        self.workspace.clock.move(1)
        return self.workspace.say(who or self.ana, self.channel, text, self.root)

    def hears(self, *stamps: str) -> None:
        """These messages reach us as they are now."""
        names = people.names(self.thread.workspace)
        for stamp in stamps:
            kept = self.workspace.message(self.channel, stamp)
            said = messages.said(kept, self.channel, self.root, names)
            intake.write(self.thread, said, "slack", self.now)

    def later(self, seconds: float) -> datetime:
        self.workspace.clock.move(seconds)
        return self.now

    def step(self, times: int = 1) -> int:
        """So many turns, ten seconds apart."""
        read = 0
        for _ in range(times):
            read += backfill.step(self.process, self.later(10))
        return read

    def again(self) -> models.Capture:
        self.capture.refresh_from_db()
        return self.capture

    def rows(self, *kinds: str) -> list[models.Entry]:
        return list(models.Entry.objects.filter(thread=self.thread, kind__in=kinds).order_by("anchor", "id"))

    def facts(self, *kinds: str) -> list[Any]:
        return [journal.entry(each).fact for each in self.rows(*kinds)]

    def texts(self) -> list[str]:
        """The words of the messages with the last edit, without those that were deleted, in their order."""
        last: dict[str, str] = {
            each.ref: getattr(journal.entry(each).fact, "text", "") for each in self.rows("message")
        }
        for each in sorted(self.rows("edit"), key=lambda row: (row.at, row.pk)):
            fact = journal.entry(each).fact
            if isinstance(fact, Edit):
                last[fact.of] = fact.text
        for fact in self.facts("deletion"):
            last.pop(fact.of, None)
        return list(last.values())

    @property
    def asked(self) -> list[dict[str, Any]]:
        return [each.args for each in self.workspace.calls if each.method == "conversations.replies"]


def begun(workspace: Workspace, process: Process, number: int = 1, text: str = "Tickets fail") -> Past:
    """An open incident that reads a new thread, captured from its first message on."""
    if not workspace.channels:
        workspace.user("ana", "Ana Ruiz")
        workspace.user("ben", "Ben Okafor")
        workspace.channel("dept-engineering")
        people.tend(process, workspace.clock.now)
    ana, ben = (next(each.id for each in workspace.users.values() if each.handle == name) for name in ("ana", "ben"))
    channel = next(iter(workspace.channels))
    root = workspace.say(ana, channel, text)
    thread = models.Thread.objects.create(workspace=workspace.team_id, channel=channel, root=root)
    incident = models.Incident.objects.create(ref=str(number), title=text, announced=True)
    models.Reading.objects.create(incident=incident, thread=thread, role="chat")
    now = workspace.clock.now
    capture = models.Capture.objects.create(thread=thread, since=now, due_at=now)
    return Past(workspace, process, channel, ana, ben, thread, capture)


def settled(past: Past) -> Past:
    """Its history was compared once; nothing is due."""
    past.step(3)
    past.workspace.calls.clear()
    assert past.again().due_at > past.now + timedelta(minutes=5)
    return past
