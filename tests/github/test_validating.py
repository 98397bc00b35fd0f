"""A request or an answer that is not as GitHub describes it fails the test."""

from __future__ import annotations

from typing import Any

import pytest
from openapi_core import OpenAPI

from tests.github import shapes
from tests.github.conftest import PLACE, START, Scene, made, path
from tests.github.validating import described


def test_the_description_is_one() -> None:
    OpenAPI.from_dict(described())  # raises where it is none


@pytest.mark.parametrize(
    ("method", "place", "content", "words"),
    [
        ("POST", "/issues", {"json": {"body": "No title"}}, "'title' is a required property"),
        ("POST", "/issues", {"json": {"title": "x", "asignees": ["ana"]}}, "asignees"),
        ("POST", "/issues", {"json": {"title": "x", "labels": "bug"}}, "is not of type 'array'"),
        ("GET", "/issues", {"params": {"state": "merged"}}, "'merged' is not one of"),
        ("GET", "/issues", {"params": {"sinse": "2026-03-02T09:00:00Z"}}, "knows no sinse"),
        ("GET", "/issues/one", {}, "issue_number"),
        ("GET", "/milestones", {}, "no such endpoint"),
        ("GET", "", {"headers": {"X-GitHub-Api-Version": "2019-01-01"}}, "2019-01-01"),
    ],
)
def test_a_wrong_request_fails_the_test(method: str, place: str, content: dict[str, Any], words: str) -> None:
    scenes = made(START)
    scene = next(scenes)
    assert scene.client.request(method, f"/repos/{PLACE}{place}", **content).status_code == 500
    with pytest.raises(AssertionError, match=words):
        next(scenes)


@pytest.mark.parametrize("query", ["{ viewer { nickname } }", "{ viewer {", 'mutation { closeIssue(id: "x") { id } }'])
def test_a_query_that_the_schema_does_not_know_fails_the_test(query: str) -> None:
    scenes = made(START)
    assert "errors" not in next(scenes).query(query)
    with pytest.raises(AssertionError, match="GraphQL"):
        next(scenes)


def test_a_wrong_answer_of_the_fake_fails_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    scenes = made(START)
    scene = next(scenes)
    ref = scene.issue()
    monkeypatch.setattr(shapes, "issue", lambda *_: {"number": "one"})
    assert scene.get(path(ref)).status_code == 500
    monkeypatch.undo()
    with pytest.raises(AssertionError, match="the fake answers GET"):
        next(scenes)


def test_a_wrong_webhook_of_the_fake_fails_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    scenes = made(START)
    github = next(scenes).github
    monkeypatch.setattr(shapes, "issue", lambda *_: {"number": "one"})
    github.open_issue("ana", PLACE, "Wrong")
    with pytest.raises(AssertionError, match=r"webhook issues\.opened is wrong"):
        next(scenes)


def test_a_defect_of_the_fake_fails_the_test(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene.github, "right_of", lambda *_: 1 / 0)
    assert scene.get(f"/repos/{PLACE}").status_code == 500
    assert "ZeroDivisionError" in scene.github.violations.pop()
