"""Issues of actions on GitHub: made, linked, changed, and what GitHub does not take of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from musterpoint.core.aftermath import ActionStatus
from musterpoint.core.person import Who
from musterpoint.integrations.github import asking
from musterpoint.integrations.github.children import GitHubActionIssues
from musterpoint.integrations.github.keys import keys
from musterpoint.ports import Gone, Refused, Unavailable
from tests.github.github import GitHub
from tests.integrations.github.calls import PROCESS, REPOSITORY

pytestmark = pytest.mark.usefixtures("db")

SHOP = "halden-ferries/shop"
PORT = GitHubActionIssues.of(PROCESS)


@pytest.fixture
def parent(github: GitHub) -> str:
    github.repository(SHOP)
    github.user("tim")
    return github.open_issue("ana", REPOSITORY, "Incident 7")


def made(owner: str = "", place: str = SHOP) -> str:
    return PORT.make(place, "Alert on the pool", "For incident 7.", owner, "action:7:1").ref


# --- making -------------------------------------------------------------------------------------------------------


def test_it_is_made_in_any_repository_and_assigned(github: GitHub, parent: str) -> None:
    filed = PORT.make(SHOP, "Alert on the pool", "For incident 7.", "github:ana", "action:7:1")
    there = github.issue(filed.ref)
    assert (filed.ref, filed.dropped) == (f"{SHOP}#1", ())
    assert (there.title, there.assignees, there.labels) == ("Alert on the pool", ("ana",), ())
    assert there.body.startswith("For incident 7.\n<!--")


@pytest.mark.parametrize(
    ("owner", "told"), [("github:nobody-there", "the assignee @nobody-there"), ("slack:U1", "the assignee slack:U1")]
)
def test_an_owner_who_cannot_be_assigned_is_told(github: GitHub, parent: str, owner: str, told: str) -> None:
    filed = PORT.make(SHOP, "Alert on the pool", "", owner, "action:7:1")
    assert filed.dropped == (told,)
    assert github.issue(filed.ref).assignees == ()


def test_what_was_made_before_the_answer_was_lost_is_found(github: GitHub, parent: str) -> None:
    begun = timezone.now()
    github.fails("POST", f"/repos/{SHOP}/issues", 502, stored=True)
    with pytest.raises(Unavailable):
        made()
    found = PORT.made(SHOP, "action:7:1", begun)
    assert found is not None
    assert found.ref == f"{SHOP}#1"
    assert PORT.made(SHOP, "action:7:2", begun) is None
    assert PORT.made(SHOP, "action:7:1", begun + timedelta(hours=1)) is None


def test_who_can_be_assigned_is_known(github: GitHub, parent: str) -> None:
    github.rights(SHOP, "tim", "none")
    known = {each: PORT.known(each, SHOP) for each in ("github:ana", "github:tim", "github:nobody", "slack:U1", "")}
    assert known == {"github:ana": True, "github:tim": False, "github:nobody": False, "slack:U1": False, "": False}


# --- looking ------------------------------------------------------------------------------------------------------


def test_a_look_tells_it_and_follows_it(github: GitHub, parent: str) -> None:
    ref = made("github:ana")
    seen = PORT.look(ref)
    assert (seen.ref, seen.title, seen.open, seen.was) == (ref, "Alert on the pool", True, "")
    assert seen.owner == Who("github:ana", "ana")
    there = github.transfer("ana", ref, REPOSITORY)
    assert (PORT.look(ref).ref, PORT.look(ref).was) == (there, ref)
    github.delete("ana", there)
    with pytest.raises(Gone):
        PORT.look(there)
    with pytest.raises(Refused, match="out of reach"):
        PORT.look("brine-labs/kit#1")


# --- links --------------------------------------------------------------------------------------------------------


def test_it_becomes_a_sub_issue_once(github: GitHub, parent: str) -> None:
    ref = made()
    for _ in range(2):
        assert PORT.link(parent, ref) == ""
    assert github.issue(parent).children == (ref,)
    assert sum(each.path.endswith("/sub_issues") for each in github.writes) == 1
    for _ in range(2):
        PORT.unlink(parent, ref)
    assert github.issue(parent).children == ()


def test_two_that_link_at_once_both_succeed(github: GitHub, parent: str) -> None:
    ref = made()
    github.between("POST /repos/*/sub_issues", lambda: github.add_sub_issue("ana", parent, ref))
    assert PORT.link(parent, ref) == ""


def _of_another_owner(github: GitHub, parent: str) -> str:
    github.repository("brine-labs/kit")
    return github.open_issue("ana", "brine-labs/kit", "Elsewhere")


def _of_another_parent(github: GitHub, parent: str) -> str:
    ref = github.open_issue("ana", SHOP, "Alert on the pool")
    github.add_sub_issue("ana", github.open_issue("ana", SHOP, "Other"), ref)
    return ref


def _of_a_full_parent(github: GitHub, parent: str) -> str:
    for number in range(100):
        github.add_sub_issue("ana", parent, github.open_issue("ana", SHOP, f"Action {number}"))
    return made()


def _without_rights(github: GitHub, parent: str) -> str:
    ref = made()
    github.tokens[github.token].permissions["issues"] = "read"
    return ref


def _without_sub_issues(github: GitHub, parent: str) -> str:
    github.repo(REPOSITORY).sub_issues = False
    return made()


def _above_it(github: GitHub, parent: str) -> str:
    ref = github.open_issue("ana", SHOP, "Everything")
    github.add_sub_issue("ana", ref, parent)
    return ref


def _gone(github: GitHub, parent: str) -> str:
    ref = made()
    github.delete("ana", ref)
    return ref


@pytest.mark.parametrize(
    ("hindered", "why"),
    [
        (_of_another_owner, "it belongs to another owner"),
        (_of_another_parent, "it is a sub-issue of halden-ferries/shop#2 already"),
        (_of_a_full_parent, "the issue has 100 sub-issues already, and GitHub takes no more"),
        (_without_rights, "Musterpoint has no right to link issues there"),
        (_without_sub_issues, "GitHub has no sub-issues there"),
        (_above_it, "the issue is a sub-issue of it"),
        (_gone, "the issue halden-ferries/shop#1 was deleted on GitHub"),
    ],
)
def test_what_cannot_be_a_sub_issue_is_told_why(
    github: GitHub, parent: str, hindered: Callable[[GitHub, str], str], why: str
) -> None:
    assert PORT.link(parent, hindered(github, parent)) == why


def test_a_server_that_is_known_to_have_no_sub_issues_is_not_asked(
    github: GitHub, parent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = made()
    monkeypatch.setattr(asking, "_plain", {keys().graphql})
    github.requests.clear()
    assert PORT.link(parent, ref) == "GitHub has no sub-issues there"
    assert github.requests == []


# --- changes ------------------------------------------------------------------------------------------------------


def test_title_state_and_owner_follow_the_action(github: GitHub, parent: str) -> None:
    ref = made("github:ana")
    for _ in range(2):
        assert PORT.change(ref, title="Alert", status=ActionStatus.DONE, owner="github:tim") == ()
    there = github.issue(ref)
    assert (there.title, there.open, there.reason, there.assignees) == ("Alert", False, "completed", ("tim",))
    PORT.change(ref, status=ActionStatus.OPEN, owner="")
    there = github.issue(ref)
    assert (there.title, there.open, there.assignees) == ("Alert", True, ())


def test_a_reason_that_github_ignores_is_given_by_opening_first(github: GitHub, parent: str) -> None:
    ref = made()
    for status, reason in (
        (ActionStatus.DECLINED, "not_planned"),
        (ActionStatus.DONE, "completed"),
        (ActionStatus.DECLINED, "not_planned"),
    ):
        PORT.change(ref, status=status)
        assert (github.issue(ref).open, github.issue(ref).reason) == (False, reason)


def test_what_it_did_not_take_is_told(github: GitHub, parent: str) -> None:
    ref = made()
    assert PORT.change(ref, owner="github:nobody-there", title="Alert") == ("the assignee @nobody-there",)
    assert PORT.change(ref, owner="slack:U1") == ("the assignee slack:U1",)
    assert github.issue(ref).title == "Alert"
    github.fails("PATCH", "/repos/*", 422, message="Validation Failed; assignees invalid")
    assert PORT.change(ref, owner="github:tim", status=ActionStatus.DONE) == ("the assignee @tim",)
    assert not github.issue(ref).open


def test_a_change_follows_what_moved_and_says_what_is_gone(github: GitHub, parent: str) -> None:
    ref = made()
    there = github.transfer("ana", ref, REPOSITORY)
    PORT.change(ref, title="Alert")
    assert github.issue(there).title == "Alert"
    github.delete("ana", there)
    with pytest.raises(Gone):
        PORT.change(there, title="Alarm")
    PORT.unlink(parent, there)


def test_a_link_costs_one_question_and_one_write(github: GitHub, parent: str) -> None:
    ref = made()
    github.requests.clear()
    PORT.link(parent, ref)
    assert [(each.method, each.path.rpartition("/")[2]) for each in github.requests] == [
        ("POST", "graphql"),
        ("POST", "sub_issues"),
    ]
