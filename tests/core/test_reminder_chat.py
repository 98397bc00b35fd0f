"""Reminders in a chat with buttons: one message, who is named and who is called, what can be pressed."""

from __future__ import annotations

from musterpoint.core.aftermath_journal import Reminder
from musterpoint.core.incident import Who
from musterpoint.core.reminder_chat import called, choices, together

ANA, BEN = Who("slack:U1", "Ana"), Who("name:Ben", "Ben")
NO_LEAD = Reminder("no_lead", "Nobody has led the incident since 09:00 UTC (`musterpoint lead 7 PERSON`)", (ANA, BEN))
NOBODY = Reminder("nobody_writes", "Nobody has written: how does it stand? (`musterpoint note 7 TEXT`)", (ANA,))
SILENT = Reminder("huddle_silent", "A huddle runs and nobody has written (`musterpoint note 7 TEXT`)", (ANA,))
NO_HUDDLE = Reminder("no_huddle", "No huddle has begun (`musterpoint huddle 7 --runs`)", (ANA,))


def test_one_is_a_sentence_with_what_settles_it_in_the_thread() -> None:
    assert (
        together([NO_LEAD], ["slack:U1"])
        == "For Ben: Nobody has led the incident since 09:00 UTC (`@musterpoint lead me`)"
    )
    assert together([NOBODY], ["slack:U1"]) == "Nobody has written: how does it stand?"


def test_several_are_a_line_each() -> None:
    assert together([NO_LEAD, SILENT], ["slack:U1", "name:Ben"]).splitlines() == [
        "• Nobody has led the incident since 09:00 UTC (`@musterpoint lead me`)",
        "• A huddle runs and nobody has written",
    ]


def test_outside_of_the_thread_nothing_can_be_said_to_us() -> None:
    everybody = ["slack:U1", "name:Ben"]
    assert together([NO_LEAD], everybody, in_thread=False) == "Nobody has led the incident since 09:00 UTC"


def test_the_one_about_a_silent_huddle_calls_and_names_nobody() -> None:
    assert called([SILENT]) == ()
    assert together([SILENT], []) == "A huddle runs and nobody has written"
    assert called([NO_LEAD, NOBODY, SILENT]) == (ANA, BEN)


def test_the_buttons_put_off_everything_that_the_message_reminds_of() -> None:
    found = choices("7", [NO_LEAD, NOBODY])
    assert [(label, action, value) for label, action, value in found] == [
        ("In an hour", "remind:hour", "7 no_lead nobody_writes"),
        ("Tomorrow", "remind:tomorrow", "7 no_lead nobody_writes"),
        ("Not again", "remind:dismiss", "7 no_lead nobody_writes"),
    ]


def test_the_question_about_the_huddle_has_its_answers() -> None:
    assert [each[:2] for each in choices("7", [NO_HUDDLE])][:2] == [
        ("It runs", "huddle:runs"),
        ("Not needed", "huddle:unneeded"),
    ]
    assert choices("7", [NO_HUDDLE])[0][2] == "7"


def test_a_value_is_never_longer_than_a_button_may_have() -> None:
    many = [Reminder(f"action_overdue:{number}", "Overdue") for number in range(300)]
    value = choices("7", many)[0][2]
    assert 1900 < len(value) <= 2000
    assert value.startswith("7 action_overdue:0 action_overdue:1 ")
