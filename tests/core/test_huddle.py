"""Settle: a person says that the huddle runs, or that none is needed."""

from __future__ import annotations

import pytest

from musterpoint.core.huddle import settle
from musterpoint.core.incident import Status
from musterpoint.core.journal import HuddleSettled
from tests.core.incidents import BOB, NOW, VICTOR, incident, refused


@pytest.mark.parametrize("runs", [True, False])
def test_it_is_said_and_somebody_may_think_better_of_it(runs: bool) -> None:
    assert settle(incident(), BOB, runs, None, NOW).fact == HuddleSettled(runs)
    assert settle(incident(), BOB, runs, HuddleSettled(not runs), NOW).fact == HuddleSettled(runs)


def test_it_is_not_said_twice() -> None:
    with refused("unchanged", "the huddle runs"):
        settle(incident(), BOB, True, HuddleSettled(True), NOW)
    with refused("unchanged", "no huddle is needed"):
        settle(incident(), BOB, False, HuddleSettled(False), NOW)


def test_whoever_only_reads_says_nothing_of_it() -> None:
    with refused("read_only", "Victor"):
        settle(incident(), VICTOR, True, None, NOW)


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED])
def test_after_the_incident_nobody_asks_for_one(status: Status) -> None:
    with refused("not_open", "nobody asks", "relapse 7"):
        settle(incident(status=status), BOB, True, None, NOW)


def test_a_cancelled_incident_is_not_worked_on() -> None:
    with refused("cancelled", "7"):
        settle(incident(status=Status.CANCELLED), BOB, True, None, NOW)
