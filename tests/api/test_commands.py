"""The command line of another machine: what it may ask of a server, and what of the server it never reaches."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from musterpoint import actions, effects
from musterpoint.accounts import tokens
from musterpoint.accounts.models import Answered, Token
from musterpoint.cli import afar
from musterpoint.store import models
from tests.actions.telling import declared, says, secretly_declared
from tests.api.asking import Asking
from tests.conftest import World
from tests.test_docs import VERBS

WORD = "zanzibar"
NEVER = "s-qqqqqqqq"
STRANGERS = ("charlie", "adele", "alice", "victor")
#: Every verb that is asked of a server with a reference, and what follows it.
OF_AN_INCIDENT: dict[str, list[str]] = {
    **{verb: [] for verb in ("show", "thread", "timeline", "due", "conformance", "blockers", "export", "lead")},
    **{verb: [] for verb in ("resolve", "relapse", "cancel", "restrict", "raise", "close", "action list", "huddle")},
    **{f"writeup {what}": [] for what in ("show", "check", "edit", "done", "reopen")},
    **{f"issue {what}": [] for what in ("show", "edit", "close", "reopen")},
    **{f"publication {what}": [] for what in ("show", "draft", "rows", "check", "edit", "publish")},
    **{f"remind {what}": ["no_lead"] for what in ("dismiss", "resume")},
    **{f"action {what}": ["1"] for what in ("assign", "done", "reopen", "issue")},
    "remind snooze": ["no_lead", "--for", "2d"],
    "note": ["Text"],
    "did": ["Text"],
    "mark": ["1", "finding"],
    "severity": ["minor"],
    "nominate": ["Bob"],
    "merge": ["1"],
    "split": ["--from", "1", "--title", "Two"],
    "correct": ["title", "New"],
    "redact": ["--text", "Text", "--why", "so"],
    "open-up": ["--why", "so"],
    "writeup set": ["summary", "Text"],
    "issue tick": ["1"],
    "issue comment": ["Text"],
    "issue override": ["--reason", "so"],
    "publication decide": ["publish"],
    "action add": ["Text"],
    "action due": ["1", "3d"],
    "action set": ["1", "--title", "New"],
    "action decline": ["1", "--reason", "so"],
}
OTHERS = {"declare", "list", "search", "people list", "effects", "effects list", "token list", "token issue"}
OTHERS |= {"token revoke", "effects retry", "effects drop", "effects release"}
OTHERS |= {f"people {what}" for what in ("add", "link", "unlink", "merge", "set")}
#: Every option that a server takes from elsewhere. Those that name files reach it through `api/elsewhere.py` alone: who
#: adds one here looks first at what it does with its value.
LOOKED_AT = set(
    "what format person wait help title affected severity security detected at ref text mark entry off who none level"
    " reason duplicate_of into first why unknown confirm evidence status kind since limit before last history all kept"
    " keep drop reword reset undo public private words part versions composed base number decision anyway whom until"
    " length name owner overdue due tracked issue repository existing date role zone identity key scope expires"
    " override runs unneeded".split()
)
FILES = {"issue edit": "body", "publication edit": "file", "export": "to"}


def run(ask: Asking, account: str, *words: str, **more: Any) -> Any:
    """The JSON of an answer to these words."""
    headers = {"Idempotency_Key": more.pop("key")} if "key" in more else {}
    return ask(account, "POST", "/commands", {"words": list(words), **more}, **headers)


def refused(ask: Asking, account: str, *words: str, scope: str = "", **more: Any) -> tuple[int, str]:
    return ask.refused(account, "POST", "/commands", {"words": list(words), **more}, scope=scope)


def test_every_verb_is_for_a_server_or_for_this_machine() -> None:
    """A new verb is put into one of the lists of `cli/afar.py`, after a thought."""
    assert {*afar.SCOPES, *afar.LOCAL, *afar.NOT_FROM_AFAR} == set(VERBS)
    assert len(afar.SCOPES) + len(afar.LOCAL) + len(afar.NOT_FROM_AFAR) == len(VERBS)


def test_the_tests_know_every_verb_of_a_server() -> None:
    assert {*OF_AN_INCIDENT, *OTHERS} == set(afar.SCOPES)


def _options(parser: argparse.ArgumentParser) -> set[str]:
    return {each.dest for each in parser._actions}


def test_every_option_of_a_verb_of_a_server_was_looked_at() -> None:
    found = {(verb, option) for verb in afar.SCOPES for option in _options(VERBS[verb])}
    assert found - {(verb, option) for verb in afar.SCOPES for option in LOOKED_AT} == set(FILES.items())


def test_a_verb_answers_in_three_forms_as_the_command_line_would(ask: Asking, world: World) -> None:
    ref = declared(world, "Checkout answers 502")
    told = run(ask, "bob", "show", ref, "--format", "markdown")
    assert told["text"].startswith("Incident 1: Checkout answers 502\nstatus           open")
    assert told["markdown"].startswith("# Incident 1: Checkout answers 502\n")
    assert told["data"]["ref"] == ref
    assert (told["code"], told["left"], told["needs"]) == (0, 0, None)


def test_it_is_done_as_the_person_of_the_token(ask: Asking, world: World) -> None:
    ref = declared(world, by="alice")
    run(ask, "bob", "note", ref, "All from the new pods")
    entry = models.Entry.objects.get(kind="note")
    assert (entry.who_name, entry.source) == ("Bob", "api")
    assert refused(ask, "bob", "note", ref, "Text", "--as", "alice") == (409, "acts_by_token")
    assert refused(ask, "bob", "list", "--as", "alice") == (409, "acts_by_token")


def test_colours_and_width_are_those_of_the_other_screen(ask: Asking, world: World) -> None:
    ref = declared(world)
    assert "\033[" not in run(ask, "bob", "show", ref)["text"]
    assert "\033[1m" in run(ask, "bob", "show", ref, screen={"coloured": True, "width": 80})["text"]
    actions.write_part(world.by("bob"), ref, "summary", "word " * 40)
    lines = run(ask, "bob", "writeup", "show", ref, "summary", screen={"width": 50})["text"].splitlines()
    assert 40 < max(map(len, lines)) <= 50


def test_words_that_make_no_command_are_told(ask: Asking, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["nonsense"], ["show"], ["list", "--limit", "many"], [""]):
        assert refused(ask, "bob", *words) == (400, "usage")
    for words in (["--help"], ["note", "-h"], ["--version"], ["serve"], ["backup", "--to", "x"], ["effects", "run"]):
        assert refused(ask, "bob", *words) == (409, "not_from_afar")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("verb", [*afar.LOCAL, *afar.NOT_FROM_AFAR])
def test_what_is_of_the_machine_itself_is_not_done_from_elsewhere(
    ask: Asking, verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = {
        "restore": ["a"],
        "people sign-in": ["Bob"],
        "github app": ["a-code"],
        "import slack-thread": ["a"],
        "import slack-export": ["a", "--channel", "b"],
    }
    words = [*verb.split(), *more.get(verb, []), *(["--thread", "1.2"] if verb.endswith("export") else [])]
    assert refused(ask, "adele", *words) == (409, "not_from_afar")


# --- scopes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", afar.SCOPES)
def test_each_verb_needs_its_scope(ask: Asking, world: World, verb: str) -> None:
    declared(world)
    more = {"search": ["pods"], "declare": ["Once more"], "people add": ["Eve"], "people unlink": ["github:nobody"]}
    more |= {"people link": ["Bob", "slack:U1"], "people merge": ["Bob", "Alice"], "people set": ["Bob"]}
    more |= {"effects retry": ["say:1"], "effects drop": ["say:1", "--reason", "so"], "token issue": ["laptop"]}
    more |= {"token revoke": ["99"]}
    words = [*verb.split(), *(["1", *OF_AN_INCIDENT[verb]] if verb in OF_AN_INCIDENT else more.get(verb, []))]
    lesser = {"read": "", "write": "read", "admin": "write"}[afar.SCOPES[verb]]
    entries = models.Entry.objects.count()
    if lesser:
        assert refused(ask, "adele", *words, scope=lesser) == (403, "scope")
        assert models.Entry.objects.count() == entries
    answer = ask.send("adele", "POST", "/commands", {"words": words}, scope=afar.SCOPES[verb])
    assert b'"code": "scope"' not in answer.content


def test_curating_a_timeline_writes_and_everybodys_tokens_are_an_admins(ask: Asking, world: World) -> None:
    ref = declared(world)
    assert run(ask, "victor", "timeline", ref)["code"] == 0
    for option in ("--keep", "--drop", "--reword", "--reset", "--undo", "--public", "--private"):
        assert refused(ask, "bob", "timeline", ref, option, "1", scope="read") == (403, "scope")
    assert refused(ask, "adele", "token", "list", "--all", scope="write") == (403, "scope")
    assert run(ask, "adele", "token", "list", "--all")["data"]["tokens"]


def test_an_admins_token_without_that_scope_is_no_admins(ask: Asking, world: World) -> None:
    ask.token("bob")
    number = str(Token.objects.get(person__name="Bob").pk)
    assert refused(ask, "adele", "token", "revoke", number, scope="write") == (404, "not_found")
    assert run(ask, "adele", "token", "revoke", number)["data"] == {"revoked": int(number), "name": "bob's"}
    assert refused(ask, "bob", "list") == (401, "unauthenticated")


def test_a_token_makes_none_for_others_and_none_wider(ask: Asking, world: World) -> None:
    assert refused(ask, "adele", "token", "issue", "x", "--for", "alice") == (409, "at_the_machine")
    assert refused(ask, "bob", "token", "issue", "x", "--for", "alice") == (403, "not_an_admin")
    assert refused(ask, "adele", "token", "issue", "x", "--scope", "admin", scope="write") == (409, "wider_scope")
    made = run(ask, "bob", "token", "issue", "x", "--scope", "write", "--expires", "2d")["data"]
    assert tokens.found(made["token"], world.now) is not None


# --- strangers ---------------------------------------------------------------------------------------------------


def hidden(world: World) -> tuple[str, str]:
    """A restricted incident, and one that was restricted later and leaves its number."""
    secret, numbered = secretly_declared(world, f"{WORD} key leaked"), declared(world, f"{WORD} data leaked")
    for ref in (secret, numbered):
        actions.note(world.by("bob"), ref, f"the {WORD} bucket is open")
        actions.add_action(world.by("bob"), ref, f"Rotate the {WORD} key")
        says(world, ref, f"{WORD} is closed now")
    actions.restrict(world.by("bob"), numbered, f"{WORD} customers")
    return secret, numbered


def told(ask: Asking, account: str, verb: str, ref: str) -> tuple[int, str]:
    words = [*verb.split(), ref, *OF_AN_INCIDENT[verb]]
    answer = ask.send(account, "POST", "/commands", {"words": words, "input": "x"})
    text = answer.content.decode()
    assert WORD not in text
    return answer.status_code, text.replace(ref, "REF")


@pytest.mark.parametrize("verb", OF_AN_INCIDENT)
def test_a_restricted_incident_does_not_exist_for_a_stranger(ask: Asking, world: World, verb: str) -> None:
    declared(world)
    secret, numbered = hidden(world)
    before = models.Entry.objects.count()
    for account in STRANGERS:
        status, text = told(ask, account, verb, secret)
        assert (status, text) == told(ask, account, verb, NEVER)
        assert status in (403, 404)
        told(ask, account, verb, numbered)
    assert models.Entry.objects.count() == before


@pytest.mark.parametrize("words", [["list"], ["search", WORD], ["due"], ["action", "list"], ["effects", "--all"]])
def test_lists_and_search_know_nothing_of_it(ask: Asking, world: World, words: list[str]) -> None:
    before = {account: run(ask, account, *words)["text"] for account in STRANGERS}
    secret, _ = hidden(world)
    for account in STRANGERS:
        answer = run(ask, account, *words)
        assert answer["text"] == before[account]
        shown = json.dumps(answer).replace(json.dumps(WORD), "")
        assert WORD not in shown
        assert secret not in shown
    assert run(ask, "bob", "list")["text"].count(WORD) == 2


# --- what is of the other machine --------------------------------------------------------------------------------


def needs(ask: Asking, *words: str, **more: Any) -> dict[str, str]:
    entries = models.Entry.objects.count()
    found: dict[str, str] = run(ask, "bob", *words, **more)["needs"]
    assert models.Entry.objects.count() == entries
    return found


def test_standard_input_is_asked_for_where_a_dash_needs_it(ask: Asking, world: World) -> None:
    ref = declared(world)
    for words in (["note", ref, "-"], ["did", ref, "-"], ["writeup", "set", ref, "summary", "-"]):
        assert needs(ask, *words, key="a")["what"] == "input"
        assert run(ask, "bob", *words, input="It was\0 the pods", key="b" + words[0])["code"] == 0
    assert run(ask, "bob", "declare", "-")["code"] == 0
    texts = [json.loads(each.data)["text"] for each in models.Entry.objects.filter(kind="note")]
    assert texts == ["It was\ufffd the pods"] * 2


def test_files_are_those_of_the_other_machine(ask: Asking, world: World) -> None:
    ref = declared(world)
    words = ["publication", "edit", ref, "--from", "post.md"]
    assert needs(ask, *words) == {"what": "file", "name": "post.md", "text": ""}
    assert run(ask, "bob", *words, files={"post.md": "## Our words\n"})["data"]["text"].startswith("## Our words")


OPENED: list[str] = []
WATCHING: list[str] = []


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if WATCHING and event.partition(".")[0] in ("open", "os", "shutil", "glob", "pathlib", "subprocess"):
        OPENED.extend(str(each) for each in arguments if WATCHING[0] in str(each))


sys.addaudithook(_watch)


def test_words_reach_no_file_of_the_server(ask: Asking, world: World, tmp_path: Path) -> None:
    """Whatever is named: in each place of each verb."""
    canary = tmp_path / "canary"
    canary.mkdir()
    secret = canary / "secret.md"
    secret.write_text(WORD)
    ref = declared(world)
    actions.resolve(world.by("bob"), ref)
    actions.raise_issue(world.by("alice"), ref)
    WATCHING.append(str(canary))
    try:
        for verb, rest in OF_AN_INCIDENT.items():
            options = [
                each.option_strings[0] for each in VERBS[verb]._actions if each.option_strings and each.nargs != 0
            ]
            tries = [[ref, *rest, option, str(secret)] for option in options] + [[ref, str(secret)], [str(secret)]]
            tries += [[ref, *rest, "--to", str(canary)], [ref, *rest, "--to", f"{canary}/more"]]
            for words in tries:
                answer = ask.send("bob", "POST", "/commands", {"words": [*verb.split(), *words], "drafts": str(canary)})
                assert WORD not in answer.content.decode().replace(str(secret), "")
    finally:
        WATCHING.clear()
    assert OPENED == []
    assert [each.name for each in canary.iterdir()] == ["secret.md"]
    with canary.joinpath("seen").open("w"):  # the watch does see
        WATCHING.append(str(canary))
        secret.read_text()
        WATCHING.clear()
    assert OPENED
    OPENED.clear()


def test_an_export_comes_with_the_answer_and_stays_nowhere(ask: Asking, world: World, tmp_path: Path) -> None:
    ref = declared(world, "Checkout answers 502")
    files = run(ask, "bob", "export", ref, "--to", str(tmp_path / "there"))["files"]
    assert list(files) == ["incident-1.md", "incident-1.jsonl"]
    assert "Checkout answers 502" in files["incident-1.md"]
    assert not (tmp_path / "there").exists()
    assert models.Copy.objects.count() == 0


def test_a_text_is_edited_there_and_comes_back_with_what_it_was(ask: Asking, world: World) -> None:
    ref = declared(world)
    words = ["writeup", "edit", ref, "summary"]
    wanted = needs(ask, *words)
    assert (wanted["what"], wanted["name"]) == ("edit", "writeup-1-summary.md")
    edited = {"draft": wanted["name"], "before": wanted["text"], "after": "Checkout failed for all."}
    answer = run(ask, "bob", *words, edited=edited)
    assert (answer["data"]["written"], answer["finished"]) == (["summary"], ["writeup-1-summary.md"])


def test_who_wrote_meanwhile_stands_and_the_other_is_shown_both(ask: Asking, world: World) -> None:
    ref = declared(world)
    words = ["writeup", "edit", ref, "summary"]
    wanted = needs(ask, *words)
    actions.write_part(world.by("alice"), ref, "summary", "Alice's words")
    edited = {"draft": wanted["name"], "before": wanted["text"], "after": "Bob's words"}
    body = {"words": words, "edited": edited, "drafts": "/srv/bob/drafts"}
    first = ask.send("bob", "POST", "/commands", body, Idempotency_Key="k")
    assert first.status_code == 409
    error = json.loads(first.content)["error"]
    assert "Alice's words" in error["message"]
    assert "Bob's words" in error["message"]
    assert "kept in /srv/bob/drafts/writeup-1-summary.md" in error["hint"]
    written = models.Entry.objects.filter(kind="writeup_edit").count()
    again = ask.send("bob", "POST", "/commands", body, Idempotency_Key="k")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert models.Entry.objects.filter(kind="writeup_edit").count() == written


def test_what_could_not_be_taken_is_kept_there_before_it_is_told(ask: Asking, world: World) -> None:
    ref = declared(world)
    actions.resolve(world.by("bob"), ref)
    actions.raise_issue(world.by("alice"), ref)
    row = models.LocalIssue.objects.create(body="ours", created_at=world.now, changed_at=world.now)
    incident = models.Incident.objects.get(ref=ref)
    incident.after["issue"]["ref"] = f"local#{row.pk}"
    incident.save()
    words = ["issue", "edit", ref]
    wanted = needs(ask, *words)
    row.body = "theirs"
    row.save()
    edited = {"draft": wanted["name"], "before": wanted["text"], "after": "mine"}
    assert needs(ask, *words, edited=edited) == {"what": "keep", "name": "issue-1.md", "text": "mine"}
    assert refused(ask, "bob", *words, edited=edited, kept=True) == (409, "changed_meanwhile")


# --- once --------------------------------------------------------------------------------------------------------


def test_a_repeat_with_the_same_key_is_answered_and_not_done_again(ask: Asking, world: World) -> None:
    first = run(ask, "bob", "declare", "It burns", key="one")
    assert run(ask, "bob", "declare", "It burns", key="one") == first
    assert models.Incident.objects.count() == 1
    assert run(ask, "bob", "declare", "It burns", key="two")["data"] == {"incident": "2"}
    body = {"words": ["declare", "Something else"]}
    assert ask.refused("bob", "POST", "/commands", body, Idempotency_Key="one") == (422, "idempotency_mismatch")


def test_what_is_refused_can_be_tried_again_with_the_same_key(ask: Asking, world: World) -> None:
    ref = declared(world)
    body = {"words": ["relapse", ref]}
    assert ask.refused("bob", "POST", "/commands", body, Idempotency_Key="k")[0] == 409
    actions.resolve(world.by("bob"), ref)
    assert ask("bob", "POST", "/commands", body, Idempotency_Key="k")["code"] == 0


def test_a_token_is_in_no_table_and_a_repeat_does_not_show_it(ask: Asking, world: World) -> None:
    body = {"words": ["token", "issue", "laptop"]}
    text = ask("bob", "POST", "/commands", body, Idempotency_Key="k")["data"]["token"]
    assert ask.refused("bob", "POST", "/commands", body, Idempotency_Key="k") == (409, "shown_once")
    assert Token.objects.filter(name="laptop").count() == 1
    assert text not in str([*Answered.objects.values(), *Token.objects.values()])


def test_reading_keeps_no_answer(ask: Asking, world: World) -> None:
    declared(world)
    run(ask, "bob", "list", key="k")
    assert Answered.objects.count() == 0


# --- waiting -----------------------------------------------------------------------------------------------------


def parked_later(keys: list[str]) -> None:
    models.Effect.objects.filter(key__in=keys).update(status="parked")


def test_the_answer_waits_for_what_goes_outside_but_never_long(
    ask: Asking, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from musterpoint.api import commands

    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(commands, "LONGEST_WAIT", 0.05)
    ref = declared(world)
    row = models.Incident.objects.get(ref=ref)
    effects.intend("say", "say:1:1", row)
    effects.intend("say", "say:1:2", row)
    options = argparse.Namespace(wait=1e9)

    def left(keys: list[str]) -> int:
        return commands._left(keys, argparse.Namespace(options=options))  # type: ignore[arg-type]

    assert left(["say:1:1"]) == 2
    assert slept
    options.wait = float("nan")
    assert left(["say:1:1"]) == 2
    options.wait = 1e9
    slept.clear()
    effects.hold("a restore")
    assert left(["say:1:1"]) == 2
    assert slept == []
    models.Setting.objects.all().delete()
    parked_later(["say:1:1", "say:1:2"])
    assert (left(["say:1:1"]), left([])) == (0, 0)
    assert slept == []
