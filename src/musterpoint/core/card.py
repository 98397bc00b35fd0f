"""The status card: what somebody who joins needs to know, in a few lines. Edited in place for the incident's life."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from musterpoint.core.incident import Incident, Milestone, Severity, Status

NAMES = {
    Milestone.IMPACT_BEGAN: "Customers affected since",
    Milestone.DETECTED: "Detected",
    Milestone.DECLARED: "Declared",
    Milestone.RESOLVED: "Resolved",
}
#: Who leads where nobody does.
NOBODY = "nobody yet"


@dataclass(frozen=True, slots=True)
class Card:
    """How it stands, then what is known of it: pairs of a name and a value, times in UTC. `address` is that of the
    incident's page, `issue` and `post` are theirs; empty where there is none. `severities` are those that there are,
    with what the team calls them, for a chat that lets people choose. `unasked`: nobody was asked about security yet.
    """

    ref: str
    title: str
    status: Status
    standing: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    address: str = ""
    issue: str = ""
    post: str = ""
    severities: tuple[tuple[Severity, str], ...] = ()
    unasked: bool = False

    @property
    def text(self) -> str:
        """The same as plain text."""
        standing = ", ".join(f"{name}: {value}" for name, value in self.standing)
        lines = [f"Incident {self.ref}: {self.title}", standing]
        return "\n".join([*lines, *(f"{name}: {value}" for name, value in self.facts)])


def card(incident: Incident, address: str = "", severities: Mapping[Severity, str] | None = None) -> Card:
    standing = [("Status", incident.status.value)]
    if incident.severity:
        standing.append(("severity", incident.severity.value))
    standing.append(("lead", incident.lead.name if incident.lead else NOBODY))
    facts = []
    if incident.affected:
        facts.append(("Affected", incident.affected))
    for milestone, name in NAMES.items():
        if moment := incident.milestones.get(milestone):
            facts.append((name, f"{moment.at:%Y-%m-%d %H:%M} UTC ({moment.basis})"))
    issue = incident.after.issue
    return Card(
        incident.ref,
        incident.title,
        incident.status,
        tuple(standing),
        tuple(facts),
        address,
        issue.url if issue else "",
        incident.after.publication.url,
        tuple((severities or {}).items()),
        incident.after.security_unasked,
    )
