"""What the command line says to a mistake: an exit code, a sentence, a hint; never a traceback (see `commands.run`)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.journeys.commands import Done, Musterpoint

REFUSED = {
    "unknown_ref": (["resolve", "99"], "not_found"),
    "a_word_for_a_ref": (["show", "the-last-one"], "not_found"),
    "unknown_person": (["lead", "1", "Nobody"], "not_found"),
    "unknown_actor": (["note", "1", "Text", "--as", "nobody"], "not_found"),
    "unknown_entry": (["mark", "1", "99999", "finding"], "not_found"),
    "no_time": (["note", "1", "Text", "--at", "half past two"], "bad_time"),
    "an_impossible_time": (["note", "1", "Text", "--at", "25:99"], "bad_time"),
    "a_time_far_away": (["note", "1", "Text", "--at", "999999999999d"], "bad_time"),
    "a_day_alone": (["note", "1", "Text", "--at", "2026-03-02"], "bad_time"),
    "the_future": (["resolve", "1", "--at", "2999-01-01 10:00"], "in_the_future"),
    "a_viewer": (["note", "1", "Text", "--as", "victor"], "read_only"),
    "a_viewer_who_declares": (["declare", "Text", "--as", "victor"], "read_only"),
    "an_empty_title": (["declare", "  "], "empty"),
    "a_long_title": (["declare", "x" * 301], "too_long"),
    "an_empty_note": (["note", "1", ""], "empty"),
    "a_long_note": (["note", "1", "x" * 20_001], "too_long"),
    "unknown_severity": (["severity", "1", "apocalyptic"], "bad_severity"),
    "no_authority": (["nominate", "1", "Bob"], "no_authority"),
    "a_relapse_of_what_is_open": (["relapse", "1"], "not_resolved"),
    "nothing_to_confirm": (["correct", "1", "resolved", "--confirm"], "nothing_proposed"),
    "neither_time_nor_unknown": (["correct", "1", "detected"], "no_time"),
    "a_fixed_milestone": (["correct", "1", "closed", "--at", "10:00"], "fixed"),
    "merged_with_itself": (["merge", "1", "1"], "same_incident"),
    "a_search_without_a_word": (["search", "…"], "empty_query"),
    "an_identity_of_no_kind": (["people", "add", "Eve", "fax:12"], "bad_identity"),
    "somebody_elses_identity": (["people", "add", "Eve", "account:bob"], "taken"),
    "both_ways_to_redact": (["redact", "1", "1", "--text", "x", "--why", "so"], "what"),
    "an_unknown_effect": (["effects", "retry", "say:9:9"], "not_found"),
    "a_missing_file": (["import", "slack-thread", "no-such-file.json"], "bad_file"),
    "a_missing_archive": (["import", "slack-export", "no.zip", "--channel", "a", "--thread", "1.2"], "bad_file"),
    "a_missing_backup": (["restore", "no-such-file"], "no_file"),
}
MISUSED = {
    "no_such_verb": ["explode"],
    "no_such_option": ["resolve", "1", "--when", "now"],
    "no_ref": ["resolve"],
    "no_such_mark": ["mark", "1", "1", "nonsense"],
    "no_such_format": ["list", "--status", "burning"],
    "no_number": ["list", "--limit", "many"],
    "a_sub_verb_that_is_none": ["people", "rename"],
    "no_sub_verb": ["people"],
}
STRANGE = [
    "🔥 Checkout burns 👩🏽‍🚒",
    "الدفع معطل — \u202eabc",
    "-rf is what somebody typed",
    "<script>alert(1)</script> *bold* [x](y) `code`",
    "first\nsecond",
    "\x1b[31mred\x1b[0m \x07 \x7f",
    "Z̸̢a̵l̷g̶o̸",
]


@pytest.fixture(scope="module")
def one(on_sqlite: Musterpoint) -> Musterpoint:
    """What is decided before the database is asked is tried on one of them alone."""
    on_sqlite.tell("declare", "Checkout answers 502")
    on_sqlite.tell("people", "add", "Bob", "account:bob")
    on_sqlite.tell("people", "add", "Victor", "account:victor", "--role", "viewer")
    return on_sqlite


@pytest.fixture(scope="module")
def both(installed: Musterpoint) -> Musterpoint:
    installed.tell("declare", "Checkout answers 502")
    return installed


@pytest.fixture(scope="module")
def answers(one: Musterpoint) -> dict[str, Done]:
    commands = {name: words for name, (words, _) in REFUSED.items()} | MISUSED
    done = one.batch([[*words, "--format", "json"] for words in commands.values()])
    return dict(zip(commands, done, strict=True))


@pytest.mark.parametrize("mistake", REFUSED)
def test_what_is_refused_says_so_and_what_to_do(answers: dict[str, Done], mistake: str) -> None:
    done = answers[mistake]
    assert (done.code, done.refusal()["code"]) == (1, REFUSED[mistake][1])


@pytest.mark.parametrize("mistake", MISUSED)
def test_wrong_usage_names_the_help(answers: dict[str, Done], mistake: str) -> None:
    error = answers[mistake].refusal()
    assert (answers[mistake].code, error["code"]) == (2, "usage")
    assert error["hint"].startswith("See: musterpoint")


def test_a_refusal_for_people_is_two_lines_on_standard_error(one: Musterpoint) -> None:
    done = one.run("resolve", "99")
    assert (done.code, done.out) == (1, "")
    assert done.error == "error: There is no incident '99'.\n       `list` shows all that you may see.\n"


def test_strange_texts_are_kept_as_they_are(both: Musterpoint) -> None:
    written = both.batch([["note", "1", "--format", "json", "--", text] for text in STRANGE])
    numbers = [json.loads(done.out)["entry"]["id"] for done in written]
    told = {each["id"]: each["text"] for each in both.answer("thread", "1")["entries"]}
    assert [told[number] for number in numbers] == STRANGE
    shown = both.batch([["thread", "1"], ["timeline", "1"], ["timeline", "1", "--format", "markdown"], ["export", "1"]])
    assert [done.code for done in shown] == [0, 0, 0, 0]


def test_bytes_that_are_no_text_are_shown_as_such(both: Musterpoint) -> None:
    done = both.run("note", "1", b"caf\xe9 \xff\xfe")
    assert done.code == 0, done.error
    assert "caf\ufffd" in both.tell("thread", "1")


def test_a_number_that_no_database_holds_is_unknown(both: Musterpoint) -> None:
    assert both.refusal("mark", "1", "9" * 30, "finding")["code"] == "not_found"
    assert both.refusal("show", "9" * 30)["code"] == "not_found"


def test_what_is_no_text_on_standard_input_is_shown_as_such(both: Musterpoint) -> None:
    both.tell("note", "1", "-", stdin="before\0after")
    assert "before\ufffdafter" in both.tell("thread", "1")


def test_a_note_of_a_megabyte_is_refused_with_its_size(one: Musterpoint) -> None:
    error = one.refusal("note", "1", "-", stdin="x" * 1_000_000)
    assert (error["code"], "1000000" in error["message"]) == ("too_long", True)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '{"ok": true, "messages": []}', '{"messages": [{"ts": "x"}]}']
)
def test_a_malformed_file_is_refused_whole(both: Musterpoint, tmp_path: Path, content: str) -> None:
    file = tmp_path / "replies.json"
    file.write_text(content)
    before = both.answer("list")
    assert both.refusal("import", "slack-thread", str(file))["code"] == "bad_file"
    assert both.answer("list") == before


def test_a_file_that_is_no_backup_is_refused(one: Musterpoint, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    file.write_text("no archive")
    assert one.refusal("restore", str(file), "--yes")["code"] == "not_a_backup"
    assert one.answer("show", "1")["ref"] == "1"


def test_an_export_that_cannot_be_written_is_refused(one: Musterpoint, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert one.refusal("export", "1", "--to", str(tmp_path / "file"))["code"] == "file"


def test_a_home_that_was_never_made_says_what_to_run(tmp_path: Path) -> None:
    nowhere = Musterpoint(tmp_path / "home")
    error = nowhere.refusal("list")
    assert (error["code"], error["hint"]) == ("not_initialised", "Run: musterpoint init")
    assert not nowhere.home.exists()
    checked = nowhere.run("check", "--format", "json")
    assert checked.code == 1
    assert not json.loads(checked.out)["ok"]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("mysql://here/there", "configuration"),
        ("nonsense", "configuration"),
        ("postgresql://127.0.0.1:notaport/x", "configuration"),
        ("postgresql://nobody:nothing@127.0.0.1:1/none", "database_unavailable"),
        ("postgresql://nobody@127.0.0.1:1/none?connect_timeout=soon", "database"),
    ],
)
def test_a_database_that_is_none_is_told_in_a_sentence(tmp_path: Path, url: str, code: str) -> None:
    assert Musterpoint(tmp_path, url).refusal("list")["code"] == code


def test_settings_that_are_wrong_are_reported_and_their_defaults_hold(on_sqlite: Musterpoint) -> None:
    settings = on_sqlite.home / "musterpoint.toml"
    before = settings.read_text()
    settings.write_text('[chat]\nprovider = "pigeon"\ntimeout = -1\n[colour]\nroof = "red"\n')
    done = on_sqlite.run("check", "--format", "json")
    problems = {each["where"] for each in json.loads(done.out)["problems"]}
    assert done.code == 1
    assert problems >= {"[chat] timeout", "[colour]", "[chat]"}
    settings.write_text("no toml = = =")
    assert on_sqlite.run("list").code == 0
    assert on_sqlite.run("check").code == 1
    settings.write_text(before)
