"""The record of an incident on its page: conformance, reminders, the journal, what goes outside, the download."""

from __future__ import annotations

import json
import re
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musterpoint import actions, intake
from musterpoint.core.aftermath import Decision
from musterpoint.core.incident import Basis
from musterpoint.core.journal import Gap
from musterpoint.core.said import Said
from musterpoint.reading import journal as journals
from musterpoint.store import models
from tests.actions.telling import (
    BEN,
    brought_in,
    counted,
    declared,
    edited,
    message,
    read,
    says,
    secretly_declared,
    source,
)
from tests.actions.test_issue import raised, settled
from tests.web.conftest import Site


@pytest.fixture
def ref(site: Site) -> str:
    return declared(site.world)


def of_step(page: str, name: str) -> str:
    found = re.search(rf'<tr id="step-{name}">.*?</tr>', page, re.DOTALL)
    assert found
    return found[0]


# --- conformance --------------------------------------------------------------------------------------------------


def test_each_step_stands_with_its_time_its_person_and_linked_evidence(site: Site, ref: str) -> None:
    shown = of_step(site.page("bob", f"/incidents/{ref}/record"), "identify")
    assert "done" in shown
    assert "Bob" in shown
    assert "09:01" in shown
    assert re.search(rf'<a href="/incidents/{ref}/entries/\d+">Bob, 03-02 09:01</a>', shown)
    assert "handbook, Identify" in shown


def test_what_is_missing_leads_to_where_it_is_done(site: Site, ref: str) -> None:
    page = site.page("bob", f"/incidents/{ref}/record")
    for name, place in (("resolve", "#steps"), ("rca", "/writeup"), ("publish", "/publication")):
        assert f'href="/incidents/{ref}{place}"' in of_step(page, name)
    assert "Do it" not in of_step(page, "identify")
    assert "Do it" not in site.page("victor", f"/incidents/{ref}/record")


def test_an_exception_stands_with_its_reason_and_its_name(site: Site) -> None:
    ref = raised(site.world)
    actions.decide_publication(site.world.by("alice"), ref, Decision.SKIP, "three users, for two minutes")
    shown = of_step(site.page("bob", f"/incidents/{ref}/record"), "publish")
    assert "exception" in shown
    assert "Alice: three users, for two minutes" in shown


def test_much_evidence_is_counted_and_not_listed(site: Site, ref: str) -> None:
    for number in range(9):
        actions.did(site.world.by("bob"), ref, f"Restarted host {number}")
    shown = of_step(site.page("bob", f"/incidents/{ref}/record"), "record")
    assert shown.count("/entries/") == 5
    assert "and 4 more" in shown


def test_evidence_by_its_reference_leads_to_its_entry(site: Site) -> None:
    said = [message(0, "checkout is down"), message(2, "looking")]
    ref = brought_in(site.world, source(*said)).incident
    answer = site.by("bob").get(f"/incidents/{ref}/entries/{said[1].ref}")
    number = models.Entry.objects.get(ref=said[1].ref).pk
    assert (answer.status_code, answer["Location"]) == (302, f"/incidents/{ref}/entries/{number}")
    site.page("bob", f"/incidents/{ref}/entries/slack:C7/nothing", 404)


# --- reminders ----------------------------------------------------------------------------------------------------


def test_a_reminder_is_put_off_dismissed_and_resumed(site: Site, ref: str) -> None:
    site.world.later(120)
    page = site.page("bob", f"/incidents/{ref}/record")
    assert "Nobody has led the incident" in page
    place = f"/incidents/{ref}/reminders/no_lead"
    page = site.send("bob", f"{place}/delay", until="2h")
    assert "Put off until" in page
    page = site.send("bob", f"{place}/resumption")
    assert "Put off until" not in page
    page = site.send("bob", f"{place}/dismissal")
    assert "Nobody is reminded of it." in page
    site.send("bob", f"{place}/resumption")


def test_a_reminder_of_an_action_is_put_off(site: Site, ref: str) -> None:
    actions.add_action(site.world.by("bob"), ref, "Alert", due="2026-03-01")
    page = site.page("bob", f"/incidents/{ref}/record")
    assert f'href="/incidents/{ref}/actions#action-1"' in page
    site.send("bob", f"/incidents/{ref}/reminders/action_overdue:1/delay", until="2026-03-20")


@pytest.mark.parametrize(
    ("name", "deed", "sent", "told"),
    [
        ("no_lead", "delay", {"until": "soon"}, "is not a time"),
        ("no_lead", "delay", {}, "is not a time"),
        ("no_lead", "delay", {"until": "2020-01-01"}, "has passed"),
        ("nonsense", "dismissal", {}, "has no reminder"),
        ("no_lead", "resumption", {}, "is not put off"),
    ],
)
def test_a_wrong_delay_is_refused(site: Site, ref: str, name: str, deed: str, sent: dict[str, str], told: str) -> None:
    before = counted()
    assert told in site.send("bob", f"/incidents/{ref}/reminders/{name}/{deed}", 409, **sent)
    assert counted() == before


