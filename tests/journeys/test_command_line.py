"""A whole incident through the command line, in the order in which a team lives through it; on both databases.

The tests of this file build on each other: they are one journey.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from musterpoint.cli.arguments import _grammar
from tests.journeys.commands import Musterpoint
from tests.test_docs import verbs

#: Verbs that answer only when they end, tried in tests/cli; and those that only group others.
STAY = {"serve", "web", "worker"}


def ago(minutes: int) -> str:
    return f"{datetime.now(UTC) - timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


def test_check_finds_nothing_that_must_be_mended(installed: Musterpoint) -> None:
    checked = installed.answer("check")
    assert checked["ok"]
    assert {each["where"] for each in checked["problems"]} >= {"[security] contact", "[security] sirt"}
    assert installed.answer("init")["made"] == []
    assert installed.answer("migrate") == {"migrated": False}


def test_an_incident_is_declared_and_worked_on(installed: Musterpoint) -> None:
    assert installed.answer("declare", "Checkout answers 502", "--affected", "web shop", "--at", ago(60)) == {
        "incident": "1"
    }
    installed.tell("note", "1", "All 502s come from the new pods", "--mark", "finding", "--at", ago(55), "--as", "bob")
    installed.tell("note", "1", "-", "--at", ago(50), stdin="It could be the database\nor the network")
    installed.tell("did", "1", "Rolled back to 4.1.2", "--at", ago(45))
    said = installed.number("1", "It could be the database\nor the network")
    marked = installed.answer("mark", "1", said, "timeline")
    assert marked["entry"]["kind"] == "mark"
    installed.tell("mark", "1", said, "timeline", "--off")
    installed.tell("lead", "1", "bob")
    installed.tell("severity", "1", "major")
    shown = installed.answer("show", "1")
    assert (shown["status"], shown["lead"], shown["severity"]) == ("open", "Bob", "major")
    codes = [each["code"] for each in shown["blockers"]]
    assert codes == ["not_resolved", "issue_not_raised", "writeup_open", "publication_undecided"]
    assert (shown["issue"], shown["actions"]) == (None, [])
    assert (shown["publication"]["decision"], shown["publication"]["decided"]) == ("publish", False)


def test_it_is_resolved_relapses_and_is_resolved_with_the_time_a_person_states(installed: Musterpoint) -> None:
    installed.tell("resolve", "1", "--at", ago(40), "--reason", "rolled back")
    assert installed.refusal("resolve", "1")["code"] == "not_open"
    installed.tell("relapse", "1", "--at", ago(30), "--reason", "same errors")
    installed.tell("resolve", "1", "--at", ago(20))
    installed.tell("correct", "1", "detected", "--at", ago(70), "--why", "the first mail")
    assert installed.refusal("correct", "1", "resolved", "--at", "2020-01-01 10:00")["code"] == "out_of_order"
    installed.tell("correct", "1", "title", "Checkout fails", "--why", "shorter")
    shown = installed.answer("show", "1")
    assert (shown["title"], shown["status"]) == ("Checkout fails", "resolved")
    assert "not_resolved" not in [each["code"] for each in shown["blockers"]]
    assert shown["milestones"]["resolved"]["basis"] == "stated"
    assert [each["field"] for each in shown["corrections"] if each["who"]] == ["detected", "title"]


def test_the_timeline_tells_it_in_three_formats_and_is_curated(installed: Musterpoint) -> None:
    said = installed.number("1", "It could be the database\nor the network")
    installed.tell("timeline", "1", "--reword", said, "--text", "Suspected the network", "--kind", "hypothesis")
    rows = installed.answer("timeline", "1")["rows"]
    kept = [row["kind"] for row in rows if row["status"] == "kept"]
    assert kept == ["status", "finding", "hypothesis", "action_taken", "resolution", "relapse", "resolution"]
    assert all(row["evidence"][0]["ref"] for row in rows)
    installed.tell("timeline", "1", "--drop", said, "--why", "it was not")
    assert "Suspected the network" not in installed.tell("timeline", "1")
    assert "dropped by Adele Admin: it was not" in installed.tell("timeline", "1", "--all")
    installed.tell("timeline", "1", "--undo", said)
    assert "Suspected the network" in installed.tell("timeline", "1")
    installed.tell("timeline", "1", "--reset", said)
    installed.tell("correct", "1", said, "--at", ago(52))
    markdown = installed.tell("timeline", "1", "--format", "markdown")
    assert markdown.startswith("## Timeline: Checkout fails\n")
    assert "Bob: All 502s come from the new pods" in markdown


def test_two_incidents_in_one_thread_are_split_and_two_of_one_are_merged(installed: Musterpoint) -> None:
    installed.tell("declare", "Search is slow", "--at", ago(15))
    installed.tell("note", "2", "The index is being rebuilt", "--at", ago(14))
    installed.tell("note", "2", "Mails are late as well", "--at", ago(10))
    into = installed.answer(
        "split", "2", "--from", installed.number("2", "Mails are late as well"), "--title", "Late mails"
    )
    assert into == {"incident": "3", "from": "2"}
    assert "Mails are late as well" not in installed.tell("thread", "2")
    assert "Mails are late as well" in installed.tell("thread", "3")
    installed.tell("merge", "3", "1")
    assert installed.answer("show", "3")["duplicate_of"] == "1"
    assert "Mails are late as well" in installed.tell("thread", "1")
    installed.tell("cancel", "2", "--reason", "a planned change")
    assert installed.refusal("note", "2", "more")["code"] == "cancelled"
    assert [each["ref"] for each in installed.answer("list", "--status", "resolved")["incidents"]] == ["1"]


def test_a_restricted_incident_answers_others_as_if_it_had_been_cancelled(installed: Musterpoint) -> None:
    installed.tell("declare", "Tokens in the log", "--at", ago(5))
    installed.tell("restrict", "4", "--why", "customer data")
    assert installed.answer("show", "4")["restricted"]
    hidden = installed.answer("show", "4", "--as", "bob")
    assert (hidden["title"], hidden["status"]) == ("Incident 4", "cancelled")
    assert installed.answer("search", "tokens", "--as", "bob")["hits"] == []
    secret = installed.answer("declare", "A stolen laptop", "--security", "unsure")["incident"]
    assert secret.startswith("s-")
    assert installed.refusal("show", secret, "--as", "bob")["code"] == "not_found"
    assert installed.refusal("show", "s-abcdefgh", "--as", "bob")["message"] == "There is no incident 's-abcdefgh'."


def test_people_are_added_linked_changed_and_merged(installed: Musterpoint) -> None:
    installed.tell("people", "add", "Robert", "--zone", "Europe/Madrid", "github:BobbyTables")
    installed.tell("people", "link", "Robert", "email:bob@example.com")
    installed.tell("people", "unlink", "email:bob@example.com")
    installed.tell("people", "merge", "Robert", "Bob")
    person = installed.answer("people", "set", "Bob", "--zone", "Europe/Lisbon")["person"]
    assert person["identities"] == ["account:bob", "github:bobbytables"]
    assert installed.refusal("people", "add", "Eve", "--as", "bob")["code"] == "not_an_admin"
    assert installed.refusal("people", "add", "Eve", "--zone", "Mars/Base")["code"] == "bad_zone"
    assert "Robert" not in installed.tell("people", "list")


def test_what_was_said_is_found_until_it_is_redacted(installed: Musterpoint) -> None:
    installed.tell("note", "1", "The password is hunter2", "--at", ago(3))
    [hit] = installed.answer("search", "hunter2")["hits"]
    assert hit["incident"] == "1"
    [exported] = [Path(each) for each in installed.answer("export", "1")["files"] if each.endswith(".jsonl")]
    assert "hunter2" in exported.read_text()
    done = installed.answer("redact", "1", str(hit["entry"]["id"]), "--why", "a password")
    assert done["entries"] == 1
    assert installed.answer("search", "hunter2")["hits"] == []
    assert "hunter2" not in installed.tell("thread", "1", "--history", "--format", "json")
    assert str(exported) in [*done["places"], *(each.partition(" (")[0] for each in done["unreachable"])]


def test_an_export_holds_all_of_an_incident(installed: Musterpoint, tmp_path: Path) -> None:
    files = [Path(each) for each in installed.answer("export", "1", "--to", str(tmp_path / "out"))["files"]]
    assert [each.name for each in files] == ["incident-1.md", "incident-1.jsonl"]
    lines = [json.loads(line) for line in files[1].read_text().splitlines()]
    assert lines[0]["incident"]["ref"] == "1"
    assert {each["kind"] for each in lines[1:]} >= {"declaration", "note", "mark", "status", "correction", "merge"}
    assert "Rolled back to 4.1.2" in files[0].read_text()


def test_a_backup_is_put_back_and_holds_effects_until_they_are_released(installed: Musterpoint, tmp_path: Path) -> None:
    file = str(tmp_path / "backup.tar.gz")
    assert installed.answer("backup", "--to", file)["missing"] == []
    assert installed.refusal("backup", "--to", file)["code"] == "exists"
    before = installed.answer("timeline", "1")
    installed.tell("note", "1", "Written after the backup")
    assert installed.refusal("restore", file)["code"] == "not_empty"
    assert installed.answer("restore", file, "--yes")["held"]
    assert installed.answer("timeline", "1") == before
    assert installed.answer("effects")["held"]
    assert installed.answer("effects", "release") == {"released": 0}
    assert not installed.answer("effects", "list", "--all")["held"]
    assert installed.answer("search", "pods")["hits"]
    assert installed.answer("declare", "After the restore")["incident"] == "5"


def test_every_verb_prints_one_json_object(installed: Musterpoint) -> None:
    """Also those of other tests: whatever a verb answers here, an object or an error, is one JSON object."""
    some = {"import slack-thread": ["no-file"], "import slack-export": ["no-file", "--channel", "a", "--thread", "1.2"]}
    some |= {"declare": ["Once more"], "check": [], "list": [], "people list": [], "effects": [], "effects list": []}
    some |= {"init": [], "migrate": [], "backup": [], "search": ["pods"], "effects release": []}
    some |= {"restore": ["no-file"], "people unlink": ["github:nobody"], "people set": ["Bob", "--role", "viewer"]}
    some |= {"people invite": ["zoe@example.com"], "people sign-in": ["Bob"]}
    some |= {"people add": ["Eve"], "people link": ["Bob", "slack:U1"], "people merge": ["Eve", "Bob"]}
    some |= {"effects retry": ["say:9:9"], "effects drop": ["say:9:9", "--reason", "gone"]}
    some |= {verb: ["5"] for verb in ("show", "thread", "timeline", "lead", "huddle", "resolve", "relapse", "export")}
    some |= {"note": ["5", "Text"], "did": ["5", "Text"], "mark": ["5", "1", "finding"], "severity": ["5", "minor"]}
    some |= {
        "nominate": ["5", "Bob"],
        "correct": ["5", "title", "New"],
        "redact": ["5", "--text", "Text", "--why", "so"],
    }
    some |= {"split": ["5", "--from", "1", "--title", "Two"], "merge": ["5", "1"], "cancel": ["5"], "restrict": ["5"]}
    some |= {"open-up": ["5", "--why", "so"]}
    some |= {"due": [], "conformance": ["5"], "remind pass": [], "remind dismiss": ["5", "no_lead"]}
    some |= {"remind snooze": ["5", "no_lead", "--for", "2d"], "remind resume": ["5", "no_lead"]}
    some |= {f"publication {what}": ["5"] for what in ("show", "draft", "rows", "check", "publish")}
    some |= {"publication decide": ["5", "publish"], "publication edit": ["5", "--composed"]}
    some |= {f"writeup {verb}": ["5"] for verb in ("show", "check", "done", "reopen")}
    some |= {verb: ["5"] for verb in ("raise", "blockers", "close", "issue show", "issue close", "issue reopen")}
    some |= {"issue edit": ["5", "--body", "no-file"], "issue tick": ["5", "1"], "issue comment": ["5", "Text"]}
    some |= {
        "issue override": ["5", "--reason", "so"],
        "effects run": [],
        "action list": [],
        "action add": ["5", "Text"],
    }
    some |= {f"action {verb}": ["5", "1"] for verb in ("done", "reopen", "set")}
    some |= {"action decline": ["5", "1", "--reason", "so"], "action due": ["5", "1", "3d"]}
    some |= {"action assign": ["5", "1", "Bob"], "action issue": ["5", "1", "--none"]}
    some |= {"token issue": ["laptop"], "token list": [], "token revoke": ["999"]}
    some |= {"slack manifest": ["--socket"], "slack check": []}
    some |= {"github manifest": ["--poll-only"], "github app": ["no code"], "github check": []}
    some |= {"writeup set": ["5", "summary", "Text"], "writeup edit": ["5", "no-part"]}
    known = {verb for verb, _ in verbs(_grammar())} - STAY
    assert set(some) == known
    answers = installed.batch([[*verb.split(), *some[verb], "--format", "json"] for verb in some])
    for verb, done in zip(some, answers, strict=True):
        shape = json.loads(done.out or done.error)
        assert isinstance(shape, dict)
        assert ("error" in shape or not shape.get("ok", True)) == (done.code != 0), (verb, done)


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_text_is_for_people(installed: Musterpoint, form: str) -> None:
    for words in (["list"], ["show", "1"], ["thread", "1"], ["timeline", "1"], ["people", "list"], ["check"]):
        assert not installed.tell(*words, "--format", form).startswith("{")
