"""An installation of its own: a home, a database, and the processes that run on it, which are killed at will."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.other_side import ROOT, OtherSide

#: Bounded waits in seconds: for what takes moments on an idle machine.
LONG = 150.0
SETTINGS = """\
[authority]
people = ["olga"]

[security]
contact = "security@example.com"
sirt = ["account:sirt"]

[chat]
provider = "bridge"
url = "{url}"
timeout = 0.8

[engine]
lease = 3.0
attempts = 1000
retry_after = 0.3
"""


@dataclass
class Process:
    """One of ours, in its own files: what it prints is read after it is gone."""

    popen: subprocess.Popen[bytes]
    out: Path
    err: Path
    words: tuple[str, ...]
    started: float

    @property
    def lives(self) -> bool:
        return self.popen.poll() is None

    def kill(self) -> bool:
        """SIGKILL. Whether that is what ended it."""
        if self.lives:
            self.popen.kill()
        return self.popen.wait() == -signal.SIGKILL

    def stop(self) -> int:
        """SIGTERM, as an administrator does; returns its exit code."""
        self.popen.terminate()
        return self.popen.wait(LONG)

    def said(self) -> str:
        return self.out.read_text()

    def complained(self) -> str:
        return self.err.read_text()

    def wait_for(self, text: str, times: int = 1) -> str:
        """Until it has written so many lines with this text to standard error; returns the last of them."""
        until = time.monotonic() + LONG
        while time.monotonic() < until:
            found = [line for line in self.complained().splitlines() if text in line]
            if len(found) >= times:
                return found[-1]
            assert self.lives, f"{self.words} ended: {self.complained()}"
            time.sleep(0.003)
        raise AssertionError(f"{self.words} did not say {text!r}: {self.complained()}")


@dataclass
class House:
    home: Path
    #: "" for SQLite
    url: str
    other_side: OtherSide
    started: list[Process] = field(default_factory=list)
    #: more variables of the environment of every process that begins from now on
    given: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LC_ALL", "TMPDIR")}
        account = {"USER": "olga", "LOGNAME": "olga", "HOME": str(self.home.parent)}
        database = {"DATABASE_URL": self.url} if self.url else {}
        path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
        return (
            kept
            | account
            | database
            | {
                "PYTHONPATH": path,
                "MUSTERPOINT_HOME": str(self.home),
                "DJANGO_SETTINGS_MODULE": "musterpoint.settings",
            }
            | self.given
        )

    def settle_in(self) -> House:
        """The home, the settings, the database, the first person: olga."""
        self.home.mkdir(parents=True)
        (self.home / "musterpoint.toml").write_text(SETTINGS.format(url=self.other_side.url))
        self.musterpoint("init")
        return self

    # --- processes ---

    def spawn(self, *words: str, environment: Mapping[str, str] | None = None) -> Process:
        """Start a Python module with its arguments."""
        number = len(self.started)
        out, err = (self.home.parent / f"process-{number}.{kind}" for kind in ("out", "err"))
        with out.open("wb") as output, err.open("wb") as errors:
            popen = subprocess.Popen(
                [sys.executable, "-m", *words],
                cwd=ROOT,
                env=self.environment | dict(environment or {}),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
            )
        process = Process(popen, out, err, words, time.monotonic())
        self.started.append(process)
        return process

    def command(self, *words: str, form: str = "json") -> Process:
        """Start the command line."""
        return self.spawn("musterpoint.cli", *words, "--format", form)

    def refused(self, *words: str, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Run the command line to its refusal (exit code 1); returns the error that it tells."""
        process = self.spawn("musterpoint.cli", *words, "--format", "json", environment=environment)
        code = process.popen.wait(LONG)
        assert code == 1, f"{words} ended with {code}: {process.complained()}"
        error: dict[str, Any] = json.loads(process.complained().splitlines()[-1])["error"]
        return error

    def musterpoint(self, *words: str, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Run the command line to its answer."""
        process = self.spawn("musterpoint.cli", *words, "--format", "json", environment=environment)
        code = process.popen.wait(LONG)
        assert code == 0, f"{words} ended with {code}: {process.complained()}"
        answer: dict[str, Any] = json.loads(process.said())
        return answer

    def inside(self, function: str, **arguments: Any) -> Any:
        """Run a function of `tests.faults.inside` in a process of this installation."""
        process = self.spawn("tests.faults.inside", function, json.dumps(arguments))
        code = process.popen.wait(LONG + 100)
        assert code == 0, f"{function} ended with {code}: {process.complained()}"
        return json.loads(process.said())

    def engine(self) -> Process:
        """Whatever carries effects out here: `serve` on SQLite, `worker` on PostgreSQL."""
        return self.command("worker") if self.url else self.command("serve", "--port", "0")

    def running_engine(self) -> Process:
        engine = self.engine()
        engine.wait_for("Stop it with Ctrl-C")
        return engine

    def web(self) -> tuple[Process, str]:
        """A `web` that listens, and its address."""
        process = self.command("web", "--port", "0")
        line = process.wait_for("Stop it with Ctrl-C")
        return process, line.split()[1]

    def end(self) -> None:
        for process in self.started:
            process.kill()

    # --- what came of it ---

    def settle(self, seconds: float = LONG) -> None:
        """Leave everything alone until no effect waits."""
        left = self.inside("settle", seconds=seconds)
        complaints = "\n".join(each.complained()[-2000:] for each in self.started if each.lives)
        assert not left, f"still waiting: {left}\n{complaints}"


def answer(url: str) -> tuple[int, dict[str, Any]]:
    """GET; the status and the JSON object."""
    with urllib.request.urlopen(url, timeout=30) as response:  # noqa: S310 - our own web process, on the loopback
        return response.status, json.load(response)
