"""The status card: what somebody who joins needs to know, in a few lines. Edited in place for the incident's life."""

from __future__ import annotations

from musterpoint.core.incident import Incident, Milestone

NAMES = {
    Milestone.IMPACT_BEGAN: "Customers affected since",
    Milestone.DETECTED: "Detected",
    Milestone.DECLARED: "Declared",
    Milestone.RESOLVED: "Resolved",
}


def card(incident: Incident) -> str:
    """Plain text, times in UTC."""
    lines = [f"Incident {incident.ref}: {incident.title}"]
    facts = [f"Status: {incident.status}"]
    if incident.severity:
        facts.append(f"severity: {incident.severity}")
    facts.append(f"lead: {incident.lead.name if incident.lead else 'nobody yet'}")
    lines.append(", ".join(facts))
    if incident.affected:
        lines.append(f"Affected: {incident.affected}")
    for milestone, name in NAMES.items():
        if moment := incident.milestones.get(milestone):
            lines.append(f"{name}: {moment.at:%Y-%m-%d %H:%M} UTC ({moment.basis})")
    return "\n".join(lines)
