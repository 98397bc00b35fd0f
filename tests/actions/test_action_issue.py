"""Issues of actions as they are asked for: what is recorded, what is intended, and what is refused."""

from __future__ import annotations

import json

import pytest

from musterpoint import actions, reading
from musterpoint.actions.recording import happened
from musterpoint.core.aftermath import Action
from musterpoint.core.aftermath_journal import ActionAdded, IssueRaised
from musterpoint.core.issue_journal import ActionIssueFound, ActionIssueWanted
from musterpoint.store import incidents, models
from tests.actions.telling import declared, refused, state
from tests.conftest import World

REPOSITORY, SHOP = "halden-ferries/CloudProject", "halden-ferries/shop"


@pytest.fixture
def ref(world: World) -> str:
    """An incident with an action and, as the journal says, an issue on GitHub."""
    world.runs(tracker="github", github_repository=REPOSITORY)
    return on_github(world, 4)


def on_github(world: World, number: int) -> str:
    ref = declared(world)
    actions.resolve(world.by("bob"), ref)
    actions.add_action(world.by("bob"), ref, "Alert on the pool")
    issue = f"{REPOSITORY}#{number}"
    found(world, ref, IssueRaised(issue, f"https://github.com/{REPOSITORY}/issues/{number}"))
    models.IssueCopy.objects.create(incident=models.Incident.objects.get(ref=ref), ref=issue)
    return ref


def found(world: World, ref: str, fact: IssueRaised | ActionIssueFound) -> None:
    row = models.Incident.objects.get(ref=ref)
    happened(world.process, row, incidents.state(row), fact, world.now)


def action(ref: str, number: int = 1) -> Action:
    known = state(ref).after.action(number)
    assert known is not None
    return known


def intended() -> list[dict[str, int]]:
    rows = models.Effect.objects.filter(kind="action_issue").order_by("id")
    return [json.loads(each.data) for each in rows]


def test_what_is_wanted_is_recorded_and_intended_once(world: World, ref: str) -> None:
    entry = actions.change_action_issue(world.by("bob"), ref, 1, SHOP)
    assert entry.fact == ActionIssueWanted(1, place=SHOP)
    assert action(ref).wanted
    assert intended() == [{"number": 1, "entry": entry.id}]
    assert models.Effect.objects.get(kind="action_issue").key == f"action_issue:{ref}:1:{entry.id}"
    with refused("on_its_way"):
        actions.change_action_issue(world.by("alice"), ref, 1, SHOP)


def test_an_existing_issue_is_taken_by_its_address_and_by_its_number_alone(world: World, ref: str) -> None:
    taken = actions.change_action_issue(world.by("bob"), ref, 1, issue=f"https://github.com/{SHOP}/issues/12")
    assert taken.fact == ActionIssueWanted(1, issue=f"{SHOP}#12")
    assert actions.change_action_issue(world.by("bob"), ref, 1, none=True).fact == ActionIssueWanted(1)
    again = actions.change_action_issue(world.by("bob"), ref, 1, issue="#12")
    assert again.fact == ActionIssueWanted(1, issue=f"{REPOSITORY}#12")
    assert len(intended()) == 3


def test_an_action_is_added_together_with_its_issue_or_not_at_all(world: World, ref: str) -> None:
    added = actions.add_action(world.by("bob"), ref, "Test the failover", issue="")
    assert added.fact == ActionAdded(2, "Test the failover")
    taken = actions.add_action(world.by("bob"), ref, issue=f"https://github.com/{SHOP}/issues/12")
    assert taken.fact == ActionAdded(3, f"{SHOP}#12")
    assert [each["number"] for each in intended()] == [2, 3]
    with refused("bad_repository"):
        actions.add_action(world.by("bob"), ref, "Third", issue="shop")
    with refused("has_title"):
        actions.add_action(world.by("bob"), ref, "Third", issue=f"{SHOP}#13")
    with refused("not_an_issue"):
        actions.add_action(world.by("bob"), ref, issue=f"https://github.com/{SHOP}")


def test_both_a_repository_and_an_existing_issue_are_refused(world: World, ref: str) -> None:
    with refused("both"):
        actions.change_action_issue(world.by("bob"), ref, 1, SHOP, f"{SHOP}#12")


def test_the_issue_of_another_incident_is_refused_without_saying_of_which(world: World, ref: str) -> None:
    other = on_github(world, 5)
    models.ActionIssue.objects.create(
        incident=models.Incident.objects.get(ref=other), number=1, ref=f"{SHOP}#12", title="Alert"
    )
    for address in (f"{SHOP}#12", f"{SHOP.upper()}#12", f"https://github.com/{REPOSITORY}/issues/5"):
        with refused("taken"):
            actions.change_action_issue(world.by("bob"), ref, 1, issue=address)


def test_what_is_given_up_may_be_taken_again_though_it_still_hangs_there(world: World, ref: str) -> None:
    row = models.Incident.objects.get(ref=ref)
    models.ActionIssue.objects.create(incident=row, number=1, ref=f"{SHOP}#12", title="Alert")
    found(world, ref, ActionIssueFound(1, f"{SHOP}#12"))
    actions.change_action_issue(world.by("bob"), ref, 1, none=True)
    actions.change_action_issue(world.by("bob"), ref, 1, issue=f"{SHOP}#12")
    assert action(ref).wanted


def test_surfaces_name_the_issue_and_why_it_is_only_a_link(world: World, ref: str) -> None:
    actions.change_action_issue(world.by("bob"), ref, 1)
    (shape,) = reading.actions_of(world.by("victor"), ref)["actions"]
    assert (shape["issue"], shape["issue_wanted"], shape["apart"]) == (None, True, None)
    address = f"https://github.com/{SHOP}/issues/12"
    found(world, ref, ActionIssueFound(1, f"{SHOP}#12", address, linked=False, why="it has another owner"))
    (shape,) = reading.actions_of(world.by("victor"), ref)["actions"]
    assert (shape["issue"], shape["issue_wanted"], shape["apart"]) == (f"{SHOP}#12", False, "it has another owner")
    assert shape["tracked"] == address


def test_with_the_local_tracker_there_are_none(world: World) -> None:
    ref = declared(world)
    actions.add_action(world.by("bob"), ref, "Alert")
    with refused("lines_only"):
        actions.change_action_issue(world.by("bob"), ref, 1)
    with refused("lines_only"):
        actions.add_action(world.by("bob"), ref, "Second", issue="")
