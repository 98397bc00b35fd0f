"""Runs a command again and again and kills it one step later each time: `python -m tests.faults.stepper JSON [KINDS]`.

JSON is a list of lists of words, a command line each. The first is killed (SIGKILL) before its first step, the second
before its second, and so on, until one comes to its end. A step is a statement that writes, a commit, a call of another
program, a request, a file that is put in its place; with KINDS (`request,commit`) those alone. Prints the steps at
which it was killed and how many commands it took.

Each runs in a child of a process that has everything loaded, but no connection: what is lost is what a killed process
loses.
"""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

import django
import httpx

if __name__ == "__main__":
    django.setup()

from django.db import connection
from django.db.transaction import Atomic

from musterpoint import delivery
from musterpoint.cli import working
from musterpoint.cli.main import main as musterpoint

LOADED = (delivery, working)


class Steps:
    """Counts what the process does, and ends it before the step with that number."""

    def __init__(self, deadly: int, report: int, kinds: list[str]) -> None:
        self.left, self.report, self.kinds = deadly, report, kinds

    def step(self, what: str) -> None:
        if self.kinds and what.rpartition(" ")[2] not in self.kinds:
            return
        if self.left == 0:
            os.write(self.report, what.encode())
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1

    def watch(self) -> None:
        """From now on every step counts."""
        connection.execute_wrappers.append(self.statement)
        self.around(Atomic, "__exit__", "commit")
        self.around(subprocess, "run", "program")
        self.around(os, "replace", "file")
        self.around(httpx.Client, "send", "request")

    def statement(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.lstrip().upper().startswith(("SELECT", "PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE")):
            self.step(" ".join(sql.split()[:3]))
        return execute(sql, params, many, context)

    def around(self, owner: Any, name: str, what: str) -> None:
        inner = getattr(owner, name)

        def counted(*words: Any, **values: Any) -> Any:
            self.step(f"before a {what}")
            done = inner(*words, **values)
            self.step(f"after a {what}")
            return done

        setattr(owner, name, counted)


def doomed(words: list[str], deadly: int, kinds: list[str]) -> tuple[str, int]:
    """Run a command in a child that dies before that step. The step, or "" where it came to its end; its exit code."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        Steps(deadly, writing, kinds).watch()
        with redirect_stdout(io.StringIO()):
            code = musterpoint(words)
        os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as report:
        step = report.read()
    _, status = os.waitpid(child, 0)
    return step, 0 if os.WIFSIGNALED(status) else os.waitstatus_to_exitcode(status)


def main(commands: list[list[str]], kinds: list[str]) -> None:
    killed: list[str] = []
    for deadly, words in enumerate(commands):
        step, code = doomed(words, deadly, kinds)
        if not step:
            print(json.dumps({"killed": killed, "code": code}))
            return
        killed.append(step)
    raise SystemExit(f"{len(commands)} commands were not enough: {killed[-3:]}")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), sys.argv[2].split(",") if len(sys.argv) > 2 else [])
