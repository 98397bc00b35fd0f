"""All follow-up actions: overdue first, narrowed in the address, summed up by owner; done from here."""

from __future__ import annotations

import re
from html import unescape

import pytest

from musterpoint import actions
from musterpoint.core.aftermath import ActionStatus
from musterpoint.core.incident import Who
from musterpoint.reading.followups import PAGE
from tests.actions.telling import declared, secretly_declared
from tests.conftest import World
from tests.web.conftest import Site
from tests.web.looking import bare, queries, told

STRANGERS = ("charlie", "adele", "alice", "victor")


def titles(html: str) -> list[str]:
    return [unescape(each) for each in re.findall(r'<a href="/incidents/[^"]+#action-\d+">([^<]+)</a>', html)]


def owners(html: str) -> list[tuple[str, str, str]]:
    """The summary: whose, how many are open, how many overdue."""
    aside = html[html.index("<aside") : html.index("</aside>")] if "<aside" in html else ""
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th><td[^>]*>(.*?)</td><td[^>]*>(.*?)</td></tr>", aside)
    return [(told(name), told(number), told(overdue)) for name, number, overdue in rows]


@pytest.fixture
def several(world: World) -> str:
    """Of two incidents: Bob's that is overdue and one that is not, Alice's, nobody's; one that is done."""
    one, two = declared(world, "Checkout answers 502"), declared(world, "Search is slow")
    bob, alice = world.by("bob").actor.who, world.by("alice").actor.who
    actions.add_action(world.by("bob"), one, "Later", bob, "2026-03-20")
    actions.add_action(world.by("bob"), one, "Overdue", bob, "2026-03-03")
    actions.add_action(world.by("bob"), one, "Nobody's")
    actions.add_action(world.by("bob"), two, "Alice's", alice, "2026-03-10")
    actions.add_action(world.by("bob"), two, "Finished", alice)
    actions.end_action(world.by("bob"), two, 2, ActionStatus.DONE)
    world.later(60 * 24 * 3)
    return one


def test_overdue_ones_come_first_then_nobodys_then_by_day(site: Site, several: str) -> None:
    html = site.page("victor", "/actions")
    assert titles(html) == ["Overdue", "Nobody's", "Alice's", "Later"]
    assert f'href="/incidents/{several}/actions#action-2"' in html
    assert "Checkout answers 502" in html


def test_filters_stand_in_the_address(site: Site, several: str) -> None:
    for account, address, expected in (
        ("bob", "?who=me", ["Overdue", "Later"]),
        ("alice", "?who=me", ["Alice's"]),
        ("charlie", "?who=me", []),
        ("bob", "?who=nobody", ["Nobody's"]),
        ("bob", "?who=Alice", ["Alice's"]),
        ("bob", "?overdue=1", ["Overdue"]),
        ("bob", "?done=1", ["Overdue", "Nobody's", "Alice's", "Later", "Finished"]),
        ("bob", "?who=Alice&done=1", ["Alice's", "Finished"]),
        ("alice", "?who=me&overdue=1", []),
        ("bob", "?who=%00", []),
        ("bob", f"?who={'x' * 5000}", []),
        ("bob", "?page=x&overdue=", ["Overdue", "Nobody's", "Alice's", "Later"]),
        ("bob", "?page=999999999999999999999", ["Overdue", "Nobody's", "Alice's", "Later"]),
        ("bob", "?page=7", ["Overdue", "Nobody's", "Alice's", "Later"]),
    ):
        assert titles(site.page(account, f"/actions{address}")) == expected, address


def test_whose_they_are_is_summed_up(site: Site, several: str) -> None:
    assert owners(site.page("bob", "/actions")) == [("Bob (you)", "2", "1"), ("Nobody", "1", "0"), ("Alice", "1", "0")]
    assert owners(site.page("alice", "/actions?overdue=1"))[2] == ("Alice (you)", "1", "0")


def test_an_action_is_done_from_here(site: Site, world: World, several: str) -> None:
    html = site.page("bob", "/actions")
    form = re.search(r'action="(/incidents/[^"]+)">.*?name="status" value="(\w+)"', html)
    assert form
    assert form[1] == f"/incidents/{several}/actions/2/outcome"
    answer = site.by("bob").post(form[1], {"status": form[2]})
    assert answer.status_code == 303
    assert titles(site.page("bob", "/actions")) == ["Nobody's", "Alice's", "Later"]


def test_who_may_only_read_gets_no_button(site: Site, several: str) -> None:
    assert "/outcome" in site.page("charlie", "/actions")
    assert "/outcome" not in site.page("victor", "/actions")


def test_an_owner_whom_nobody_knows_here_is_told(site: Site, world: World) -> None:
    actions.add_action(world.by("bob"), declared(world), "Call them", Who("name:Jo Field", "Jo Field"))
    html = told(site.page("bob", "/actions"))
    assert "Jo Field (not known here)" in html
    assert titles(site.page("bob", "/actions?who=Jo+Field")) == ["Call them"]


def test_what_is_cancelled_is_nobodys_work(site: Site, world: World) -> None:
    ref = declared(world)
    actions.add_action(world.by("bob"), ref, "Do it")
    actions.cancel(world.by("bob"), ref, "a drill")
    html = site.page("bob", "/actions?done=1")
    assert not titles(html)
    assert not owners(html)
    assert "No follow-up action is open." in html


def test_a_page_holds_so_many_and_the_next_goes_on(site: Site, world: World) -> None:
    ref = declared(world)
    for number in range(PAGE + 2):
        actions.add_action(world.by("bob"), ref, f"Do {number}")
    first = site.page("bob", "/actions")
    assert len(titles(first)) == PAGE
    assert f"Page 1 of 2, {PAGE + 2} actions." in told(first)
    assert titles(site.page("bob", "/actions?page=2")) == [f"Do {PAGE}", f"Do {PAGE + 1}"]
    assert owners(first) == [("Nobody", str(PAGE + 2), "0")]


@pytest.mark.parametrize("account", STRANGERS)
@pytest.mark.parametrize("later_on", [False, True])
def test_actions_of_a_restricted_incident_are_neither_listed_nor_counted(
    site: Site, world: World, several: str, account: str, later_on: bool
) -> None:
    addresses = ["", "?done=1", "?overdue=1", "?who=Bob", "?who=nobody", "?who=me"]
    before = {address: bare(site.page(account, f"/actions{address}")) for address in addresses}
    clock = world.now
    ref = declared(world, "zanzibar") if later_on else secretly_declared(world, "zanzibar")
    actions.add_action(world.by("bob"), ref, "Rotate zanzibar", world.by("bob").actor.who, "2026-03-01")
    actions.add_action(world.by("bob"), ref, "Tell zanzibar", world.by(account).actor.who, "2026-03-01")
    actions.end_action(world.by("bob"), ref, 1, ActionStatus.DONE)
    if later_on:
        actions.restrict(world.by("bob"), ref)
    world.now = clock
    for address in addresses:
        assert bare(site.page(account, f"/actions{address}")) == before[address]
    member = site.page("sirt", "/actions?done=1")
    assert {"Rotate zanzibar", "Tell zanzibar"} <= set(titles(member))
    assert "restricted" in member


def test_the_number_of_queries_does_not_grow(site: Site, world: World, several: str) -> None:
    few = queries(site, "bob", "/actions?done=1")
    for number in range(12):
        actions.add_action(world.by("bob"), declared(world, f"Incident {number}"), "Do it")
    assert queries(site, "bob", "/actions?done=1") == few
    assert few < 15
