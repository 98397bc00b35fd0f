"""The follow-up actions of an incident on its page, without JavaScript."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musterpoint import actions, reading
from musterpoint.actions.recording import happened
from musterpoint.core.aftermath import ActionKind, ActionStatus
from musterpoint.core.aftermath_journal import ActionEnded, IssueRaised
from musterpoint.core.issue_journal import ActionIssueFound
from musterpoint.core.journal import MarkKind
from musterpoint.store import incidents, models
from tests.actions.telling import counted, declared, secretly_declared, state
from tests.actions.test_issue import raised, settled
from tests.web.conftest import Site

TITLE = "Alert before the pool is full"


@pytest.fixture
def ref(site: Site) -> str:
    return declared(site.world)


@pytest.fixture
def action(site: Site, ref: str) -> str:
    """The address of an action of bob's."""
    bob = site.world.by("bob").actor.who
    actions.add_action(site.world.by("bob"), ref, TITLE, bob, "2026-03-10", ActionKind.DETECT)
    return f"/incidents/{ref}/actions/1"


def of_action(page: str, number: int) -> str:
    found = re.search(rf'<li id="action-{number}".*?</li>', page, re.DOTALL)
    return found[0] if found else ""


def fields(page: str, number: int) -> dict[str, str]:
    """The form that changes the action, as a browser would send it untouched."""
    form = of_action(page, number).rpartition('<form method="post"')[2]
    found = dict(re.findall(r'<input[^>]*?name="(\w+)"[^>]*?value="([^"]*)"', form))
    chosen = re.search(r'<option value="(\w*)" selected', form)
    found.pop("csrfmiddlewaretoken", None)
    return {**found, "kind": chosen[1] if chosen else ""}


def post(site: Site, account: str, place: str, expected: int, /, **sent: str) -> str:
    """As `Site.send`, for a form that has a field `status`."""
    answer = site.by(account).post(place, sent)
    assert answer.status_code == expected, answer.content.decode()[:2000]
    return site.page(account, answer["Location"]) if expected == 303 else answer.content.decode()


def test_an_action_is_added_with_all_its_fields(site: Site, ref: str) -> None:
    page = site.send(
        "bob",
        f"/incidents/{ref}/actions",
        title=TITLE,
        owner="alice",
        due="2w",
        kind="detect",
        tracked="https://tracker.example/9",
    )
    assert "Action 1 is added." in page
    shown = of_action(page, 1)
    assert TITLE in shown
    assert "Alice" in shown
    assert "due 2026-03-16" in shown
    assert 'href="https://tracker.example/9"' in shown
    assert "to detect" in shown


# --- an issue of its own ------------------------------------------------------------------------------------------


@pytest.fixture
def on_github(site: Site, ref: str, action: str) -> str:
    """The journal says that the incident's issue is on GitHub; the action's address."""
    fact = IssueRaised("halden-ferries/CloudProject#4", "https://github.com/halden-ferries/CloudProject/issues/4")
    row = models.Incident.objects.get(ref=ref)
    happened(site.world.process, row, incidents.state(row), fact, site.world.now)
    site.world.runs(tracker="github", github_repository="halden-ferries/CloudProject")
    return action


def has_issue(site: Site, ref: str, why: str = "") -> str:
    """The page, where the action's issue is there."""
    row = models.Incident.objects.get(ref=ref)
    address = "https://github.com/halden-ferries/shop/issues/12"
    fact = ActionIssueFound(1, "halden-ferries/shop#12", address, linked=not why, why=why)
    happened(site.world.process, row, incidents.state(row), fact, site.world.now)
    return of_action(site.page("bob", f"/incidents/{ref}/actions"), 1)


def test_it_gets_an_issue_of_its_own_and_gives_it_up(site: Site, ref: str, on_github: str) -> None:
    page = site.send("bob", f"{on_github}/issue", issue="halden-ferries/shop")
    assert "Action 1 gets an issue: it is on its way." in page
    assert "on its way" in of_action(page, 1)
    shown = has_issue(site, ref)
    assert 'href="https://github.com/halden-ferries/shop/issues/12"' in shown
    assert ">halden-ferries/shop#12</a>" in shown
    assert "only a link" not in shown
    page = site.send("bob", f"{on_github}/issue", none="yes")
    assert "Action 1 has no issue of its own any more." in page


