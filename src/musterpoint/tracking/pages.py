"""The rows of a long timeline that do not fit into the issue's body: comments of ours, kept in step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from musterpoint.core.incident import Incident
from musterpoint.core.process import Process
from musterpoint.ports import Tracker
from musterpoint.store import models


def learn(
    row: models.Incident, state: Incident, comments: Mapping[str, str], process: Process, source: str, now: datetime
) -> Incident:
    """Take in what people changed in them, in the caller's transaction; the row is locked. Returns the state after it."""
    return state


def write(
    tracker: Tracker, copy: models.IssueCopy, state: Incident, process: Process, renew: Callable[[], None]
) -> None:
    """Bring them to what the journal says: rewrite, add, and empty those that are not needed any more."""
