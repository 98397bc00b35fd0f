"""An incident with 60 actions, each with an issue of its own, within the limits that GitHub sets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from musterpoint import actions, delivery, effects
from musterpoint.store import models
from tests.conftest import World
from tests.github.house import House, housed

ACTIONS = 60


@pytest.fixture
def house(real_world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with housed(monkeypatch) as house:
        yield house


def test_sixty_actions_get_their_issues_within_eighty_writes_a_minute(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.raised()
    house.github.limits = "real"
    start, moved = timezone.now(), [0.0]
    monkeypatch.setattr(timezone, "now", lambda: start + timedelta(seconds=moved[0]))
    for number in range(1, ACTIONS + 1):
        actions.add_action(house.call(), house.ref, f"Alert on pool {number}")
        actions.change_action_issue(house.call(), house.ref, number)
    while due := waiting():
        for key in due:
            delivery.deliver(key, house.process)
        moved[0] += 5
        house.github.clock.move(5)
        assert moved[0] < 600, list(models.Effect.objects.filter(status="waiting").values_list("key", "error"))
    assert house.parked() == []
    assert [each.status for each in house.github.requests if each.status in (403, 429)] == []
    assert len(house.there().children) == ACTIONS
    assert house.github.most_writes_at_once == 1
    busiest = max(
        sum(0 <= (other.at - each.at).total_seconds() < 60 for other in house.github.writes)
        for each in house.github.writes
    )
    assert 60 < busiest <= 80


def waiting() -> list[str]:
    """What waits, as if its time had come: the clocks that count are GitHub's and the throttle's."""
    past = timezone.now() - timedelta(hours=2)
    models.Effect.objects.filter(status="waiting").update(not_before=past, leased_until=None, leased_by="")
    return effects.due()
