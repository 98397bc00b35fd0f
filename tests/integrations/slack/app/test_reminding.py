"""Reminders in the workspace: urgent ones in the thread, all at once in one message; others to the person; buttons."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from musterpoint import actions, reminding
from musterpoint.core.aftermath_journal import Reminder, ReminderPutOff
from musterpoint.core.incident import Severity
from musterpoint.core.pace import PACES, Pace
from musterpoint.integrations.slack.app import direct, reminding_buttons
from musterpoint.store import models
from tests.actions.telling import declared, read, state
from tests.conftest import World
from tests.integrations.slack.app.office import Office
from tests.slack.workspace import Workspace


@pytest.fixture
def office(world: World, workspace: Workspace, process: object) -> Office:
    return Office(world, workspace, process)  # type: ignore[arg-type]  # a fixture's


def passes(office: Office, minutes: float = 0) -> int:
    office.later(minutes)
    return reminding.remind(office.process, office.now)


def reminded(office: Office, ref: str) -> list[str]:
    return [each.fact.name for each in read(office.world, ref) if isinstance(each.fact, Reminder)]


def led(office: Office, ref: str, name: str = "bob") -> None:
    actions.lead(office.world.by(name), ref, office.world.by(name).actor.who)


def buttons(message: dict[str, Any]) -> list[tuple[str, str]]:
    found = [each for block in message["blocks"] if block["type"] == "actions" for each in block["elements"]]
    return [(each["action_id"], each["value"]) for each in found]


def kinds() -> list[str]:
    wanted = models.Effect.objects.filter(kind__in=["say", "slack_direct"])
    return sorted(wanted.values_list("kind", flat=True))


# --- in the thread ---


def test_what_is_urgent_calls_in_the_thread_whom_it_is_for(office: Office) -> None:
    ref = office.declared()
    office.runs(reminders={**PACES, "no_huddle": Pace(0, 60, 0)})
    passes(office, 11)
    office.delivered_all("say")
    (message,) = office.workspace.thread(office.channel, office.root(ref))[1:]
    assert message["text"].startswith(f"<@{office.users['alice']}> Nobody has led the incident since")
    assert "`@musterpoint lead me`" in message["text"]
    assert "`musterpoint" not in message["text"]
    assert buttons(message) == [(f"remind:{each}", f"{ref} no_lead") for each in ("hour", "tomorrow", "dismiss")]


def test_what_is_due_at_once_is_one_message(office: Office) -> None:
    ref = office.declared(severity=None)
    passes(office, 30)
    assert reminded(office, ref) == ["no_lead", "no_severity", "no_huddle"]
    assert kinds() == ["say"]
    office.delivered_all("say")
    (message,) = office.workspace.thread(office.channel, office.root(ref))[1:]
    assert message["text"].count("• ") == 3
    assert buttons(message) == [
        ("huddle:runs", ref),
        ("huddle:unneeded", ref),
        *((f"remind:{each}", f"{ref} no_lead no_severity no_huddle") for each in ("hour", "tomorrow", "dismiss")),
    ]


def test_the_lead_is_asked_for_a_huddle_once_with_both_answers(office: Office) -> None:
    ref = office.declared()
    led(office, ref)
    assert [passes(office, 5), passes(office, 6), passes(office, 30)] == [0, 1, 0]
    office.delivered_all("say")
    (message,) = office.workspace.thread(office.channel, office.root(ref))[1:]
    assert message["text"].startswith(f"<@{office.users['bob']}> No huddle has begun since")
    assert buttons(message)[:2] == [("huddle:runs", ref), ("huddle:unneeded", ref)]


def test_a_silent_huddle_is_told_quietly(office: Office) -> None:
    ref = office.declared()
    led(office, ref)
    models.Incident.objects.filter(ref=ref).update(huddle_at=office.now)
    assert passes(office, 16) == 1
    office.delivered_all("say")
    (text,) = office.texts(ref)
    assert text.startswith("A huddle runs and nobody has written since")
    assert "<@" not in text


def test_reminders_that_are_turned_off_are_recorded_and_not_said(office: Office) -> None:
    ref = office.declared()
    office.runs(say=("resolved",))
    assert passes(office, 11) == 2
    assert reminded(office, ref) == ["no_lead", "no_huddle"]
    assert kinds() == []


def test_elsewhere_each_reminder_is_said_by_itself(world: World) -> None:
    world.runs(chat="bridge", chat_url="http://127.0.0.1:1")
    ref = declared(world)
    world.later(30)
    reminding.remind(world.process, world.now)
    said = models.Effect.objects.filter(incident__ref=ref, kind="say")
    assert [list(json.loads(each.data)) for each in said] == [["entry"], ["entry"]]


def test_a_secret_in_what_was_said_with_others_is_written_anew(office: Office) -> None:
    """Nobody of the chat is the owner: it is said in the thread."""
    ref = office.declared()
    actions.add_action(office.world.by("bob"), ref, "Change hunter2", due="2026-03-03")
    actions.add_action(office.world.by("bob"), ref, "Alert on 502s", due="2026-03-03")
    models.Identity.objects.filter(name__startswith="slack:").delete()
    actions.resolve(office.world.by("bob"), ref)
    passes(office, 60)
    models.Effect.objects.filter(kind="say").exclude(data__contains="entries").update(status="dropped")
    (key,) = office.delivered_all("say")
    assert "hunter2" in office.texts(ref)[-1]
    actions.redact(office.world.by("bob"), ref, "a password", text="hunter2")
    office.delivered_all("rewrite")
    assert "hunter2" not in office.texts(ref)[-1]
    assert "Alert on 502s" in office.texts(ref)[-1]
    assert models.Effect.objects.get(kind="rewrite").key.startswith(f"rewrite:{key}")


# --- to the person ---


def waiting_for_bob(office: Office, **values: Any) -> str:
    """Resolved: in the next working hours the write-up and the decision wait for Bob, who led."""
    ref = office.declared(**values)
    led(office, ref)
    actions.nominate(office.world.by("alice"), ref, office.world.by("bob").actor.who)
    actions.resolve(office.world.by("bob"), ref)
    models.Effect.objects.filter(kind="say").update(status="dropped")
    return ref


def test_what_waits_for_somebody_is_said_to_them_alone_all_in_one(office: Office) -> None:
    ref = waiting_for_bob(office)
    assert passes(office, 60 * 49) == 2
    assert kinds().count("slack_direct") == 1
    office.delivered_all("slack_direct")
    (message,) = office.direct("bob")
    first, *rest = message["text"].splitlines()
    assert first == f"Incident {ref}: Checkout answers 502"
    assert len([each for each in rest if each.startswith("• ")]) == 2
    assert rest[-1].strip("<>").endswith(f"/incidents/{ref}")
    assert "<@" not in message["text"]
    assert buttons(message)[2] == ("remind:dismiss", f"{ref} writeup_waiting decision_waiting")
    assert office.texts(ref) == []


def test_whom_the_workspace_does_not_know_is_named_in_the_thread(office: Office) -> None:
    ref = waiting_for_bob(office)
    models.Identity.objects.filter(name=f"slack:{office.users['bob']}").delete()
    passes(office, 60 * 25)
    assert kinds().count("slack_direct") == 0
    office.delivered_all("say")
    assert office.texts(ref)[0].startswith("For Bob: The incident has been resolved since")


def test_somebody_who_left_the_workspace_is_not_written_to(office: Office) -> None:
    waiting_for_bob(office)
    models.ChatUser.objects.filter(user=office.users["bob"]).update(kind="gone")
    passes(office, 60 * 25)
    assert kinds().count("slack_direct") == 0


def test_of_a_restricted_incident_its_members_hear_that_something_waits_and_where(office: Office) -> None:
    ref = office.declared("Key leaked")
    actions.restrict(office.world.by("bob"), ref, "customer data")
    passes(office, 11)
    assert [each.kind for each in models.Effect.objects.filter(status="waiting", incident__ref=ref)] == ["slack_direct"]
    office.delivered_all("slack_direct")
    (message,) = office.direct("bob")
    assert message["text"].startswith("Something waits in an incident that you are a member of: ")
    assert "leaked" not in json.dumps(message)
    assert "led" not in message["text"].replace("address", "")
    assert (office.direct("alice"), office.texts(ref)) == ([], [])


def test_who_may_not_see_it_any_more_when_it_goes_out_hears_nothing(office: Office) -> None:
    ref = waiting_for_bob(office)
    passes(office, 60 * 25)
    (effect,) = models.Effect.objects.filter(kind="slack_direct")
    models.Incident.objects.filter(ref=ref).update(restricted=True)
    office.delivered(effect.key)
    assert office.direct("bob") == []
    assert models.Effect.objects.get(pk=effect.pk).status == "done"


def test_what_slack_had_taken_before_the_answer_was_lost_is_not_said_twice(office: Office) -> None:
    office.workspace.scopes.add("im:history")
    waiting_for_bob(office)
    passes(office, 60 * 25)
    (effect,) = models.Effect.objects.filter(kind="slack_direct")
    office.workspace.clock.move((timezone.now() - office.workspace.clock.now).total_seconds())
    office.workspace.fails("chat.postMessage", stored=True, reset=True)
    assert not direct_tried(effect, office)
    models.Effect.objects.filter(pk=effect.pk).update(not_before=timezone.now() - timedelta(seconds=1))
    office.delivered(effect.key)
    assert len(office.direct("bob")) == 1


def direct_tried(effect: models.Effect, office: Office) -> bool:
    from musterpoint import delivery

    return delivery.deliver(effect.key, office.process)


def test_somebody_without_a_person_here_is_only_told_what_everybody_may_see(office: Office) -> None:
    assert direct._actor("U0NOBODY", office.process).identities == frozenset(["slack:U0NOBODY"])


def test_an_incident_without_a_thread_in_the_chat_reaches_its_people_directly(office: Office) -> None:
    ref = declared(office.world, severity=Severity.MAJOR)
    models.Incident.objects.filter(ref=ref).update(announced=False)
    passes(office, 11)
    assert kinds() == ["slack_direct"]
    office.delivered_all("slack_direct")
    assert "Nobody has led the incident" in office.direct("alice")[0]["text"]


# --- the buttons ---


def put_offs(office: Office, ref: str) -> list[ReminderPutOff]:
    return [each.fact for each in read(office.world, ref) if isinstance(each.fact, ReminderPutOff)]


def test_in_an_hour_puts_off_all_of_them_and_is_answered_once(office: Office) -> None:
    ref = office.declared(severity=None)
    request = office.press("bob", "remind:hour", f"{ref} no_lead no_severity")
    answer = reminding_buttons.pressed(request)
    until = request.now + timedelta(hours=1)
    assert put_offs(office, ref) == [ReminderPutOff("no_lead", until), ReminderPutOff("no_severity", until)]
    assert answer == {
        "response_type": "ephemeral",
        "text": f"Nobody is reminded of them before {until:%Y-%m-%d %H:%M} UTC.",
    }
    assert reminding_buttons.pressed(request) == answer
    assert len(put_offs(office, ref)) == 2
    entry = next(each for each in read(office.world, ref) if isinstance(each.fact, ReminderPutOff))
    assert (entry.source, entry.who and entry.who.name) == ("slack", "Bob")


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("UTC", datetime(2026, 3, 3, 9, tzinfo=UTC)), ("Europe/Berlin", datetime(2026, 3, 3, 8, tzinfo=UTC))],
)
def test_tomorrow_is_when_people_begin_to_work_there(office: Office, zone: str, expected: datetime) -> None:
    office.runs(zone=zone)
    ref = office.declared()
    reminding_buttons.pressed(office.press("bob", "remind:tomorrow", f"{ref} no_lead"))
    assert put_offs(office, ref) == [ReminderPutOff("no_lead", expected)]
    assert passes(office, 40) == 1  # the huddle
    assert "no_lead" not in reminded(office, ref)


def test_not_again_dismisses_it_once(office: Office) -> None:
    ref = office.declared()
    for _ in range(2):
        answer = reminding_buttons.pressed(office.press("bob", "remind:dismiss#2", f"{ref} no_lead"))
        assert answer is not None
        assert answer["text"].startswith("Nobody is reminded of it any more.")
    assert put_offs(office, ref) == [ReminderPutOff("no_lead")]
    assert state(ref).after.reminded["no_lead"].dismissed


@pytest.mark.parametrize(
    ("name", "action", "value", "words"),
    [
        ("gus", "remind:hour", "{ref} no_lead", "Guests"),
        ("bob", "remind:hour", "99 no_lead", "no incident"),
        ("bob", "remind:hour", "{ref} no_leader", "no reminder"),
        ("bob", "remind:hour", "{ref}", "does not know"),
        ("bob", "remind:never", "{ref} no_lead", "does not know"),
        ("bob", "remind:hour", "", "does not know"),
    ],
)
def test_a_press_that_cannot_be_is_answered_and_writes_nothing(
    office: Office, name: str, action: str, value: str, words: str
) -> None:
    ref = office.declared()
    answer = reminding_buttons.pressed(office.press(name, action, value.format(ref=ref)))
    assert answer is not None
    assert words in answer["text"]
    assert put_offs(office, ref) == []


def test_one_that_cannot_be_put_off_leaves_the_others_alone(office: Office) -> None:
    ref = office.declared()
    reminding_buttons.pressed(office.press("bob", "remind:hour", f"{ref} no_lead nonsense"))
    assert put_offs(office, ref) == []
