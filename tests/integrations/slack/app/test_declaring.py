"""Declare from Slack: the command, the global shortcut and the form, whatever goes wrong on the way."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from musterpoint.core.incident import Basis, Kind, Milestone
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import declaring
from musterpoint.store import models
from tests.conftest import World
from tests.integrations.slack.app.desk import Desk
from tests.slack.workspace import Workspace


@pytest.fixture
def desk(world: World, workspace: Workspace, process: Process) -> Desk:
    return Desk(world, workspace, process)


def opened_at(desk: Desk) -> Any:
    return desk.one.milestones[Milestone.DETECTED]


def test_the_command_opens_the_form_with_its_words_as_the_title(desk: Desk) -> None:
    assert desk.types("ana", "Checkout &amp; login <https://example.com|fail>") == ""
    title = desk.form("ana")["blocks"][0]["element"]["initial_value"]
    assert title.startswith("Checkout & login")
    assert not models.Incident.objects.exists()


def test_what_is_sent_becomes_an_incident_and_its_declarer_is_told_where_it_is(desk: Desk) -> None:
    desk.types("ana", "Checkout answers 502")
    assert desk.sends("ana", affected="the shop") == {"response_action": "clear"}
    assert (desk.one.title, desk.one.affected, desk.one.restricted) == ("Checkout answers 502", "the shop", False)
    assert desk.users["ana"] not in desk.workspace.views
    [told] = desk.whispered("ana")
    assert "Incident 1 is declared: Checkout answers 502." in told
    assert "#dept-engineering" in told
    assert models.Effect.objects.filter(key="thread:1", status="waiting").exists()
    entry = models.Entry.objects.get(kind="declaration")
    assert (entry.who_name, entry.source) == ("Ana", "slack")


def test_the_time_is_read_in_the_persons_zone(desk: Desk) -> None:
    desk.types("ana", "Checkout answers 502")  # Europe/Oslo
    noticed = timezone.now() - timedelta(hours=2)
    told = noticed.astimezone(ZoneInfo("Europe/Oslo"))
    desk.sends("ana", noticed=f"{told:%H:%M}")
    assert (opened_at(desk).at, opened_at(desk).basis) == (noticed.replace(second=0, microsecond=0), Basis.STATED)


def test_a_vague_time_is_an_estimate(desk: Desk) -> None:
    desk.types("ana", "Checkout answers 502")
    desk.sends("ana", noticed="about 20 minutes ago")
    moment = opened_at(desk)
    assert moment.basis is Basis.ESTIMATED
    assert abs(timezone.now() - timedelta(minutes=20) - moment.at) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"noticed": "when the moon rose"}, "noticed", "not a time"),
        ({"noticed": "2120-01-01 10:00"}, "noticed", "lies in the future"),
        ({"title": "   "}, "title", "empty"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_can_be_sent_again(
    desk: Desk, values: dict[str, str], field: str, words: str
) -> None:
    desk.types("ana", "Checkout answers 502")
    answer = desk.sends("ana", **values)
    assert answer["response_action"] == "errors"
    assert list(answer["errors"]) == [field]
    assert words in answer["errors"][field]
    assert not models.Incident.objects.exists()
    assert desk.sends("ana", title="Checkout answers 502", noticed="")["response_action"] == "clear"
    assert desk.one.title == "Checkout answers 502"


@pytest.mark.parametrize("security", ["unsure", "yes"])
def test_security_stays_out_of_every_channel_and_is_answered_privately(desk: Desk, security: str) -> None:
    desk.runs(security_contact="security@example.com")
    desk.types("ana", "Key leaked")
    answer = desk.sends("ana", security=security)
    assert (desk.one.kind, desk.one.restricted, desk.one.confined) == (Kind.SECURITY, True, False)
    assert answer["response_action"] == "update"
    told = json.dumps(desk.form("ana")["blocks"])
    for words in (desk.one.ref, "security@example.com", "Ana", "Sirt"):
        assert words in told
    assert not models.Effect.objects.exists()
    assert "leaked" not in desk.in_public()
    assert desk.workspace.ephemerals == []


def test_the_same_form_sent_twice_declares_once_and_answers_the_same(desk: Desk) -> None:
    desk.types("ana", "Key leaked")
    view = desk.form("ana")
    first = desk.sends("ana", security="yes")
    view["state"] = {"values": {"title": {"title": {"value": "Key leaked"}}}}
    view["state"]["values"]["security"] = {"security": {"selected_option": {"value": "yes"}}}
    assert declaring.sent(desk.request("ana"), view) == first
    assert len(desk.refs) == 1


# --- Slack fails ---------------------------------------------------------------------------------------------------


def test_without_a_form_it_is_declared_from_its_words_and_the_rest_is_asked_for(desk: Desk) -> None:
    desk.workspace.fails("views.open", status=500)
    told = desk.types("ana", "Checkout answers 502")
    assert "Incident 1 is declared: Checkout answers 502." in told
    assert "what is affected" in told
    assert "restrict it at once" in told
    assert desk.one.after.security_unasked
    assert not desk.one.restricted


def test_without_words_it_is_named_after_its_declarer(desk: Desk) -> None:
    desk.workspace.fails("views.open", error="internal_error")
    desk.types("ana")
    assert desk.one.title == "Incident declared by Ana"


def test_a_form_that_is_shown_too_late_adds_to_what_was_declared_without_it(desk: Desk) -> None:
    desk.workspace.fails("views.open", late=3.5)
    assert "Incident 1 is declared" in desk.types("ana", "Checkout answers 502")
    time.sleep(2)
    assert desk.sends("ana", title="Checkout is down", affected="the shop", noticed="10m ago") == {
        "response_action": "clear"
    }
    assert (desk.one.title, desk.one.affected) == ("Checkout is down", "the shop")
    assert opened_at(desk).basis is Basis.STATED
    assert not desk.one.after.security_unasked
    assert any("added to it" in each for each in desk.whispered("ana"))


def test_a_late_form_that_says_security_restricts_what_was_declared(desk: Desk) -> None:
    desk.workspace.fails("views.open", stored=True, status=500)
    desk.types("ana", "Checkout answers 502")
    answer = desk.sends("ana", title="Customers' cards leaked", security="unsure")
    assert answer["response_action"] == "update"
    assert (desk.one.restricted, desk.one.kind) == (True, Kind.SECURITY)
    waiting = models.Effect.objects.filter(status="waiting").exclude(kind="slack_whisper")
    assert not waiting.exists()


def test_a_command_that_comes_twice_opens_one_form_or_declares_once(desk: Desk) -> None:
    def again() -> Any:
        payload = {"trigger_id": desk.workspace.last_trigger}
        return declaring.slash(desk.request("ana", **payload), "Login fails")

    desk.types("ana", "Login fails")
    assert again() is None
    assert desk.refs == []
    desk.workspace.fails("views.open", status=500, times=2)
    desk.types("ana", "Login fails")
    twice = again()
    assert desk.refs == ["1"]
    assert "Incident 1 is declared already." in twice["text"]


def test_somebody_whom_slack_does_not_name_declares_as_soon_as_it_does(desk: Desk) -> None:
    desk.users["cleo"] = desk.workspace.user("cleo")
    desk.workspace.fails("users.info", status=503, times=2)
    assert "as soon as it does" in desk.types("cleo", "Checkout answers 502")
    desk.carried_out("slack_declare")
    assert desk.refs == []
    models.Effect.objects.filter(kind="slack_declare").update(not_before=timezone.now() - timedelta(seconds=9))
    desk.carried_out("slack_declare")
    assert desk.one.title == "Checkout answers 502"
    assert any("Incident 1 is declared" in each for each in desk.whispered("cleo"))
    assert models.Entry.objects.get(kind="declaration").who_name == "Cleo"


def test_the_whole_of_slack_may_be_down(desk: Desk) -> None:
    desk.workspace.fails("*", status=503, times=50)
    assert "Incident 1 is declared: Checkout answers 502." in desk.types("ana", "Checkout answers 502")


# --- who and where --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "who"), [("gus", "Guests"), ("stella", "another workspace")])
def test_who_is_no_full_member_declares_nothing_and_is_told_what_works(desk: Desk, name: str, who: str) -> None:
    told = desk.types(name, "Checkout answers 502")
    assert who in told
    assert "Ask somebody of the workspace" in told
    assert desk.users[name] not in desk.workspace.views
    assert not models.Incident.objects.exists()


def test_a_viewer_is_refused_before_anything_is_filled_in(desk: Desk) -> None:
    desk.types("ana", "x")
    models.Person.objects.filter(name="Ana").update(role="viewer")
    assert "may read but not change" in desk.types("ana", "Checkout answers 502")


def test_help_is_answered_privately(desk: Desk) -> None:
    told = desk.types("ana", " Help ")
    assert "/incident" in told
    assert desk.users["ana"] not in desk.workspace.views
    assert not models.Incident.objects.exists()


def test_the_global_shortcut_opens_the_same_form(desk: Desk) -> None:
    desk.shortcut("ana")
    desk.sends("ana", title="Checkout answers 502")
    assert desk.one.title == "Checkout answers 502"
    assert "Incident 1 is declared" in desk.whispered("ana")[0]


def test_a_guests_shortcut_is_answered_in_a_form(desk: Desk) -> None:
    desk.shortcut("gus")
    assert "Guests of the workspace cannot do this." in json.dumps(desk.form("gus")["blocks"])
    assert desk.refs == []


def test_two_people_may_declare_at_the_same_time(desk: Desk) -> None:
    for name in ("ana", "ben"):
        desk.types(name, f"{name}'s incident")
    for name in ("ben", "ana"):
        desk.sends(name)
    assert [models.Incident.objects.get(ref=each).title for each in desk.refs] == ["ben's incident", "ana's incident"]