def test_it_is_said_why_its_issue_is_only_a_link(site: Site, ref: str, on_github: str) -> None:
    shown = has_issue(site, ref, "it belongs to another owner")
    assert "only a link" in shown
    assert "Its issue is only linked to: it belongs to another owner." in shown


def test_one_is_added_from_the_address_of_an_issue(site: Site, ref: str, on_github: str) -> None:
    page = site.send("bob", f"/incidents/{ref}/actions", issue="https://github.com/halden-ferries/shop/issues/12")
    assert "halden-ferries/shop#12" in of_action(page, 2)
    assert "is no repository" in site.send("bob", f"{on_github}/issue", 409, issue="shop")


def test_with_the_local_tracker_no_issue_is_offered(site: Site, ref: str, action: str) -> None:
    assert "issue of its own" not in site.page("bob", f"/incidents/{ref}/actions")


def test_one_that_was_declined_on_the_tracker_asks_for_its_reason(site: Site, ref: str, action: str) -> None:
    row = models.Incident.objects.get(ref=ref)
    fact = ActionEnded(1, ActionStatus.DECLINED, title=TITLE)
    happened(site.world.process, row, incidents.state(row), fact, site.world.now)
    shown = of_action(site.page("bob", f"/incidents/{ref}/actions"), 1)
    assert "no reason given yet" in shown
    assert "Give the reason" in shown
    page = post(site, "bob", f"{action}/outcome", 303, status="declined", reason="the pool goes in May")
    assert "the pool goes in May" in of_action(page, 1)
    assert "Give the reason" not in of_action(page, 1)


# --- added, changed, ended ----------------------------------------------------------------------------------------


def test_an_owner_may_be_somebody_who_is_not_known_here(site: Site, ref: str) -> None:
    page = site.send("bob", f"/incidents/{ref}/actions", title=TITLE, owner="Zoe {0} Quist")
    assert "Zoe {0} Quist is not known here and gets no reminders." in page
    assert "(not known here)" in of_action(page, 1)


def test_names_are_offered(site: Site, ref: str) -> None:
    page = site.page("bob", f"/incidents/{ref}/actions")
    assert {"Alice", "Bob"} <= set(re.findall(r'<option value="(\w+)">', page))
    assert 'list="people"' in page


def test_what_the_thread_proposes_is_adopted_with_one_click(site: Site, ref: str) -> None:
    entry = actions.note(site.world.by("alice"), ref, "TODO: alert when the pool is full").id
    page = site.page("bob", f"/incidents/{ref}/actions")
    assert "<q>alert when the pool is full</q>" in page
    assert f'href="/incidents/{ref}/entries/{entry}"' in page
    page = site.send("bob", f"/incidents/{ref}/actions", entry=str(entry))
    assert "alert when the pool is full" in of_action(page, 1)
    assert f"/incidents/{ref}/entries/entry:{entry}" in of_action(page, 1)
    assert "Said in the thread" not in page


def test_the_form_may_be_opened_for_an_entry(site: Site, ref: str) -> None:
    assert 'name="entry" value="12"' in site.page("bob", f"/incidents/{ref}/actions?entry=12")


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("title", "Alarm", "Alarm"),
        ("owner", "alice", "Alice"),
        ("owner", "", "nobody&#x27;s"),
        ("due", "3d", "due 2026-03-05"),
        ("due", "", "no date"),
        ("kind", "process", "to change the process"),
        ("tracked", "ops 12", "tracked: ops 12"),
    ],
)
def test_any_field_is_changed_alone(site: Site, ref: str, action: str, field: str, value: str, told: str) -> None:
    sent = fields(site.page("bob", f"/incidents/{ref}/actions"), 1)
    before = reading.actions_of(site.world.by("bob"), ref)["actions"][0]
    page = site.send("bob", action, 303, **sent | {field: value})
    assert told.replace("&#x27;", "'") in of_action(page, 1)
    after = reading.actions_of(site.world.by("bob"), ref)["actions"][0]
    names = {name for name in after if after[name] != before[name]}
    assert names <= {field, "owner_known"}
    assert field in names


