"""The status card: what somebody who joins needs to know, in a few lines. Edited in place for the incident's life."""

from __future__ import annotations

from dataclasses import dataclass

from musterpoint.core.incident import Incident, Milestone, Status

NAMES = {
    Milestone.IMPACT_BEGAN: "Customers affected since",
    Milestone.DETECTED: "Detected",
    Milestone.DECLARED: "Declared",
    Milestone.RESOLVED: "Resolved",
}


@dataclass(frozen=True, slots=True)
class Card:
    """How it stands, then what is known of it: pairs of a name and a value, times in UTC. `address` is that of the
    incident's page, `issue` and `post` are theirs; empty where there is none.
    """

    ref: str
    title: str
    status: Status
    standing: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    address: str = ""
    issue: str = ""
    post: str = ""

    @property
    def text(self) -> str:
        """The same as plain text."""
        standing = ", ".join(f"{name}: {value}" for name, value in self.standing)
        lines = [f"Incident {self.ref}: {self.title}", standing]
        return "\n".join([*lines, *(f"{name}: {value}" for name, value in self.facts)])


def card(incident: Incident, address: str = "") -> Card:
    standing = [("Status", incident.status.value)]
    if incident.severity:
        standing.append(("severity", incident.severity.value))
    standing.append(("lead", incident.lead.name if incident.lead else "nobody yet"))
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
    )
