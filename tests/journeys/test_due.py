"""What waits, reminders of it, and the record of the process, as its users have it at the command line."""

from __future__ import annotations

from tests.journeys.commands import Musterpoint


def declared(here: Musterpoint, *options: str) -> str:
    return str(here.answer("declare", "Checkout answers 502", *options)["incident"])


def test_what_waits_is_told_put_off_and_settled(installed: Musterpoint) -> None:
    assert installed.tell("due") == "Nothing waits.\n"
    ref = declared(installed, "--severity", "major", "--at", "2m ago")
    (waits,) = installed.answer("due")["waiting"]
    assert (waits["incident"], waits["name"], waits["urgent"]) == (ref, "no_lead", True)
    assert waits["resolve"] == f"musterpoint lead {ref} PERSON"
    assert f"{ref}  no_lead  cto: Nobody has led the incident since " in installed.tell("due", ref)
    told = installed.tell("remind", "snooze", ref, "no_lead", "--for", "2d")
    assert told.startswith("Adele Admin put off the reminder of “no lead” until ")
    assert "[put off until " in installed.tell("due")
    assert installed.answer("remind", "resume", ref, "no_lead")["entry"]["kind"] == "reminder_put_off"
    installed.tell("remind", "dismiss", ref, "no_lead")
    assert installed.tell("due", "--for", "me") == "Nothing waits for Adele Admin.\n"
    installed.tell("lead", ref, "Bob")
    assert installed.tell("due") == "Nothing waits.\n"
    installed.tell("resolve", ref)
    assert [each["name"] for each in installed.answer("due", "--for", "Bob")["waiting"]] == ["decision_waiting"]
    installed.tell("cancel", ref)


def test_a_pass_by_hand_is_the_admins(installed: Musterpoint) -> None:
    ref = declared(installed)
    assert installed.tell("remind", "pass") == "No reminder is due now.\n"
    assert installed.answer("remind", "pass")["given"] == 0
    assert installed.refusal("remind", "pass", "--as", "bob")["code"] == "not_an_admin"
    installed.tell("cancel", ref)


def test_what_cannot_be_put_off_is_refused_with_what_to_do(installed: Musterpoint) -> None:
    ref = declared(installed)
    snooze = ("remind", "snooze", ref)
    assert installed.refusal(*snooze, "no_leader", "--for", "2d")["hint"] == f"See: due {ref}"
    assert installed.refusal(*snooze, "no_lead", "--until", "yesterday")["code"] == "bad_time"
    assert installed.refusal(*snooze, "no_lead", "--until", "2020-01-01")["code"] == "in_the_past"
    assert installed.refusal(*snooze, "no_lead", "--for", "2d", "--as", "victor")["code"] == "read_only"
    assert installed.refusal(*snooze, "no_lead", code=2)
    assert installed.refusal("due", "99")["code"] == "not_found"
    assert installed.refusal("due", "--for", "Nobody")["code"] == "not_found"


def test_the_record_of_the_process_is_told_in_three_formats(installed: Musterpoint) -> None:
    settings = installed.home / "musterpoint.toml"
    steps = '\n[[steps]]\nname = "status_page"\ntitle = "Tell customers"\nsaid = "status page"\n'
    settings.write_text(settings.read_text() + steps)
    ref, said = declared(installed), "Rolled back, the status page says so"
    installed.tell("note", ref, "All 502s come from the new pods", "--mark", "finding")
    installed.tell("did", ref, said)
    installed.tell("resolve", ref)
    found = {each["name"]: each for each in installed.answer("conformance", ref)["steps"]}
    done = [name for name, each in found.items() if each["status"] == "done"]
    assert done == ["identify", "route", "thread", "record", "resolve", "status_page"]
    assert found["huddle"]["status"] == "missing"
    assert found["status_page"]["evidence"] == [f"entry:{installed.number(ref, said)}"]
    assert found["resolve"]["at"].endswith("Z")
    text = installed.tell("conformance", ref)
    assert "✓  Resolve" in text
    assert "no huddle in the record" in text
    assert "| ✓ | Resolve |" in installed.tell("conformance", ref, "--format", "markdown")