def test_what_somebody_else_changed_meanwhile_stays(site: Site, ref: str, action: str) -> None:
    sent = fields(site.page("bob", f"/incidents/{ref}/actions"), 1)
    actions.change_action(site.world.by("alice"), ref, 1, due="2026-04-01")
    site.send("bob", action, 303, **sent | {"title": "Alarm"})
    after = state(ref).after.actions[0]
    assert (after.title, after.due) == ("Alarm", "2026-04-01")


def test_a_form_that_changes_nothing_says_so(site: Site, ref: str, action: str) -> None:
    sent = fields(site.page("bob", f"/incidents/{ref}/actions"), 1)
    assert sent["was_due"] == "2026-03-10"
    assert "like that already" in site.send("bob", action, 409, **sent)


def test_done_declined_and_open_again(site: Site, ref: str, action: str) -> None:
    page = post(site, "bob", f"{action}/outcome", 303, status="done")
    assert "Action 1 is done." in page
    assert "Done by Bob" in of_action(page, 1)
    page = post(site, "bob", f"{action}/outcome", 303, status="open")
    assert "Done by Bob" not in of_action(page, 1)
    page = post(site, "bob", f"{action}/outcome", 303, status="declined", reason="The pool is gone")
    assert "Declined by Bob" in of_action(page, 1)
    assert "The pool is gone" in of_action(page, 1)


def test_open_ones_come_first_and_overdue_ones_before_them(site: Site, ref: str) -> None:
    for number, due in enumerate(["2026-04-01", "2026-02-01", "2026-05-01"], 1):
        actions.add_action(site.world.by("bob"), ref, f"Action of {number}", due=due)
    actions.end_action(site.world.by("bob"), ref, 1, ActionStatus.DONE)
    page = site.page("bob", f"/incidents/{ref}/actions")
    assert re.findall(r'<li id="action-(\d)"', page) == ["2", "3", "1"]
    assert "overdue" in of_action(page, 2)
    assert "overdue" not in of_action(page, 3)
    assert page.index("Done and declined") < page.index('<li id="action-1"')


def test_it_says_when_the_issue_closes_by_itself(site: Site) -> None:
    ref = raised(site.world)
    page = site.page("bob", f"/incidents/{ref}/actions")
    assert "Then it closes by itself" in page
    assert f'href="/incidents/{ref}/writeup#done"' in page
    closed = settled(site.world)
    page = site.page("bob", f"/incidents/{closed}/actions")
    assert "opens its issue again" in page
    page = post(site, "bob", f"/incidents/{closed}/actions/1/outcome", 303, status="open")
    assert '<span class="badge resolved">resolved</span>' in page


@pytest.mark.parametrize(
    ("place", "sent", "told"),
    [
        ("", {}, "What is to be done?"),
        ("", {"title": " "}, "What is to be done?"),
        ("", {"title": "x" * 1_000_000}, "1000000 characters"),
        ("", {"title": "two\nlines"}, "one line"),
        ("", {"title": "Alert", "due": "next spring"}, "is not a day"),
        ("", {"title": "Alert", "kind": "<b>"}, "no kind of action"),
        ("/1", {"title": "", "was_title": TITLE}, "is empty"),
        ("/1/outcome", {"status": "declined"}, "needs a reason"),
        ("/1/outcome", {"status": "nonsense"}, "What became of the action?"),
        ("/9/outcome", {"status": "done"}, "has no action 9"),
        (f"/{'9' * 30}", {"title": "Alert"}, "has no action"),
    ],
)
def test_bad_input_is_refused_in_plain_words_and_kept(
    site: Site, ref: str, action: str, place: str, sent: dict[str, str], told: str
) -> None:
    before = counted()
    page = post(site, "bob", f"/incidents/{ref}/actions{place}", 409, **sent)
    assert told in page
    assert counted() == before
    if sent.get("due"):
        assert "next spring" in page


