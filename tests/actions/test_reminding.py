"""Reminders in the database: given once whoever passes, in the incident's own thread, and no change of the incident."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from musterpoint import access, actions, reading, reminding
from musterpoint.core.aftermath import Reminded
from musterpoint.core.aftermath_journal import Reminder
from musterpoint.core.decision import NotAllowed
from musterpoint.core.incident import Severity
from musterpoint.reading import due
from musterpoint.store import models
from tests.actions.telling import declared, read, refused, says, secretly_declared, state
from tests.conftest import World


def passes(world: World, minutes: float = 0) -> int:
    world.later(minutes)
    return reminding.remind(world.process, world.now)


def reminders(world: World, ref: str, by: str = "bob") -> list[Reminder]:
    return [each.fact for each in read(world, ref, by) if isinstance(each.fact, Reminder)]


def quiet(world: World, title: str = "Checkout answers 502") -> str:
    """An incident that has a severity, so that only the lead is missing at first."""
    return declared(world, title, severity=Severity.MAJOR)


def test_a_reminder_shows_in_the_thread_of_its_incident(world: World) -> None:
    ref = quiet(world)
    assert passes(world, 5) == 0
    assert passes(world, 6) == 1
    told = [each for each in reading.thread_of(world.by("victor"), ref) if each["kind"] == "reminder"]
    begun = "2026-03-02 09:01 UTC"
    assert [each["text"] for each in told] == [
        f"Musterpoint reminded Alice: Nobody has led the incident since {begun} (`musterpoint lead {ref} PERSON`)"
    ]
    assert reminders(world, ref)[0].whom[0].identity == f"person:{models.Person.objects.get(name='Alice').pk}"


def test_it_is_given_again_at_its_pace_and_not_for_ever(world: World) -> None:
    ref = quiet(world)
    given = [passes(world, 1) for _ in range(55)]
    assert [minute for minute, each in enumerate(given, 1) if each] == [10, 25, 40]
    assert state(ref).after.reminded == {"no_lead": Reminded(3, state(ref).after.reminded["no_lead"].last)}


def test_a_second_pass_at_once_says_nothing_again(world: World) -> None:
    quiet(world)
    assert [passes(world, 11), passes(world), passes(world, 1)] == [1, 0, 0]


def test_a_reminder_changes_neither_card_nor_issue_but_whoever_looks_sees_it(world: World) -> None:
    world.runs(chat="bridge", chat_url="http://127.0.0.1:1")
    ref = quiet(world)
    before = models.Incident.objects.get(ref=ref).version
    passes(world, 11)
    assert models.Incident.objects.get(ref=ref).version == before + 1
    assert [each.kind for each in models.Effect.objects.filter(incident__ref=ref)] == ["thread", "say"]
    assert models.Effect.objects.get(kind="say").key.startswith(f"say:{ref}:")


def test_in_a_restricted_incident_its_members_are_reminded_and_nothing_leaves_it(world: World) -> None:
    world.runs(chat="bridge", chat_url="http://127.0.0.1:1")
    ref = secretly_declared(world)
    assert passes(world, 11) == 1
    assert [(each.name, each.whom) for each in reminders(world, ref)] == [("no_lead", ())]
    assert not models.Effect.objects.exists()
    assert due.waiting_for(world.by("alice")) == []
    assert [each.ref for each in due.waiting_for(world.by("sirt"), person=world.by("sirt").actor)][:1] == [ref]


def test_what_is_over_is_passed_by(world: World) -> None:
    actions.cancel(world.by("bob"), quiet(world))
    assert passes(world, 600) == 0


def test_a_message_keeps_the_question_away(world: World) -> None:
    ref = quiet(world)
    actions.lead(world.by("bob"), ref, world.by("bob").actor.who)
    world.later(50)
    says(world, ref, "still looking")
    assert passes(world, 20) == 0
    assert passes(world, 41) == 1
    assert reminders(world, ref)[0].name == "nobody_writes"


def test_it_is_put_off_dismissed_and_resumed(world: World) -> None:
    ref = quiet(world)
    entry = actions.put_off(world.by("bob"), ref, "no_lead", world.now + timedelta(hours=2))
    assert entry.who is not None
    assert entry.who.name == "Bob"
    assert [passes(world, 20), passes(world, 99), passes(world, 2)] == [0, 1, 1]  # silence, then no lead
    assert [each.name for each in reminders(world, ref)] == ["nobody_writes", "no_lead"]
    actions.put_off(world.by("bob"), ref, "no_lead", None)
    actions.put_off(world.by("bob"), ref, "nobody_writes", None)
    assert passes(world, 100) == 0
    actions.resume_reminder(world.by("bob"), ref, "no_lead")
    assert passes(world, 1) == 1


def test_a_refusal_writes_nothing(world: World) -> None:
    ref = quiet(world)
    with refused("no_such_reminder"):
        actions.put_off(world.by("bob"), ref, "action_due:1", None)
    with refused("read_only"):
        actions.put_off(world.by("victor"), ref, "no_lead", None)
    with refused("unchanged"):
        actions.resume_reminder(world.by("bob"), ref, "no_lead")


@pytest.mark.parametrize(
    "harm",
    [
        {"after": {"actions": [{"nonsense": 1}]}},
        {"after": [1]},
        {"milestones": {"declared": {"at": "noon", "basis": "recorded"}}},
        {"severity": "SEV0"},
    ],
    ids=str,
)
def test_one_incident_that_makes_no_sense_stops_nobody_else(
    world: World, harm: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    first, poison, last = quiet(world), quiet(world), quiet(world)
    models.Incident.objects.filter(ref=poison).update(**harm)
    assert passes(world, 20) == 2
    assert len(reminders(world, first)) == len(reminders(world, last)) == 1
    assert f"incident {poison}: nobody could be reminded" in caplog.text


def test_what_fails_while_it_is_written_stops_nobody_else(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row that is locked may say something else than the one that was looked at."""
    first, poison, last = quiet(world), quiet(world), quiet(world)
    monkeypatch.setattr(reminding, "_remind", failing_for(poison))
    assert passes(world, 20) == 2
    assert len(reminders(world, first)) == len(reminders(world, last)) == 1
    assert f"incident {poison}: nobody could be reminded" in caplog.text


