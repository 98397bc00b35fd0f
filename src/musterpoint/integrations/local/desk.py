"""The other side of the local tracker: what people do to an issue, as they would on any tracker's page.

Each deed changes the issue and is stored as an event in one transaction; then the events are taken in.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from musterpoint import intake
from musterpoint.core.incident import Who, read_time, time_text
from musterpoint.core.issue_event import IssueDeed, IssueEvent
from musterpoint.core.process import Process
from musterpoint.core.ticking import ticked
from musterpoint.integrations.local.tracker import found
from musterpoint.ports import Changed
from musterpoint.store import models

SOURCE = "local-tracker"


@dataclass(frozen=True, slots=True)
class Desk:
    """An issue in front of somebody. Every deed raises Refused where the issue does not exist."""

    issue: str
    process: Process

    def edit(self, who: Who, after: str, at: datetime, *, was: str) -> bool:
        """Replace the body, which was `was` when it was opened. False: nothing was changed. Raises Changed where
        somebody wrote meanwhile."""
        with self._locked() as row:
            if row.body != was:
                raise Changed
            if after == was:
                return False
            row.body = after
            self._happened(row, IssueDeed.EDITED, who, at, before=was, after=after)
        take_in(self.process, at)
        return True

    def tick(self, who: Who, number: int, at: datetime, *, on: bool = True) -> bool:
        """Tick an action, or take the tick away. False: there is no such line, or it is like that already."""
        with self._locked() as row:
            before, after = row.body, ticked(row.body, number, on)
            if before == after:
                return False
            row.body = after
            self._happened(row, IssueDeed.EDITED, who, at, before=before, after=after)
        take_in(self.process, at)
        return True

    def close(self, who: Who, at: datetime) -> bool:
        """False: it is closed already."""
        return self._set_open(who, at, open=False)

    def reopen(self, who: Who, at: datetime) -> bool:
        """False: it is open already."""
        return self._set_open(who, at, open=True)

    def _set_open(self, who: Who, at: datetime, *, open: bool) -> bool:
        with self._locked() as row:
            if row.open == open:
                return False
            row.open = open
            self._happened(row, IssueDeed.REOPENED if open else IssueDeed.CLOSED, who, at)
        take_in(self.process, at)
        return True

    def comment(self, who: Who, text: str, at: datetime) -> None:
        with self._locked() as row:
            models.LocalComment.objects.create(
                issue=row, who_identity=who.identity, who_name=who.name, text=text, at=at
            )
            self._happened(row, IssueDeed.COMMENTED, who, at, text=text)
        take_in(self.process, at)

    @contextmanager
    def _locked(self) -> Iterator[models.LocalIssue]:
        with transaction.atomic():
            yield models.LocalIssue.objects.select_for_update().get(pk=found(self.issue).pk)

    def _happened(self, row: models.LocalIssue, deed: IssueDeed, who: Who, at: datetime, **texts: str) -> None:
        row.changed_at = at
        row.save()
        event: dict[str, Any] = {"deed": deed.value, "issue": self.issue, "at": time_text(at), **texts}
        event["who"] = {"identity": who.identity, "name": who.name}
        intake.receive(SOURCE, secrets.token_hex(8), event, at)


@dataclass(frozen=True, slots=True)
class Comment:
    who: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """An issue as its page shows it."""

    title: str
    body: str
    open: bool
    comments: tuple[Comment, ...]


def page(issue: str) -> Page:
    """Raises Refused where it does not exist."""
    row = found(issue)
    comments = tuple(Comment(each.who_name, each.text, each.at) for each in row.comments.order_by("id"))
    return Page(row.title, row.body, row.open, comments)


def take_in(process: Process, now: datetime) -> None:
    """Take in what happened here and was not taken in yet."""
    intake.take_in(SOURCE, read, now, process=process)


def read(event: Mapping[str, Any]) -> IssueEvent:
    """An event of the local tracker in our words. Raises KeyError, ValueError for one that makes no sense."""
    who = Who(event["who"]["identity"], event["who"]["name"])
    deed, at = IssueDeed(event["deed"]), read_time(event["at"])
    return IssueEvent(
        deed,
        event["issue"],
        at,
        who,
        before=event.get("before", ""),
        after=event.get("after", ""),
        text=event.get("text", ""),
    )
