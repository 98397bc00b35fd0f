"""When nothing was heard: signs of life, and gaps that are named once in every thread that was captured then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from musterpoint import reading
from musterpoint.core.journal import Gap
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import gaps
from musterpoint.reading.completeness import HEARD
from musterpoint.store import models
from tests.conftest import START, World
from tests.integrations.slack.app.past import Past, begun, settled
from tests.slack.workspace import Workspace, serving


@pytest.fixture
def workspace(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """Its clock stands where the test puts it."""
    with serving(START) as running:
        monkeypatch.setenv("SLACK_API_URL", running.url)
        monkeypatch.setenv("SLACK_BOT_TOKEN", running.bot_token)
        yield running


@pytest.fixture
def past(world: World, workspace: Workspace, process: Process) -> Past:
    found = settled(begun(workspace, process))
    gaps.beat(found.now)
    return found


def named(past: Past) -> list[tuple[float, float, str]]:
    """The gaps of its thread: seconds before now, and why."""
    found: list[Gap] = past.facts("gap")
    return [
        ((past.now - each.since).total_seconds(), (past.now - each.until).total_seconds(), each.why) for each in found
    ]


def test_whoever_lives_can_hear_and_nothing_is_missing(past: Past) -> None:
    gaps.alive(past.now)
    for _ in range(5):
        gaps.alive(past.later(25))
    assert gaps.heard_at() == past.now
    assert named(past) == []


def test_whoever_did_not_live_for_a_while_names_it(past: Past) -> None:
    gaps.alive(past.now)
    gaps.alive(past.later(31))
    assert named(past) == [(31, 0, "Musterpoint was not running")]
    assert (past.again().whole, past.again().due_at) == (True, past.now)
    gaps.alive(past.now)
    assert len(named(past)) == 1


def test_whatever_is_captured_before_anybody_could_hear_begins_with_a_gap(past: Past) -> None:
    models.Setting.objects.filter(name=HEARD).delete()
    gaps.alive(past.later(1))
    assert [(fact.since, fact.until) for fact in past.facts("gap")] == [(past.capture.since, past.now)]


def test_an_older_sign_of_life_takes_nothing_back(past: Past) -> None:
    gaps.beat(past.now)
    gaps.beat(past.now - timedelta(seconds=20))
    assert gaps.heard_at() == past.now


def test_every_new_connection_names_what_lies_before_it(past: Past) -> None:
    gaps.beat(past.now)
    proof = past.later(3)
    gaps.connected(past.later(4), proof, others=False)
    assert named(past) == [(4, 0, "the connection was away")]
    gaps.connected(past.later(5), None, others=False)
    assert named(past)[1:] == [(5, 0, "Musterpoint was not running")]
    assert gaps.heard_at() == past.now


def test_what_another_connection_heard_is_no_gap_but_is_compared(past: Past) -> None:
    gaps.beat(past.now)
    gaps.connected(past.later(6), None, others=True)
    assert named(past) == []
    assert (past.again().whole, past.again().due_at) == (True, past.now)
    past.step(3)
    gaps.connected(past.later(600), None, others=True)
    assert [since for since, _, _ in named(past)] == [630]


def test_a_comparison_that_is_wanted_during_a_pass_comes_after_it(past: Past) -> None:
    for number in range(250):
        past.say(f"reply {number}")
    gaps.look(past.now)
    past.step()
    gaps.look(past.later(1))
    past.step()
    past.workspace.calls.clear()
    past.step(6)
    assert past.again().whole is False
    assert [bool(each.get("oldest")) for each in past.asked] != []
    assert len([each for each in past.asked if not each.get("oldest") and not each.get("cursor")]) >= 1


def test_gaps_are_named_in_live_threads_alone(past: Past, workspace: Workspace, process: Process) -> None:
    closed, later = begun(workspace, process, 2), begun(workspace, process, 3)
    models.Incident.objects.filter(ref="2").update(status="cancelled")
    later.capture.since = past.later(100)
    later.capture.save()
    gaps.noticed(past.now - timedelta(seconds=90), past.now, "the connection was away")
    assert [len(each.rows("gap")) for each in (past, closed, later)] == [1, 0, 0]


def test_a_gap_begins_no_earlier_than_the_capture(past: Past) -> None:
    gaps.noticed(past.capture.since - timedelta(days=1), past.later(5), "the connection was away")
    (fact,) = past.facts("gap")
    assert fact.since == past.capture.since


def test_a_gap_is_seen_at_once_by_whoever_looks_at_the_incident(world: World, past: Past) -> None:
    before = models.Incident.objects.get().version
    world.now = past.now
    world.process = past.process
    gaps.beat(past.now)
    gaps.noticed(past.now - timedelta(seconds=90), past.now, "the connection was away")
    assert models.Incident.objects.get().version > before
    (thread,) = reading.shown(world.by("bob"), "1")["threads"]
    coverage = thread["coverage"]
    assert [each["found"] for each in coverage["gaps"]] == [None]
    assert "(the connection was away); the history of that time is being read" in coverage["sentences"][1]
    past.step(3)
    (thread,) = reading.shown(world.by("bob"), "1")["threads"]
    assert [each["found"] for each in thread["coverage"]["gaps"]] == [0]


def test_what_only_the_history_told_is_marked_so(world: World, past: Past) -> None:
    past.workspace.clock.move(1)
    past.say("nobody told us")
    gaps.noticed(past.now - timedelta(seconds=5), past.now, "the connection was away")
    past.step(3)
    world.now, world.process = past.now, past.process
    shapes = reading.thread_of(world.by("bob"), "1")
    assert [each["source"] for each in shapes if each["text"] == "nobody told us"] == ["slack_history"]
    assert {each["source"] for each in shapes if each["kind"] in ("gap", "gap_read")} == {"musterpoint"}
    assert any(each["text"].startswith("Musterpoint received nothing from") for each in shapes)


def test_a_process_that_begins_looks_at_everything_that_lives(past: Past) -> None:
    models.Capture.objects.update(leased_until=past.now + timedelta(seconds=50))
    gaps.begin(past.later(1))
    capture = past.again()
    assert (capture.due_at, capture.leased_until) == (past.now, None)
