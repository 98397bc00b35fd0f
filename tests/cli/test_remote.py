"""The command line against servers that are away, odd, of another version, or not ours at all."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from musterpoint.cli import afar, calling
from musterpoint.cli.main import main
from tests.cli.test_running import SOURCE

DONE = {"code": 0, "data": {"incident": "1"}, "text": "Done.", "markdown": "", "left": 0, "files": {}, "finished": []}
Reply = tuple[int, dict[str, str], bytes]


def answer(**values: Any) -> Reply:
    return 200, {"Content-Type": "application/json"}, json.dumps({**DONE, "needs": None, **values}).encode()


def needs(what: str, name: str = "", text: str = "") -> Reply:
    return answer(needs={"what": what, "name": name, "text": text})


def error(status: int, code: str, message: str = "That was refused.", hint: str = "", **headers: str) -> Reply:
    shape = {"error": {"code": code, "message": message, "hint": hint}}
    return status, {"Content-Type": "application/json", **headers}, json.dumps(shape).encode()


class Server:
    """Answers what it was told to, one after the other, the last one for ever; and knows what it was asked."""

    def __init__(self) -> None:
        self.replies: list[Reply | None] = [answer()]
        self.asked: list[tuple[dict[str, str], dict[str, Any]]] = []
        there = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                there.asked.append(({name.lower(): value for name, value in self.headers.items()}, body))
                reply = there.replies.pop(0) if len(there.replies) > 1 else there.replies[0]
                if reply is None:  # it dies before it answers
                    self.connection.close()
                    return
                status, headers, content = reply
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *arguments: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    made = Server()
    monkeypatch.setattr(calling, "PAUSES", (0.0, 0.0))
    monkeypatch.setenv("MUSTERPOINT_URL", made.url)
    monkeypatch.setenv("MUSTERPOINT_TOKEN", "mp_token")
    monkeypatch.setenv("MUSTERPOINT_HOME", str(tmp_path / "home"))
    yield made
    made.http.shutdown()
    made.http.server_close()


def refused(capsys: pytest.CaptureFixture[str], *words: str, code: int = 1) -> dict[str, str]:
    assert main([*words, "--format", "json"]) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    found: dict[str, str] = json.loads(shown.err)["error"]
    assert found["message"]
    return found


def test_words_and_token_are_sent_and_the_answer_is_shown(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    server.replies = [answer(left=1)]
    assert main(["note", "7", "All from the new pods"]) == 0
    assert capsys.readouterr().out == "Done.\n1 thing outside still on the way: `musterpoint effects`\n"
    [(headers, body)] = server.asked
    assert headers["authorization"] == "Bearer mp_token"
    assert headers["idempotency-key"]
    assert body["words"] == ["note", "7", "All from the new pods"]
    assert body["screen"] == {"coloured": False, "width": 80} or not body["screen"]["coloured"]
    assert main(["list", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"incident": "1"}
    assert "idempotency-key" not in server.asked[1][0]


def test_wrong_words_are_told_here(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, "note", code=2)["code"] == "usage"
    assert main(["--help"]) == 0
    assert server.asked == []


def test_who_acts_is_not_said_and_what_an_engine_does_is_not_asked(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(capsys, "list", "--as", "bob")["code"] == "acts_by_token"
    more = {"people sign-in": ["Bob"]}
    for verb in afar.NOT_FROM_AFAR:
        assert refused(capsys, *verb.split(), *more.get(verb, []))["code"] == "not_from_afar"
    assert server.asked == []


def test_a_token_may_lie_in_a_file_and_must_be_somewhere(
    server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("MUSTERPOINT_TOKEN")
    assert "token issue" in refused(capsys, "list")["hint"]
    file = tmp_path / "token"
    monkeypatch.setenv("MUSTERPOINT_TOKEN_FILE", str(file))
    assert refused(capsys, "list")["code"] == "file"
    file.write_text("mp_of_a_file\n")
    assert main(["list"]) == 0
    assert server.asked[0][0]["authorization"] == "Bearer mp_of_a_file"
    capsys.readouterr()
    file.write_text("mp_one\nmp_two")
    assert refused(capsys, "list")["code"] == "bad_token"


# --- what goes wrong ---------------------------------------------------------------------------------------------


def test_a_connection_that_breaks_is_tried_again_with_the_same_key(server: Server) -> None:
    server.replies = [None, error(502, "bad_gateway"), answer()]
    assert main(["declare", "It burns"]) == 0
    keys = [headers["idempotency-key"] for headers, _ in server.asked]
    assert len(keys) == 3
    assert len(set(keys)) == 1
    assert main(["declare", "It burns"]) == 0
    assert server.asked[3][0]["idempotency-key"] != keys[0]


def test_one_that_keeps_breaking_says_that_nobody_knows(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    server.replies = [None]
    assert refused(capsys, "declare", "It burns")["code"] == "broken_off"
    assert refused(capsys, "list")["code"] == "unreachable"
    assert len(server.asked) == 6


def test_a_server_that_is_not_there_is_told(
    server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUSTERPOINT_URL", "http://127.0.0.1:1")
    found = refused(capsys, "declare", "It burns")
    assert (found["code"], "http://127.0.0.1:1" in found["message"]) == ("unreachable", True)
    assert found["hint"].startswith("Nothing was done.")


@pytest.mark.parametrize(
    "url",
    [
        "incidents.example.com",
        "ftp://example.com",
        "http://",
        "https://example.com?a",
        "http://[1",
        "https://me@example.com",
        "http://a:99999",
    ],
)
def test_an_address_that_is_none_is_told(
    server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("MUSTERPOINT_URL", url)
    assert refused(capsys, "list")["code"] == "bad_url"


def test_tls_that_does_not_work_is_told_and_not_tried_again(
    server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import ssl

    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "2"]
    subprocess.run([*made, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.http.socket = context.wrap_socket(server.http.socket, server_side=True)
    monkeypatch.setenv("MUSTERPOINT_URL", server.url.replace("http", "https"))
    found = refused(capsys, "declare", "It burns")
    assert (found["code"], "SSL_CERT_FILE" in found["hint"]) == ("tls", True)
    assert server.asked == []


@pytest.mark.parametrize(
    ("reply", "code", "words"),
    [
        ((200, {"Content-Type": "text/html"}, b"<h1>It works</h1>"), "not_musterpoint", "MUSTERPOINT_URL"),
        ((404, {"Content-Type": "text/html"}, b"<h1>Not found</h1>"), "not_musterpoint", "MUSTERPOINT_URL"),
        ((200, {}, b'["a list"]'), "not_musterpoint", "MUSTERPOINT_URL"),
        ((301, {"Location": "https://new.example.com/api/v1/commands"}, b""), "moved", "https://new.example.com"),
        (error(401, "unauthenticated"), "token_refused", "/settings/tokens"),
        (error(404, "no_such_address"), "other_version", "same version"),
        (error(422, "invalid", "Extra inputs."), "other_version", "Extra inputs."),
        (error(400, "usage", "No such verb.", **{"Musterpoint-Version": "9.9"}), "other_version", "(9.9)"),
        (error(409, "not_open", "Incident 1 is resolved.", "relapse 1"), "not_open", "relapse 1"),
        (error(503, "database_unavailable", "The database does not answer."), "database_unavailable", "database"),
        ((500, {"Content-Type": "text/html"}, b"<h1>Broken</h1>"), "failed", "Whether it was done is not known"),
    ],
)
def test_what_a_server_answers_otherwise_is_told(
    server: Server, capsys: pytest.CaptureFixture[str], reply: Reply, code: str, words: str
) -> None:
    server.replies = [reply]
    found = refused(capsys, "resolve", "1")
    assert found["code"] == code
    assert words in f"{found['message']} {found['hint']}"


def test_a_token_is_never_sent_on_to_where_a_server_leads(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    other = Server()
    server.replies = [(307, {"Location": f"{other.url}/api/v1/commands"}, b"")]
    assert refused(capsys, "list")["code"] == "moved"
    assert other.asked == []
    other.http.shutdown()
    other.http.server_close()


# --- what is of this machine -------------------------------------------------------------------------------------


def test_no_file_is_given_that_the_words_do_not_name(
    server: Server, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    secret, named = tmp_path / "secret", tmp_path / "post.md"
    secret.write_text("mine")
    named.write_text("for you")
    server.replies = [needs("file", str(secret))]
    assert refused(capsys, "publication", "edit", "1", "--from", str(named))["code"] == "odd_answer"
    assert "mine" not in str(server.asked)
    server.replies = [needs("file", str(named)), answer()]
    assert main(["publication", "edit", "1", "--from", str(named)]) == 0
    assert server.asked[-1][1]["files"] == {str(named): "for you"}
    capsys.readouterr()
    server.replies = [needs("file", str(tmp_path / "none")), answer()]
    assert refused(capsys, "publication", "edit", "1", "--from", str(tmp_path / "none"))["code"] == "file"


@pytest.mark.parametrize("name", ["../outside.md", "/outside.md", ".hidden", "", "a/b.md", "x\n.md"])
@pytest.mark.parametrize("what", ["edit", "keep", "files"])
def test_a_server_names_no_place(
    server: Server, capsys: pytest.CaptureFixture[str], tmp_path: Path, what: str, name: str
) -> None:
    server.replies = [answer(files={name: "x"}) if what == "files" else needs(what, name, "x"), answer()]
    assert refused(capsys, "export", "1", "--to", str(tmp_path / "out"))["code"] == "odd_answer"
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


def test_a_server_that_asks_for_the_same_again_and_again_is_left(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    server.replies = [needs("keep", "a.md", "x")]
    assert refused(capsys, "list")["code"] == "odd_answer"
    assert len(server.asked) == 2


def edits_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> None:
    editor = tmp_path / "editor"
    editor.write_text(f"#!/bin/sh\n{script}\n")
    editor.chmod(stat.S_IRWXU)
    monkeypatch.setenv("VISUAL", str(editor))


def test_the_editor_is_the_one_of_this_machine_and_the_draft_goes_when_all_is_in_the_record(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    edits_with(monkeypatch, tmp_path, 'echo "ours" > "$1"')
    draft = tmp_path / "home" / "drafts" / "writeup-1.md"
    server.replies = [needs("edit", "writeup-1.md", "theirs\n"), answer(finished=["writeup-1.md"])]
    assert main(["writeup", "edit", "1"]) == 0
    assert server.asked[1][1]["edited"] == {"draft": "writeup-1.md", "before": "theirs\n", "after": "ours\n"}
    assert server.asked[1][0]["idempotency-key"] != server.asked[0][0]["idempotency-key"]
    assert server.asked[0][1]["drafts"] == str(draft.parent)
    assert not draft.exists()


@pytest.mark.parametrize("reply", [None, error(401, "unauthenticated"), error(409, "cancelled", "It was cancelled.")])
def test_what_was_written_is_kept_whatever_becomes_of_it(
    server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reply: Reply
) -> None:
    edits_with(monkeypatch, tmp_path, 'echo "an hour of work" > "$1"')
    draft = tmp_path / "home" / "drafts" / "writeup-1.md"
    server.replies = [needs("edit", "writeup-1.md", "theirs\n"), reply]
    assert str(draft) in refused(capsys, "writeup", "edit", "1")["hint"]
    assert draft.read_text() == "an hour of work\n"


def test_an_editor_that_fails_changes_nothing(
    server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    edits_with(monkeypatch, tmp_path, "exit 3")
    server.replies = [needs("edit", "writeup-1.md", "theirs\n"), answer()]
    assert refused(capsys, "writeup", "edit", "1")["code"] == "editor_failed"
    assert len(server.asked) == 1


def test_neither_a_home_nor_a_database_nor_django_is_needed(server: Server, tmp_path: Path) -> None:
    story = """
import sys
from musterpoint.cli.main import main
assert main(["list"]) == 0
print(sorted({each.partition(".")[0] for each in sys.modules} & {"django", "dbos", "waitress", "ninja"}))
"""
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE), "HOME": str(tmp_path / "nobody")}
    variables |= {"MUSTERPOINT_URL": server.url, "MUSTERPOINT_TOKEN": "mp_token"}
    done = subprocess.run([sys.executable, "-c", story], env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["Done.", "[]"]
    assert not (tmp_path / "nobody").exists()


def test_verbs_of_this_machine_stay_here(server: Server, tmp_path: Path) -> None:
    """`check` looks at the home of this machine, whatever server there is."""
    variables = {
        **os.environ,
        "PYTHONPATH": str(SOURCE),
        "MUSTERPOINT_HOME": str(tmp_path / "none"),
        "DATABASE_URL": "",
    }
    command = [sys.executable, "-m", "musterpoint.cli", "check"]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert f"{tmp_path / 'none'} does not exist." in done.stdout
    assert server.asked == []
