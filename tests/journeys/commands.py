"""The command line as its users have it: a process of its own for every command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from tests import postgresql

OURS = ("MUSTERPOINT_", "DATABASE_URL", "SECRET_KEY", "NO_COLOR")


BATCH = """
import contextlib, io, json, sys
from musterpoint.cli.main import main
for words in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as error:
        code = main(words)
    print(json.dumps([code, out.getvalue(), error.getvalue()]))
"""


@dataclass(frozen=True)
class Done:
    """One command that ended: exit code, standard output and standard error."""

    code: int
    out: str
    error: str

    def refusal(self) -> dict[str, str]:
        """The error as JSON, which must be the one thing on standard error."""
        assert self.out == "", self
        shape = json.loads(self.error)
        assert list(shape) == ["error"]
        assert list(shape["error"]) == ["code", "message", "hint"]
        assert shape["error"]["message"]
        error: dict[str, str] = shape["error"]
        return error


@dataclass(frozen=True)
class Musterpoint:
    """An installation: its home, and its database where that is not the file in it."""

    home: Path
    database: str = ""

    def environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        return clean | {"MUSTERPOINT_HOME": str(self.home), "DATABASE_URL": self.database}

    def batch(self, commands: Sequence[Sequence[str]]) -> list[Done]:
        """Many commands, one after the other in one process, which saves their start-up time."""
        done = subprocess.run(
            [sys.executable, "-c", BATCH],
            env=self.environment(),
            input=json.dumps(commands),
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return [Done(*json.loads(line)) for line in done.stdout.splitlines()]

    def run(self, *words: str | bytes, stdin: str = "", **variables: str) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "musterpoint.cli", *words],
            env=self.environment() | variables,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Done(done.returncode, done.stdout, done.stderr)

    def tell(self, *words: str, stdin: str = "") -> str:
        """What a command that works prints."""
        done = self.run(*words, stdin=stdin)
        assert done.code == 0, done.error
        return done.out

    def answer(self, *words: str, stdin: str = "") -> Any:
        """Its JSON object."""
        found = json.loads(self.tell(*words, "--format", "json", stdin=stdin))
        assert isinstance(found, dict)
        return found

    def refusal(self, *words: str | bytes, code: int = 1, stdin: str = "", **variables: str) -> dict[str, str]:
        """The error of a command that does not work."""
        done = self.run(*words, "--format", "json", stdin=stdin, **variables)
        assert done.code == code, done
        return done.refusal()

    def number(self, ref: str, text: str) -> str:
        """The number of the entry with that text."""
        [found] = [each["id"] for each in self.answer("thread", ref)["entries"] if each["text"] == text]
        return str(found)


@contextmanager
def database_of_its_own(name: str) -> Iterator[str]:
    """The URL of a new PostgreSQL database, gone at the end."""
    with ExitStack() as stack:
        server = stack.enter_context(postgresql.server())
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