def test_nothing_waits_in_a_closed_incident(site: Site) -> None:
    ref = settled(site.world)
    page = site.page("bob", f"/incidents/{ref}/record")
    assert "Nothing waits for anybody here." in page
    assert "is closed" in site.send("bob", f"/incidents/{ref}/reminders/no_lead/dismissal", 409)


# --- the journal --------------------------------------------------------------------------------------------------


def test_the_journal_has_everything_in_the_order_in_which_it_was_learnt(site: Site, ref: str) -> None:
    late = actions.note(site.world.by("bob"), ref, "the alert was first", site.world.now.replace(hour=8)).id
    says(site.world, ref, "looking")
    actions.add_action(site.world.by("bob"), ref, "Alert")
    page = site.page("bob", f"/incidents/{ref}/record/journal")
    numbers = [int(each) for each in re.findall(r'<tr id="entry-(\d+)"', page)]
    assert numbers == sorted(numbers)
    assert len(numbers) == models.Entry.objects.count()
    shown = page[page.index(f'id="entry-{late}"') :]
    assert "Happened" in shown[: shown.index("</tr>")]
    assert "Bob added action 1: Alert" in page
    assert ">Ben Okafor<" in page


def test_it_comes_in_pages_the_last_first(site: Site, ref: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "WINDOW", 4)
    for number in range(6):
        actions.note(site.world.by("bob"), ref, f"note {number}")
    every = [each.id for each in read(site.world, ref)]

    def shown(query: str) -> list[int]:
        page = site.page("bob", f"/incidents/{ref}/record/journal{query}")
        return [int(each) for each in re.findall(r'<tr id="entry-(\d+)"', page)]

    assert [shown(each) for each in ("", "?page=1", "?page=2", "?page=99", "?page=-1")] == [
        every[4:],
        every[:4],
        every[4:],
        every[4:],
        every[4:],
    ]


def test_texts_that_were_taken_away_are_for_responders(site: Site) -> None:
    said = message(1, "the password is hunter2")
    ref = brought_in(site.world, source(message(0, "down"), said, edited(said, "the password is gone"))).incident
    place = f"/incidents/{ref}/record/journal"
    assert "hunter2" in site.page("bob", place)
    viewed = site.page("victor", place)
    assert "edited later" in viewed
    assert "hunter2" not in viewed


def test_the_pages_ask_as_much_of_the_database_however_much_there_is(site: Site, ref: str) -> None:
    def asked(address: str) -> int:
        site.by("bob")
        with CaptureQueriesContext(connection) as found:
            site.page("bob", address)
        return len(found)

    places = [f"/incidents/{ref}/record", f"/incidents/{ref}/record/journal"]
    actions.add_action(site.world.by("bob"), ref, "Alert", due="2026-03-01")
    says(site.world, ref, "looking")
    before = [asked(each) for each in places]
    for number in range(12):
        actions.did(site.world.by("alice"), ref, f"Restarted host {number}")
        actions.add_action(site.world.by("alice"), ref, f"Look at host {number}", due="2026-03-01")
        says(site.world, ref, "better?")
    assert [asked(each) for each in places] == before


# --- what goes outside, and the download --------------------------------------------------------------------------


def test_what_goes_outside_is_shown_and_leads_to_the_settings(site: Site) -> None:
    ref = raised(site.world)
    models.Effect.objects.create(
        key=f"comment:{ref}:99",
        kind="comment",
        incident=models.Incident.objects.get(ref=ref),
        status="parked",
        tries=3,
        error="the tracker says <no>",
        not_before=site.world.now,
        created_at=site.world.now,
    )
    page = site.page("bob", f"/incidents/{ref}/record")
    assert "the tracker says &lt;no&gt;" in page
    assert 'href="/settings/effects"' in page
    assert f"raise:{ref}" in page


