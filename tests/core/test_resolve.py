"""Resolve, relapse, cancel: the rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from musterpoint.core.decision import Actor, Draft
from musterpoint.core.incident import Basis, Incident, Milestone, Moment, Status
from musterpoint.core.journal import StatusChange
from musterpoint.core.resolve import cancel, relapse, resolve
from tests.core.incidents import ADELE, BOB, NOW, VICTOR, at, estimated, incident, recorded, refused, stated

RESOLVED = {Milestone.DETECTED: recorded(-60), Milestone.RESOLVED: recorded(-10)}


def test_a_person_says_that_it_is_over() -> None:
    draft = resolve(incident(), BOB, NOW, reason=" rolled back ")
    assert draft.fact == StatusChange(Status.RESOLVED, "rolled back")
    assert draft.moment == Moment(NOW, Basis.RECORDED)
    assert resolve(incident(), ADELE, NOW, at(-5)).moment == stated(-5)


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED])
def test_only_an_open_incident_is_resolved(status: Status) -> None:
    with refused("not_open", f"Incident 7 is {status} already.", "relapse 7"):
        resolve(incident(status=status), BOB, NOW)


def test_it_is_not_over_before_it_was_noticed() -> None:
    with refused("before_detection", "It was detected at 2026-03-02 09:10 UTC", "correct 7 detected --at TIME"):
        resolve(incident(), BOB, NOW, at(-21))
    resolve(incident(milestones={}), BOB, NOW, at(-21))


def test_it_is_not_over_in_the_future() -> None:
    with refused("in_the_future", "lies in the future", "Give the time it happened."):
        resolve(incident(), BOB, NOW, at(10))


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED])
def test_a_relapse_opens_it_again(status: Status) -> None:
    draft = relapse(incident(status=status, milestones=RESOLVED), BOB, NOW, at(-5), "502s are back")
    assert draft.fact == StatusChange(Status.OPEN, "502s are back", relapse=True)
    assert draft.moment == stated(-5)


def test_what_is_open_does_not_relapse() -> None:
    with refused("not_resolved", "Incident 7 is open"):
        relapse(incident(), BOB, NOW)


def test_a_relapse_comes_after_the_resolution() -> None:
    with refused("before_resolution", "It was resolved at 2026-03-02 09:20 UTC", "correct 7 resolved --at TIME"):
        relapse(incident(status=Status.RESOLVED, milestones=RESOLVED), BOB, NOW, at(-11))


def test_not_an_incident_or_a_duplicate() -> None:
    assert cancel(incident(), BOB, NOW, " a drill ").fact == StatusChange(Status.CANCELLED, "a drill")
    duplicate = cancel(incident(status=Status.RESOLVED), BOB, NOW, duplicate_of="3")
    assert duplicate.fact == StatusChange(Status.CANCELLED, duplicate_of="3")


def test_what_is_closed_stays_closed() -> None:
    with refused("closed", "Incident 7 is closed.", "A closed incident cannot be cancelled."):
        cancel(incident(status=Status.CLOSED), BOB, NOW)


@pytest.mark.parametrize("step", [resolve, relapse, cancel], ids=["resolve", "relapse", "cancel"])
def test_viewers_and_cancelled_incidents_are_refused(step: Callable[[Incident, Actor, datetime], Draft]) -> None:
    with refused("read_only", "Victor may read", "An admin"):
        step(incident(status=Status.RESOLVED), VICTOR, NOW)
    with refused("cancelled", "Incident 7 was cancelled.", "Declare a new one"):
        step(incident(status=Status.CANCELLED), BOB, NOW)


def test_an_estimated_detection_bounds_the_resolution_too() -> None:
    with refused("before_detection", "It was detected"):
        resolve(incident(milestones={Milestone.DETECTED: estimated(-5)}), BOB, NOW, at(-6))
