"""The issues that actions have of their own: made, linked, followed, and kept in step both ways."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from musterpoint.core.incident import Incident
from musterpoint.core.process import Process
from musterpoint.ports import Posted, Refused, SubIssue
from musterpoint.store import models


def refs(row: models.Incident) -> list[str]:
    """The references of the incident's actions' issues, to be asked for."""
    return list(models.ActionIssue.objects.filter(incident=row).order_by("number").values_list("ref", flat=True))


def learn(
    row: models.Incident, state: Incident, found: Sequence[SubIssue], process: Process, source: str, now: datetime
) -> Incident:
    """Take in what people did to them, in the caller's transaction; the row is locked. Returns the state after it."""
    return state


def write(row: models.Incident, state: Incident, process: Process, renew: Callable[[], None]) -> None:
    """Bring them to what the journal says: title, whether they are open and why not, who owns them, the link."""


def make(effect: models.Effect, process: Process, renew: Callable[[], None]) -> Posted:
    """Make or link the issue of an action."""
    raise Refused("not yet")


def made(effect: models.Effect, process: Process, posted: Posted) -> None:
    """Note it, in the transaction that ends the effect."""
