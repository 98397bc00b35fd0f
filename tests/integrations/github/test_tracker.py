"""GitHub as the tracker: what is made there, what GitHub leaves out, and what is found again after a crash."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from musterpoint.integrations.github.answers import Trouble
from musterpoint.integrations.github.hidden import LONGEST, with_key
from musterpoint.integrations.github.tracker import GitHubTracker
from musterpoint.ports import Changed, Gone, Refused, Unavailable
from tests.github.github import GitHub
from tests.integrations.github.calls import ISSUES, PROCESS, REPOSITORY

pytestmark = pytest.mark.usefixtures("db")

WISHES = replace(PROCESS, github_labels=("incident", "Live"), github_type="bug", github_assignees=("Ana",))
TRACKER = GitHubTracker.of(WISHES)


def made(tracker: GitHubTracker = TRACKER, body: str = "one") -> str:
    return tracker.create("Incident 7: checkout", body, "raise:7").ref


def paths(github: GitHub) -> list[tuple[str, str]]:
    return [(each.method, each.path) for each in github.requests]


# --- making -------------------------------------------------------------------------------------------------------


def test_the_issue_has_what_the_settings_give_it(github: GitHub) -> None:
    filed = TRACKER.create("Incident 7: checkout", "one", "raise:7")
    there = github.issue(filed.ref)
    assert filed.ref == f"{REPOSITORY}#1"
    assert filed.url.endswith(f"/{REPOSITORY}/issues/1")
    assert filed.dropped == ()
    assert (there.title, there.labels, there.type) == ("Incident 7: checkout", ("incident", "Live"), "Bug")
    assert there.assignees == ("ana",)
    assert there.body.endswith("\n<!-- musterpoint:key raise:7 -->")


def test_what_github_drops_without_a_word_is_told(github: GitHub) -> None:
    github.rights(REPOSITORY, github.token_user, "read")
    filed = TRACKER.create("Incident 7", "", "raise:7")
    assert filed.dropped == ("the label incident", "the label Live", "the type bug", "the assignee @Ana")


def test_somebody_who_cannot_be_assigned_is_told(github: GitHub) -> None:
    tracker = GitHubTracker.of(replace(WISHES, github_assignees=("ana", "nobody-there")))
    filed = tracker.create("Incident 7", "", "raise:7")
    assert filed.dropped == ("the assignee @nobody-there",)
    assert github.issue(filed.ref).assignees == ("ana",)


def test_a_type_that_github_does_not_know_is_left_out_and_told(github: GitHub) -> None:
    tracker = GitHubTracker.of(replace(WISHES, github_type="Incident"))
    filed = tracker.create("Incident 7", "", "raise:7")
    assert filed.dropped == ("the type Incident",)
    assert [each.ref for each in github.issues(REPOSITORY)] == [filed.ref]
    assert github.issue(filed.ref).labels == ("incident", "Live")


def test_where_an_assignee_is_refused_the_others_are_kept(github: GitHub) -> None:
    github.fails("POST", ISSUES, 422, message="Validation Failed; Issue assignees invalid")
    tracker = GitHubTracker.of(replace(WISHES, github_assignees=("ana", "nobody-there")))
    filed = tracker.create("Incident 7", "", "raise:7")
    assert filed.dropped == ("the assignee @nobody-there",)
    assert github.issue(filed.ref).type == "Bug"


def test_a_refusal_that_has_another_reason_is_told_as_it_is(github: GitHub) -> None:
    github.fails("POST", ISSUES, 422, message="Validation Failed; title is bad", times=9)
    with pytest.raises(Refused, match="title is bad"):
        made()
    assert github.issues(REPOSITORY) == []


def test_nothing_longer_than_github_takes_reaches_it(github: GitHub) -> None:
    ref, long = made(), "x" * (LONGEST + 1)
    before = len(github.writes)
    for call in (
        lambda: TRACKER.create("Incident 8", long, "raise:8"),
        lambda: TRACKER.write(ref, long, "one"),
        lambda: TRACKER.comment(ref, long, "comment:1"),
    ):
        with pytest.raises(Refused, match="and GitHub takes 65,536"):
            call()
    assert len(github.writes) == before


def test_without_a_repository_a_person_is_told_what_to_set(github: GitHub) -> None:
    with pytest.raises(Refused, match=r"\[github\] repository"):
        GitHubTracker.of(replace(PROCESS, github_repository="")).create("Incident 7", "", "raise:7")


# --- found again --------------------------------------------------------------------------------------------------


def test_what_was_made_before_the_answer_was_lost_is_found(github: GitHub) -> None:
    begun = timezone.now()
    github.fails("POST", ISSUES, 502, stored=True)
    with pytest.raises(Unavailable):
        made()
    found = TRACKER.find("raise:7", begun)
    assert found is not None
    assert found.ref == f"{REPOSITORY}#1"
    assert paths(github)[-2][0] == "GET"  # no search: its index lags behind
    assert github.requests[-2].query["since"]


def test_the_clocks_may_differ_by_some_minutes(github: GitHub) -> None:
    ref = made()
    for minutes, there in ((4, True), (6, False)):
        found = TRACKER.find("raise:7", timezone.now() + timedelta(minutes=minutes))
        assert (found is not None and found.ref == ref) is there


def test_it_is_found_on_any_page(github: GitHub) -> None:
    ref = made()
    for number in range(101):
        github.open_issue("ana", REPOSITORY, f"Question {number}")
    found = TRACKER.find("raise:7", timezone.now() - timedelta(minutes=1))
    assert found is not None
    assert found.ref == ref


def test_a_copy_of_the_text_that_somebody_else_made_is_not_ours(github: GitHub) -> None:
    github.open_issue("ana", REPOSITORY, "Incident 7", with_key("one", "raise:7"))
    assert TRACKER.find("raise:7") is None
    ref = made()
    github.comment("ana", ref, with_key("closed", "comment:1"))
    assert TRACKER.commented(ref, "comment:1") is None


def test_a_comment_is_found_on_any_page_and_has_its_address(github: GitHub) -> None:
    ref = made()
    posted = TRACKER.comment(ref, "open again", "comment:1")
    for number in range(101):
        github.comment("ana", ref, f"Question {number}")
    assert TRACKER.commented(ref, "comment:1") == posted
    assert posted.url.endswith(f"/issues/1#issuecomment-{posted.external}")


# --- writing ------------------------------------------------------------------------------------------------------


def test_a_body_that_did_not_change_is_asked_for_at_no_cost(github: GitHub) -> None:
    ref = made()
    for _ in range(2):
        with pytest.raises(Changed):
            TRACKER.write(ref, "two", "something else")
    assert [each.status for each in github.requests[-2:]] == [200, 304]


def test_what_differs_in_line_ends_alone_is_not_changed(github: GitHub) -> None:
    ref = made(body="one\ntwo")
    github.edit("ana", ref, github.issue(ref).body.replace("\n", "\r\n"))
    TRACKER.write(ref, "three", "one\ntwo")
    assert TRACKER.read(ref).body == "three"


def test_a_key_that_somebody_took_away_is_no_error(github: GitHub) -> None:
    ref = made()
    github.edit("ana", ref, "one and more")
    TRACKER.write(ref, "two", "one and more")
    assert github.issue(ref).body == "two"


def test_a_person_who_saves_while_we_write_is_found_among_the_revisions(github: GitHub) -> None:
    ref = made()
    github.between("PATCH /repos/*", lambda: github.edit("ana", ref, "ana's"))
    TRACKER.write(ref, "two", "one")
    seen = TRACKER.read(ref)
    assert seen.body == "two"
    assert [(each.body, each.shared) for each in seen.revisions] == [("one", True), ("ana's", False), ("two", True)]


def test_closing_gives_the_reason_that_it_is_completed(github: GitHub) -> None:
    ref = made()
    TRACKER.set_open(ref, False)
    assert (github.issue(ref).open, github.issue(ref).reason) == (False, "completed")
    TRACKER.set_open(ref, True)
    assert github.issue(ref).open


# --- moved and gone -----------------------------------------------------------------------------------------------


def test_everything_follows_an_issue_that_was_transferred(github: GitHub) -> None:
    ref = made()
    github.repository("halden-ferries/Elsewhere")
    there = github.transfer("ana", ref, "halden-ferries/Elsewhere")
    TRACKER.write(ref, "two", "one")
    posted = TRACKER.comment(ref, "open again", "comment:1")
    assert TRACKER.commented(ref, "comment:1") == posted
    TRACKER.set_open(ref, False)
    seen = TRACKER.read(ref)
    assert (seen.ref, seen.body, seen.open) == (there, "two", False)
    assert seen.url.endswith("/halden-ferries/Elsewhere/issues/1")
    assert TRACKER.read(there).ref == ""


def test_a_repository_that_was_renamed_costs_no_further_request(github: GitHub) -> None:
    ref = made()
    github.rename_repository(REPOSITORY, "Cloud")
    github.requests.clear()
    seen = TRACKER.read(ref)
    assert (seen.ref, seen.body) == ("halden-ferries/Cloud#1", "one")
    assert len(github.requests) == 1
    TRACKER.write(ref, "two", "one")
    assert TRACKER.create("Incident 8", "", "raise:8").ref == "halden-ferries/Cloud#2"


def test_a_deleted_issue_is_gone_for_every_call(github: GitHub) -> None:
    ref = made()
    github.delete("ana", ref)
    for call in (
        lambda: TRACKER.read(ref),
        lambda: TRACKER.write(ref, "two", "one"),
        lambda: TRACKER.set_open(ref, False),
        lambda: TRACKER.comment(ref, "x", "k"),
        lambda: TRACKER.commented(ref, "k"),
    ):
        with pytest.raises(Gone, match="was deleted on GitHub"):
            call()


def test_a_repository_that_we_must_not_see_any_more_is_no_deletion(github: GitHub) -> None:
    ref = made()
    github.rights(REPOSITORY, github.token_user, "none")
    for call in (lambda: TRACKER.read(ref), lambda: TRACKER.write(ref, "two", "one")):
        with pytest.raises(Trouble) as caught:
            call()
        assert caught.value.code == "repository_gone"


def test_a_pull_request_is_no_incident_issue(github: GitHub) -> None:
    pull = github.pull_request("ana", REPOSITORY)
    with pytest.raises(Refused, match="is a pull request"):
        TRACKER.read(pull)
