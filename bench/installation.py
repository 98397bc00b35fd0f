"""Throw-away installations to measure in: a home in a temporary folder, on SQLite or on a PostgreSQL that flushes."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests import postgresql

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"


@dataclass(frozen=True)
class Installation:
    """`database` names the kind; processes of it run with its `environment`."""

    database: str
    home: Path
    url: str = ""

    @property
    def environment(self) -> dict[str, str]:
        here = Path(__file__).resolve().parents[1]
        found = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_URL", "MUSTERP"))}
        found |= {"MUSTERPOINT_HOME": str(self.home), "PYTHONPATH": f"{here / 'src'}{os.pathsep}{here}"}
        return found | ({"DATABASE_URL": self.url} if self.url else {})

    def musterpoint(self, *words: str) -> dict[str, Any]:
        """Run a verb as a process of its own; what it answers."""
        told: dict[str, Any] = answer(self.begin("musterpoint.cli", *words, "--format", "json"))
        return told

    def inside(self, function: str, **values: Any) -> Any:
        """Call `module:function` in a process of its own; what it returns."""
        return answer(self.start(function, **values))

    def start(self, function: str, **values: Any) -> subprocess.Popen[str]:
        return self.begin("bench.inside", function, json.dumps(values))

    def begin(self, module: str, *words: str, **pipes: Any) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", module, *words]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, **pipes}
        return subprocess.Popen(command, env=self.environment, text=True, **pipes)


def answer(process: subprocess.Popen[str]) -> Any:
    """Wait for a process; its last line is JSON."""
    out, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"{process.args!r} failed with {process.returncode}")
    return json.loads(out.splitlines()[-1])


def databases() -> list[str]:
    """The kinds that can be measured here; says so where one cannot."""
    if why := postgresql.available():
        print(f"Skipped: {why}")
        return [SQLITE]
    return [SQLITE, POSTGRESQL]


@contextmanager
def installation(database: str) -> Iterator[Installation]:
    """A new one, initialised, gone afterwards. Not below /tmp, which may be memory: figures must include the disk."""
    home = Path(tempfile.mkdtemp(prefix="musterpoint-bench-", dir="/var/tmp"))
    try:
        if database == SQLITE:
            yield _initialised(Installation(database, home))
        else:
            with postgresql.server(durable=True) as server, _new_database(server) as url:
                yield _initialised(Installation(database, home, url))
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _initialised(made: Installation) -> Installation:
    made.musterpoint("init")
    return made


@contextmanager
def _new_database(server: str) -> Iterator[str]:
    name = f"bench_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
