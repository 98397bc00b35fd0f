"""What every tracker promises, and that people work in it too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from musterpoint.integrations import registry
from musterpoint.integrations.local.tracker import LocalTracker
from musterpoint.ports import Changed, Refused, Seen, Tracker
from musterpoint.store import models
from tests.conftest import World


@dataclass
class Case:
    """A tracker, how a person changes a body there, and all comments of an issue."""

    tracker: Tracker
    person_writes: Callable[[str, str], object]
    comments: Callable[[str], list[str]]


def _local_person_writes(ref: str, body: str) -> object:
    return models.LocalIssue.objects.filter(pk=ref.removeprefix("local#")).update(body=body)


def _local_comments(ref: str) -> list[str]:
    rows = models.LocalComment.objects.filter(issue__pk=ref.removeprefix("local#")).order_by("id")
    return list(rows.values_list("text", flat=True))


@pytest.fixture(params=["local"])
def case(request: pytest.FixtureRequest, world: World) -> Case:
    return Case(LocalTracker(), _local_person_writes, _local_comments)


def test_what_is_made_is_open_and_found_by_its_key(case: Case) -> None:
    first = case.tracker.create("Incident 7: checkout", "## Timeline\n", "raise:7")
    second = case.tracker.create("Incident 8: login", "", "raise:8")
    assert first.ref != second.ref
    assert case.tracker.read(first.ref) == Seen("Incident 7: checkout", "## Timeline\n", True)
    for made, key in ((first, "raise:7"), (second, "raise:8")):
        assert case.tracker.find(key) == made


@pytest.mark.parametrize("key", ["raise:9", "", "raise:7 ", "RAISE:7", "%", "ü"])
def test_a_key_that_was_never_used_is_not_found(case: Case, key: str) -> None:
    made = case.tracker.create("Incident 7", "", "raise:7")
    assert case.tracker.find(key) is None
    assert case.tracker.commented(made.ref, key) is None


def test_a_body_is_written_only_over_what_was_read(case: Case) -> None:
    ref = case.tracker.create("Incident 7", "one", "raise:7").ref
    case.tracker.write(ref, "two – ünïcode\r\n", "one")
    assert case.tracker.read(ref).body == "two – ünïcode\r\n"
    case.person_writes(ref, "a person's")
    with pytest.raises(Changed):
        case.tracker.write(ref, "three", "two – ünïcode\r\n")
    assert case.tracker.read(ref).body == "a person's"


def test_closing_and_opening_twice_is_the_same_as_once(case: Case) -> None:
    ref = case.tracker.create("Incident 7", "", "raise:7").ref
    for open in (False, False, True, True):
        case.tracker.set_open(ref, open)
        assert case.tracker.read(ref).open is open


def test_comments_are_known_again_by_their_key(case: Case) -> None:
    ref = case.tracker.create("Incident 7", "", "raise:7").ref
    other = case.tracker.create("Incident 8", "", "raise:8").ref
    first = case.tracker.comment(ref, "open again", "comment:7:1")
    case.tracker.comment(ref, "closed", "comment:7:2")
    assert case.comments(ref) == ["open again", "closed"]
    found = case.tracker.commented(ref, "comment:7:1")
    assert found is not None
    assert found.external == first.external
    assert case.tracker.commented(other, "comment:7:1") is None


def test_as_much_as_the_limit_says_can_be_written(case: Case) -> None:
    text = "ü" * case.tracker.limit
    ref = case.tracker.create("Incident 7", text, "raise:7").ref
    assert case.tracker.read(ref).body == text
    case.tracker.comment(ref, text, "comment:7:1")
    assert case.comments(ref) == [text]


@pytest.mark.parametrize("ref", ["local#999", "local#", "", "local#x", "#1", "1", "local#-1", "local#²"])
def test_what_is_not_there_is_refused(case: Case, ref: str) -> None:
    case.tracker.create("Incident 7", "", "raise:7")
    calls: list[Callable[[], object]] = [
        lambda: case.tracker.read(ref),
        lambda: case.tracker.write(ref, "x", ""),
        lambda: case.tracker.set_open(ref, False),
        lambda: case.tracker.comment(ref, "x", "k"),
        lambda: case.tracker.commented(ref, "k"),
    ]
    for call in calls:
        with pytest.raises(Refused):
            call()


def test_the_local_tracker_is_no_better_than_others_and_makes_two_if_asked_twice(world: World) -> None:
    """Else no test of ours could tell that we ask it twice."""
    tracker = LocalTracker()
    first = tracker.create("Incident 7", "one", "raise:7")
    assert tracker.create("Incident 7", "two", "raise:7") != first
    assert tracker.find("raise:7") == first
    for text in ("x", "y"):
        tracker.comment(first.ref, text, "comment:7:1")
    assert _local_comments(first.ref) == ["x", "y"]


def test_the_settings_choose_the_tracker(world: World) -> None:
    assert isinstance(registry.tracker(world.process), LocalTracker)
    world.runs(tracker="a shoebox")
    with pytest.raises(ValueError, match="known: local"):
        registry.tracker(world.process)
