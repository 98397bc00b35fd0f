"""Buttons, choices and forms: done once, on behalf of whoever pressed, answered to them alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from musterpoint import actions
from musterpoint.core.incident import Basis, Milestone, Severity, Status
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import hearing, people
from musterpoint.store import models
from tests.conftest import World
from tests.integrations.slack.app.talk import Talk
from tests.slack.workspace import Workspace


@pytest.fixture
def talk(world: World, workspace: Workspace, process: Process) -> Talk:
    return Talk(world, workspace, process)


# --- at once ------------------------------------------------------------------------------------------------------


def test_the_lead_is_taken_from_nobody_only(talk: Talk) -> None:
    ref = talk.declared()
    card = talk.workspace.thread(talk.dept, talk.root(ref))[0]
    assert talk.presses("ben", "card:lead", ref) == f"Ben leads incident {ref}."
    talk.carried_out("card")
    talk.workspace.message(talk.dept, talk.root(ref))["blocks"] = card["blocks"]  # Ana has not seen the new card
    told = talk.presses("ana", "card:lead", ref)
    assert f"Ben leads incident {ref} by now." in told
    assert "`lead me`" in told
    lead = talk.state(ref).lead
    assert lead is not None
    assert lead.name == "Ben"


def test_the_severity_is_chosen_on_the_card(talk: Talk) -> None:
    talk.runs(severities={Severity.CRITICAL: "SEV 1", Severity.MAJOR: "SEV 2", Severity.MINOR: "SEV 3"})
    ref = talk.declared()
    told = talk.presses("ana", "card:severity", ref, selected=f"{ref} major")
    assert told == f"The severity of incident {ref} is SEV 2."
    assert talk.state(ref).severity is Severity.MAJOR


def test_the_issue_is_raised_by_who_may(talk: Talk) -> None:
    ref = talk.declared()
    actions.resolve(talk.call("ana"), ref)
    assert "does not raise the issue" in (told := talk.presses("ana", "card:raise", ref))
    assert "`nominate @ana`" in told
    assert talk.presses("alice", "card:raise", ref) == f"The issue of incident {ref} is being made."
    assert talk.state(ref).after.issue is not None


@pytest.mark.parametrize("name", ["gus", "stella"])
def test_guests_and_strangers_press_in_vain(talk: Talk, name: str) -> None:
    ref = talk.declared()
    assert "cannot do this" in talk.presses(name, "card:lead", ref)
    assert "cannot do this" in talk.presses(name, "card:resolved", ref)
    assert name not in str(talk.state(ref).lead)
    assert talk.state(ref).status is Status.OPEN


def test_a_restricted_incident_does_not_exist_for_who_presses_its_old_card(talk: Talk) -> None:
    ref = talk.declared()
    actions.restrict(talk.call("alice"), ref)
    assert f"Incident {ref} was cancelled" in talk.presses("ana", "card:lead", ref)
    assert f"Incident {ref} was cancelled" in talk.presses("ana", "card:resolved", ref)


def test_somebody_unknown_is_asked_for_at_once(talk: Talk) -> None:
    ref = talk.declared()
    talk.users["kim"] = talk.workspace.user("kim", "Kim Sato")
    talk.workspace.join(talk.users["kim"], talk.dept)
    assert talk.presses("kim", "card:lead", ref) == f"Kim Sato leads incident {ref}."


def test_while_slack_does_not_say_who_it_is_nothing_is_done(talk: Talk) -> None:
    ref = talk.declared()
    talk.users["kim"] = talk.workspace.user("kim", "Kim Sato")
    talk.workspace.join(talk.users["kim"], talk.dept)
    talk.workspace.fails("users.info", status=500)
    assert "nothing was done" in talk.presses("kim", "card:lead", ref)
    assert talk.state(ref).lead is None


def test_the_same_press_is_done_once_whoever_brings_it(talk: Talk) -> None:
    """A sweep carries out what was stored and perhaps not answered."""
    ref = talk.declared()
    talk.presses("ben", "card:lead", ref)
    actions.lead(talk.call("ben"), ref, None)
    (row,) = models.Inbound.objects.filter(source="slack_request")
    data: dict[str, Any] = {"type": "block_actions", "user": {"id": talk.users["ben"]}}
    data |= {"trigger_id": row.key.partition(":")[2], "team": {"id": talk.workspace.team_id}}
    data |= {"actions": [{"action_id": "card:lead", "value": ref}]}
    row.delete()
    hearing.heard("interactive", data, talk.process, timezone.now())
    assert talk.state(ref).lead is None


# --- by a form ----------------------------------------------------------------------------------------------------


def test_it_is_resolved_by_a_form_with_time_and_reason(talk: Talk) -> None:
    ref = talk.declared()
    actions.correct_time(talk.call("alice"), ref, Milestone.DETECTED, None)
    assert talk.presses("ana", "card:resolved", ref) == ""
    assert talk.form("ana")["callback_id"] == "say:resolved"
    assert talk.fills_in("ana", at="25:99")["errors"] == {
        "at": "“25:99” is no time; nothing was changed.\n"
        "Say `at 14:20`, `at 2026-03-02 14:20`, `at 14:20 UTC` or `10 minutes ago`."
    }
    assert "lies in the future" in talk.fills_in("ana", at="2031-01-01 10:00")["errors"]["at"]
    assert talk.state(ref).status is Status.OPEN
    assert talk.fills_in("ana", at="5 minutes ago", why="the pump runs") == {}
    assert f"Incident {ref} is resolved since" in talk.whispered("ana")[-1]
    moment = talk.state(ref).milestones[Milestone.RESOLVED]
    assert moment.basis is Basis.STATED
    assert abs(timezone.now() - timedelta(minutes=5) - moment.at) < timedelta(minutes=1)
    assert "the pump runs" in str([each.fact for each in talk.entries(ref)])


def test_of_two_who_press_resolved_the_second_is_told(talk: Talk) -> None:
    ref = talk.declared()
    talk.presses("ana", "card:resolved", ref)
    talk.presses("ben", "card:resolved", ref)
    assert talk.fills_in("ana") == {}
    assert f"Incident {ref} is resolved already" in str(talk.fills_in("ben"))


def test_a_card_that_was_overtaken_answers_how_it_stands(talk: Talk) -> None:
    ref = talk.declared()
    blocks = talk.workspace.thread(talk.dept, talk.root(ref))[0]["blocks"]
    actions.resolve(talk.call("ana"), ref)
    talk.carried_out("card")
    talk.workspace.message(talk.dept, talk.root(ref))["blocks"] = blocks
    told = talk.presses("ben", "card:resolved", ref)
    assert f"Incident {ref} is resolved already." in told
    assert "`relapse`" in told
    assert talk.users["ben"] not in talk.workspace.views


@pytest.mark.parametrize("step", ["resolved", "relapse"])
def test_if_the_form_cannot_be_opened_it_is_done_at_once(talk: Talk, step: str) -> None:
    ref = talk.declared()
    if step == "relapse":
        actions.resolve(talk.call("ana"), ref)
    talk.workspace.fails("views.open", status=500)
    assert "The form could not be opened, so it was done as of now." in talk.presses("ben", f"card:{step}", ref)
    assert talk.state(ref).status is (Status.RESOLVED if step == "resolved" else Status.OPEN)


def test_a_note_without_its_form_is_left_to_the_thread(talk: Talk) -> None:
    ref = talk.declared()
    talk.workspace.fails("views.open", error="expired_trigger_id")
    told = talk.presses("ben", "card:more", ref, selected=f"{ref} note")
    assert "`@musterpoint note …` does the same" in told


@pytest.mark.parametrize(
    ("step", "values", "kind", "told"),
    [
        ("note", {"text": "It is the pump", "at": "2 minutes ago"}, "note", "Noted in incident {ref}."),
        ("cancel", {"why": "a drill"}, "status", "Incident {ref} is cancelled."),
        ("restrict", {"why": "a key"}, "restriction", "Incident {ref} is restricted"),
    ],
)
def test_more_can_be_done_by_forms(talk: Talk, step: str, values: dict[str, Any], kind: str, told: str) -> None:
    ref = talk.declared()
    actions.correct_time(talk.call("alice"), ref, Milestone.DETECTED, None)
    talk.presses("ana", "card:more", ref, selected=f"{ref} {step}")
    assert talk.fills_in("ana", **values) == {}
    assert kind in talk.kinds(ref)
    assert told.format(ref=ref) in talk.whispered("ana")[-1]


def test_authority_nominates_by_a_form(talk: Talk) -> None:
    ref = talk.declared()
    assert "has no authority" in talk.presses("ana", "card:more", ref, selected=f"{ref} nominate")
    talk.presses("alice", "card:more", ref, selected=f"{ref} nominate")
    assert "Gus cannot be that here" in str(talk.fills_in("alice", person=talk.users["gus"]))
    assert talk.fills_in("alice", person=talk.users["ben"]) == {}
    nominee = talk.state(ref).nominee
    assert nominee is not None
    assert nominee.name == "Ben"


def test_a_form_that_is_sent_twice_is_done_once(talk: Talk) -> None:
    ref = talk.declared()
    talk.presses("ana", "card:more", ref, selected=f"{ref} note")
    view = talk.form("ana")
    assert talk.fills_in("ana", text="It is the pump") == {}
    payload: dict[str, Any] = {"type": "view_submission", "user": {"id": talk.users["ana"]}}
    payload |= {"team": {"id": talk.workspace.team_id}}
    models.Inbound.objects.filter(source="slack_request").delete()
    values = {"text": {"text": {"type": "plain_text_input", "value": "It is the pump"}}}
    payload["view"] = view | {"state": {"values": values}}
    assert hearing.heard("interactive", payload, talk.process, timezone.now()) is None
    assert talk.kinds(ref).count("note") == 1


# --- the rest -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["card:nothing", "else:thing", "card:open", "", "card:lead#7"])
def test_what_nobody_knows_does_nothing(talk: Talk, action: str) -> None:
    ref = talk.declared()
    team, ben = {"id": talk.workspace.team_id}, {"id": talk.users["ben"]}
    payload: dict[str, Any] = {"type": "block_actions", "user": ben, "team": team}
    payload |= {"trigger_id": "1.2", "actions": [{"action_id": action, "value": "no such incident"}]}
    assert hearing.heard("interactive", payload, talk.process, timezone.now()) is None
    assert talk.state(ref).lead is None
    assert not models.Inbound.objects.filter(status="parked").exists()


def test_a_huddle_that_is_opened_is_answered_with_nothing(talk: Talk) -> None:
    ref = talk.declared()
    assert talk.presses("ben", "huddle:open", ref) == ""


def test_whoever_declared_without_the_form_is_asked_about_security(talk: Talk) -> None:
    talk.workspace.fails("views.open", status=500)
    talk.types("ana", "A key leaked")
    talk.carried_out("thread")
    (ref,) = talk.refs
    assert talk.presses("ben", "card:security", ref) == ""
    talk.fills_in("ben", security="yes")
    assert talk.state(ref).restricted


def test_people_are_who_slack_says(talk: Talk) -> None:
    talk.workspace.change_user(talk.users["ben"], kind="guest")
    talk.takes_in()
    found = people.who(talk.workspace.team_id, talk.users["ben"])
    assert found is not None
    ref = talk.declared()
    assert "cannot do this" in talk.presses("ben", "card:lead", ref)
