"""One look at an issue: one request, and everything that people did there."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import timezone

from musterpoint.core.issue_event import IssueDeed
from musterpoint.core.person import Who
from musterpoint.integrations.github import asking
from musterpoint.integrations.github.looking import look
from musterpoint.integrations.github.tracker import GitHubTracker
from musterpoint.ports import Seen, SubIssue
from musterpoint.store import told
from tests.github import graph
from tests.github.github import GitHub
from tests.integrations.github.calls import PROCESS, REPOSITORY
from tests.integrations.github.odd import Odd, Said

pytestmark = pytest.mark.usefixtures("db")

SHOP = "halden-ferries/shop"
TRACKER = GitHubTracker.of(replace(PROCESS, github_labels=()))
ANA = Who("github:ana", "ana")


@pytest.fixture
def issue(github: GitHub) -> str:
    github.repository(SHOP)
    github.user("Tim-Alder", name="Tim Alder")
    return TRACKER.create("Incident 7", "one", "raise:7").ref


def deeds(seen: Seen) -> list[tuple[IssueDeed, Who | None, str]]:
    return [(event.deed, event.who, event.text) for _, event in seen.happened]


def child(github: GitHub, issue: str, title: str = "Alert on the pool", repository: str = SHOP) -> str:
    ref = github.open_issue("ana", repository, title)
    github.add_sub_issue("ana", issue, ref)
    return ref


# --- the one request ----------------------------------------------------------------------------------------------


def test_all_about_an_issue_and_its_actions_is_one_request(github: GitHub, issue: str) -> None:
    refs = [child(github, issue, f"Action {number}") for number in range(5)]
    github.edit("ana", issue, "two")
    github.comment("ana", issue, "Hello")
    github.requests.clear()
    seen = look(PROCESS, issue, refs)
    assert [each.ref for each in seen.sub_issues] == refs
    assert [(each.method, each.path) for each in github.requests] == [("POST", "/graphql")]


def test_a_fresh_issue_tells_nothing_but_itself(github: GitHub, issue: str) -> None:
    assert look(PROCESS, issue) == Seen("Incident 7", "one", True, keeps=True)


def test_a_server_without_sub_issues_is_asked_for_the_rest(
    github: GitHub, issue: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """GitHub Enterprise Server before 3.17: its schema is the same without these fields."""
    monkeypatch.setattr(asking, "_plain", set())
    older = re.sub(
        r"^  (subIssues|subIssuesSummary|parent|fullDatabaseId)\b.*\n", "", graph.SCHEMA.read_text(), flags=re.M
    )
    older = re.sub(r"stateReason\(.*?\)", "stateReason", older)
    other = github.open_issue("ana", SHOP, "Alert on the pool")
    github.comment("ana", issue, "Hello")
    schema = tmp_path / "schema.graphql"
    schema.write_text(older)
    monkeypatch.setattr(graph, "SCHEMA", schema)
    monkeypatch.setattr(graph, "complaints", lambda query: [])  # the old server answers them itself
    graph.schema.cache_clear()
    graph._checked.cache_clear()
    try:
        for requests in (2, 1):  # that it has none is known from then on
            github.requests.clear()
            seen = look(PROCESS, issue, [other])
            assert [each.ref for each in seen.sub_issues] == [other]
            assert [text for _, _, text in deeds(seen)] == ["Hello"]
            assert len(github.requests) == requests
        assert look(PROCESS, issue).sub_issues == ()
    finally:
        graph.schema.cache_clear()
        graph._checked.cache_clear()


# --- revisions ----------------------------------------------------------------------------------------------------


def test_revisions_are_told_oldest_first_with_their_people(github: GitHub, issue: str) -> None:
    github.edit("ana", issue, "two")
    github.edit("Tim-Alder", issue, "three")
    seen = look(PROCESS, issue)
    assert [each.body for each in seen.revisions] == ["one", "two", "three"]
    assert [each.who for each in seen.revisions][1:] == [ANA, Who("github:tim-alder", "Tim Alder")]
    assert [each.shared for each in seen.revisions] == [True, False, False]
    assert len({each.key for each in seen.revisions}) == 3
    assert all(each.key.startswith("edit:") for each in seen.revisions)


def test_what_the_app_wrote_is_surely_ours(as_app: GitHub) -> None:
    ref = TRACKER.create("Incident 7", "one", "raise:7").ref
    as_app.edit("ana", ref, "two")
    TRACKER.write(ref, "three", "two")
    seen = look(PROCESS, ref)
    assert [(each.body, each.ours, each.shared) for each in seen.revisions] == [
        ("one", True, False),
        ("two", False, False),
        ("three", True, False),
    ]


def test_a_revision_whose_text_was_deleted_is_left_out(github: GitHub, issue: str) -> None:
    for text in ("two", "three"):
        github.edit("ana", issue, text)
    github.forget_edit("ana", issue, 1)
    assert [each.body for each in look(PROCESS, issue).revisions] == ["one", "three"]


def test_more_than_a_page_of_revisions_is_told_while_none_is_known(github: GitHub, issue: str) -> None:
    for number in range(130):
        github.edit("ana", issue, f"text {number}")
    seen = look(PROCESS, issue)
    assert [each.body for each in seen.revisions] == [f"text {number}" for number in range(30, 130)]
    told.mark("github", [seen.revisions[-1].key], timezone.now())
    github.requests.clear()
    github.edit("ana", issue, "text 130")
    assert [each.body for each in look(PROCESS, issue).revisions] == [f"text {number}" for number in range(111, 131)]
    assert len(github.requests) == 1


# --- what happened ------------------------------------------------------------------------------------------------


def test_comments_and_closings_are_told_in_their_order(github: GitHub, issue: str) -> None:
    github.comment("ana", issue, "I look at it.")
    github.close("Tim-Alder", issue)
    github.clock.move(60)
    github.comment("ana", issue, "Not yet!")
    github.reopen("ana", issue)
    seen = look(PROCESS, issue)
    tim = Who("github:tim-alder", "Tim Alder")
    assert deeds(seen) == [
        (IssueDeed.COMMENTED, ANA, "I look at it."),
        (IssueDeed.CLOSED, tim, ""),
        (IssueDeed.COMMENTED, ANA, "Not yet!"),
        (IssueDeed.REOPENED, ANA, ""),
    ]
    assert [key.partition(":")[0] for key, _ in seen.happened] == ["comment", "event", "comment", "event"]
    assert all(event.issue == issue for _, event in seen.happened)
    assert seen.happened[0][1].url.endswith(seen.happened[0][0].replace("comment:", "#issuecomment-"))


def test_the_words_of_an_edited_comment_are_those_of_whoever_edited_it(github: GitHub, issue: str) -> None:
    """Else somebody could have the authority of another by editing their comment."""
    comment = github.comment("ana", issue, "/musterpoint help")
    before = look(PROCESS, issue).happened[0]
    github.clock.move(60)
    github.edit_comment("Tim-Alder", issue, comment, "/musterpoint close because I say so")
    (key, event), *more = look(PROCESS, issue).happened
    assert not more
    assert key.startswith(f"{before[0]}:")
    assert event.who == Who("github:tim-alder", "Tim Alder")
    assert event.text == "/musterpoint close because I say so"
    assert event.at > before[1].at


def test_who_has_left_github_is_nobody(github: GitHub, issue: str) -> None:
    github.comment("ana", issue, "Bye")
    github.delete_user("ana")
    assert deeds(look(PROCESS, issue)) == [(IssueDeed.COMMENTED, None, "Bye")]


def test_what_our_account_did_by_hand_is_told_and_what_we_said_is_not(github: GitHub, issue: str) -> None:
    ours = TRACKER.comment(issue, "Reopened.", "comment:1").external
    github.comment(github.token_user, issue, "I am a person, too.")
    github.close(github.token_user, issue)
    seen = look(PROCESS, issue)
    assert [(event.deed, event.shared, event.text) for _, event in seen.happened] == [
        (IssueDeed.COMMENTED, False, "I am a person, too."),
        (IssueDeed.CLOSED, True, ""),
    ]
    assert seen.comments == {ours: "Reopened."}


def test_of_the_app_nothing_is_news(as_app: GitHub) -> None:
    ref = TRACKER.create("Incident 7", "one", "raise:7").ref
    ours = TRACKER.comment(ref, "Closed.", "comment:1").external
    TRACKER.set_open(ref, False)
    as_app.edit_comment("ana", ref, int(ours), "Closed. Says who?")
    seen = look(PROCESS, ref)
    assert seen.happened == ()
    assert seen.comments == {ours: "Closed. Says who?"}


def test_a_person_who_is_called_like_the_app_is_a_person(as_app: GitHub) -> None:
    ref = TRACKER.create("Incident 7", "one", "raise:7").ref
    as_app.accounts.pop(as_app.slug)  # the fake keeps one account for a name; GitHub has two
    as_app.user(as_app.slug)
    as_app.comment(as_app.slug, ref, "I am not an app.")
    assert deeds(look(PROCESS, ref)) == [
        (IssueDeed.COMMENTED, Who("github:musterpoint", "musterpoint"), "I am not an app.")
    ]


def test_an_old_comment_of_ours_is_found_behind_hundreds_of_others(github: GitHub, issue: str) -> None:
    page = TRACKER.comment(issue, "rows 1 to 9", "page:1").external
    for number in range(230):
        github.comment("ana", issue, f"{number}")
    seen = look(PROCESS, issue)
    assert seen.comments == {page: "rows 1 to 9"}
    assert [text for _, _, text in deeds(seen)] == [str(number) for number in range(230)]


# --- the issues of actions ----------------------------------------------------------------------------------------


def test_an_actions_issue_is_told_with_who_closed_it_why_and_by_what(github: GitHub, issue: str) -> None:
    ref = child(github, issue)
    github.assign("ana", ref, "Tim-Alder")
    github.merge("Tim-Alder", pull := github.pull_request("ana", SHOP, closes=ref))
    (seen,) = look(PROCESS, issue, [ref]).sub_issues
    tim = Who("github:tim-alder", "Tim Alder")
    assert (seen.ref, seen.title, seen.open, seen.reason) == (ref, "Alert on the pool", False, "completed")
    assert (seen.owner, seen.who, seen.linked, seen.was, seen.gone) == (tim, tim, True, "", False)
    assert seen.by.endswith(pull.replace("#", "/pull/"))
    assert seen.at is not None
    github.reopen("ana", ref)
    (seen,) = look(PROCESS, issue, [ref]).sub_issues
    assert (seen.open, seen.reason, seen.who, seen.by) == (True, "", ANA, "")


@pytest.mark.parametrize("reason", ["completed", "not_planned", "duplicate"])
def test_the_reason_is_githubs_own(github: GitHub, issue: str, reason: str) -> None:
    ref = child(github, issue)
    github.close("ana", ref, reason)
    assert [each.reason for each in look(PROCESS, issue, [ref]).sub_issues] == [reason]


def test_one_that_is_not_linked_is_told_and_one_that_people_linked_too(github: GitHub, issue: str) -> None:
    loose, linked = github.open_issue("ana", SHOP, "Loose"), child(github, issue, "By hand")
    seen = look(PROCESS, issue, [loose]).sub_issues
    assert [(each.ref, each.linked) for each in seen] == [(loose, False), (linked, True)]


def test_one_that_moved_is_told_under_both_names(github: GitHub, issue: str) -> None:
    ref = child(github, issue)
    there = github.transfer("ana", ref, REPOSITORY)
    assert [(each.ref, each.was, each.linked) for each in look(PROCESS, issue, [ref]).sub_issues] == [
        (there, ref, True)
    ]
    other = child(github, issue)
    github.rename_repository(SHOP, "store")
    (seen,) = [each for each in look(PROCESS, issue, [other]).sub_issues if each.was]
    assert (seen.ref, seen.was) == ("halden-ferries/store#2", other)


def test_what_is_gone_or_hidden_hinders_nothing_else(github: GitHub, issue: str) -> None:
    deleted, there = child(github, issue), child(github, issue, "Another")
    github.delete("ana", deleted)
    github.repository("halden-ferries/secret")
    hidden = github.open_issue("ana", "halden-ferries/secret", "Hidden")
    github.rights("halden-ferries/secret", github.token_user, "none")
    pull = github.pull_request("ana", SHOP)
    asked = [deleted, hidden, pull, "local#3", there]
    seen = {each.ref: each for each in look(PROCESS, issue, asked).sub_issues}
    assert {ref: each.gone for ref, each in seen.items()} == {
        deleted: True, hidden: True, pull: True, "local#3": True, there: False
    }  # fmt: skip
    assert seen[there] == SubIssue(there, seen[there].url, "Another", linked=True)


def test_an_outage_in_the_middle_says_nothing_about_an_actions_issue(github: GitHub, issue: str) -> None:
    ref = child(github, issue)
    github.transfer("ana", ref, REPOSITORY)
    github.fails("GET", f"/repos/{SHOP}/issues/1", 502)
    assert [each.gone for each in look(PROCESS, issue, [ref]).sub_issues if each.was or each.gone] == []


def test_more_than_fifty_and_those_of_other_owners_are_asked_for_apart(github: GitHub, issue: str) -> None:
    refs = [github.open_issue("ana", SHOP, f"Action {number}") for number in range(60)]
    github.repository("brine-labs/kit")
    refs.append(github.open_issue("ana", "brine-labs/kit", "Elsewhere"))
    github.requests.clear()
    seen = look(PROCESS, issue, refs)
    assert sorted(each.ref for each in seen.sub_issues) == sorted(refs)
    assert len(github.requests) == 3


def test_an_owner_for_whom_the_app_is_not_installed_is_passed_over(as_app: GitHub) -> None:
    ref = TRACKER.create("Incident 7", "one", "raise:7").ref
    as_app.repository("brine-labs/kit", install=False)
    elsewhere = as_app.open_issue("ana", "brine-labs/kit", "Elsewhere")
    assert look(PROCESS, ref, [elsewhere]) == Seen("Incident 7", "one", True, keeps=True)


def test_a_repository_that_must_not_be_read_does_not_hide_the_issue(odd: Odd) -> None:
    about = {
        "number": 1, "title": "Incident 7", "body": "one", "url": "u", "state": "OPEN",
        "repository": {"nameWithOwner": REPOSITORY}, "userContentEdits": None, "comments": None, "timelineItems": None,
        "subIssues": {"nodes": []},
    }  # fmt: skip
    data = {"viewer": {"login": "muster-robot"}, "repository": {"issue": about}, "also0": None}
    error = {"type": "FORBIDDEN", "path": ["also0"], "message": "Resource protected by organization SAML enforcement."}
    missing = Said(404, {"message": "Not Found"})
    odd.says(Said(200, {"data": data, "errors": [error]}), missing)
    seen = look(PROCESS, f"{REPOSITORY}#1", [f"{SHOP}#1"])
    assert (seen.title, seen.body) == ("Incident 7", "one")
    assert [(each.ref, each.gone) for each in seen.sub_issues] == [(f"{SHOP}#1", True)]


def test_revisions_come_oldest_first_whichever_way_github_lists_them(odd: Odd) -> None:
    def edit(number: int, second: int) -> dict[str, object]:
        at = datetime(2026, 3, 2, 9, 0, second, tzinfo=UTC).isoformat().replace("+00:00", "Z")
        return {"id": str(number), "editedAt": at, "editor": None, "diff": f"text {number}"}

    for seconds in ((1, 2, 3), (1, 1, 1)):
        edits = [edit(number, seconds[number]) for number in range(3)]
        for listed in (edits, edits[::-1]):
            about = {
                "number": 1, "title": "t", "body": "text 2", "url": "u", "state": "OPEN", "comments": None,
                "repository": {"nameWithOwner": REPOSITORY}, "timelineItems": None, "subIssues": None,
                "userContentEdits": {"nodes": listed, "pageInfo": {"hasNextPage": False}},
            }  # fmt: skip
            odd.says(Said(200, {"data": {"viewer": {"login": "x"}, "repository": {"issue": about}}}))
            seen = look(PROCESS, f"{REPOSITORY}#1")
            assert [each.body for each in seen.revisions] == ["text 0", "text 1", "text 2"]
