"""Declaring: a title is enough; what was written is never lost, and never declared twice."""

from __future__ import annotations

import re
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from musterpoint.accounts.models import Account
from musterpoint.core.incident import Basis, Milestone
from musterpoint.store import models
from tests.actions.telling import state
from tests.conftest import World
from tests.web.conftest import Site, runs_under


def form(site: Site, by: str = "bob") -> dict[str, Any]:
    """What the form sends when nobody writes anything: its key, and the answer that is chosen."""
    page = site.page(by, "/declare")
    once = re.search(r'name="once" value="([^"]+)"', page)
    chosen = re.search(r'name="security" value="(\w+)" checked', page)
    assert once
    assert chosen
    return {"once": once[1], "security": chosen[1], "affected": "", "noticed": ""}


def test_a_title_is_enough(site: Site) -> None:
    page = site.send("bob", "/declare", **form(site), title="Checkout answers 502")
    assert "Incident 1 is declared." in page
    assert "<h1>Checkout answers 502</h1>" in page
    detected = state("1").milestones[Milestone.DETECTED]
    assert (detected.at, detected.basis) == (site.world.now, Basis.ESTIMATED)


def test_all_that_was_said_is_in_the_incident(site: Site) -> None:
    told = {**form(site), "affected": "Everybody in the EU", "noticed": "10m ago"}
    site.send("bob", "/declare", **told, title="Checkout answers 502")
    incident = state("1")
    assert incident.affected == "Everybody in the EU"
    detected = incident.milestones[Milestone.DETECTED]
    assert (detected.at, detected.basis) == (site.world.now - timedelta(minutes=10), Basis.STATED)
    assert not incident.restricted


def test_a_time_with_its_zone_is_understood(site: Site) -> None:
    site.send("bob", "/declare", **{**form(site), "noticed": "2026-03-02T09:30+01:00"}, title="Slow")
    assert f"{state('1').milestones[Milestone.DETECTED].at:%H:%M}" == "08:30"


@pytest.mark.parametrize("answer", ["unsure", "yes"])
def test_a_restricted_one_says_whom_to_turn_to(site: Site, answer: str) -> None:
    site.world.runs(security_contact="security@example.com, #security")
    page = site.send("bob", "/declare", **{**form(site), "security": answer}, title="A key leaked")
    assert "Only you and the security team know of it. Turn to security@example.com, #security." in page
    row = models.Incident.objects.get()
    assert row.restricted
    assert "Turn to security@example.com" in site.page("bob", f"/incidents/{row.ref}")
    site.page("charlie", f"/incidents/{row.ref}", 404)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("title", " ", "The title is empty."),
        ("title", "x" * 301, "The title has 301 characters"),
        ("title", "x" * 1_000_000, "The title has 1000000 characters"),
        ("affected", "x" * 301, "The affected has 301 characters"),
        ("noticed", "25:99", "is not a time"),
        ("noticed", "2027-01-01 10:00", "lies in the future"),
        ("security", "perhaps", "Could security or personal data be involved?"),
    ],
)
def test_a_refusal_stands_beside_its_field_and_keeps_what_was_written(
    site: Site, field: str, value: str, told: str
) -> None:
    sent = {**form(site), "title": "Checkout <b>answers</b>", "affected": "the EU", "noticed": "9:01", field: value}
    page = site.send("bob", "/declare", 409, **sent)
    assert told in page
    assert "Nothing is declared yet." in page
    for name in ("title", "affected", "noticed", "once"):
        kept = re.search(rf'name="{name}" value="([^"]*)"', page)
        assert kept
        assert kept[1] == sent[name].replace("<", "&lt;").replace(">", "&gt;")
    if field != "security":
        assert re.search(rf'id="{field}"[^>]*aria-invalid="true"', page)
        assert f'id="{field}-error"' in page
    assert not models.Incident.objects.exists()


def test_what_cannot_be_stored_is_shown_harmlessly(site: Site) -> None:
    title = "a\0b \u202egnp.exe <script>alert(1)</script>"
    page = site.send("bob", "/declare", **form(site), title=title)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "\0" not in models.Incident.objects.get().title


def test_a_form_that_is_sent_twice_declares_once(site: Site) -> None:
    sent = {**form(site), "title": "Checkout answers 502"}
    site.send("bob", "/declare", **sent)
    page = site.send("bob", "/declare", **sent)
    assert "This was declared already: here it is." in page
    assert models.Incident.objects.count() == 1
    site.send("bob", "/declare", **{**form(site), "title": "Checkout answers 502"})  # a form of its own is meant so
    assert models.Incident.objects.count() == 2


def test_a_refused_form_may_be_sent_again(site: Site) -> None:
    sent = form(site)
    site.send("bob", "/declare", 409, **sent, title="")
    site.send("bob", "/declare", **sent, title="Checkout answers 502")
    assert models.Incident.objects.count() == 1


def test_the_key_of_somebody_elses_form_leads_nowhere(site: Site) -> None:
    sent = {**form(site), "security": "yes"}
    site.send("bob", "/declare", **sent, title="A key leaked")
    secret = models.Incident.objects.get().ref
    page = site.send("charlie", "/declare", **{**sent, "security": "no"}, title="Mine")
    assert secret not in page
    assert models.Incident.objects.count() == 2


def test_a_double_click_declares_once(real_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both requests are on their way at the same time."""
    runs_under(real_world, monkeypatch)
    site = Site(real_world)
    sent = {**form(site), "title": "Checkout answers 502"}
    cookies, barrier, answers = site.by("bob").cookies, Barrier(2), list[Any]()

    def click() -> None:
        client = Client()
        client.cookies.update(cookies)
        barrier.wait()
        answers.append(client.post("/declare", sent)["Location"])
        connection.close()

    threads = [Thread(target=click) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert answers == ["/incidents/1", "/incidents/1"]
    assert models.Incident.objects.count() == 1


def test_viewers_are_told_that_they_cannot(site: Site) -> None:
    page = site.page("victor", "/declare")
    assert "may read but not change" in page
    assert 'name="title"' not in page
    assert "may read but not change" in site.send("victor", "/declare", 409, title="Hello", once="x")


def test_whoever_is_signed_out_keeps_what_they_wrote(site: Site) -> None:
    answer = Client().post("/declare", {"title": "Checkout answers 502", "affected": "the EU and more"})
    assert answer.status_code == 401
    assert "Checkout answers 502" in answer.content.decode()
    assert Account.objects.count() == 0
