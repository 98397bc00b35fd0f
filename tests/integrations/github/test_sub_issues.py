"""Actions get issues of their own on GitHub: made, taken, linked, moved, deleted, and where it is only a link."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone

from musterpoint import access, actions
from musterpoint.core.aftermath import ActionStatus
from musterpoint.core.incident import Who
from musterpoint.core.issue_journal import ActionIssueFound
from musterpoint.integrations.github.children import GitHubActionIssues
from musterpoint.ports import Filed
from tests.actions.telling import refused, state
from tests.conftest import World
from tests.integrations.github.acting import SHOP, Site, on_github
from tests.integrations.github.calls import REPOSITORY


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with on_github(world, monkeypatch) as found:
        yield found


@pytest.fixture
def child(site: Site) -> Site:
    """Its action has an issue of its own."""
    site.wants()
    return site


# --- made, taken, linked ------------------------------------------------------------------------------------------


def test_an_action_gets_an_issue_that_hangs_on_the_incidents_and_the_line_names_it(site: Site) -> None:
    site.wants(place=SHOP)
    made = site.child()
    assert (made.ref, made.title, made.open, made.parent) == (f"{SHOP}#1", "Alert on the pool", True, site.parent.ref)
    assert f"incident {site.ref}" in made.body
    assert site.parent.ref in made.body
    assert (site.action().wanted, site.action().apart, site.action().tracked) == (False, "", site.action().tracked)
    assert site.action().tracked.endswith("/halden-ferries/shop/issues/1")
    assert f"{SHOP}#1" in site.line()
    assert "only a link" not in site.line()


def test_without_a_repository_it_is_that_of_the_incidents(child: Site) -> None:
    assert child.child().ref.startswith(f"{REPOSITORY}#")


def test_nothing_is_written_again_where_nothing_has_changed(child: Site) -> None:
    before = len(child.github.writes)
    for _ in range(3):
        child.looks()
    assert len(child.github.writes) == before
    assert len(child.entries(ActionIssueFound)) == 1


def test_an_existing_issue_becomes_an_actions_and_says_its_title_owner_and_whether_it_is_done(site: Site) -> None:
    there = site.github.open_issue("carl", SHOP, "Watch the pool")
    site.github.assign("carl", there, "ana")
    site.github.close("carl", there)
    site.wants(issue=f"{site.web()}/{SHOP}/issues/1")
    action = site.action()
    assert (action.title, action.issue, action.status) == ("Watch the pool", there, ActionStatus.DONE)
    assert action.owner == access.actor("alice", site.process).who
    assert action.ended_by == Who("github:carl", "carl")
    assert site.github.issue(there).parent == site.parent.ref
    assert site.github.issue(there).title == "Watch the pool"


def test_an_action_is_added_from_the_address_of_an_issue(site: Site) -> None:
    there = site.github.open_issue("carl", SHOP, "Watch the pool")
    actions.add_action(site.world.by("bob"), site.ref, issue=there)
    assert site.action(2).title == there
    site.settle()
    assert (site.action(2).title, site.action(2).issue) == ("Watch the pool", there)
    assert site.child(2).parent == site.parent.ref


def test_one_that_a_person_links_becomes_an_action(site: Site) -> None:
    there = site.github.open_issue("carl", SHOP, "Watch the pool")
    site.github.add_sub_issue("carl", site.parent.ref, there)
    site.looks()
    assert (site.action(2).title, site.action(2).issue, site.action(2).status) == (
        "Watch the pool",
        there,
        ActionStatus.OPEN,
    )
    assert there in site.line(2)
    site.looks()
    assert len(state(site.ref).after.actions) == 2


def test_what_is_given_up_stays_on_github_and_hangs_on_nothing(child: Site) -> None:
    there = child.action().issue
    actions.change_action_issue(child.world.by("bob"), child.ref, 1, none=True)
    child.github.close("carl", there)
    child.settle()
    child.looks()
    assert (child.action().issue, child.action().wanted, child.action().status) == ("", False, ActionStatus.OPEN)
    assert child.github.issue(there).parent == ""
    assert len(state(child.ref).after.actions) == 1
    child.wants(issue=there)
    assert child.github.issue(there).parent == child.parent.ref


def test_what_is_given_up_and_linked_by_hand_is_the_same_action_again(child: Site) -> None:
    """Not at once: what we have just unlinked may still be told as linked."""
    there, child.world.now = child.action().issue, timezone.now()
    actions.change_action_issue(child.world.by("bob"), child.ref, 1, none=True)
    child.settle()
    child.github.add_sub_issue("carl", child.parent.ref, there)
    child.looks()
    assert child.action().issue == ""
    child.is_long_ago()
    child.looks()
    assert child.action().issue == there
    assert len(state(child.ref).after.actions) == 1


def test_another_issue_in_the_place_of_the_one_that_it_had(child: Site) -> None:
    old, new = child.action().issue, child.github.open_issue("carl", SHOP, "Watch the pool")
    actions.change_action_issue(child.world.by("bob"), child.ref, 1, none=True)
    child.wants(issue=new)
    assert child.action().issue == new
    assert child.parent.children == (new,)
    child.is_long_ago()
    child.github.add_sub_issue("carl", child.parent.ref, old)
    child.looks()
    assert (child.action().issue, child.action(2).issue) == (new, old)


def test_one_that_is_given_up_while_it_is_made_is_unlinked_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = GitHubActionIssues.link, list[str]()

    def interrupted(port: GitHubActionIssues, parent: str, ref: str) -> str:
        why = real(port, parent, ref)
        if not calls:
            actions.change_action_issue(site.world.by("bob"), site.ref, 1, none=True)
        calls.append(ref)
        return why

    monkeypatch.setattr(GitHubActionIssues, "link", interrupted)
    site.wants()
    site.looks()
    assert (site.action().issue, site.parent.children, len(calls)) == ("", (), 1)
    assert len(state(site.ref).after.actions) == 1
    assert site.entries(ActionIssueFound) == []


def test_another_is_taken_while_the_first_is_made(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    real, there = GitHubActionIssues.make, site.github.open_issue("carl", SHOP, "Watch the pool")

    def interrupted(port: GitHubActionIssues, *given: str) -> Filed:
        filed = real(port, *given)
        actions.change_action_issue(site.world.by("bob"), site.ref, 1, none=True)
        actions.change_action_issue(site.world.by("bob"), site.ref, 1, issue=there)
        return filed

    monkeypatch.setattr(GitHubActionIssues, "make", interrupted)
    site.wants()
    site.looks()
    assert (site.action().issue, site.parent.children) == (there, (there,))
    assert len(site.entries(ActionIssueFound)) == 1


def test_one_that_somebody_links_before_we_do_is_the_actions_that_waits_for_it(site: Site) -> None:
    there = site.github.open_issue("carl", SHOP, "Watch the pool")
    actions.change_action_issue(site.world.by("bob"), site.ref, 1, issue=there)
    site.is_long_ago()
    site.github.add_sub_issue("carl", site.parent.ref, there)
    site.settle()
    assert site.action().issue == there
    assert len(state(site.ref).after.actions) == len(site.entries(ActionIssueFound)) == 1


def test_the_issue_of_another_incident_does_not_become_an_action_by_a_link(child: Site) -> None:
    other = Site(child.world, child.github, first=False).raised()
    there = child.action().issue
    child.github.remove_sub_issue("carl", child.parent.ref, there)
    for each in (there, child.parent.ref):
        child.github.add_sub_issue("carl", other.parent.ref, each)
    other.looks()
    assert len(state(other.ref).after.actions) == 1
    assert child.action().issue == there


def test_an_issue_that_is_given_up_before_it_is_made_is_not_made(site: Site) -> None:
    actions.change_action_issue(site.world.by("bob"), site.ref, 1)
    actions.change_action_issue(site.world.by("bob"), site.ref, 1, none=True)
    site.settle()
    assert [each.ref for each in site.github.issues(REPOSITORY)] == [site.parent.ref]


def test_the_issue_of_another_incident_or_action_is_refused(child: Site) -> None:
    child.adds("Second")
    for ref in (child.action().issue, child.action().issue.upper(), child.parent.ref):
        with refused("taken"):
            actions.change_action_issue(child.world.by("bob"), child.ref, 2, issue=ref)


# --- where it is only a link --------------------------------------------------------------------------------------


def test_of_another_owner_it_is_only_a_link_and_says_so(site: Site) -> None:
    site.github.repository("fjordline/ports")
    there = site.github.open_issue("carl", "fjordline/ports", "Ports")
    site.wants(issue=there)
    assert (site.action().issue, site.child().parent) == (there, "")
    assert "another owner" in site.action().apart
    assert "only a link" in site.line()
    site.github.close("carl", there)
    site.looks()
    assert site.action().status is ActionStatus.DONE


def test_the_one_hundred_and_first_is_only_a_link(site: Site) -> None:
    with site.github.lock:
        parent, carl = site.github.found(site.parent.ref), site.github.account("carl")
        for number in range(100):
            child = site.github.create(carl, site.github.repo(SHOP), f"Old {number}")
            site.github.link(carl, parent, child)
    site.wants()
    assert "100" in site.action().apart
    assert site.child().parent == ""
    assert len(state(site.ref).after.actions) == 101


def test_where_there_are_no_sub_issues_it_is_only_a_link(site: Site) -> None:
    site.github.repo(REPOSITORY).sub_issues = False
    site.wants()
    assert site.action().issue
    assert "only a link" in site.line()


def test_without_rights_there_it_stays_a_line_and_says_why(site: Site) -> None:
    site.github.rights(SHOP, site.github.token_user, "none")
    site.wants(place=SHOP)
    assert (site.action().issue, site.action().wanted, site.action().status) == ("", False, ActionStatus.OPEN)
    assert site.action().apart
    assert "no issue of its own" in site.line()


def test_where_it_must_not_be_written_the_others_are_and_it_is_said_once(site: Site) -> None:
    there = site.github.open_issue("carl", SHOP, "Watch the pool")
    site.wants(issue=there)
    site.adds("Second", issue="")
    site.settle()
    site.github.rights(SHOP, site.github.token_user, "read")
    for number in (1, 2):
        actions.end_action(site.world.by("bob"), site.ref, number, ActionStatus.DONE)
    site.settle()
    assert site.github.issue(there).open
    assert not site.child(2).open
    told, asked = len(site.entries(ActionIssueFound)), len(site.github.writes)
    assert "not written there" in site.action().apart
    site.looks()
    assert len(site.github.writes) == asked
    site.world.runs(github_reconcile_every=0.0)
    site.looks()
    assert len(site.github.writes) > asked
    assert len(site.entries(ActionIssueFound)) == told
    assert site.action().status is ActionStatus.DONE
    site.github.rights(SHOP, site.github.token_user, "write")
    site.looks()
    assert not site.github.issue(there).open
    assert site.action().apart == ""


# --- moved, deleted, unlinked -------------------------------------------------------------------------------------


def test_one_that_is_transferred_is_followed(child: Site) -> None:
    there = child.github.transfer("carl", child.action().issue, SHOP)
    child.looks()
    assert child.action().issue == there
    assert there in child.line()
    child.github.close("carl", there)
    child.looks()
    assert child.action().status is ActionStatus.DONE


def test_one_that_is_renamed_with_its_repository_is_followed(site: Site) -> None:
    site.wants(place=SHOP)
    site.github.rename_repository(SHOP, "store")
    site.looks()
    assert site.action().issue == "halden-ferries/store#1"
    assert len(state(site.ref).after.actions) == 1


def test_of_one_that_is_deleted_the_action_stays_open_as_a_line(child: Site) -> None:
    gone = child.action().issue
    child.github.delete("carl", gone)
    child.looks()
    assert (child.action().issue, child.action().status) == ("", ActionStatus.OPEN)
    assert gone in child.action().apart
    assert "no issue of its own" in child.line()
    child.wants()
    assert child.action().issue not in ("", gone)
    assert child.action().apart == ""


def test_one_that_is_unlinked_by_hand_is_only_a_link_until_it_is_linked_again(child: Site) -> None:
    there = child.action().issue
    child.github.remove_sub_issue("carl", child.parent.ref, there)
    child.looks()
    assert (child.action().issue, child.child().parent) == (there, "")
    assert "only a link" in child.line()
    child.github.add_sub_issue("carl", child.parent.ref, there)
    child.looks()
    assert child.action().apart == ""
    assert len(state(child.ref).after.actions) == 1


def test_of_an_incident_whose_issue_is_made_anew_the_actions_hang_on_the_new_one(child: Site) -> None:
    old, there = child.parent.ref, child.action().issue
    child.github.delete("carl", old)
    child.looks()
    child.raised()
    child.looks()
    assert child.parent.ref != old
    assert child.parent.children == (there,)
    assert (child.action().issue, child.action().apart) == (there, "")


def test_of_an_incident_whose_issue_is_transferred_the_actions_stay_where_they_are(child: Site) -> None:
    there = child.action().issue
    child.github.transfer("carl", child.parent.ref, SHOP)
    child.looks()
    assert child.parent.ref.startswith(SHOP)
    assert child.parent.children == (there,)
    moved = child.github.transfer("carl", child.parent.ref, REPOSITORY)
    child.github.remove_sub_issue("carl", moved, there)  # as if the transfer had done it
    child.looks()
    assert (child.parent.ref, child.parent.children, child.action().apart) == (moved, (there,), "")
    child.github.remove_sub_issue("carl", child.parent.ref, there)
    child.looks()
    child.looks()
    assert "only a link" in child.line()