@pytest.mark.parametrize(
    ("sent", "told"), [({"title": "A", "owner": "slack:U999"}, "Nobody here"), ({"entry": "999"}, "no entry")]
)
def test_what_is_not_there(site: Site, ref: str, sent: dict[str, str], told: str) -> None:
    before = counted()
    assert told in site.send("bob", f"/incidents/{ref}/actions", 404, **sent)
    assert counted() == before


def test_strange_words_are_shown_harmlessly(site: Site, ref: str) -> None:
    page = site.send(
        "bob", f"/incidents/{ref}/actions", title="<script>alert(1)</script> \0\u202efdp", tracked="javascript:alert(1)"
    )
    assert "<script>alert(1)" not in page
    assert 'href="javascript' not in page
    assert "tracked: javascript:alert(1)" in page
    assert "\u202e" not in of_action(page, 1)


def test_a_viewer_reads_and_changes_nothing(site: Site, ref: str, action: str) -> None:
    actions.note(site.world.by("bob"), ref, "TODO: alert when the pool is full")
    page = site.page("victor", f"/incidents/{ref}/actions")
    assert TITLE in page
    assert f'action="/incidents/{ref}' not in page
    before = counted()
    for place, sent in places(ref):
        post(site, "victor", place, 409, **sent)
    assert counted() == before


def test_a_cancelled_incident_has_no_buttons(site: Site, ref: str, action: str) -> None:
    actions.cancel(site.world.by("bob"), ref, "a drill")
    assert f'action="/incidents/{ref}' not in site.page("bob", f"/incidents/{ref}/actions")
    for place, sent in places(ref):
        post(site, "bob", place, 409, **sent)


def test_the_page_asks_as_much_of_the_database_however_much_there_is(site: Site, ref: str) -> None:
    def asked() -> int:
        site.by("bob")
        with CaptureQueriesContext(connection) as found:
            site.page("bob", f"/incidents/{ref}/actions")
        return len(found)

    actions.add_action(site.world.by("bob"), ref, TITLE, site.world.by("alice").actor.who)
    before = asked()
    for number in range(15):
        entry = actions.note(site.world.by("bob"), ref, f"TODO: look at host {number}", mark=MarkKind.FOLLOW_UP).ref
        if number % 2:
            actions.add_action(site.world.by("bob"), ref, entry=entry)
    assert asked() == before


def places(ref: str) -> list[tuple[str, dict[str, str]]]:
    """Every address that something is posted to, with a form that would be taken."""
    first = models.Entry.objects.filter(incident__ref=ref).order_by("pk")[0].pk
    return [
        (f"/incidents/{ref}/actions", {"title": "Rotate it"}),
        (f"/incidents/{ref}/actions", {"title": "Rotate it", "entry": str(first)}),
        (f"/incidents/{ref}/actions/1", {"title": "Rotate it"}),
        (f"/incidents/{ref}/actions/1/outcome", {"status": "done"}),
    ]


@pytest.mark.parametrize("account", ["charlie", "adele", "alice", "victor"])
def test_a_stranger_finds_nothing_at_any_address(site: Site, account: str) -> None:
    secret, numbered = secretly_declared(site.world), declared(site.world, "Data leaked")
    for ref in (secret, numbered):
        actions.add_action(site.world.by("bob"), ref, "zanzibar")
        actions.note(site.world.by("bob"), ref, "TODO: zanzibar again")
    actions.restrict(site.world.by("bob"), numbered)
    before = counted()
    site.page(account, f"/incidents/{secret}/actions", 404)
    assert "zanzibar" not in site.page(account, f"/incidents/{numbered}/actions")
    for ref, expected in ((secret, 404), (numbered, 409)):
        for place, sent in places(ref):
            assert "zanzibar" not in post(site, account, place, expected, **sent)
    assert counted() == before
    assert "zanzibar again" in site.page("sirt", f"/incidents/{secret}/actions")
