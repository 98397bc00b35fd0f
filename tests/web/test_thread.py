"""The thread on its page: windows, notes, marks, one entry; without JavaScript, and as htmx asks for them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musterpoint import actions
from musterpoint.core.incident import Basis
from musterpoint.core.journal import MarkKind
from musterpoint.integrations.local.chat import Room
from musterpoint.store import models
from tests.actions.telling import BEN, brought_in, counted, declared, edited, message, says, secretly_declared, source
from tests.web.conftest import Site
from tests.web.forms import entries, entry, without_tokens

HTMX = {"HX-Request": "true"}


def notes(site: Site, ref: str, count: int) -> list[int]:
    return [actions.note(site.world.by("bob"), ref, f"note {each}").id for each in range(count)]


def test_the_thread_is_shown_in_the_order_of_what_happened(site: Site) -> None:
    ref = declared(site.world)
    says(site.world, ref, "error rate is 5%")
    actions.note(site.world.by("bob"), ref, "we rolled back")
    page = site.page("alice", f"/incidents/{ref}")
    shown = entries(page)
    assert shown[0] == "Bob declared Checkout answers 502"
    assert shown[1] == "error rate is 5%"
    assert shown[-1] == "we rolled back"


def test_a_long_thread_is_shown_a_window_at_a_time(site: Site) -> None:
    ref = declared(site.world)
    numbers = notes(site, ref, 230)
    newest = site.page("bob", f"/incidents/{ref}")
    assert entries(newest) == [f"note {each}" for each in range(130, 230)]
    assert f'href="/incidents/{ref}?before={numbers[130]}"' in newest
    before = site.page("bob", f"/incidents/{ref}?before={numbers[130]}")
    assert entries(before) == [f"note {each}" for each in range(30, 130)]
    assert "To the newest" in before
    assert "/live?" not in before
    first = site.page("bob", f"/incidents/{ref}?before={numbers[30]}")
    assert entries(first)[:2] == ["Bob declared Checkout answers 502", "note 0"]
    assert "?before=" not in first


def test_htmx_gets_the_earlier_entries_alone(site: Site) -> None:
    ref = declared(site.world)
    numbers = notes(site, ref, 150)
    answer = site.by("bob").get(f"/incidents/{ref}?before={numbers[50]}", headers=HTMX)
    part = answer.content.decode()
    assert entries(part)[-1] == "note 49"
    assert "<html" not in part
    assert 'id="live-from"' in part
    assert 'hx-swap-oob="true"' in part


def test_each_day_begins_with_its_date(site: Site) -> None:
    ref = declared(site.world)
    notes(site, ref, 2)
    site.world.later(24 * 60)
    notes(site, ref, 2)
    page = site.page("bob", f"/incidents/{ref}")
    assert [page.count(f'<p class="day">2026-03-0{day}</p>') for day in (2, 3)] == [1, 1]


def test_old_texts_are_folded_for_responders_and_gone_for_viewers(site: Site) -> None:
    said = message(1, "hunter2 is the password")
    ref = brought_in(site.world, source(message(0, "login fails"), said, edited(said, "rotated"))).incident
    page = site.page("bob", f"/incidents/{ref}")
    assert "<summary>edited</summary>" in page
    assert "hunter2 is the password" in page.partition("<details")[2]
    viewed = site.page("victor", f"/incidents/{ref}")
    assert "rotated" in entries(viewed)
    assert ">edited<" in viewed
    assert "hunter2 is the password" not in viewed


def test_a_deleted_message_is_shown_as_one(site: Site) -> None:
    ref = declared(site.world)
    stamp = says(site.world, ref, "wrong channel")
    Room(ref).delete(BEN, stamp, site.world.now)
    assert "This message was deleted." in site.page("bob", f"/incidents/{ref}")
    assert "wrong channel" not in site.page("victor", f"/incidents/{ref}")


def test_how_a_time_is_known_stands_with_it(site: Site) -> None:
    ref = declared(site.world)
    first = actions.note(site.world.by("bob"), ref, "now")
    second = actions.note(site.world.by("bob"), ref, "before", site.world.now - timedelta(seconds=30))
    page = site.page("bob", f"/incidents/{ref}")
    assert "(stated)" in entry(page, second.id)
    assert "(stated)" not in entry(page, first.id)


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "javascript:alert(1)", "a\u202etxt.exe", "[x](javascript:alert(1))", "a\0b"],
)
def test_bad_input_is_shown_harmlessly(site: Site, text: str) -> None:
    ref = declared(site.world, f"Title {text}")
    site.send("bob", f"/incidents/{ref}/notes", text=text)
    says(site.world, ref, text.replace("\0", ""))
    page = site.page("bob", f"/incidents/{ref}")
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    assert "\0" not in page
    assert page.count('dir="auto"') >= 3


def test_a_link_of_a_message_leads_to_the_web_alone(site: Site) -> None:
    ref = declared(site.world)
    says(site.world, ref, "one")
    says(site.world, ref, "two")
    one, two = models.Entry.objects.filter(kind="message").order_by("id")
    models.Entry.objects.filter(pk=one.pk).update(url="javascript:alert(1)")
    models.Entry.objects.filter(pk=two.pk).update(url="https://chat.example.com/p2")
    page = site.page("bob", f"/incidents/{ref}")
    assert "javascript:" not in page
    assert 'href="https://chat.example.com/p2"' in entry(page, two.pk)


# --- notes --------------------------------------------------------------------------------------------------------


def test_a_note_is_written(site: Site) -> None:
    ref = declared(site.world)
    page = site.send("bob", f"/incidents/{ref}/notes", text="rolled back", at="1m ago", mark="action_taken")
    assert "Noted." in page
    row = models.Entry.objects.get(kind="note")
    assert (row.at, row.basis) == (site.world.now - timedelta(minutes=1), Basis.STATED)
    assert row.source == "web"
    assert ">Did</span>" in entry(page, row.pk)


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"text": "  "}, "The note is empty."),
        ({"text": "x" * 1_000_000}, "The note has 1000000 characters"),
        ({"text": "two words", "at": "25:99"}, "is not a time"),
        ({"text": "two words", "at": "2027-01-01 10:00"}, "lies in the future"),
        ({"text": "two words", "mark": "important"}, "There is no mark"),
    ],
)
def test_a_refused_note_stays_in_its_box(site: Site, sent: dict[str, str], told: str) -> None:
    ref = declared(site.world)
    before = counted()
    page = site.send("bob", f"/incidents/{ref}/notes", 409, **sent)
    assert told in page
    assert f">\n{sent['text']}</textarea>" in page
    assert f'name="at" value="{sent.get("at", "")}"' in page
    assert 'aria-invalid="true"' in page
    assert counted() == before


def test_htmx_is_told_to_look_at_once_and_what_is_refused_stands_above(site: Site) -> None:
    ref = declared(site.world)
    answer = site.by("bob").post(f"/incidents/{ref}/notes", {"text": "rolled back"}, headers=HTMX)
    assert (answer.status_code, answer["HX-Trigger"]) == (204, "look")
    answer = site.by("bob").post(f"/incidents/{ref}/notes", {"text": ""}, headers=HTMX)
    assert (answer["HX-Retarget"], answer["X-Status"]) == ("#problem", "409")
    assert "The note is empty." in answer.content.decode()


def test_viewers_read(site: Site) -> None:
    ref = declared(site.world)
    number = notes(site, ref, 1)[0]
    page = site.page("victor", f"/incidents/{ref}")
    assert 'class="note"' not in page
    assert "/marks" not in page
    for address, fields in (
        (f"/incidents/{ref}/notes", {"text": "hi"}),
        (f"/incidents/{ref}/entries/{number}/marks", {"on": "finding"}),
    ):
        before = counted()
        assert "may read but not change" in site.send("victor", address, 409, **fields)
        assert counted() == before


def test_a_cancelled_incident_has_no_box(site: Site) -> None:
    ref = declared(site.world)
    actions.cancel(site.world.by("bob"), ref, "a drill")
    page = site.page("bob", f"/incidents/{ref}")
    assert 'class="note"' not in page
    assert "/marks" not in page


# --- marks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(MarkKind))
def test_a_mark_is_set_and_taken_away_with_one_click(site: Site, kind: MarkKind) -> None:
    ref = declared(site.world)
    number = notes(site, ref, 1)[0]
    button = f'name="{{}}" value="{kind}" aria-pressed="{{}}"'
    address = f"/incidents/{ref}/entries/{number}/marks"
    assert button.format("on", "false") in site.page("bob", f"/incidents/{ref}")
    page = site.send("bob", address, on=kind)
    assert "Marked " in page
    assert button.format("off", "true") in entry(page, number)
    assert f"mark-{kind}" in entry(page, number)
    page = site.send("bob", address, off=kind)
    assert "The mark is gone." in page
    assert button.format("on", "false") in entry(page, number)


def test_who_wants_what_is_so_already_gets_it(site: Site) -> None:
    ref = declared(site.world)
    number = notes(site, ref, 1)[0]
    for _ in range(2):
        site.send("bob", f"/incidents/{ref}/entries/{number}/marks", on="finding")
    assert models.Entry.objects.filter(kind="mark").count() == 1


def test_htmx_gets_the_entry_with_its_mark(site: Site) -> None:
    ref = declared(site.world)
    number = notes(site, ref, 1)[0]
    answer = site.by("bob").post(f"/incidents/{ref}/entries/{number}/marks", {"on": "finding"}, headers=HTMX)
    part = answer.content.decode()
    assert part.strip().startswith(f'<article id="entry-{number}"')
    assert f'id="mark-{number}-finding"' in part
    assert "hx-swap-oob" not in part


@pytest.mark.parametrize("fields", [{}, {"on": "great"}, {"on": ""}, {"off": "x" * 100_000}])
def test_no_mark_is_refused(site: Site, fields: dict[str, str]) -> None:
    ref = declared(site.world)
    number = notes(site, ref, 1)[0]
    before = counted()
    assert " mark " in site.send("bob", f"/incidents/{ref}/entries/{number}/marks", 409, **fields)
    assert counted() == before


# --- one entry ----------------------------------------------------------------------------------------------------


def test_an_entry_has_a_page_of_its_own(site: Site) -> None:
    ref = declared(site.world)
    number = notes(site, ref, 3)[1]
    page = site.page("bob", f"/incidents/{ref}/entries/{number}")
    assert entries(page) == ["note 1"]
    assert f"/incidents/{ref}/redaction?entry={number}" in page
    assert f"/incidents/{ref}/split?entry={number}" in page
    assert "redaction" not in site.page("victor", f"/incidents/{ref}/entries/{number}")
    for other in (999_999, 10**30):
        site.page("bob", f"/incidents/{ref}/entries/{other}", 404)


# --- cost and strangers -------------------------------------------------------------------------------------------


def test_the_page_asks_the_database_the_same_however_long_the_thread_is(site: Site) -> None:
    counts = []
    for length in (10, 500):
        said = [message(each / 20, f"message {each}", channel=f"C{length}") for each in range(length)]
        ref = brought_in(site.world, source(*said, channel=f"C{length}")).incident
        number = models.Entry.objects.filter(kind="message").latest("id").pk
        site.page("bob", f"/incidents/{ref}")  # the session is there, and the templates are read
        for address in (f"/incidents/{ref}", f"/incidents/{ref}?before={number}", f"/incidents/{ref}/entries/{number}"):
            with CaptureQueriesContext(connection) as captured:
                site.page("bob", address)
            counts.append(len(captured))
    assert counts[:3] == counts[3:]
    assert max(counts) <= 28


@pytest.mark.parametrize("account", ["charlie", "adele", "alice", "victor"])
def test_a_restricted_thread_is_not_there_for_strangers(site: Site, account: str) -> None:
    secret, public, never = secretly_declared(site.world, "zanzibar leaked"), declared(site.world), "s-qqqqqqqq"
    hidden = actions.note(site.world.by("bob"), secret, "the zanzibar bucket is open")
    mine = actions.note(site.world.by("bob"), public, "hello")
    for rest in ("", f"?before={hidden.id}", f"/entries/{hidden.id}"):
        told = [without_tokens(site.page(account, f"/incidents/{ref}{rest}", 404)) for ref in (secret, never)]
        assert told[0].replace(secret, never) == told[1]
    for rest in (f"?before={hidden.id}", f"/entries/{hidden.id}"):  # in one that they may see
        site.page(account, f"/incidents/{public}{rest}", 404)
        site.page(account, f"/incidents/{public}{rest.replace(str(hidden.id), str(mine.id))}")
    before = counted()
    for rest, fields in (("/notes", {"text": "hi"}), (f"/entries/{hidden.id}/marks", {"on": "finding"})):
        told = [without_tokens(site.send(account, f"/incidents/{ref}{rest}", 404, **fields)) for ref in (secret, never)]
        assert told[0].replace(secret, never) == told[1]
    site.send(account, f"/incidents/{public}/entries/{hidden.id}/marks", 404, on="finding")
    assert counted() == before


@pytest.mark.parametrize("account", ["charlie", "adele", "alice", "victor"])
def test_one_that_was_restricted_later_looks_as_if_it_had_been_cancelled(site: Site, account: str) -> None:
    ref = declared(site.world, "zanzibar leaked")
    number = actions.note(site.world.by("bob"), ref, "the zanzibar bucket is open").id
    actions.restrict(site.world.by("bob"), ref)
    for address in (f"/incidents/{ref}", f"/incidents/{ref}?before={number}"):
        page = site.page(account, address)
        assert "zanzibar" not in page
        assert '<span class="badge cancelled">cancelled</span>' in page
        assert "restricted" not in page.partition('id="head"')[2].partition("</main>")[0]
        assert "<form" not in page.partition('id="head"')[2].partition("<dialog")[0]
        assert "/live?" not in page
    site.page(account, f"/incidents/{ref}/entries/{number}", 404)
    before = counted()
    for rest, fields in (("/notes", {"text": "hi there"}), (f"/entries/{number}/marks", {"on": "finding"})):
        told = site.send(account, f"/incidents/{ref}{rest}", 409, **fields)
        assert "zanzibar" not in told
        assert "was cancelled" in told
    assert counted() == before


def test_what_others_say_in_a_room_arrives(site: Site) -> None:
    ref = declared(site.world)
    Room(ref).say(BEN, "see https://status.example.com/7", site.world.now)
    page = site.page("bob", f"/incidents/{ref}")
    assert '<a href="https://status.example.com/7" rel="nofollow">' in page
