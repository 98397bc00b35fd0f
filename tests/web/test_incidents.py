"""The list of incidents: filters in the address, the search with its match in the line; nothing of others'."""

from __future__ import annotations

import re
from html import unescape

import pytest

from musterpoint import actions
from musterpoint.core.incident import Severity
from musterpoint.reading.listing import PAGE, pieces
from tests.actions.telling import declared, says, secretly_declared
from tests.conftest import World
from tests.web.conftest import Site
from tests.web.looking import bare, queries, told

STRANGERS = ("charlie", "adele", "alice", "victor")


def titles(html: str) -> list[str]:
    return [unescape(each) for each in re.findall(r'<th scope="row"><a href="/incidents/[^"]+">([^<]+)</a>', html)]


def lines(html: str) -> list[str]:
    return re.findall(r'<span class="line">(.*?)</span></li>', html)


def following(html: str) -> str:
    found = re.search(r'<a href="([^"]+)" rel="next">', html)
    return unescape(found[1]) if found else ""


def test_incidents_are_listed_newest_first(site: Site, world: World) -> None:
    for title in ("First", "Second", "Third"):
        declared(world, title)
    assert titles(site.page("victor", "/incidents")) == ["Third", "Second", "First"]


def test_filters_stand_in_the_address_and_go_together(site: Site, world: World) -> None:
    one, two = declared(world, "Resolved one"), declared(world, "Open and major")
    actions.resolve(world.by("bob"), one)
    actions.severity(world.by("bob"), two, Severity.MAJOR)
    world.later(60 * 24)
    three = declared(world, "Cancelled")
    actions.cancel(world.by("bob"), three, "a drill")
    for address, expected in (
        ("?status=open", ["Open and major"]),
        ("?status=open&status=resolved", ["Open and major", "Resolved one"]),
        ("?severity=major", ["Open and major"]),
        ("?severity=none", ["Cancelled", "Resolved one"]),
        ("?kind=availability&status=cancelled", ["Cancelled"]),
        ("?kind=security", []),
        ("?since=&severity=&kind=", ["Cancelled", "Open and major", "Resolved one"]),
    ):
        assert titles(site.page("bob", f"/incidents{address}")) == expected, address
    html = site.page("bob", "/incidents?status=open&severity=major")
    assert re.search(r'value="open" checked', html)
    assert '<option value="major" selected>' in html


def test_since_a_day(site: Site, world: World) -> None:
    """What counts is when it was written down here, which a test cannot move: today."""
    declared(world)
    assert len(titles(site.page("bob", "/incidents?since=2020-01-01"))) == 1
    assert titles(site.page("bob", "/incidents?since=2999-01-01")) == []


def test_pages_follow_each_other_under_the_same_filters(site: Site, world: World) -> None:
    for number in range(PAGE + 3):
        declared(world, f"Incident {number}")
    first = site.page("bob", "/incidents?status=open")
    assert len(titles(first)) == PAGE
    second = site.page("bob", following(first))
    assert titles(second) == ["Incident 2", "Incident 1", "Incident 0"]
    assert "status=open" in following(first)
    assert following(second) == ""
    assert "There are no older ones." in site.page("bob", "/incidents?before=1")


@pytest.mark.parametrize(
    "address",
    [
        "?before=x",
        "?before=99",
        "?before=%00",
        "?before=-1",
        "?before=" + "9" * 400,
        "?since=nonsense",
        "?since=2026-13-41",
        "?since=%00",
        "?status=burning",
        "?severity=awful",
        "?kind=%00",
    ],
)
def test_what_makes_no_sense_in_the_address_is_told_and_hides_nothing(site: Site, world: World, address: str) -> None:
    declared(world, "Checkout")
    html = site.page("bob", f"/incidents{address}")
    assert 'class="message warning"' in html
    assert titles(html) == ["Checkout"]


@pytest.mark.parametrize(
    "query", ["%00", "a%00b", "%22", "*", "AND OR NOT (", "NEAR(a b)", "'; DROP TABLE", "%F0%9F%9A%80", "\u202eevil"]
)
def test_any_query_is_answered(site: Site, world: World, query: str) -> None:
    declared(world, "Checkout")
    html = site.page("bob", f"/incidents?q={query}")
    assert "Checkout" not in told(html) or query == "*"


def test_a_long_query_is_refused_in_words(site: Site, world: World) -> None:
    declared(world, "Checkout")
    for query in ("word+" * 2000, "x" * 10_000, "q=x&before=" + "1" * 50):
        html = site.page("bob", f"/incidents?q={query}")
        assert "Checkout" not in html
        assert "Traceback" not in html
    assert "are allowed" in site.page("bob", f"/incidents?q={'word+' * 2000}")


def test_a_search_shows_the_match_in_its_line_grouped_by_incident(site: Site, world: World) -> None:
    first, second = declared(world, "Queue grows"), declared(world, "Search is slow")
    says(world, first, "The queue is <b>full</b> & grows")
    actions.note(world.by("bob"), second, "not the Queues")
    actions.note(world.by("bob"), first, "queue drained")
    html = site.page("victor", "/incidents?q=queue")
    assert lines(html) == [
        "<mark>queue</mark> drained",
        "The <mark>queue</mark> is &lt;b&gt;full&lt;/b&gt; &amp; grows",
        "<mark>Queue</mark> grows",
        "not the <mark>Queues</mark>",
    ]
    assert html.index("Queue grows</a>") < html.index("Search is slow</a>")
    assert "4 lines in 2 incidents" in told(html)
    assert re.search(rf'href="/incidents/{second}/entries/\d+"', html)


