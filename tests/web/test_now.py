"""Now: what burns and what does not, what is left, what waits for whoever looks; and that it renews itself."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from musterpoint import actions
from musterpoint.core.aftermath import Decision
from musterpoint.core.incident import Milestone, Severity, Who
from musterpoint.integrations.local.chat import Room
from musterpoint.reading import now as reading
from musterpoint.reading.due import waiting_for, waiting_for_me
from tests.actions.telling import BEN, declared, says, secretly_declared
from tests.conftest import World
from tests.web.conftest import Site
from tests.web.looking import bare, queries, told

CALM = "Customers are not affected by anything we know of."
STRANGERS = ("charlie", "adele", "alice", "victor")
HTMX = {"HX-Request": "true"}


def stamped(html: str) -> str:
    """The address under which the page asks whether anything has changed."""
    found = re.search(r'hx-get="(/now[^"]*)"', html)
    assert found
    return unescape(found[1])


def later(site: Site, account: str, address: str) -> tuple[int, str]:
    answer = site.by(account).get(address, headers=HTMX)
    return answer.status_code, answer.content.decode()


def ended(world: World, ref: str) -> None:
    """Resolved and closed."""
    actions.resolve(world.by("bob"), ref)
    actions.decide_publication(world.by("alice"), ref, Decision.SKIP, "a drill")
    actions.override(world.by("alice"), ref, "only a drill")
    actions.close(world.by("alice"), ref)


def test_an_empty_installation_says_what_to_do(site: Site) -> None:
    html = site.page("bob", "/")
    assert html.count("<li><strong>") == 3
    assert 'href="/declare"' in html
    assert CALM not in html
    assert "/settings/people" not in told(html)
    assert 'href="/settings/people"' in site.page("adele", "/")
    assert 'href="/settings/people"' not in html


def test_what_affects_customers_says_since_when_who_leads_and_the_newest_note(site: Site, world: World) -> None:
    ref = declared(world, "Checkout answers 502", affected="the web shop")
    html = told(site.page("bob", "/"))
    assert "Customers are affected by one incident." in html
    assert "no severity yet" in html
    assert "nobody yet" in html
    assert "Bob declared" in html
    actions.severity(world.by("bob"), ref, Severity.MAJOR)
    actions.lead(world.by("bob"), ref, world.by("alice").actor.who)
    actions.note(world.by("bob"), ref, "The error rate falls <b>")
    world.later(7)
    html = site.page("bob", "/")
    assert "The error rate falls &lt;b&gt;" in html
    assert "Lead: Alice" in told(html)
    assert "major" in told(html)
    begun = re.search(r'data-since="([^"]+)"', html)
    assert begun
    assert begun[1].startswith("2026-03-02T09:01")
    declared(world, "Search is slow")
    assert "Customers are affected by 2 incidents." in told(site.page("bob", "/"))


def test_the_newest_note_is_the_one_that_stands(site: Site, world: World) -> None:
    ref = declared(world)
    says(world, ref, "rolled back")
    stamp = says(world, ref, "password is hunter2")
    world.later(1)
    Room(ref).edit(BEN, stamp, "password was changed", world.now)
    assert "password was changed" in site.page("bob", "/")
    world.later(1)
    Room(ref).delete(BEN, stamp, world.now)
    html = site.page("bob", "/")
    assert "password" not in html
    assert "rolled back" in html


def test_nothing_burning_is_calm_and_says_since_when(site: Site, world: World) -> None:
    ref = declared(world)
    site.page("bob", "/")
    actions.resolve(world.by("bob"), ref)
    resolved = world.now
    world.later(125)
    html = site.page("bob", "/")
    assert CALM in html
    assert f"Since {resolved:%Y-%m-%d %H:%M} UTC , for 2 h 05 min" in told(html)
    assert "card urgent" not in html


def test_what_is_resolved_shows_what_is_left_and_where_it_is_done(site: Site, world: World) -> None:
    ref = declared(world)
    actions.add_action(world.by("bob"), ref, "Alert on queue length")
    actions.resolve(world.by("bob"), ref)
    html = site.page("bob", "/")
    assert "left: raise the issue , finish the write-up , decide about the post , 1 open action" in told(html)
    assert f'href="/incidents/{ref}/writeup#done"' in html
    ended(world, done := declared(world, "Closed by now"))
    assert "Closed by now" not in site.page("bob", "/")
    assert done not in [each["ref"] for each in reading.happening(world.by("bob"))["resolved"]]


def test_what_waits_for_me_is_grouped_and_leads_to_where_it_is_solved(site: Site, world: World) -> None:
    ref = declared(world)
    actions.lead(world.by("bob"), ref, world.by("bob").actor.who)
    actions.add_action(world.by("bob"), ref, "Alert on queue length", world.by("bob").actor.who, "2026-03-03")
    assert "Nothing waits for you." in site.page("charlie", "/")
    assert "The incident has had no severity" in site.page("bob", "/")
    actions.severity(world.by("bob"), ref, Severity.MINOR)
    actions.resolve(world.by("bob"), ref)
    world.later(60 * 24 * 3)
    html = site.page("bob", "/")
    assert "Overdue" in told(html)
    assert f'href="/incidents/{ref}/actions#action-1"' in html
    assert f'href="/incidents/{ref}/record#waiting"' in html
    actions.put_off(world.by("bob"), ref, "action_overdue:1", None)
    html = told(site.page("bob", "/"))
    assert "Put off" in html
    assert "for good" in html
    assert "Nothing waits for you." in site.page("charlie", "/")


def test_a_page_that_is_open_gets_news_and_nothing_when_there_are_none(site: Site, world: World) -> None:
    ref = declared(world)
    address = stamped(site.page("bob", "/"))
    assert later(site, "bob", address) == (204, "")
    actions.note(world.by("bob"), ref, "It is the database")
    code, html = later(site, "bob", address)
    assert code == 200
    assert "It is the database" in html
    assert "<html" not in html
    assert 'hx-swap-oob="innerHTML"' not in html  # nothing to announce: as many as before
    address = stamped(html)
    assert later(site, "bob", address)[0] == 204
    declared(world, "Search is slow")
    code, html = later(site, "bob", address)
    assert 'role="status" hx-swap-oob="innerHTML">Customers are affected by 2 incidents.' in html
    assert later(site, "bob", "/now?stamp=nonsense&open=x")[0] == 200
    assert later(site, "bob", "/now?stamp=%00")[0] == 200


def test_the_part_that_renews_itself_leads_home_without_htmx(site: Site) -> None:
    answer = site.by("bob").get("/now")
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_who_is_signed_out_is_asked_to_sign_in(site: Site) -> None:
    assert Client().get("/").status_code == 302
    answer = Client().get("/now?stamp=x", headers=HTMX)
    assert answer["X-Status"] == "401"


@pytest.mark.parametrize("account", STRANGERS)
@pytest.mark.parametrize("later_on", [False, True])
def test_a_stranger_sees_the_same_with_and_without_a_restricted_incident(
    site: Site, world: World, account: str, later_on: bool
) -> None:
    declared(world, "Checkout answers 502", "charlie")
    before, clock = site.page(account, "/"), world.now
    if later_on:
        ref = declared(world, "zanzibar leaked")
        actions.restrict(world.by("bob"), ref)
    else:
        ref = secretly_declared(world, "zanzibar leaked")
    actions.note(world.by("bob"), ref, "zanzibar is out")
    actions.add_action(world.by("bob"), ref, "Rotate zanzibar", due="2026-03-01")
    world.now = clock
    assert bare(site.page(account, "/")) == bare(before)
    address = stamped(before)
    assert later(site, account, address)[0] == 204
    actions.note(world.by("sirt"), ref, "more zanzibar")
    actions.resolve(world.by("sirt"), ref)
    world.now = clock
    assert later(site, account, address)[0] == 204
    assert "zanzibar" not in site.page(account, "/")
    member = site.page("sirt", "/")
    assert "zanzibar" in member
    assert "restricted" in member


def test_what_a_restricted_incident_reads_too_is_not_shown_as_news(site: Site, world: World) -> None:
    first, second = declared(world, "Login fails"), declared(world, "Nobody can sign in")
    actions.note(world.by("charlie"), second, "the zanzibar token is out")
    assert "zanzibar" in site.page("charlie", "/")
    actions.merge(world.by("bob"), second, first)
    actions.restrict(world.by("bob"), first)
    for account in STRANGERS:
        assert "zanzibar" not in site.page(account, "/")


@pytest.mark.parametrize("account", ["alice", "bob", "charlie", "sirt", "victor", "adele"])
@pytest.mark.parametrize("authority", [("alice",), (), ("nobody at all",)])
def test_what_waits_for_me_is_found_as_if_every_incident_were_looked_at(
    world: World, account: str, authority: tuple[str, ...]
) -> None:
    world.runs(authority=authority, nominee="bob" if not authority else "")
    people = {name: world.by(name).actor.who for name in ("alice", "bob", "charlie")}
    for number in range(6):
        ref = secretly_declared(world, "Secret") if number == 5 else declared(world, f"Incident {number}")
        by = "sirt" if number == 5 else "bob"
        if number % 2:
            actions.lead(world.by(by), ref, people["charlie"])
        owner = people["alice"] if number % 3 else None
        actions.add_action(world.by(by), ref, f"Do {number}", owner, "2026-03-04")
        if number > 2:
            actions.nominate(world.by("alice"), ref, people["bob"]) if authority == ("alice",) and number < 5 else None
            actions.resolve(world.by(by), ref)
    world.later(60 * 24 * 4)
    call = world.by(account)
    assert waiting_for_me(call, 50) == (waiting_for(call, person=call.actor), False)


def test_owners_are_found_whatever_letters_they_are_called_by(world: World) -> None:
    person = world.person('Zoë "Z" Müller')
    call = world.by('Zoë "Z" Müller')
    ref = declared(world)
    actions.add_action(world.by("bob"), ref, "Do it", Who(f"name:{person.name}", person.name), "2026-03-02")
    actions.severity(world.by("bob"), ref, Severity.MINOR)
    world.later(60 * 24 * 2)
    call = world.by('Zoë "Z" Müller')
    assert [each.due.name for each in waiting_for_me(call, 50)[0]] == ["action_overdue:1"]


def test_where_very_many_concern_one_the_oldest_are_looked_at(world: World, site: Site) -> None:
    refs = [declared(world, f"Incident {number}") for number in range(4)]
    found, more = waiting_for_me(world.by("alice"), 3)
    assert ({each.ref for each in found}, more) == (set(refs[:3]), True)
    assert not waiting_for_me(world.by("alice"), 4)[1]


def test_the_number_of_queries_does_not_grow(site: Site, world: World) -> None:
    for number in range(2):
        _some(world, number)
    few = queries(site, "alice", "/")
    for number in range(2, 14):
        _some(world, number)
    assert queries(site, "alice", "/") == few
    assert few < 30


def _some(world: World, number: int) -> None:
    first, second = declared(world, f"Open {number}"), declared(world, f"Resolved {number}")
    says(world, first, f"note {number}")
    actions.add_action(world.by("bob"), second, "Do it", world.by("alice").actor.who, "2026-03-01")
    actions.resolve(world.by("bob"), second)


def test_no_more_are_shown_than_a_page_holds(site: Site, world: World) -> None:
    for number in range(reading.OPEN + 1):
        declared(world, f"Open {number}")
    html = site.page("bob", "/")
    assert html.count("now-incident") == reading.OPEN
    assert f"Customers are affected by {reading.OPEN + 1} incidents." in told(html)
    assert 'href="/incidents?status=open"' in html


def test_a_time_that_was_corrected_counts(site: Site, world: World) -> None:
    ref = declared(world)
    begun = world.now.replace(hour=6)
    actions.correct_time(world.by("bob"), ref, Milestone.IMPACT_BEGAN, begun)
    assert 'data-since="2026-03-02T06:' in site.page("bob", "/")
