"""Blockers: why an incident cannot close yet."""

from __future__ import annotations

import pytest

from musterpoint.core.blockers import Blocker, blockers
from musterpoint.core.incident import Status
from tests.core.incidents import incident


def test_an_open_incident_is_not_resolved_and_the_blocker_says_what_to_do() -> None:
    assert blockers(incident()) == [
        Blocker(
            "not_resolved",
            "Customers are affected: nobody has said that it is resolved.",
            "musterpoint resolve 7",
        )
    ]


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED, Status.CANCELLED])
def test_nothing_else_is_asked_for_yet(status: Status) -> None:
    assert blockers(incident(status=status)) == []