def failing_for(ref: str) -> Callable[..., int]:
    original, number = reminding._remind, models.Incident.objects.get(ref=ref).pk

    def remind(wanted: int, *rest: object) -> int:
        if wanted == number:
            raise ValueError("nonsense")
        return original(wanted, *rest)  # type: ignore[arg-type]

    return remind


def test_two_passes_at_the_same_moment_remind_once(real_world: World) -> None:
    refs = [quiet(real_world, f"Checkout {number}") for number in range(5)]
    real_world.later(20)
    begin, given = threading.Barrier(3), []

    def go() -> None:
        begin.wait()
        try:
            given.append(reminding.remind(real_world.process, real_world.now))
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(given) == 5
    assert [len(reminders(real_world, ref)) for ref in refs] == [1] * 5


def test_an_admin_passes_by_hand_and_nobody_else(world: World) -> None:
    quiet(world)
    world.later(11)
    assert reminding.by_hand(world.by("adele")) == 1
    with refused("not_an_admin"):
        reminding.by_hand(world.by("alice"))


# --- what waits ---


def names(world: World, by: str, **values: str) -> list[tuple[str, str]]:
    call = world.by(by)
    person = access.actor(values.pop("person"), world.process) if "person" in values else None
    return [(each.ref, each.due.name) for each in due.waiting_for(call, values.get("ref", ""), person)]


def test_what_waits_is_listed_most_urgent_first(world: World) -> None:
    resolved, first = declared(world), declared(world)
    actions.resolve(world.by("bob"), resolved)
    assert names(world, "victor") == [
        (first, "no_lead"),
        (first, "no_severity"),
        (resolved, "writeup_waiting"),
        (resolved, "decision_waiting"),
    ]
    assert names(world, "victor", ref=resolved) == [(resolved, "writeup_waiting"), (resolved, "decision_waiting")]
    actions.put_off(world.by("bob"), first, "no_lead", None)
    assert names(world, "victor")[-1] == (first, "no_lead")


def test_for_somebody_it_is_what_waits_for_them(world: World) -> None:
    ref = declared(world)
    actions.lead(world.by("bob"), ref, world.by("bob").actor.who)
    assert names(world, "victor", person="bob") == [(ref, "no_severity")]
    assert names(world, "victor", person="alice") == []
    other = declared(world)
    assert names(world, "victor", person="alice") == [(other, "no_lead"), (other, "no_severity")]
    actions.resolve(world.by("bob"), ref)
    actions.nominate(world.by("alice"), ref, world.by("charlie").actor.who)
    assert names(world, "victor", person="charlie") == [(ref, "writeup_waiting"), (ref, "decision_waiting")]


def test_the_default_nominee_may_be_named_by_account_or_name(world: World) -> None:
    ref = declared(world)
    actions.resolve(world.by("bob"), ref)
    for nominee in ("bob", "Bob", "account:bob"):
        world.runs(nominee=nominee)
        assert names(world, "victor", person="bob") == [(ref, "writeup_waiting"), (ref, "decision_waiting")]
        assert {each.name for each in due.waiting_for(world.by("bob"))[0].due.whom} == {"Bob"}


def test_nothing_is_told_of_what_somebody_may_not_see_neither_asked_nor_asking(world: World) -> None:
    ref = secretly_declared(world)
    assert names(world, "charlie") == names(world, "bob", person="charlie") == []
    assert names(world, "bob", person="sirt") == [(ref, "no_lead"), (ref, "no_severity")]
    with pytest.raises((NotAllowed, access.NotFound)):
        names(world, "charlie", ref=ref)
