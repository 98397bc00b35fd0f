"""The command line on one machine, the installation on another: whatever is asked, it answers as it would there.

Two installations live through the same; one is worked on where it is, the other one through its server. On both
databases.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from musterpoint.cli import afar
from tests.journeys.commands import Done, Musterpoint

SETTINGS = '[authority]\npeople = ["Adele Admin"]\n'
EDITOR = "sed -i s/Checkout/Check-out/"
LONG = 60.0
BATCH = """
import contextlib, io, json, sys
from musterpoint.cli.main import main
for words, given in json.load(sys.stdin):
    sys.stdin = io.StringIO(given)
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as error:
        code = main(words)
    print(json.dumps([code, out.getvalue(), error.getvalue()]))
"""

Command = tuple[Sequence[str], str]


def batch(environment: dict[str, str], commands: Sequence[Command], folder: Path) -> list[Done]:
    """Many commands in one process, each with its standard input, in `folder`."""
    done = subprocess.run(
        [sys.executable, "-c", BATCH],
        env=environment | {"EDITOR": EDITOR, "VISUAL": ""},
        input=json.dumps(commands),
        capture_output=True,
        cwd=folder,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [Done(*json.loads(line)) for line in done.stdout.splitlines()]


@contextmanager
def served(installed: Musterpoint) -> Iterator[str]:
    """The address of its server."""
    command = [sys.executable, "-m", "musterpoint.cli", "serve", "--port", "0"]
    with subprocess.Popen(command, env=installed.environment(), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        found = None
        while found is None and (line := process.stderr.readline()):
            found = re.search(r"musterpoint: (http://127\.0\.0\.1:\d+)/ \(health", line)
        assert found is not None
        threading.Thread(target=process.stderr.read, daemon=True).start()
        try:
            yield found[1]
        finally:
            process.terminate()
            process.wait(LONG)


@dataclass(frozen=True)
class Elsewhere:
    """Another machine: no database, a home for drafts and exports alone, and a token."""

    home: Path
    url: str
    token: str
    installed: Musterpoint

    def environment(self, **variables: str) -> dict[str, str]:
        ours = {"MUSTERPOINT_HOME": str(self.home), "MUSTERPOINT_URL": self.url, "MUSTERPOINT_TOKEN": self.token}
        clean = {name: value for name, value in self.installed.environment().items() if name != "DATABASE_URL"}
        return clean | ours | variables

    def run(self, *words: str, **variables: str) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "musterpoint.cli", *words],
            env=self.environment(**variables),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Done(done.returncode, done.stdout, done.stderr)

    def refusal(self, *words: str, **variables: str) -> str:
        done = self.run(*words, "--format", "json", **variables)
        assert done.code == 1, done
        return done.refusal()["code"]


@pytest.fixture(scope="module")
def elsewhere(installed: Musterpoint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    (installed.home / "musterpoint.toml").write_text(SETTINGS)
    token = installed.answer("token", "issue", "laptop", "--scope", "admin")["token"]
    with served(installed) as url:
        yield Elsewhere(tmp_path_factory.mktemp("elsewhere"), url, token, installed)


@pytest.fixture
def twin(tmp_path_factory: pytest.TempPathFactory) -> Musterpoint:
    """An installation that is worked on where it is."""
    here = Musterpoint(tmp_path_factory.mktemp("home"))
    here.tell("init", "--name", "Adele Admin")
    (here.home / "musterpoint.toml").write_text(SETTINGS)
    for account in ("bob", "victor"):
        role = "viewer" if account == "victor" else "responder"
        here.tell("people", "add", account.capitalize(), "--role", role, f"account:{account}")
    here.tell("token", "issue", "laptop", "--scope", "admin")
    return here


def ago(minutes: int) -> str:
    return f"{NOW - timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


NOW = datetime.now(UTC)
#: The whole life of an incident: words, and what standard input has. Reading is asked for in each form.
LIFE: list[Command] = [
    (["declare", "Checkout answers 502", "--affected", "web shop", "--at", ago(60), "--detected", ago(65)], ""),
    (["note", "1", "All 502s come from the new pods", "--mark", "finding", "--at", ago(55)], ""),
    (["note", "1", "-", "--at", ago(50)], "It could be the database\nor the network"),
    (["did", "1", "-", "--at", ago(45)], "Rolled back to 4.1.2"),
    (["did", "1"], ""),
    (["mark", "1", "4", "timeline"], ""),
    (["lead", "1", "bob"], ""),
    (["lead", "1", "nobody at all"], ""),
    (["severity", "1", "major"], ""),
    (["severity", "1", "huge"], ""),
    (["nominate", "1", "Adele Admin"], ""),
    (["huddle", "1", "--not-needed"], ""),
    (["resolve", "1", "--at", ago(40), "--reason", "rolled back"], ""),
    (["relapse", "1", "--at", ago(30)], ""),
    (["resolve", "1", "--at", ago(20)], ""),
    (["resolve", "1"], ""),
    (["correct", "1", "detected", "--at", ago(70), "--why", "the first mail"], ""),
    (["correct", "1", "title", "Checkout fails"], ""),
    (["timeline", "1", "--reword", "4", "--text", "Suspected the network"], ""),
    (["show", "1"], ""),
    (["thread", "1"], ""),
    (["thread", "1", "--last", "2"], ""),
    (["timeline", "1", "--all"], ""),
    (["list", "--status", "resolved"], ""),
    (["list", "--since", "yesterday perhaps"], ""),
    (["search", "pods"], ""),
    (["due"], ""),
    (["remind", "snooze", "1", "no_lead", "--for", "2d"], ""),
    (["remind", "resume", "1", "no_lead"], ""),
    (["remind", "dismiss", "1", "writeup_waiting"], ""),
    (["declare", "Search is slow", "--at", ago(15)], ""),
    (["note", "2", "Mails are late as well", "--at", ago(14)], ""),
    (["split", "2", "--from", "no such entry", "--title", "Late mails"], ""),
    (["declare", "Late mails", "--at", ago(10)], ""),
    (["merge", "3", "2"], ""),
    (["cancel", "2", "--reason", "a planned change"], ""),
    (["declare", "Tokens in the log", "--at", ago(5)], ""),
    (["restrict", "4", "--why", "customer data"], ""),
    (["open-up", "4", "--why", "it is over"], ""),
    (["writeup", "show", "1", "summary"], ""),
    (["writeup", "set", "1", "summary", "-"], "Checkout failed for all shops."),
    (["writeup", "set", "1", "summary", "Something else", "--base", "0"], ""),
    (["writeup", "edit", "1", "summary"], ""),
    (["writeup", "check", "1"], ""),
    (["action", "add", "1", "Alert when the pool is 80 % full", "--owner", "Bob", "--due", "2w"], ""),
    (["action", "add", "1", "Write it down", "--owner", "Kim Sato"], ""),
    (["action", "assign", "1", "2"], ""),
    (["action", "due", "1", "2", "3d"], ""),
    (["action", "set", "1", "2", "--kind", "process"], ""),
    (["action", "issue", "1", "2"], ""),
    (["action", "decline", "1", "2", "--reason", "it is written down"], ""),
    (["action", "reopen", "1", "2"], ""),
    (["action", "list"], ""),
    (["raise", "1"], ""),
    (["blockers", "1"], ""),
    (["issue", "show", "1"], ""),
    (["issue", "edit", "1"], ""),
    (["issue", "edit", "1", "--body", "no-such-file"], ""),
    (["issue", "tick", "1", "1"], ""),
    (["issue", "comment", "1", "-"], "The vendor confirms it."),
    (["issue", "close", "1"], ""),
    (["issue", "override", "1", "--reason", "the rest is elsewhere"], ""),
    (["issue", "reopen", "1"], ""),
    (["action", "done", "1", "2"], ""),
    (["writeup", "done", "1"], ""),
    (["writeup", "reopen", "1"], ""),
    (["writeup", "done", "1"], ""),
    (["publication", "decide", "1", "publish"], ""),
    (["publication", "draft", "1"], ""),
    (["publication", "rows", "1"], ""),
    (["publication", "edit", "1", "--from", "post.md"], ""),
    (["publication", "edit", "1"], ""),
    (["publication", "edit", "1", "--from", "-"], "## What happened\n\nCheckout failed.\n"),
    (["publication", "check", "1"], ""),
    (["publication", "publish", "1"], ""),
    (["publication", "show", "1"], ""),
    (["close", "1"], ""),
    (["conformance", "1"], ""),
    (["redact", "1", "--text", "-", "--why", "a name"], "the new pods\n"),
    (["export", "1", "--to", "out"], ""),
    (["export", "1"], ""),
    (["people", "add", "Eve", "--zone", "Europe/Madrid", "github:Eve"], ""),
    (["people", "link", "Eve", "email:eve@example.com"], ""),
    (["people", "unlink", "email:eve@example.com"], ""),
    (["people", "set", "Eve", "--role", "viewer"], ""),
    (["people", "merge", "Eve", "Bob"], ""),
    (["people", "list"], ""),
    (["effects"], ""),
    (["effects", "list"], ""),
    (["effects", "retry", "say:9:9"], ""),
    (["effects", "drop", "say:9:9", "--reason", "gone"], ""),
    (["effects", "release"], ""),
    (["token", "issue", "script", "--expires", "2d"], ""),
    (["token", "list"], ""),
    (["token", "revoke", "2"], ""),
]
FORMS = ("text", "json", "markdown")
#: What differs for good reason: times, who asked through what, places, tokens, keys, and how it was counted.
DIFFERS = [
    (r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?", "TIME"),
    (r"\b\d\d:\d\d(:\d\d)?\b", "CLOCK"),
    (r"(\d+ (d|h|min|s)\b ?)+", "LONG"),
    (r'"source": "(cli|api)"', "SOURCE"),
    (r"mp_[\w-]{43}", "TOKEN"),
    (r"[0-9a-f]{12,40}", "DIGEST"),
    (r'"used_at": ("TIME"|null)', "USED"),
    (r"admin  TIME  (TIME|not yet)", "USED"),
    (r"\| TIME \| (TIME|not yet) \|", "USED"),
]


def commands() -> Iterator[Command]:
    for place, (words, given) in enumerate(LIFE):
        reads = (words[0] in afar.SCOPES and afar.SCOPES[words[0]] == afar.READ) or words[1:2] in (["show"], ["list"])
        curates = words[0] == "timeline" and "--reword" in words
        for form in FORMS if reads and not curates else [FORMS[place % 2]]:
            yield [*words, "--format", form], given


def alike(text: str, *homes: Path) -> str:
    for home in homes:
        text = text.replace(str(home), "HOME")
    for pattern, name in DIFFERS:
        text = re.sub(pattern, name, text)
    return re.sub(r" +", " ", text)


def test_every_verb_of_a_server_is_in_the_life() -> None:
    verbs = {" ".join(words[:2]) if " ".join(words[:2]) in afar.SCOPES else words[0] for words, _ in LIFE}
    assert verbs == set(afar.SCOPES)


def test_every_verb_answers_from_afar_as_it_does_there(twin: Musterpoint, elsewhere: Elsewhere, tmp_path: Path) -> None:
    todo = list(commands())
    folders = [tmp_path / "near", tmp_path / "far"]
    for folder in folders:
        folder.mkdir()
        (folder / "post.md").write_text("## What happened\n\nCheckout was down.\n")
    near = batch(twin.environment(), todo, folders[0])
    far = batch(elsewhere.environment(), todo, folders[1])
    for (words, _), one, other in zip(todo, near, far, strict=True):
        assert (other.code, alike(other.out, elsewhere.home, folders[1]), alike(other.error, elsewhere.home)) == (
            one.code,
            alike(one.out, twin.home, folders[0]),
            alike(one.error, twin.home),
        ), words
    assert sum(1 for each in near if each.code == 0) > len(near) * 0.8
    exports = [folders[0] / "out", folders[1] / "out", twin.home / "exports", elsewhere.home / "exports"]
    for folder in exports:
        assert sorted(each.name for each in folder.iterdir()) == ["incident-1.jsonl", "incident-1.md"]
    texts = {alike((each / "incident-1.md").read_text()) for each in exports}
    assert len(texts) == 1
    assert not (elsewhere.installed.home / "exports").exists()
    assert list((elsewhere.home / "drafts").iterdir()) == []


# --- the connection ----------------------------------------------------------------------------------------------


class Wire:
    """Between the two: lets the first requests through and cuts their answers off in the middle."""

    def __init__(self, url: str, cuts: int) -> None:
        self.there = ("127.0.0.1", int(url.rpartition(":")[2]))
        self.cuts, self.seen = cuts, 0
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                near, _ = self.listening.accept()
            except OSError:
                return
            self.seen += 1
            with near, socket.create_connection(self.there) as far:
                far.sendall(_message(near))
                answer = _message(far)
                near.sendall(answer[: len(answer) // 2] if self.seen <= self.cuts else answer)


def _message(wire: socket.socket) -> bytes:
    """One request, or one answer, whole."""
    wire.settimeout(LONG)
    got = b""
    while True:
        head, found, body = got.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        if found and length is not None and len(body) >= int(length[1]):
            return got
        more = wire.recv(65536)
        assert more, "it ended early"
        got += more


def test_a_declaration_whose_answer_is_cut_off_is_done_once(elsewhere: Elsewhere) -> None:
    wire = Wire(elsewhere.url, cuts=2)
    try:
        title = "The answer is cut off"
        done = elsewhere.run("declare", title, "--format", "json", MUSTERPOINT_URL=wire.url)
        assert done.code == 0, done
        assert wire.seen == 3
        found = [each for each in elsewhere.installed.answer("list")["incidents"] if each["title"] == title]
        assert [each["ref"] for each in found] == [json.loads(done.out)["incident"]]
    finally:
        wire.listening.close()


def test_who_gives_up_is_told_that_it_may_be_done(elsewhere: Elsewhere) -> None:
    wire = Wire(elsewhere.url, cuts=9)
    try:
        assert elsewhere.refusal("declare", "Nobody knows", MUSTERPOINT_URL=wire.url) == "broken_off"
    finally:
        wire.listening.close()


def test_a_repeat_while_the_first_one_is_still_at_it_waits_for_it(elsewhere: Elsewhere) -> None:
    """As a client does that lost its patience: many at once, with one key."""
    import httpx

    headers = {"Authorization": f"Bearer {elsewhere.token}", "Idempotency-Key": f"many-{time.monotonic()}"}
    body = {"words": ["declare", "Many at once"]}
    answers: list[str] = []

    def ask() -> None:
        answers.append(httpx.post(f"{elsewhere.url}/api/v1/commands", json=body, headers=headers, timeout=LONG).text)

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(set(answers)) == 1
    found = elsewhere.installed.answer("list")["incidents"]
    assert [each["title"] for each in found].count("Many at once") == 1


# --- tokens ------------------------------------------------------------------------------------------------------


def test_a_token_that_is_revoked_expired_or_unknown_opens_nothing(elsewhere: Elsewhere) -> None:
    here = elsewhere.installed
    made = here.answer("token", "issue", "short", "--scope", "write", "--as", "bob")
    assert elsewhere.run("list", MUSTERPOINT_TOKEN=made["token"]).code == 0
    here.tell("token", "revoke", str(made["id"]), "--as", "bob")
    assert elsewhere.refusal("list", MUSTERPOINT_TOKEN=made["token"]) == "token_refused"
    assert elsewhere.refusal("list", MUSTERPOINT_TOKEN="mp_unknown") == "token_refused"
    until = f"{datetime.now(UTC) + timedelta(seconds=4):%Y-%m-%d %H:%M:%S}"
    brief = here.answer("token", "issue", "brief", "--expires", until)["token"]
    time.sleep(4)
    assert elsewhere.refusal("list", MUSTERPOINT_TOKEN=brief) == "token_refused"


def test_a_token_does_what_its_person_and_its_scopes_let_it(elsewhere: Elsewhere) -> None:
    here = elsewhere.installed
    reads = here.answer("token", "issue", "reads", "--as", "bob")["token"]
    writes = here.answer("token", "issue", "writes", "--scope", "write", "--for", "bob")["token"]
    ref = json.loads(elsewhere.run("declare", "For scopes", "--format", "json", MUSTERPOINT_TOKEN=writes).out)[
        "incident"
    ]
    assert elsewhere.run("show", ref, MUSTERPOINT_TOKEN=reads).code == 0
    assert elsewhere.refusal("note", ref, "Text", MUSTERPOINT_TOKEN=reads) == "scope"
    assert elsewhere.refusal("people", "add", "Mallory", MUSTERPOINT_TOKEN=writes) == "scope"
    assert elsewhere.refusal("nominate", ref, "Bob", MUSTERPOINT_TOKEN=writes) == "no_authority"
    assert here.refusal("token", "issue", "x", "--scope", "write", "--as", "victor")["code"] == "read_only"
    assert here.refusal("token", "issue", "x", "--for", "victor", "--as", "bob")["code"] == "not_an_admin"
    assert "bob" not in {each["person"].casefold() for each in here.answer("token", "list")["tokens"]}
    assert {each["person"] for each in here.answer("token", "list", "--all")["tokens"]} >= {"Adele Admin", "Bob"}


def test_what_a_stranger_may_not_see_is_not_there_from_afar_either(elsewhere: Elsewhere) -> None:
    here = elsewhere.installed
    secret = here.answer("declare", "A stolen laptop", "--security", "yes")["incident"]
    token = here.answer("token", "issue", "writes", "--scope", "write", "--as", "bob")["token"]
    for words in (["show", secret], ["thread", secret], ["export", secret], ["note", secret, "Text"]):
        assert elsewhere.refusal(*words, MUSTERPOINT_TOKEN=token) == "not_found"
    assert "stolen" not in elsewhere.run("list", MUSTERPOINT_TOKEN=token).out
    assert not any((elsewhere.home / "exports").glob("*s-*"))
    assert os.environ.get("MUSTERPOINT_URL") is None
