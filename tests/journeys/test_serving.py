"""The processes that stay, as an administrator has them: behind a proxy, at an older schema, asked to stop."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.journeys.commands import Musterpoint

PUBLIC = "incidents.example.com"
MIGRATE = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "musterpoint.settings"
import django
django.setup()
from django.core.management import call_command
call_command("migrate", *sys.argv[1:], verbosity=0)
"""


@dataclass
class Process:
    """`serve` or `web`; what it tells on standard error, as it comes."""

    started: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    port: int = 0

    def until(self, pattern: str) -> re.Match[str]:
        """Read on until a line has it."""
        assert self.started.stderr is not None
        for line in self.started.stderr:
            self.lines.append(line)
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"it ended: {self.lines}")

    def ask(self, path: str, method: str = "GET", /, **headers: str) -> http.client.HTTPResponse:
        """An answer, read to its end. Headers are written with underscores."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, headers={name.replace("_", "-"): each for name, each in headers.items()})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer


@contextmanager
def serving(here: Musterpoint, verb: str = "serve", **variables: str) -> Iterator[Process]:
    command = [sys.executable, "-m", "musterpoint.cli", verb, "--port", "0"]
    environment = here.environment() | variables
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as started:
        process = Process(started)
        try:
            process.port = int(process.until(r"musterpoint: http://127\.0\.0\.1:(\d+)/")[1])
            threading.Thread(target=lambda: process.lines.extend(started.stderr or []), daemon=True).start()
            yield process
        finally:
            started.terminate()
            code = started.wait(30)
    assert code == 0, process.lines


def changed(here: Musterpoint, *words: str) -> None:
    """The database, by Django's own command."""
    subprocess.run([sys.executable, "-c", MIGRATE, *words], env=here.environment(), check=True, timeout=120)


@pytest.fixture
def proxied(on_sqlite: Musterpoint) -> Iterator[Musterpoint]:
    """An installation that has a proxy on its machine."""
    file = on_sqlite.home / "musterpoint.toml"
    before = file.read_text()
    file.write_text(f'{before}\n[server]\ntrusted_proxy = "127.0.0.1"\n')
    yield on_sqlite
    file.write_text(before)


def test_what_the_proxy_says_counts_where_one_is_named(proxied: Musterpoint) -> None:
    with serving(proxied, MUSTERPOINT_ADDRESS=f"https://{PUBLIC}") as process:
        by_proxy = {"Host": PUBLIC, "X_Forwarded_Proto": "https", "X_Forwarded_For": "192.0.2.7"}
        assert process.ask("/healthz", **by_proxy).headers["Strict-Transport-Security"]
        assert process.ask("/healthz", Host=PUBLIC).headers["Strict-Transport-Security"] is None
        here = {"Host": f"127.0.0.1:{process.port}"}
        assert process.ask("/metrics", **here).status == 200
        assert process.ask("/metrics", **here, X_Forwarded_For="192.0.2.7").status == 404
        spoofed = process.ask(
            "/metrics", **here, X_Forwarded_For="127.0.0.1, 192.0.2.7"
        )  # only the last is the proxy's
        assert spoofed.status == 404
        assert process.ask("/healthz", **(here | {"X_Forwarded_Host": PUBLIC})).status == 200
        assert process.ask("/healthz", **(here | {"X_Forwarded_Host": "evil.example"})).status == 400


def test_without_one_nobody_is_believed(on_sqlite: Musterpoint) -> None:
    with serving(on_sqlite, MUSTERPOINT_ADDRESS=f"https://{PUBLIC}") as process:
        answer = process.ask("/healthz", Host=PUBLIC, X_Forwarded_Proto="https", X_Forwarded_Host="evil.example")
        assert (answer.status, answer.headers["Strict-Transport-Security"]) == (200, None)
        assert process.ask("/metrics", X_Forwarded_For="192.0.2.7", Forwarded="for=192.0.2.7").status == 200
        assert process.ask("/healthz", Host="evil.example").status == 400


def test_what_is_too_large_is_refused(on_sqlite: Musterpoint) -> None:
    with serving(on_sqlite) as process:
        assert process.ask("/healthz", "POST", Content_Length=str(11 * 1024**2)).status == 413
        assert process.ask("/healthz", X_Odd="x" * 70_000).status == 431
        assert process.ask("/healthz").status == 200


def test_the_first_account_is_offered_until_there_is_one(on_sqlite: Musterpoint) -> None:
    offered = re.compile(r"Make the first here: http://127\.0\.0\.1:(\d+)(/join/\S+)")
    with serving(on_sqlite) as process:
        [found] = [match for line in process.lines if (match := offered.search(line))]
        assert int(found[1]) == process.port
        assert process.ask(found[2]).status == 200
    make = "from musterpoint.accounts.models import Account; Account.objects.create(email='ana@example.com')"
    script = MIGRATE.replace('call_command("migrate", *sys.argv[1:], verbosity=0)', make)
    subprocess.run([sys.executable, "-c", script], env=on_sqlite.environment(), check=True)
    with serving(on_sqlite) as process:
        assert not [line for line in process.lines if "/join/" in line]


def test_the_log_of_a_service_is_json_and_of_a_person_text(on_sqlite: Musterpoint) -> None:
    with serving(on_sqlite) as process:
        number = process.ask("/nowhere?word=quokka").headers["X-Request-ID"]
    told = [json.loads(line) for line in process.lines if line.startswith("{")]
    assert [(each["status"], each["route"]) for each in told if each.get("request") == number] == [(404, "none")]
    assert "quokka" not in "".join(process.lines)
    with serving(on_sqlite, LOG_FORMAT="text") as process:
        process.ask("/nowhere")
    assert [line for line in process.lines if " INFO musterpoint.web answered " in line]
    refused = on_sqlite.run("serve", LOG_FORMAT="xml")
    assert (refused.code, "LOG_FORMAT" in refused.error) == (1, True)


@pytest.mark.parametrize("app", ["store", "accounts", "mfa", "sessions"])
def test_an_older_schema_is_refused_by_web_and_worker_and_mended_by_serve(tmp_path: Path, app: str) -> None:
    here = Musterpoint(tmp_path)
    here.tell("init")
    changed(here, app, "zero")
    for verb in ("web", "worker"):
        done = here.run(verb, "--format", "json")
        assert (done.code, done.refusal()["code"]) == (1, "old_schema")
        assert done.refusal()["hint"] == "Run: musterpoint migrate"
    with serving(here) as process:
        assert process.ask("/readyz").status == 200
        assert "The database was brought up to date.\n" in process.lines
