"""A pass of reminders over 10,000 incidents that are not over, a third of them with actions: where nothing is due, and
where reminders are given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bench.inside import me, median, seconds
from bench.installation import databases, installation
from bench.tables import Figure, Table

MANY, GIVING = 10_000, 500
Measured = dict[str, Any]


def run() -> list[Table]:
    return [_table(name) for name in databases()]


def _table(database: str) -> Table:
    with installation(database) as where:
        found = where.inside("bench.reminders:measure")
    figures = [
        Figure("a pass in which nothing is due", found["nothing"], "s", 1),
        Figure(f"a pass that gives {found['given']:,} reminders", found["giving"], "s"),
        Figure("… for each reminder", found["giving"] / found["given"] * 1000, "ms"),
        Figure("`due`: everything that waits in them", found["due"], "s"),
    ]
    note = f"{found['open']:,} are open, {found['resolved']:,} resolved; {found['actions']:,} open actions."
    return Table(f"Reminders over {MANY:,} incidents, {database}", figures, note)


# --- in a process of the installation ---


def measure() -> Measured:
    from musterpoint import reminding
    from musterpoint.core.process import Process
    from musterpoint.reading import due
    from musterpoint.store import models

    process, now = Process(), datetime(2026, 3, 4, 12, tzinfo=UTC)
    _create(now)
    found: Measured = {
        "nothing": median(lambda: reminding.remind(process, now)),
        "due": median(lambda: due.waiting_for(me()), runs=3),
        "open": models.Incident.objects.filter(status="open").count(),
        "resolved": models.Incident.objects.filter(status="resolved").count(),
        "actions": sum(models.Incident.objects.values_list("open_actions", flat=True)),
    }
    _nobody_leads()
    given: list[int] = []
    found["giving"] = seconds(lambda: given.append(reminding.remind(process, now)))
    return found | {"given": given[0]}


def _create(now: datetime) -> None:
    """Nothing is due in any of them: each is two minutes old, or was reminded of all that waits a minute ago."""
    from musterpoint.store import incidents, models

    states = [_state(number, now) for number in range(1, MANY + 1)]
    rows = [models.Incident(ref=each.ref, spoken_at=now - timedelta(minutes=1)) for each in states]
    for row, each in zip(rows, states, strict=True):
        incidents.project(row, each)
    models.Incident.objects.bulk_create(rows, batch_size=500)


def _state(number: int, now: datetime) -> Any:
    from musterpoint.core.aftermath import Action, Aftermath, Issue, Reminded
    from musterpoint.core.incident import Basis, Incident, Milestone, Moment, Severity, Status, Who

    ana, begun = Who("person:1", "Ana Ruiz"), now - timedelta(minutes=2)
    declared = Moment(begun, Basis.RECORDED)
    if number % 3:
        reminded = {"no_severity": Reminded(1, now - timedelta(minutes=1))} if number % 2 else {}
        return Incident(
            str(number),
            f"Checkout answers 502, the {number}th time",
            severity=Severity.MAJOR,
            lead=ana if number % 2 else None,
            milestones={Milestone.DECLARED: declared, Milestone.DETECTED: declared},
            after=Aftermath(reminded=reminded),
        )
    actions = tuple(
        Action(each, f"Alert on the {each}th kind of error", ana, "2026-03-20" if each % 2 else "2026-03-01")
        for each in range(1, 5)
    )
    told = ("writeup_waiting", "decision_waiting", "action_overdue:2", "action_overdue:4")
    return Incident(
        str(number),
        f"Checkout answers 502, the {number}th time",
        status=Status.RESOLVED,
        severity=Severity.MAJOR,
        lead=ana,
        nominee=ana,
        milestones=dict.fromkeys((Milestone.DECLARED, Milestone.RESOLVED, Milestone.ISSUE_RAISED), declared),
        after=Aftermath(
            actions=actions,
            issue=Issue(str(number)),
            reminded={name: Reminded(1, now - timedelta(minutes=1)) for name in told},
        ),
    )


def _nobody_leads() -> None:
    """A few of the open ones were declared an hour ago, and nobody took the lead."""
    from musterpoint.core.incident import time_text
    from musterpoint.store import models

    rows = list(models.Incident.objects.filter(status="open", lead_identity="").order_by("pk")[:GIVING])
    for row in rows:
        row.milestones = {"declared": {"at": time_text(datetime(2026, 3, 4, 11, 30, tzinfo=UTC)), "basis": "recorded"}}
    models.Incident.objects.bulk_update(rows, ["milestones"], batch_size=500)
