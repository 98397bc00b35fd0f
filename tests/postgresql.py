"""A PostgreSQL server for the tests: the one that TEST_POSTGRESQL_URL names, or a throw-away cluster of our own.

The cluster lives in a temporary folder, listens on a free port of the loopback address alone, asks for a password made
up for it, and goes down with the tests, however they end. It never flushes to disk: the tests kill our processes, not
the server. Measurements ask for a `durable` one, which flushes as an installation's would.
"""

from __future__ import annotations

import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

OLDEST = 15
START_SECONDS = 30
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
}
FLUSHING = ("fsync", "synchronous_commit", "full_page_writes")


def available() -> str | None:
    """None when `server()` can give one; else the reason to skip with."""
    if os.environ.get("TEST_POSTGRESQL_URL") or programs():
        return None
    return "PostgreSQL tests (apt-get install postgresql, or set TEST_POSTGRESQL_URL)"


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """The URL of a server, `postgresql://user:password@host:port/name`, whose user may create databases."""
    if url := os.environ.get("TEST_POSTGRESQL_URL"):
        yield url
        return
    folder = programs()
    assert folder, available()
    # Not TMPDIR: the account that runs the server must be able to reach the folder. /tmp may be memory.
    parent = "/var/tmp" if durable else "/tmp"  # noqa: S108 # mkdtemp makes it safe
    home = Path(tempfile.mkdtemp(prefix="musterpoint-postgresql-", dir=parent))
    try:
        with cluster(folder, home, durable=durable) as url:
            yield url
    finally:
        shutil.rmtree(home, ignore_errors=True)


def programs() -> Path | None:
    """The folder of the newest server on this machine: in the PATH, or where Debian's packages put it."""
    folders = list(Path("/usr/lib/postgresql").glob("*/bin"))
    if found := shutil.which("initdb"):
        folders.append(Path(found).resolve().parent)
    versions = {version(folder): folder for folder in folders}
    newest = max(versions, default=0)
    return versions[newest] if newest >= OLDEST else None


def version(folder: Path) -> int:
    """The server's major version; 0 where there are only client programs."""
    if not (folder / "postgres").exists():
        return 0
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"\d+", answer)
    return int(found[0]) if found else 0


@contextmanager
def cluster(folder: Path, home: Path, *, durable: bool = False) -> Iterator[str]:
    owner = account()
    password = secrets.token_urlsafe(16)
    (home / "password").write_text(password)
    if owner:
        for path in (home, home / "password"):
            os.chown(path, owner["user"], owner["group"])
    data, pwfile = str(home / "data"), str(home / "password")
    initialise = [str(folder / "initdb"), "--pgdata", data, "--username", "musterpoint", "--encoding", "UTF8"]
    initialise += ["--no-locale", "--no-sync", "--auth", "scram-sha-256", "--pwfile", pwfile]
    done = subprocess.run(initialise, cwd=home, capture_output=True, text=True, check=False, **owner)
    if done.returncode:
        raise RuntimeError(f"initdb failed: {done.stderr}")
    port = free_port()
    url = f"postgresql://musterpoint:{password}@127.0.0.1:{port}/postgres"
    process = start(folder, home, port, owner, durable)
    try:
        wait(url, process, home / "log")
        yield url
    finally:
        stop(process)


def account() -> dict[str, Any]:
    """Who runs the server, as subprocess takes it: we, unless we are root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def start(folder: Path, home: Path, port: int, owner: dict[str, Any], durable: bool) -> subprocess.Popen[bytes]:
    command = [str(folder / "postgres"), "-D", str(home / "data"), "-p", str(port)]
    chosen = SETTINGS | ({} if durable else dict.fromkeys(FLUSHING, "off"))
    for name, value in chosen.items():
        command += ["-c", f"{name}={value}"]
    if setpriv := shutil.which("setpriv"):  # Linux: the server goes down with us, however we go
        command = [setpriv, "--pdeathsig", "INT", *command]
    with (home / "log").open("wb") as log:
        # A session of its own: Control-C at the terminal is ours to handle, and must not take the server first.
        return subprocess.Popen(command, cwd=home, stdout=log, stderr=log, start_new_session=True, **owner)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(psycopg.OperationalError), psycopg.connect(url, connect_timeout=2):
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)  # a fast shutdown: does not wait for clients
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
