"""Blockers: typed reasons why an incident cannot close yet, each with what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from musterpoint.core.incident import Incident, Status


@dataclass(frozen=True, slots=True)
class Blocker:
    """`code` for programs, `text` for people, `resolve`: the command that solves it."""

    code: str
    text: str
    resolve: str


def blockers(incident: Incident) -> list[Blocker]:
    """What keeps the incident from closing, in the order of the process; none for one that is closed or cancelled."""
    if incident.status is Status.OPEN:
        text = "Customers are affected: nobody has said that it is resolved."
        return [Blocker("not_resolved", text, f"musterpoint resolve {incident.ref}")]
    return []
