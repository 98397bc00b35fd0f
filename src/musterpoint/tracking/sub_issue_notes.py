"""What is noted of an action's issue besides what both sides last knew: the JSON of `ActionIssue.writing`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from musterpoint.core.incident import read_time, time_text
from musterpoint.core.process import Process
from musterpoint.store import models

#: So many closings and openings are known again.
KEPT = 20


@dataclass(slots=True)
class Notes:
    """`made_for` is the entry that wanted the issue, until it is noted as the action's. `sent` is what we were about to
    change: `title`, `status` and `owner`. `refused` is what the tracker did not take of that, `at` when: it is not
    tried again until `at` is long ago, or something else is wanted. `hindered`: it is said why, in place of `apart`.
    `parent` is the Incident issue that it was linked to: if that is another one now, it is linked to that. `events`
    are the last closings and openings that we have seen."""

    made_for: int = 0
    sent: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    at: str = ""
    hindered: bool = False
    apart: str = ""
    parent: str = ""
    events: list[str] = field(default_factory=list)

    def is_known(self, event: str) -> bool:
        """Whether the last closing or opening (empty: there was none) is one that we have seen."""
        return bool(self.events) and event in ("", *self.events)

    def saw(self, event: str) -> None:
        if event and event not in self.events:
            self.events = [*self.events, event][-KEPT:]

    def was_refused(self, wanted: dict[str, str], process: Process, now: datetime) -> set[str]:
        """The names of what is wanted and need not be tried now."""
        long_ago = not self.at or now - read_time(self.at) >= timedelta(seconds=process.github_reconcile_every)
        return set() if long_ago else {name for name, value in wanted.items() if self.refused.get(name) == value}

    def refuse(self, what: dict[str, str], now: datetime) -> None:
        self.refused, self.at = {**self.refused, **what}, time_text(now)


def of(mine: models.ActionIssue) -> Notes:
    return Notes(**json.loads(mine.writing)) if mine.writing else Notes()


def note(mine: models.ActionIssue, notes: Notes) -> None:
    """Into the row, unsaved."""
    mine.writing = "" if notes == Notes() else json.dumps(asdict(notes), ensure_ascii=False)
