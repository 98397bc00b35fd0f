"""An action and its own issue on GitHub are kept in step, whoever changes which, and though we die in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest

from musterpoint import access, actions
from musterpoint.core.aftermath import ActionStatus
from musterpoint.core.aftermath_journal import ActionEnded
from musterpoint.core.incident import Who
from musterpoint.delivery import deliver
from musterpoint.integrations.github.children import GitHubActionIssues
from musterpoint.integrations.github.tracker import GitHubTracker
from musterpoint.ports import Seen
from musterpoint.store import models
from musterpoint.tracking import sub_issues
from tests.actions.telling import refused, state
from tests.conftest import World
from tests.integrations.github.acting import SHOP, Site, on_github
from tests.integrations.github.calls import REPOSITORY


class Died(BaseException):
    """As a kill does: nothing catches it."""


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with on_github(world, monkeypatch) as found:
        yield found


@pytest.fixture
def child(site: Site) -> Site:
    """Its action has an issue of its own."""
    site.wants()
    return site


# --- done, declined, open again -----------------------------------------------------------------------------------


def ticks(site: Site) -> None:
    site.github.tick("carl", site.parent.ref, "Alert on the pool")


def closes(site: Site) -> None:
    site.github.close("carl", site.action().issue)


def merges(site: Site) -> None:
    pull = site.github.pull_request("carl", REPOSITORY, "Alert", closes=site.action().issue)
    site.github.merge("carl", pull)


@pytest.mark.parametrize("way", [ticks, closes, merges], ids=lambda way: way.__name__)
def test_it_is_done_by_a_tick_by_closing_it_and_by_the_pull_request_that_closes_it(
    child: Site, way: Callable[[Site], None]
) -> None:
    way(child)
    child.looks()
    assert child.action().status is ActionStatus.DONE
    assert child.action().ended_by == Who("github:carl", "carl")
    assert (child.child().open, child.child().reason) == (False, "completed")
    assert "- [x]" in child.line()
    assert ("/pull/" in child.action().reason) == (way is merges)
    child.looks()
    assert len(child.entries(ActionEnded)) == 1


@pytest.mark.parametrize("reason", ["not_planned", "duplicate"])
def test_closed_as_not_planned_it_is_declined_and_the_reason_is_asked_for_and_given(child: Site, reason: str) -> None:
    child.github.close("carl", child.action().issue, reason)
    child.looks()
    assert (child.action().status, child.action().reason) == (ActionStatus.DECLINED, "")
    assert "no reason given yet" in child.line()
    assert "@carl" in child.child().said
    assert f"action decline {child.ref} 1 --reason" in child.child().said
    actions.end_action(child.world.by("bob"), child.ref, 1, ActionStatus.DECLINED, "the pool goes in May")
    child.settle()
    assert "the pool goes in May" in child.line()
    assert (child.child().open, child.child().reason) == (False, reason)
    assert len(child.child().comments) == 1


def test_what_is_done_declined_and_opened_here_is_so_there(child: Site) -> None:
    for status, shown in (
        (ActionStatus.DECLINED, (False, "not_planned")),
        (ActionStatus.DONE, (False, "completed")),
        (ActionStatus.OPEN, (True, "reopened")),
        (ActionStatus.DONE, (False, "completed")),
    ):
        actions.end_action(child.world.by("bob"), child.ref, 1, status, "so")
        child.settle()
        child.looks()
        assert (child.child().open, child.child().reason) == shown
        assert child.action().status is status
    assert len(child.entries(ActionEnded)) == 4


def test_opened_again_there_it_opens_the_incident_again(child: Site) -> None:
    closes(child)
    actions.writeup_done(child.world.by("bob"), child.ref)
    child.looks()
    assert not child.parent.open
    child.github.reopen("carl", child.action().issue)
    child.looks()
    assert child.action().status is ActionStatus.OPEN
    assert child.parent.open


# --- title and owner ----------------------------------------------------------------------------------------------


def test_a_title_is_the_same_on_both_sides_whoever_changes_it(child: Site) -> None:
    child.github.rename("carl", child.action().issue, "Alert at 80 %")
    child.looks()
    assert child.action().title == "Alert at 80 %"
    assert "Alert at 80 %" in child.line()
    actions.change_action(child.world.by("bob"), child.ref, 1, title="Alert at 90 %" + "!" * 280)
    child.settle()
    child.looks()
    assert child.child().title.startswith("Alert at 90 %!!!")
    assert child.action().title == "Alert at 90 %" + "!" * 280


def test_an_owner_is_assigned_where_they_are_linked_and_whoever_is_assigned_owns_it(child: Site) -> None:
    alice, world = access.actor("alice", child.process).who, child.world
    actions.change_action(world.by("bob"), child.ref, 1, owner=alice)
    child.settle()
    assert child.child().assignees == ("ana",)
    actions.change_action(world.by("bob"), child.ref, 1, owner=Who("name:Kim Sato", "Kim Sato"))
    child.settle()
    child.looks()
    assert child.child().assignees == ()
    assert "Kim Sato" in child.line()
    child.github.assign("carl", child.action().issue, "ana")
    child.looks()
    assert child.action().owner == alice
    child.github.assign("carl", child.action().issue, "carl")
    child.looks()
    assert child.action().owner == Who("github:carl", "carl")
    child.github.assign("carl", child.action().issue)
    child.looks()
    assert child.action().owner is None
    assert child.child().assignees == ()


def test_one_that_has_an_owner_is_assigned_when_it_is_made(site: Site) -> None:
    site.adds("Second", owner=access.actor("alice", site.process).who, issue=SHOP)
    site.settle()
    assert site.child(2).assignees == ("ana",)
    assert site.action(2).owner == access.actor("alice", site.process).who


def test_somebody_who_cannot_be_assigned_there_stays_the_owner_here(child: Site) -> None:
    alice = access.actor("alice", child.process).who
    child.github.rights(REPOSITORY, "ana", "none")
    actions.change_action(child.world.by("bob"), child.ref, 1, owner=alice)
    child.settle()
    asked = len(child.github.requests)
    child.looks()
    assert child.action().owner == alice
    assert child.child().assignees == ()
    assert [each for each in child.github.requests[asked:] if "assignees" in each.path] == []


# --- killed -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["make", "link"])
def test_killed_between_what_github_stored_and_what_we_noted_there_is_one_issue(
    site: Site, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    real = getattr(GitHubActionIssues, call)

    def dies(*given: object) -> object:
        real(*given)
        raise Died

    actions.change_action_issue(site.world.by("bob"), site.ref, 1)
    key = models.Effect.objects.get(kind="action_issue").key
    with monkeypatch.context() as patch:
        patch.setattr(GitHubActionIssues, call, dies)
        with pytest.raises(Died):
            deliver(key, site.process)
    models.Effect.objects.filter(key=key).update(leased_until=None)
    site.looks()
    assert len(site.github.issues(REPOSITORY)) == 2
    assert site.parent.children == (site.action().issue,)
    assert len(state(site.ref).after.actions) == 1
    assert site.action().apart == ""


def test_killed_right_after_a_change_of_ours_it_is_none_of_theirs(child: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    real = GitHubActionIssues.change

    def dies(*given: object, **changes: object) -> object:
        real(*given, **changes)  # type: ignore[arg-type]
        raise Died

    actions.end_action(child.world.by("bob"), child.ref, 1, ActionStatus.DECLINED, "too dear")
    actions.change_action(child.world.by("bob"), child.ref, 1, title="Alert at 80 %")
    key = models.Effect.objects.filter(kind="issue", status="waiting").latest("id").key
    with monkeypatch.context() as patch:
        patch.setattr(GitHubActionIssues, "change", dies)
        with pytest.raises(Died):
            deliver(key, child.process)
    models.Effect.objects.filter(key=key).update(leased_until=None)
    assert (child.child().title, child.child().reason) == ("Alert at 80 %", "not_planned")
    actions.end_action(child.world.by("bob"), child.ref, 1, ActionStatus.OPEN, "it is not")
    actions.change_action(child.world.by("bob"), child.ref, 1, title="Alert at 90 %")
    child.settle()
    child.looks()
    assert (child.child().title, child.child().open) == ("Alert at 90 %", True)
    assert (child.action().title, child.action().status) == ("Alert at 90 %", ActionStatus.OPEN)


@pytest.mark.parametrize("path", ["/repos/*/issues", "/repos/*/sub_issues"])
def test_an_answer_that_is_lost_after_the_write_leaves_one_issue_and_one_link(site: Site, path: str) -> None:
    site.github.fails("POST", path, 502, stored=True)
    site.wants()
    assert len(site.github.issues(REPOSITORY)) == 2
    assert site.parent.children == (site.action().issue,)


def test_a_restricted_incident_writes_nothing_there_any_more(child: Site) -> None:
    actions.restrict(child.world.by("bob"), child.ref, "a key leaked")
    sirt = child.world.by("sirt")
    actions.change_action(sirt, child.ref, 1, title="Rotate the key")
    child.settle()
    sub_issues.write(models.Incident.objects.get(ref=child.ref), state(child.ref), child.process, lambda: None)
    assert child.child().title == "Alert on the pool"
    with refused("would_leak"):
        actions.add_action(sirt, child.ref, "Second", issue="")


# --- reading from where our change has not arrived yet ------------------------------------------------------------


def test_an_answer_from_before_our_own_closing_is_not_taken_for_somebody_s_opening(
    child: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GitHub answers from copies of its data, which are behind for a moment."""
    read, late = GitHubTracker.read, list[Seen]()

    def behind(self: GitHubTracker, ref: str, of: Sequence[str] = ()) -> Seen:
        now = read(self, ref, of)
        return replace(now, sub_issues=late.pop().sub_issues) if late else now

    before = read(GitHubTracker.of(child.process), child.parent.ref, [child.action().issue])
    actions.end_action(child.world.by("bob"), child.ref, 1, ActionStatus.DONE)
    child.settle()
    child.looks()
    monkeypatch.setattr(GitHubTracker, "read", behind)
    late.append(before)
    child.looks()
    assert late == []
    assert child.action().status is ActionStatus.DONE
    assert models.Entry.objects.filter(kind="action_ended").count() == 1
    assert not child.github.issue(child.action().issue).open
    child.github.reopen("carl", child.action().issue)
    child.looks()
    assert child.action().status is ActionStatus.OPEN
