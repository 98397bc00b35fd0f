"""Socket Mode: stored, then acknowledged; every connection that ends is followed by another, and the gap is named."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.utils import timezone

from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import gaps, listening, storing, troubles
from musterpoint.store import models
from tests.conftest import World
from tests.integrations.slack.app.past import Past, begun
from tests.slack.workspace import Workspace


@pytest.fixture
def past(real_world: World, workspace: Workspace, process: Process) -> Past:
    workspace.socket = True
    found = begun(workspace, process)
    models.Capture.objects.update(since=timezone.now() + timedelta(hours=1))
    return found


@contextmanager
def listens(process: Process, *, called: bool = True, engine: bool = True) -> Iterator[None]:
    end = listening.begin(process, called=called, engine=engine)
    try:
        yield
    finally:
        end()


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not come to that"
        time.sleep(0.02)


def connected(past: Past, times: int = 1) -> Callable[[], bool]:
    """That so many connections were greeted and settled."""

    def is_so() -> bool:
        return len(past.workspace.sockets.open) == 1 and gaps.heard_at() is not None and _begun(past) >= times

    return is_so


def _begun(past: Past) -> int:
    return len([each for each in past.workspace.calls if each.method == "apps.connections.open"])


def test_what_slack_sends_is_stored_and_then_acknowledged(past: Past) -> None:
    with listens(past.process):
        until(connected(past))
        past.workspace.reply(past.ana, past.channel, past.root, "the queue grows")
        past.workspace.settle()
        (sending,) = [each for each in past.workspace.delivery.sent if each.event.get("text") == "the queue grows"]
        assert sending.answers == [200]
        assert models.Inbound.objects.filter(source="slack").count() == 1


def test_what_cannot_be_stored_is_not_acknowledged_and_comes_again(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> bool:
        raise storing.NotStored("the database is busy")

    past.workspace.delivery.timeout = 1.5
    with listens(past.process):
        until(connected(past))
        with monkeypatch.context() as broken:
            broken.setattr(storing, "store", fails)
            past.workspace.reply(past.ana, past.channel, past.root, "the queue grows")
            until(lambda: any(each.retry == 2 for each in past.workspace.delivery.waiting))
        past.workspace.clock.move(61)
        past.workspace.settle()
        assert [each.answers[-1] for each in past.workspace.delivery.sent][-1] == 200
        assert models.Inbound.objects.filter(source="slack").count() == 1


@pytest.mark.parametrize("hard", [False, True])
def test_a_connection_that_ends_is_followed_by_another_and_the_gap_is_named(past: Past, hard: bool) -> None:
    with listens(past.process):
        until(connected(past))
        models.Capture.objects.update(since=timezone.now() - timedelta(hours=1))
        first = gaps.heard_at()
        past.workspace.disconnect(hard=hard)
        until(connected(past, 2))
        until(lambda: len(past.rows("gap")) == 1)
    (fact,) = past.facts("gap")
    assert fact.why == "the connection was away"
    assert first is not None
    assert first - timedelta(seconds=1) <= fact.since <= fact.until <= timezone.now()
    assert past.again().whole is True


def test_a_process_that_begins_names_the_gap_before_it(past: Past) -> None:
    last = timezone.now() - timedelta(seconds=20)
    models.Capture.objects.update(since=timezone.now() - timedelta(hours=1))
    gaps.beat(last)
    with listens(past.process):
        until(lambda: len(past.rows("gap")) == 1)
    (fact,) = past.facts("gap")
    assert (fact.since, fact.why) == (last, "Musterpoint was not running")


def test_signs_of_life_come_while_the_connection_lasts(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "BEAT", 0.5)
    with listens(past.process):
        until(connected(past))
        first = gaps.heard_at()
        assert first is not None
        until(lambda: (gaps.heard_at() or first) > first)
        past.workspace.fails("apps.connections.open", status=500, times=100)
        past.workspace.disconnect(hard=True)
        until(lambda: not past.workspace.sockets.open)
        time.sleep(0.5)
        last = gaps.heard_at()
        time.sleep(1.5)
        assert gaps.heard_at() == last
    assert past.rows("gap") == []


def test_a_token_that_opens_nothing_is_a_trouble_until_it_does(past: Past) -> None:
    past.workspace.fails("apps.connections.open", error="invalid_auth")
    with listens(past.process):
        until(lambda: bool(troubles.of()))
        (trouble,) = troubles.of()
        assert "SLACK_APP_TOKEN" in trouble.hint
        until(connected(past, 2))
        until(lambda: troubles.of() == [])


def test_a_workspace_that_is_away_at_the_start_is_connected_to_later(past: Past) -> None:
    past.workspace.fails("apps.connections.open", reset=True)
    with listens(past.process):
        until(connected(past, 2))


def test_where_slack_calls_us_a_process_that_lives_gives_signs_of_life(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SLACK_APP_TOKEN")
    models.Capture.objects.update(since=timezone.now() - timedelta(hours=1))
    gaps.beat(timezone.now() - timedelta(seconds=90))
    with listens(past.process):
        until(lambda: len(past.rows("gap")) == 1)
        until(lambda: (gaps.heard_at() or timezone.now()) > timezone.now() - timedelta(seconds=5))
    assert past.workspace.calls == [] or _begun(past) == 0


def test_without_secrets_nothing_begins(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLACK_BOT_TOKEN")
    listening.begin(past.process, called=True, engine=True)()
    assert gaps.heard_at() is None


def test_where_slack_calls_us_whoever_serves_the_pages_can_hear_and_an_engine_alone_cannot(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SLACK_APP_TOKEN")
    with listens(past.process, called=False):
        time.sleep(0.3)
        assert gaps.heard_at() is None
    with listens(past.process, engine=False):
        until(lambda: gaps.heard_at() is not None)


def test_pages_alone_open_no_line_of_socket_mode(past: Past) -> None:
    with listens(past.process, engine=False):
        time.sleep(0.3)
    assert _begun(past) == 0
