"""Live: what one person writes, the other's next look brings; nothing new costs next to nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from musterpoint import actions
from musterpoint.core.incident import Severity
from musterpoint.core.journal import MarkKind, Verdict
from musterpoint.integrations.local.chat import Room
from musterpoint.web.live import STOP
from tests.actions.telling import BEN, declared, says, secretly_declared
from tests.web.conftest import Site
from tests.web.forms import entries, entry, live_address, without_tokens


@dataclass
class Screen:
    """A page that somebody keeps open; each look goes on from the one before."""

    site: Site
    account: str
    ref: str
    address: str = field(init=False)
    first: str = field(init=False)

    def __post_init__(self) -> None:
        address = live_address(self.site.page(self.account, f"/incidents/{self.ref}"))
        self.address, _, self.first = address.partition("&from=")

    def asks(self) -> HttpResponse:
        answer = self.site.by(self.account).get(f"{self.address}&from={self.first}", headers={"HX-Request": "true"})
        assert isinstance(answer, HttpResponse)
        return answer

    def look(self) -> str:
        """What the next look brings; empty when nothing is new."""
        answer = self.asks()
        if answer.status_code == 204:
            return ""
        assert answer.status_code == 200
        part = answer.content.decode()
        self.address = live_address(part).partition("&from=")[0]
        return part


def test_what_one_writes_the_others_next_look_brings(site: Site) -> None:
    ref = declared(site.world)
    bob, alice = Screen(site, "bob", ref), Screen(site, "alice", ref)
    assert bob.look() == alice.look() == ""
    site.send("bob", f"/incidents/{ref}/notes", text="we rolled back")
    for screen in (alice, bob):
        part = screen.look()
        assert entries(part) == ["we rolled back"]
        assert '<div hx-swap-oob="beforeend:#entries">' in part
        assert 'class="entry spoken new"' in part
        assert screen.look() == ""


def test_what_others_wrote_is_read_out_and_ones_own_is_not(site: Site) -> None:
    ref = declared(site.world)
    bob, alice = Screen(site, "bob", ref), Screen(site, "alice", ref)
    site.send("bob", f"/incidents/{ref}/notes", text="we <rolled> back")
    assert '<div hx-swap-oob="innerHTML:#arrived">Bob: we &lt;rolled&gt; back</div>' in alice.look()
    assert "#arrived" not in bob.look()
    for each in range(4):
        actions.note(site.world.by("bob"), ref, f"note {each}")
    assert ">4 new entries.</div>" in alice.look()


def test_what_is_said_of_an_entry_changes_it_where_it_stands(site: Site) -> None:
    ref = declared(site.world)
    number = actions.note(site.world.by("bob"), ref, "the pool is full").id
    stamp = says(site.world, ref, "wrong")
    alice = Screen(site, "alice", ref)
    actions.mark(site.world.by("bob"), ref, str(number), MarkKind.FINDING)
    part = alice.look()
    assert 'hx-swap-oob="true"' in entry(part, number)
    assert ">Finding</span>" in entry(part, number)
    assert "beforeend:#entries" not in part
    actions.curate(site.world.by("bob"), ref, str(number), Verdict.DROP)
    assert "dropped from the timeline" in entry(alice.look(), number)
    Room(ref).edit(BEN, stamp, "right", site.world.now)
    part = alice.look()
    assert entries(part) == ["right"]
    assert 'hx-swap-oob="true"' in part
    Room(ref).delete(BEN, stamp, site.world.now)
    assert "This message was deleted." in alice.look()
    assert alice.look() == ""


def test_a_note_about_an_earlier_time_is_put_in_its_place(site: Site) -> None:
    ref = declared(site.world)
    first = actions.note(site.world.by("bob"), ref, "one")
    actions.note(site.world.by("bob"), ref, "three")
    alice = Screen(site, "alice", ref)
    actions.note(site.world.by("bob"), ref, "two", first.at + timedelta(seconds=1))
    part = alice.look()
    assert f'<div hx-swap-oob="afterend:#entry-{first.id}">' in part
    assert "beforeend:#entries" not in part


def test_what_happens_to_the_incident_brings_its_head_and_its_steps(site: Site) -> None:
    ref = declared(site.world)
    alice = Screen(site, "alice", ref)
    actions.severity(site.world.by("bob"), ref, Severity.CRITICAL)
    part = alice.look()
    assert '<div hx-swap-oob="innerHTML:#head">' in part
    assert ">critical</span>" in part
    actions.resolve(site.world.by("bob"), ref)
    part = alice.look()
    assert '<span class="badge resolved">resolved</span>' in part
    assert f'action="/incidents/{ref}/relapse"' in part
    assert f'action="/incidents/{ref}/resolution"' not in part
    assert "Nobody has raised the issue." in part


def test_after_a_redaction_the_thread_is_read_anew(site: Site) -> None:
    ref = declared(site.world)
    number = actions.note(site.world.by("bob"), ref, "the password is hunter2").id
    alice = Screen(site, "alice", ref)
    actions.redact(site.world.by("bob"), ref, "a secret", entry=str(number))
    part = alice.look()
    assert '<div hx-swap-oob="innerHTML:#entries">' in part
    assert "hunter2" not in part
    assert "[redacted]" in entries(part)
    assert 'id="live-from"' in part


def test_a_new_day_begins_with_its_date(site: Site) -> None:
    ref = declared(site.world)
    alice = Screen(site, "alice", ref)
    actions.note(site.world.by("bob"), ref, "one")
    assert 'class="day"' not in alice.look()
    site.world.later(24 * 60)
    actions.note(site.world.by("bob"), ref, "two")
    assert '<p class="day">2026-03-03</p>' in alice.look()


def test_a_look_without_news_costs_a_few_queries(site: Site) -> None:
    ref = declared(site.world)
    for each in range(120):
        actions.note(site.world.by("bob"), ref, f"note {each}")
    alice = Screen(site, "alice", ref)
    with CaptureQueriesContext(connection) as captured:
        assert alice.asks().status_code == 204
    assert len(captured) <= 5


def test_news_cost_the_same_however_many_there_are(site: Site) -> None:
    counts = []
    for length in (2, 40):
        ref = declared(site.world)
        alice = Screen(site, "alice", ref)
        for each in range(length):
            actions.note(site.world.by("bob"), ref, f"note {each}", mark=MarkKind.FINDING if each % 2 else None)
        with CaptureQueriesContext(connection) as captured:
            assert len(entries(alice.look())) == length
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("seen", ["", "x", "1_2_3", "-1_0__", "1_1_1-2_9999999999999999999.1", "9" * 5000, "1_0__\0"])
def test_what_no_page_asks_is_answered_with_the_newest(site: Site, seen: str) -> None:
    ref = declared(site.world)
    for first in ("", "x", "\0", "99999999999999999.1"):
        answer = site.by("bob").get(f"/incidents/{ref}/live", {"seen": seen, "from": first})
        assert answer.status_code == 200
        assert "innerHTML:#entries" in answer.content.decode()


def test_whoever_is_signed_out_meanwhile_is_told_once_and_calmly(site: Site) -> None:
    ref = declared(site.world)
    screen = Screen(site, "bob", ref)
    answer = Client().get(screen.address, headers={"HX-Request": "true"})
    assert answer.status_code == STOP  # htmx asks no more
    part = answer.content.decode()
    assert "You are signed out" in part
    assert 'id="live"' in part
    assert "hx-get" not in part
    for other in (secretly_declared(site.world), "s-qqqqqqqq"):
        told = Client().get(f"/incidents/{other}/live").content.decode()
        assert told == part.replace(f"/incidents/{ref}", f"/incidents/{other}")


@pytest.mark.parametrize("account", ["charlie", "adele", "alice", "victor"])
def test_when_it_exists_no_longer_for_somebody_their_page_goes_away(site: Site, account: str) -> None:
    ref = declared(site.world, "zanzibar leaked")
    screen, bob = Screen(site, account, ref), Screen(site, "bob", ref)
    actions.restrict(site.world.by("bob"), ref)
    actions.note(site.world.by("bob"), ref, "the zanzibar bucket is open")
    answer = screen.asks()
    assert (answer.status_code, answer["HX-Redirect"]) == (404, f"/incidents/{ref}")
    assert answer.content == b""
    assert "zanzibar" in bob.look()


@pytest.mark.parametrize("account", ["charlie", "adele", "alice", "victor"])
def test_strangers_cannot_look(site: Site, account: str) -> None:
    secret = secretly_declared(site.world, "zanzibar leaked")
    screen = Screen(site, "bob", secret)
    told = []
    for ref in (secret, "s-qqqqqqqq"):
        answer = site.by(account).get(screen.address.replace(secret, ref))
        told.append((answer.status_code, without_tokens(answer.content.decode()), answer["HX-Redirect"]))
    assert told[0] == (404, "", f"/incidents/{secret}")
    assert told[1] == (404, "", "/incidents/s-qqqqqqqq")
    ref = declared(site.world, "zanzibar")
    actions.restrict(site.world.by("bob"), ref)
    assert site.by(account).get(f"/incidents/{ref}/live").status_code in (204, 404)


def test_an_address_that_would_break_a_header_breaks_nothing(site: Site) -> None:
    answer = site.by("bob").get("/incidents/x%0d%0aSet-Cookie:a/live")
    assert answer.status_code == 404
    assert "\n" not in unescape(answer["HX-Redirect"])