def test_a_write_up_is_found_and_leads_there(site: Site, world: World) -> None:
    ref = declared(world)
    actions.resolve(world.by("bob"), ref)
    actions.write_part(world.by("bob"), ref, "summary", "The certificate had expired.")
    html = site.page("bob", "/incidents?q=certificate")
    assert lines(html) == ["The <mark>certificate</mark> had expired."]
    assert f'href="/incidents/{ref}/writeup"' in html


def test_filters_narrow_a_search(site: Site, world: World) -> None:
    first, second = declared(world, "Queue one"), declared(world, "Queue two")
    actions.resolve(world.by("bob"), first)
    actions.note(world.by("bob"), second, "queue")
    assert len(lines(site.page("bob", "/incidents?q=queue"))) == 3
    assert len(lines(site.page("bob", "/incidents?q=queue&status=resolved"))) == 1
    html = site.page("bob", "/incidents?q=queue&status=closed")
    assert "Nothing found for “queue” among the incidents that the filters leave" in told(html)


def test_older_matches_follow(site: Site, world: World) -> None:
    ref = declared(world)
    for number in range(PAGE + 2):
        actions.note(world.by("bob"), ref, f"queue {number}")
    first = site.page("bob", "/incidents?q=queue")
    assert len(lines(first)) == PAGE
    second = site.page("bob", following(first))
    assert lines(second) == ["<mark>queue</mark> 1", "<mark>queue</mark> 0"]
    assert following(second) == ""
    assert len(lines(site.page("bob", "/incidents?q=queue&before=x"))) == PAGE


def test_nothing_found_says_what_was_searched(site: Site, world: World) -> None:
    declared(world)
    html = told(site.page("bob", "/incidents?q=xylophone"))
    assert "Nothing found for “xylophone”" in html
    assert "Titles, messages, notes and write-ups" in html
    assert "There is no word to search for." in told(site.page("bob", "/incidents?q=+-+"))


def test_an_empty_installation_says_what_to_do(site: Site) -> None:
    assert "There is no incident yet." in told(site.page("bob", "/incidents"))
    assert "No incident is like that." in told(site.page("bob", "/incidents?status=open"))


@pytest.mark.parametrize("account", STRANGERS)
@pytest.mark.parametrize("later_on", [False, True])
def test_what_is_restricted_is_neither_listed_nor_found_nor_counted(
    site: Site, world: World, account: str, later_on: bool
) -> None:
    addresses = [
        "",
        "?q=zanzibar",
        "?q=leaked",
        "?status=open",
        "?kind=security",
        "?restricted=1",
        "?q=zan&status=open",
    ]
    declared(world, "Something leaked", "charlie")
    before = {address: bare(site.page(account, f"/incidents{address}")) for address in addresses}
    clock = world.now
    if later_on:
        ref = declared(world, "zanzibar leaked")
        actions.restrict(world.by("bob"), ref)
    else:
        ref = secretly_declared(world, "zanzibar leaked")
    actions.note(world.by("bob"), ref, "zanzibar is out")
    world.now = clock
    for address in addresses:
        assert bare(site.page(account, f"/incidents{address}")) == before[address]
        assert "Restricted only" not in before[address]
    absent = bare(site.page(account, "/incidents?before=99"))
    assert bare(site.page(account, f"/incidents?before={ref}")).replace(f"“{ref}”", "“99”") == absent
    member = site.page("sirt", "/incidents?restricted=1")
    assert titles(member) == ["zanzibar leaked"]
    assert "Restricted only" in member
    assert lines(site.page("sirt", "/incidents?q=zanzibar"))


def test_the_number_of_queries_does_not_grow(site: Site, world: World) -> None:
    addresses = ("/incidents", "/incidents?status=open&severity=none", "/incidents?q=queue", "/incidents?before=2")
    for number in range(2):
        actions.note(world.by("bob"), declared(world, f"Queue {number}"), "queue")
    few = {address: queries(site, "bob", address) for address in addresses}
    for number in range(20):
        actions.note(world.by("bob"), declared(world, f"Queue {number}"), "queue")
    assert {address: queries(site, "bob", address) for address in addresses} == few
    assert max(few.values()) < 20


@pytest.mark.parametrize(
    ("text", "terms", "expected"),
    [
        ("the queue is full", ["queue"], "the [queue] is full"),
        ("Café closed, CAFE open", ["cafe"], "[Café] closed, [CAFE] open"),
        ("queues and queue", ["queue"], "[queues] and [queue]"),
        ("the pool of the pools", ["the", "pool"], "[the] [pool] of [the] [pools]"),
        ("nothing of it", ["else"], "nothing of it"),
        ("two\n\nlines  here", ["lines"], "two [lines] here"),
        ("", ["x"], ""),
    ],
)
def test_matches_are_found_as_the_search_finds_them(text: str, terms: list[str], expected: str) -> None:
    assert "".join(f"[{each}]" if match else each for each, match in pieces(text, terms)) == expected


def test_a_long_text_is_cut_around_its_first_match() -> None:
    shown = pieces(f"{'before ' * 200}needle{' after' * 200}", ["needle"])
    text = "".join(each for each, _ in shown)
    assert ("needle", True) in shown
    assert text.startswith("…before")
    assert text.endswith("…")
    assert len(text) < 200