def downloaded(site: Site, account: str, ref: str) -> dict[str, str]:
    answer = site.by(account).get(f"/incidents/{ref}/export.zip")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == f'attachment; filename="incident-{ref}.zip"'
    assert answer["Cache-Control"] == "private, no-store"
    with zipfile.ZipFile(BytesIO(answer.content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_all_of_it_is_downloaded_and_nothing_stays(site: Site, ref: str) -> None:
    actions.did(site.world.by("bob"), ref, "Restarted the broker")
    files = downloaded(site, "bob", ref)
    assert list(files) == [f"incident-{ref}.md", f"incident-{ref}.jsonl"]
    assert "Restarted the broker" in files[f"incident-{ref}.md"]
    first, *lines = [json.loads(each) for each in files[f"incident-{ref}.jsonl"].splitlines()]
    assert first["incident"]["ref"] == ref
    assert len(lines) == models.Entry.objects.count()
    assert not models.Copy.objects.exists()


def test_a_gap_is_named_on_the_page_and_in_the_download(site: Site) -> None:
    gap = "The file ends before the thread does."
    ref = brought_in(site.world, source(message(0, "down"), incomplete=gap)).incident
    assert gap in site.page("bob", f"/incidents/{ref}/record")
    assert gap in downloaded(site, "bob", ref)[f"incident-{ref}.md"]


def test_a_viewer_downloads_what_a_viewer_may_read(site: Site) -> None:
    said = message(0, "checkout is down")
    secret = message(1, "the password is hunter2", BEN, digest="1")
    ref = brought_in(site.world, source(said, secret, edited(secret, "never mind"))).incident
    assert "hunter2" in downloaded(site, "bob", ref)[f"incident-{ref}.jsonl"]
    assert "hunter2" not in str(downloaded(site, "victor", ref))


# --- who may ------------------------------------------------------------------------------------------------------


def test_a_viewer_reads_and_changes_nothing(site: Site, ref: str) -> None:
    site.world.later(120)
    page = site.page("victor", f"/incidents/{ref}/record")
    assert "Nobody has led the incident" in page
    assert f'action="/incidents/{ref}' not in page
    before = counted()
    for deed in ("delay", "dismissal", "resumption"):
        site.send("victor", f"/incidents/{ref}/reminders/no_lead/{deed}", 409, until="2h")
    assert counted() == before


def test_a_cancelled_incident_is_read_alone(site: Site, ref: str) -> None:
    actions.cancel(site.world.by("bob"), ref, "a drill")
    page = site.page("bob", f"/incidents/{ref}/record")
    assert f'action="/incidents/{ref}' not in page
    assert "Do it" not in page
    assert downloaded(site, "bob", ref)


@pytest.mark.parametrize("account", ["charlie", "adele", "alice", "victor"])
def test_a_stranger_finds_nothing_at_any_address(site: Site, account: str) -> None:
    secret, numbered = secretly_declared(site.world), declared(site.world, "Data leaked")
    for ref in (secret, numbered):
        actions.note(site.world.by("bob"), ref, "zanzibar")
    actions.restrict(site.world.by("bob"), numbered)
    before = counted()
    for place in ("record", "record/journal", "record/journal?page=1", "export.zip", "entries/entry:2"):
        site.page(account, f"/incidents/{secret}/{place}", 404)
        answer = site.by(account).get(f"/incidents/{numbered}/{place}")
        assert answer.status_code == (409 if place in ("export.zip", "entries/entry:2") else 200)
        assert "zanzibar" not in answer.content.decode()
        assert "restricted" not in answer.content.decode().lower()
    for ref, status in ((secret, 404), (numbered, 409)):
        for deed in ("delay", "dismissal", "resumption"):
            site.send(account, f"/incidents/{ref}/reminders/no_lead/{deed}", status, until="2h")
    assert counted() == before
    assert "zanzibar" in site.page("sirt", f"/incidents/{secret}/record/journal")
    assert "zanzibar" in str(downloaded(site, "sirt", secret))


# --- how complete it is --------------------------------------------------------------------------------------------


def test_how_complete_a_captured_thread_is_stands_on_its_pages_and_in_the_download(site: Site) -> None:
    """And what was learnt from the chat's history alone is marked so."""
    site.world.runs(chat="slack")
    ref = brought_in(site.world, source(message(0, "checkout is down"))).incident
    thread = models.Thread.objects.get(readings__role="thread")
    since = site.world.now - timedelta(minutes=30)
    models.Capture.objects.create(thread=thread, since=since, due_at=since, read_at=since)
    until = since + timedelta(minutes=5)
    gap = Said("gap:1", "", since, Gap(since, until, "the connection was away"), since, Basis.RECORDED, None)
    intake.write(thread, [gap], "musterpoint", until)
    intake.write(thread, [message(1, "we look")], "slack_history", until)
    told = "(the connection was away); the history of that time is being read"
    for address in (f"/incidents/{ref}", f"/incidents/{ref}/record"):
        assert told in site.page("bob", address)
    assert "from the history" in site.page("bob", f"/incidents/{ref}")
    assert "from the history" in site.page("bob", f"/incidents/{ref}/record/journal")
    document = downloaded(site, "bob", ref)[f"incident-{ref}.md"]
    assert told in document
    assert "we look *(from the history)*" in document
