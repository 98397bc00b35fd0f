"""An action's own issue: who may ask for one and when, which addresses are one, and what it says."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from musterpoint.core import action_issue, action_lines, followup
from musterpoint.core.aftermath import Action, ActionStatus, Aftermath, Issue
from musterpoint.core.aftermath_journal import ActionEnded, apply_aftermath
from musterpoint.core.check_writeup_actions import actions as advice
from musterpoint.core.decision import NotAllowed
from musterpoint.core.incident import Incident, Status, Who
from musterpoint.core.issue_journal import ActionIssueFound, ActionIssueWanted
from musterpoint.core.process import Process
from tests.core.incidents import BOB, NOW, VICTOR, incident, refused

PROCESS = Process(tracker="github", github_repository="halden-ferries/CloudProject")
SHOP = "halden-ferries/shop"
HOST = "https://github.com"


def one(known: Issue | None = None, url: str = HOST, **values: Any) -> Incident:
    """A resolved incident with an issue and one action."""
    there = Issue("halden-ferries/CloudProject#4", f"{url}/halden-ferries/CloudProject/issues/4")
    action = Action(1, "Alert on the pool", **values)
    return incident(status=Status.RESOLVED, after=Aftermath(actions=(action,), issue=known or there))


# --- which address ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        f"{SHOP}#12",
        f" {SHOP}#12 ",
        f"{HOST}/{SHOP}/issues/12",
        f"https://www.github.com/{SHOP}/issues/12/",
        f"{HOST}/{SHOP}/issues/12?plain=1#issuecomment-77",
        f"http://github.com/{SHOP}/issues/12",
    ],
)
def test_an_address_and_the_short_form_mean_the_same(text: str) -> None:
    assert action_issue.is_address(text)
    assert action_issue.reference(text, PROCESS, one()) == f"{SHOP}#12"


def test_a_number_alone_is_of_the_repository_of_the_settings() -> None:
    for text in ("#12", "12"):
        assert action_issue.reference(text, PROCESS, one()) == "halden-ferries/CloudProject#12"
        assert not action_issue.is_address(text)


def test_an_enterprise_server_has_a_host_of_its_own() -> None:
    ours = one(url="https://git.halden-ferries.example:8443")
    address = f"https://git.halden-ferries.example:8443/{SHOP}/issues/12"
    assert action_issue.reference(address, PROCESS, ours) == f"{SHOP}#12"
    with refused("another_server", "github.com", "action set 7"):
        action_issue.reference(f"{HOST}/{SHOP}/issues/12", PROCESS, ours)


@pytest.mark.parametrize(
    "text",
    [
        "", "shop", SHOP, f"{SHOP}#0", f"{SHOP}#x", f"{SHOP}#²", "#0", "https://", "https://[", f"{HOST}/{SHOP}",
        f"{HOST}/{SHOP}/issues", f"{HOST}/{SHOP}/issues/x", f"{HOST}/{SHOP}/discussions/3", f"ftp://github.com/{SHOP}/issues/1",
        f"{HOST}/a/b/c/issues/1", "../..#1", "#" + "9" * 40,
    ],
)  # fmt: skip
def test_what_is_no_issues_address_is_refused(text: str) -> None:
    with refused("not_an_issue", "not an issue's address", "OWNER/REPOSITORY#12"):
        action_issue.reference(text, PROCESS, one())


def test_a_pull_request_is_no_issue() -> None:
    with refused("not_an_issue", f"{SHOP}#12 is a pull request", "closes it"):
        action_issue.reference(f"{HOST}/{SHOP}/pull/12", PROCESS, one())


@given(
    some.text(max_size=60) | some.builds("https://github.com/{}/issues/{}".format, some.text(max_size=9), some.text())
)
def test_whatever_is_given_is_a_reference_or_refused(text: str) -> None:
    with suppress(NotAllowed):
        found = action_issue.reference(text, PROCESS, one())
        assert re.fullmatch(r"[^\s/#]+/[^\s/#]+#[1-9]\d*", found)
        assert action_issue.reference(found, PROCESS, one()) == found


# --- who may, and when --------------------------------------------------------------------------------------------


def test_it_is_made_where_it_is_wanted_or_where_the_settings_say() -> None:
    assert action_issue.want(one(), BOB, 1, SHOP, PROCESS, NOW).fact == ActionIssueWanted(1, place=SHOP)
    wanted = action_issue.want(one(), BOB, 1, "", PROCESS, NOW)
    assert wanted.fact == ActionIssueWanted(1, place="halden-ferries/CloudProject")


def test_another_owner_is_no_refusal() -> None:
    assert action_issue.want(one(), BOB, 1, "fjordline/ports", PROCESS, NOW).fact == ActionIssueWanted(
        1, place="fjordline/ports"
    )
    assert action_issue.attach(one(), BOB, 1, "fjordline/ports#3", PROCESS, NOW).fact == ActionIssueWanted(
        1, issue="fjordline/ports#3"
    )


@pytest.mark.parametrize("place", ["shop", "a/b/c", "a b/c", f"{SHOP}#1", "/", "a/", "<b>/c"])
def test_what_is_no_repository_is_refused(place: str) -> None:
    with refused("bad_repository", "no repository", "OWNER/REPOSITORY"):
        action_issue.want(one(), BOB, 1, place, PROCESS, NOW)


def test_without_a_repository_anywhere_it_is_asked_for() -> None:
    with refused("no_repository", "which repository", "OWNER/REPOSITORY"):
        action_issue.want(one(), BOB, 1, "", Process(tracker="github"), NOW)


CANNOT: dict[str, tuple[Incident, str, str, str]] = {
    "cancelled": (incident(status=Status.CANCELLED), "cancelled", "was cancelled", "Declare"),
    "restricted": (incident(restricted=True), "would_leak", "restricted", "kept here"),
    "not raised": (incident(after=Aftermath(actions=(Action(1, "A"),))), "no_issue", "has no issue yet", "raise 7"),
    "being raised": (one(Issue()), "no_issue", "on its way", "raise 7"),
    "no action": (incident(), "no_such_action", "has no action 1", "action add 7"),
    "has one": (one(issue=f"{SHOP}#1"), "has_issue", f"{SHOP}#1", "action issue 7 1 --none"),
    "has asked": (one(wanted=True), "on_its_way", "on its way", "effects"),
    "is done": (one(status=ActionStatus.DONE), "not_open", "is done", "action reopen 7 1"),
}


@pytest.mark.parametrize("case", CANNOT)
def test_it_is_refused_with_what_to_do_instead(case: str) -> None:
    known, code, message, hint = CANNOT[case]
    with refused(code, message, hint):
        action_issue.want(known, BOB, 1, SHOP, PROCESS, NOW)
    with refused(code, message, hint):
        action_issue.attach(known, BOB, 1, f"{SHOP}#9", PROCESS, NOW)


def test_a_viewer_asks_for_none_and_gives_none_up() -> None:
    with refused("read_only", "may read"):
        action_issue.want(one(), VICTOR, 1, SHOP, PROCESS, NOW)
    with refused("read_only", "may read"):
        action_issue.attach(one(), VICTOR, 1, "nonsense", PROCESS, NOW)
    with refused("read_only", "may read"):
        action_issue.detach(one(issue=f"{SHOP}#1"), VICTOR, 1, NOW)


def test_where_the_tracker_keeps_lines_there_is_no_issue_of_its_own() -> None:
    with refused("lines_only", "lines of the issue", "tracker"):
        action_issue.want(one(), BOB, 1, SHOP, Process(), NOW)


def test_an_issue_that_is_something_else_already_is_refused() -> None:
    known = one(issue=f"{SHOP}#12")
    other = incident(after=Aftermath(actions=(*known.after.actions, Action(2, "Test")), issue=known.after.issue))
    with refused("taken", "the issue of action 1", "one action"):
        action_issue.attach(other, BOB, 2, f"{SHOP.upper()}#12", PROCESS, NOW)
    with refused("taken", "the issue of incident 7"):
        action_issue.attach(other, BOB, 2, "#4", PROCESS, NOW)


def test_what_it_has_or_waits_for_is_given_up() -> None:
    for known in (one(issue=f"{SHOP}#12"), one(wanted=True), one(issue=f"{SHOP}#12", status=ActionStatus.DONE)):
        assert action_issue.detach(known, BOB, 1, NOW).fact == ActionIssueWanted(1)
    with refused("unchanged", "has no issue of its own", ""):
        action_issue.detach(one(), BOB, 1, NOW)


# --- declined there -----------------------------------------------------------------------------------------------


def test_told_by_the_tracker_it_is_declined_without_a_reason_which_can_be_given_later() -> None:
    told = followup.end(one(), BOB, 1, ActionStatus.DECLINED, NOW, told=True)
    assert told.fact == ActionEnded(1, ActionStatus.DECLINED, title="Alert on the pool")
    declined = one(status=ActionStatus.DECLINED, ended_at=NOW)
    with refused("no_reason", "needs a reason"):
        followup.end(declined, BOB, 1, ActionStatus.DECLINED, NOW)
    with refused("unchanged", "is declined already"):
        followup.end(declined, BOB, 1, ActionStatus.DECLINED, NOW, told=True)
    given_later = followup.end(declined, BOB, 1, ActionStatus.DECLINED, NOW, "too dear")
    assert given_later.fact == ActionEnded(1, ActionStatus.DECLINED, "too dear", "Alert on the pool")
    with refused("unchanged", "is declined already"):
        known = one(status=ActionStatus.DECLINED, reason="too dear")
        followup.end(known, BOB, 1, ActionStatus.DECLINED, NOW, "still too dear")


def test_done_it_is_declined_by_the_tracker_alone() -> None:
    done = one(status=ActionStatus.DONE)
    told = followup.end(done, BOB, 1, ActionStatus.DECLINED, NOW, told=True)
    assert told.fact == ActionEnded(1, ActionStatus.DECLINED, title="Alert on the pool")
    with refused("not_open", "is done"):
        followup.end(done, BOB, 1, ActionStatus.DECLINED, NOW, "too dear")


def test_a_reason_that_is_missing_is_pointed_out_and_asked_for() -> None:
    declined = Action(1, "Alert", status=ActionStatus.DECLINED, ended_at=NOW)
    assert [each.code for each in advice((declined,))] == ["action_no_reason"]
    page = "https://incidents.example.com/incidents/7/actions"
    asked = action_issue.reason_asked(one(), declined, Who("github:carl", "Carl"), page)
    assert asked.startswith("@carl: this is action 1 of incident 7.")
    assert all(each in asked for each in (page, "`declined 1 because …`", "action decline 7 1 --reason"))
    unknown = action_issue.reason_asked(one(), declined, None, "")
    assert unknown.startswith("This is action 1")
    assert "](" not in unknown


# --- what is shown ------------------------------------------------------------------------------------------------


def line(**values: Any) -> str:
    return action_lines.written(Action(1, "Alert", BOB.who, "2026-03-10", **values)).partition(" <!--")[0]


def test_the_line_names_the_issue_and_says_where_it_is_only_a_link() -> None:
    address = f"{HOST}/{SHOP}/issues/12"
    assert line(issue=f"{SHOP}#12", tracked=address) == f"- [ ] Alert — Bob, due 2026-03-10, {SHOP}#12"
    assert line(issue=f"{SHOP}#12", tracked="https://board.example/3").endswith(f"{SHOP}#12, https://board.example/3")
    assert line(issue=f"{SHOP}#12", apart="it belongs\nto another owner").endswith(
        f"{SHOP}#12 (only a link: it belongs to another owner)"
    )
    assert line(apart="no right there").endswith("no issue of its own: no right there")
    assert len(line(apart="why " * 500)) < 300
    done = {"ended_at": NOW, "ended_by": BOB.who, "issue": f"{SHOP}#12"}
    assert line(status=ActionStatus.DONE, **done) == f"- [x] Alert — Bob, {SHOP}#12, done by Bob on 2026-03-02"
    declined = line(status=ActionStatus.DECLINED, **done)
    assert declined == f"- [ ] ~~Alert~~ — declined by Bob on 2026-03-02, no reason given yet; {SHOP}#12"


@pytest.mark.parametrize("status", list(ActionStatus))
def test_a_line_with_an_issue_is_read_again_as_it_was_written(status: ActionStatus) -> None:
    action = Action(1, "Alert, soon", BOB.who, issue=f"{SHOP}#12", apart="so, or so — so", status=status, ended_at=NOW)
    read = action_lines.read(action_lines.written(action))
    assert read is not None
    assert (read.number, read.done) == (1, status is ActionStatus.DONE)
    assert action_lines.title_and_about(read.said)[0] == "Alert, soon"


def test_a_title_is_cut_to_what_github_takes() -> None:
    assert action_issue.title(Action(1, "Alert")) == "Alert"
    assert len(action_issue.title(Action(1, "x" * 300))) == action_issue.TITLE_LIMIT


def test_the_body_leads_to_the_incident() -> None:
    body = action_issue.body(one(), "https://incidents.example.com/incidents/7")
    assert "incident 7 ([its page](https://incidents.example.com/incidents/7))" in body
    assert "halden-ferries/CloudProject#4" in body
    assert "](" not in action_issue.body(one(), "")


def test_the_state_follows_what_was_wanted_and_what_came_of_it() -> None:
    after = one(apart="it was not made").after
    for fact, shown in (
        (ActionIssueWanted(1, place=SHOP), ("", True, "")),
        (ActionIssueFound(1, f"{SHOP}#12", "u", linked=False, why="so"), (f"{SHOP}#12", False, "so")),
        (ActionIssueFound(1, f"{SHOP}#13", "u"), (f"{SHOP}#13", False, "")),
        (ActionIssueWanted(1), ("", False, "")),
        (ActionIssueFound(1, "", linked=False, why="it is gone"), ("", False, "it is gone")),
    ):
        after = apply_aftermath(after, fact, 9, NOW + timedelta(minutes=1), None)
        action = after.actions[0]
        assert (action.issue, action.wanted, action.apart) == shown
