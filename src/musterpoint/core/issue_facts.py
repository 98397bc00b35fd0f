"""The lines at the top of the issue: status, severity, lead and the times, in UTC with how they are known."""

from __future__ import annotations

from musterpoint.core.action_lines import one_line
from musterpoint.core.durations import duration_text
from musterpoint.core.incident import Incident, Milestone, Moment
from musterpoint.core.process import Process

_TIMES = {
    Milestone.IMPACT_BEGAN: "Impact began",
    Milestone.DETECTED: "Detected",
    Milestone.DECLARED: "Declared",
    Milestone.RESOLVED: "Resolved",
}


def facts_text(incident: Incident, process: Process) -> str:
    severity = process.severities[incident.severity] if incident.severity else "not set"
    lead = one_line(incident.lead.name) if incident.lead else "nobody"
    lines = [f"Incident {incident.ref} is **{incident.status.value}**. Severity: {severity}. Lead: {lead}.", ""]
    for milestone, label in _TIMES.items():
        if moment := incident.milestones.get(milestone):
            lines.append(f"- {label}: {_when(moment)}")
    if length := _duration(incident):
        lines.append(f"- Duration: {length}")
    return "\n".join(lines).strip()


def _when(moment: Moment) -> str:
    return f"{moment.at:%Y-%m-%d %H:%M} UTC ({moment.basis.value})"


def _duration(incident: Incident) -> str:
    times = incident.milestones
    begin = times.get(Milestone.IMPACT_BEGAN) or times.get(Milestone.DETECTED)
    end = times.get(Milestone.RESOLVED)
    if begin is None or end is None:
        return ""
    since = "impact" if Milestone.IMPACT_BEGAN in times else "detection"
    return f"{duration_text(end.at - begin.at)} from {since} to resolution"
