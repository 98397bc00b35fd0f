"""From what a person does at GitHub to what we do about it: told by a webhook, or found by asking."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from musterpoint import actions, delivery, effects
from musterpoint.integrations.github import ourselves, polling, receiving, tending
from musterpoint.ports import Answer, Unavailable
from musterpoint.store import models
from tests.github.house import House, housed


@pytest.fixture
def house(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """An incident whose issue is raised and has an open action."""
    for memory in (ourselves._asked, polling._failed, tending._begun):
        memory.clear()
    effects.carried_by(None)
    with housed(monkeypatch, start=datetime.now(UTC)) as found:
        monkeypatch.setenv("GITHUB_WEBHOOK_SECRET", found.github.webhook_secret)
        found.raised()
        actions.add_action(found.call(), found.ref, "Alert on a full disk")
        found.turn()
        ourselves.learn(found.process, timezone.now())
        found.github.requests.clear()
        yield found
    effects.carried_by(None)


def hears(house: House, body: bytes, headers: dict[str, str]) -> Answer:
    return receiving.hook(house.process)({key.lower(): value for key, value in headers.items()}, body, timezone.now())


def engine(key: str, house: House) -> None:
    """One that is not busy."""
    delivery.deliver(key, house.process)


def reads(house: House) -> int:
    """How often the issue was read."""
    return len([each for each in house.github.requests if each.path == "/graphql"])


def test_an_early_close_is_undone_within_a_second_of_the_webhook(house: House) -> None:
    house.github.deliver_to(lambda body, headers: hears(house, body, headers))
    effects.carried_by(lambda key: engine(key, house))
    begun = time.monotonic()
    house.github.close("tim", house.issue)
    house.github.settle()
    assert house.there().open
    assert time.monotonic() - begun < 1
    assert {each.status for each in house.github.webhooks.sent} == {200}


def test_ten_events_at_once_are_read_once(house: House) -> None:
    house.github.deliver_to(lambda body, headers: hears(house, body, headers))
    for number in range(10):
        house.github.comment("tim", house.issue, f"Thought {number}.")
    house.github.settle()
    due = effects.due()
    assert len(due) == 10
    for key in due:
        assert delivery.deliver(key, house.process)
    assert reads(house) <= 2
    shown = models.Entry.objects.filter(kind="issue_comment").count()
    assert shown == 10


def test_an_event_that_comes_while_it_is_read_is_not_lost(house: House) -> None:
    house.github.deliver_to(lambda body, headers: hears(house, body, headers))
    issue = house.issue  # GitHub's threads are to ask our database nothing
    house.github.comment("tim", issue, "The first.")
    house.github.settle()
    house.github.between("POST /graphql", lambda: house.github.comment("ines", issue, "The second."))
    (key,) = effects.due()
    delivery.deliver(key, house.process)
    house.github.settle()
    house.turn(look=False)
    assert models.Entry.objects.filter(kind="issue_comment").count() == 2


def test_behind_nat_an_early_close_is_undone_at_the_next_poll(house: House) -> None:
    house.github.close("tim", house.issue)
    assert not house.there().open
    polling.poll(house.process, timezone.now())
    house.turn(look=False)
    assert house.there().open


def test_after_an_hour_without_github_what_people_did_is_learnt(house: House) -> None:
    polling.poll(house.process, timezone.now())
    house.turn(look=False)
    house.github.clock.move(60)
    house.github.down = True
    house.github.close("tim", house.issue)
    for minute in range(1, 60):
        with pytest.raises(Unavailable):
            polling.poll(house.process, timezone.now() + timedelta(minutes=minute))
    assert effects.due() == []
    house.github.down = False
    polling.poll(house.process, timezone.now() + timedelta(hours=1))
    house.turn(look=False)
    assert house.there().open


def test_the_reconciliation_finds_what_nobody_told(house: House) -> None:
    house.github.close("tim", house.issue)
    later = timezone.now() + timedelta(seconds=1)
    tending.tend(house.process, later, tending.STEPS[2:])
    house.turn(look=False)
    assert house.there().open
