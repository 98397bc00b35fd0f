"""The follow-up actions of an incident through the command line, from the first TODO to the last decision."""

from __future__ import annotations

import json
import shlex
from datetime import UTC, datetime, timedelta

import pytest

from tests.journeys.commands import Done, Musterpoint

TODAY = datetime.now(UTC).date()


def batch(here: Musterpoint, *commands: str) -> list[Done]:
    done = here.batch([shlex.split(each) for each in commands])
    assert not any("Traceback" in each.error for each in done)
    return done


def test_from_a_word_in_the_thread_to_a_list_that_is_done(installed: Musterpoint) -> None:
    done = batch(
        installed,
        'declare "Checkout answers 502"',
        'note 1 "TODO: alert on the pool"',
        "action list 1",
        "action list",
        "action add 1 --from 2 --owner 'Kim Sato' --due 3d",
        "action add 1 'Raise the limit' --due 2020-01-31 --kind prevent --tracked https://tracker.example/9",
        "action add 1 'Move the shop | all of it'",
        "action assign 1 2 bob",
        "action list 1",
        "show 1",
        "action list --owner bob --format json",
        "action list 1 --format markdown",
    )
    assert [each.code for each in done] == [0] * len(done), done
    assert done[2].out == (
        "Incident 1 has no actions yet. Add one: action add 1 TITLE\n\n"
        "proposed:\n  alert on the pool (said by Adele Admin)\n    action add 1 --from 2\n"
    )
    assert done[3].out == "No action is open.\n"
    assert "added action 1: alert on the pool" in done[4].out
    assert "Kim Sato is not known here and gets no reminders: people add 'Kim Sato'" in done[4].out
    places = [line[:3] for line in done[8].out.splitlines()[1:]]
    assert places == ["1 2", "1 3", "1 1"]
    assert "2020-01-31 overdue  Bob" in done[8].out
    assert "Kim Sato (not known here)" in done[8].out
    assert "   2  Raise the limit (Bob, overdue since 2020-01-31)" in done[9].out
    assert f"   1  alert on the pool (Kim Sato, due {TODAY + timedelta(days=3)})" in done[9].out
    assert done[9].out.count("cannot close yet") == 1
    (mine,) = json.loads(done[10].out)["actions"]
    assert (mine["number"], mine["overdue"], mine["tracked"]) == (2, True, "https://tracker.example/9")
    assert "| 1 3 | - | nobody | open | Move the shop \\| all of it |" in done[11].out


def test_they_are_changed_and_ended(installed: Musterpoint) -> None:
    done = batch(
        installed,
        "action due 1 1 --none",
        "action set 1 1 --title 'Alert on the pool' --kind detect",
        "action done 1 1 --reason 'at 80 percent'",
        "action reopen 1 1",
        "action assign 1 1",
        "action assign 1 1 --none",
        "action decline 1 3 --reason 'too dear'",
        "action done 1 1",
        "action done 1 2",
        "action list 1",
        "action list 1 --all",
        "action list --overdue",
    )
    assert [each.code for each in done] == [0] * len(done), done
    assert "changed action 1: “Alert on the pool”, kind detect" in done[1].out
    assert "Adele Admin owns it" in done[4].out
    assert done[9].out == "No action of incident 1 is open. All 3: action list 1 --all\n"
    assert "declined  Move the shop | all of it: too dear" in done[10].out
    assert done[11].out == "No action is like that.\n"


@pytest.fixture(scope="module")
def ready(on_sqlite: Musterpoint) -> Musterpoint:
    done = batch(
        on_sqlite,
        'declare "Checkout answers 502"',
        "note 1 'TODO: alert'",
        "people add Victor --role viewer account:victor",
        "people add 'Ann Lee'",
        "people add 'Ann Ode'",
        "action add 1 --from 2",
        "action add 1 Limit",
        "action add 1 Move",
        "action decline 1 3 --reason 'too dear'",
        "declare Mail",
        "action add 2 Alert",
    )
    assert [each.code for each in done] == [0] * len(done), done
    return on_sqlite


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("action add 1", "empty"),
        ("action add 1 ' '", "empty"),
        ("action add 1 Alert --due soon", "bad_date"),
        ("action add 1 --from 2", "already_adopted"),
        ("action add 1 --from 999", "not_found"),
        ("action add 99 Alert", "not_found"),
        ("action add 1 Alert --owner person:99", "not_found"),
        ("action add 1 Alert --owner Ann", "not_found"),
        ("action decline 1 3", "unchanged"),
        ("action done 1 9", "no_such_action"),
        ("action due 1 1", "empty"),
        ("action set 1 1", "empty"),
        ("action done 1 1 --as victor", "read_only"),
    ],
)
def test_what_does_not_work_is_told(ready: Musterpoint, command: str, code: str) -> None:
    (done,) = batch(ready, f"{command} --format json")
    assert (done.code, done.refusal()["code"]) == (1, code)


def test_declining_without_a_reason_is_refused_with_the_command_that_works(ready: Musterpoint) -> None:
    (done,) = batch(ready, "action decline 2 1 --format json")
    assert (done.code, done.refusal()["code"]) == (1, "no_reason")
    assert done.refusal()["hint"] == "action decline 2 1 --reason WHY"
