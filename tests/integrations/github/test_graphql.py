"""Questions: answered with status 200 whatever happened."""

from __future__ import annotations

from typing import Any

import pytest

from musterpoint.integrations.github.calling import Trouble, graphql
from musterpoint.ports import NotSent, Refused, Unavailable
from musterpoint.store import models
from tests.github.github import GitHub
from tests.integrations.github.calls import PROCESS, REPOSITORY, failed, hours_reset
from tests.integrations.github.odd import Odd, Said

pytestmark = pytest.mark.usefixtures("db")

QUESTION = "query($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { id } }"
OURS = {"owner": "halden-ferries", "name": "CloudProject"}


def ask(question: str = QUESTION) -> dict[str, Any]:
    return graphql(PROCESS, question, OURS)


def test_a_question_is_answered_with_its_data(github: GitHub) -> None:
    assert ask()["repository"]["id"]


def test_a_question_is_no_write_and_a_mutation_is_one(odd: Odd) -> None:
    odd.says(Said(200, {"data": {}}))
    ask()
    assert not models.Throttle.objects.exists()
    ask("mutation { x }")
    assert models.Throttle.objects.get().calls != "[]"


def error_of(kind: str, *path: str | int, message: str = "No.") -> dict[str, Any]:
    return {"type": kind, "path": list(path), "message": message}


def test_a_part_that_is_not_there_is_none_in_the_data(odd: Odd) -> None:
    odd.says(Said(200, {"data": {"repository": None}, "errors": [error_of("NOT_FOUND", "repository")]}))
    assert ask() == {"repository": None}


def test_one_of_a_list_that_we_must_not_see_does_not_hide_the_others(odd: Odd) -> None:
    data = {"repository": {"subIssues": {"nodes": [None, {"number": 2}]}}}
    odd.says(Said(200, {"data": data, "errors": [error_of("FORBIDDEN", "repository", "subIssues", "nodes", 0)]}))
    assert ask() == data


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (error_of("FORBIDDEN", "repository"), Trouble),
        (error_of("FORBIDDEN", "repository", "issue", "userContentEdits"), Trouble),
        (error_of("INSUFFICIENT_SCOPES", "repository"), Trouble),
        ({"type": "RATE_LIMITED", "message": "API rate limit exceeded"}, NotSent),
        ({"message": "You have exceeded a secondary rate limit"}, NotSent),
        ({"message": "Field 'x' doesn't exist on type 'Issue'"}, Refused),
        (error_of("MAX_NODE_LIMIT_EXCEEDED"), Refused),
        ({"message": "Something went wrong while executing your query."}, Unavailable),
        (error_of("SERVICE_UNAVAILABLE", "repository"), Unavailable),
    ],
)
@pytest.mark.parametrize("data", [None, {"repository": {"issue": {"userContentEdits": None}}}])
def test_an_error_of_a_question_is_what_it_is_with_status_200(
    odd: Odd, error: dict[str, Any], kind: type[Exception], data: Any
) -> None:
    """Half an answer is none: a history of edits that we must not see is not one that is empty."""
    odd.says(Said(200, {"data": data, "errors": [error]}))
    told = failed(ask)
    assert isinstance(told, kind)
    assert isinstance(told, NotSent) == (kind in (Trouble, NotSent))
    if isinstance(told, Trouble):
        assert told.place == REPOSITORY


def test_what_is_not_there_at_all_is_refused(odd: Odd) -> None:
    odd.says(Said(200, {"data": None, "errors": [error_of("NOT_FOUND", "node")]}))
    assert failed(ask).status == 404


@pytest.mark.parametrize("body", [[], {"data": None}, {"errors": "x"}, {"data": 7}, b"no"])
def test_an_answer_that_is_none_of_graphqls_may_pass(odd: Odd, body: Any) -> None:
    odd.says(Said(200, body))
    assert isinstance(failed(ask), Unavailable)


def test_a_question_costs_points_of_its_own_and_is_told_how_long_to_wait(odd: Odd) -> None:
    limited = {"type": "RATE_LIMITED", "message": "API rate limit exceeded"}
    odd.says(Said(200, {"errors": [limited]}, hours_reset(77)))
    assert failed(ask).retry_after == pytest.approx(77, abs=1)
