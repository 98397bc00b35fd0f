"""The status card."""

from __future__ import annotations

from musterpoint.core.card import card
from musterpoint.core.incident import Milestone, Severity, Status, Who
from tests.core.incidents import incident, recorded, stated


def test_a_young_incident_says_what_is_known() -> None:
    assert card(incident()).text == (
        "Incident 7: Checkout answers 502\n"
        "Status: open, lead: nobody yet\n"
        "Detected: 2026-03-02 09:10 UTC (estimated)\n"
        "Declared: 2026-03-02 09:10 UTC (recorded)"
    )


def test_an_old_one_says_all() -> None:
    state = incident(
        status=Status.RESOLVED,
        severity=Severity.MAJOR,
        lead=Who("person:9", "Ben Okafor"),
        affected="the shop",
        milestones={Milestone.IMPACT_BEGAN: stated(-30), Milestone.RESOLVED: recorded(0)},
    )
    assert card(state).text == (
        "Incident 7: Checkout answers 502\n"
        "Status: resolved, severity: major, lead: Ben Okafor\n"
        "Affected: the shop\n"
        "Customers affected since: 2026-03-02 09:00 UTC (stated)\n"
        "Resolved: 2026-03-02 09:30 UTC (recorded)"
    )
