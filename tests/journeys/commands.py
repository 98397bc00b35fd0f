"""The command line as its users have it: a process of its own for every command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from tests import postgresql

OURS = ("MUSTERPOINT_", "DATABASE_URL", "SECRET_KEY", "NO_COLOR")


@dataclass(frozen=True)
class Done:
    """One command that ended: exit code, standard output and standard error."""

    code: int
    out: str
    error: str


@dataclass(frozen=True)
class Musterpoint:
    """An installation: its home, and its database where that is not the file in it."""

    home: Path
    database: str = ""

    def run(self, *words: str | bytes, stdin: str = "", **variables: str) -> Done:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        mine = {"MUSTERPOINT_HOME": str(self.home), "DATABASE_URL": self.database}
        done = subprocess.run(
            [sys.executable, "-m", "musterpoint.cli", *words],
            env=clean | mine | variables,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stderr + done.stdout, done.stderr
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
        """The error of a command that does not work, which must be the one thing on standard error."""
        done = self.run(*words, "--format", "json", stdin=stdin, **variables)
        assert (done.code, done.out) == (code, ""), done
        shape = json.loads(done.error)
        assert list(shape) == ["error"]
        assert list(shape["error"]) == ["code", "message", "hint"]
        assert shape["error"]["message"]
        error: dict[str, str] = shape["error"]
        return error

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
