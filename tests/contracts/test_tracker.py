"""What every tracker promises, and that people work in it too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from musterpoint.integrations import registry
from musterpoint.integrations.github.tracker import GitHubTracker
from musterpoint.integrations.local.tracker import LocalTracker
from musterpoint.ports import Changed, Refused, Seen
from tests.conftest import World
from tests.contracts.trackers import Case, local_comments, tracker


@pytest.fixture(params=["local", "github", "github-app"])
def case(request: pytest.FixtureRequest, world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Case]:
    with tracker(request.param, monkeypatch) as each:
        yield each


def test_what_is_made_is_open_and_found_by_its_key(case: Case) -> None:
    first = case.tracker.create("Incident 7: checkout", "## Timeline\n", "raise:7")
    second = case.tracker.create("Incident 8: login", "", "raise:8")
    assert first.ref != second.ref
    seen = case.tracker.read(first.ref)
    assert seen == Seen("Incident 7: checkout", "## Timeline\n", True, keeps=seen.keeps)
    for made, key in ((first, "raise:7"), (second, "raise:8")):
        for since in (None, timezone.now() - timedelta(minutes=1)):
            there = case.tracker.find(key, since)
            assert there is not None
            assert (there.ref, there.url) == (made.ref, made.url)


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


def test_a_text_is_read_as_it_was_given(case: Case) -> None:
    for place, text in enumerate(
        ("", "one", "one\n", "- a\n- b\n\n", "a\r\nb\r\n", "<!-- /musterpoint:facts -->", "\nx")
    ):
        ref = case.tracker.create(f"Incident {place}", text, f"raise:{place}").ref
        assert case.tracker.read(ref).body == text
        case.tracker.write(ref, f"{text}y", text)
        assert case.tracker.read(ref).body == f"{text}y"


def test_a_comment_of_ours_is_rewritten_only_over_what_was_read(case: Case) -> None:
    ref = case.tracker.create("Incident 7", "", "raise:7").ref
    page = case.tracker.comment(ref, "rows 1 to 9", "page:7:1").external
    case.tracker.rewrite(ref, page, "rows 1 to 8", "rows 1 to 9")
    case.tracker.rewrite(ref, page, "rows 1 to 8", "rows 1 to 8")
    assert case.comments(ref) == ["rows 1 to 8"]
    case.person_rewrites(ref, page, "rows 1 to 8, and a word")
    with pytest.raises(Changed):
        case.tracker.rewrite(ref, page, "rows 1 to 7", "rows 1 to 8")
    assert case.comments(ref) == ["rows 1 to 8, and a word"]


@pytest.mark.parametrize("external", ["999999", "", "x", "1/../1", "²"])
def test_a_comment_that_is_not_there_is_refused(case: Case, external: str) -> None:
    ref = case.tracker.create("Incident 7", "", "raise:7").ref
    with pytest.raises(Refused):
        case.tracker.rewrite(ref, external, "x", "")


def test_whoever_compares_and_replaces_in_one_needs_no_revisions_and_everybody_else_tells_them(case: Case) -> None:
    ref = case.tracker.create("Incident 7", "one", "raise:7").ref
    case.person_writes(ref, "a person's")
    case.tracker.write(ref, "ours", "a person's")
    revisions = [(each.body, each.ours or each.shared) for each in case.tracker.read(ref).revisions]
    expected = [("one", True), ("a person's", False), ("ours", True)]
    assert revisions == ([] if case.tracker.exact else expected)


def test_what_is_not_there_is_refused(case: Case) -> None:
    case.tracker.create("Incident 7", "", "raise:7")
    for ref in case.nowhere:
        calls: list[Callable[[str], object]] = [
            case.tracker.read,
            lambda ref: case.tracker.write(ref, "x", ""),
            lambda ref: case.tracker.set_open(ref, False),
            lambda ref: case.tracker.comment(ref, "x", "k"),
            lambda ref: case.tracker.commented(ref, "k"),
        ]
        for call in calls:
            with pytest.raises(Refused):
                call(ref)


def test_the_local_tracker_is_no_better_than_others_and_makes_two_if_asked_twice(world: World) -> None:
    """Else no test of ours could tell that we ask it twice."""
    local = LocalTracker()
    first = local.create("Incident 7", "one", "raise:7")
    assert local.create("Incident 7", "two", "raise:7") != first
    assert local.find("raise:7") == first
    for text in ("x", "y"):
        local.comment(first.ref, text, "comment:7:1")
    assert local_comments(first.ref) == ["x", "y"]


def test_the_settings_choose_the_tracker(world: World) -> None:
    assert isinstance(registry.tracker(world.process), LocalTracker)
    world.runs(tracker="github", github_edit_every=12.0)
    chosen = registry.tracker(world.process)
    assert isinstance(chosen, GitHubTracker)
    assert chosen.apart == 12.0
    world.runs(tracker="a shoebox")
    with pytest.raises(ValueError, match="known: local"):
        registry.tracker(world.process)
