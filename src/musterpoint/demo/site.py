"""The end of the demo: the pages of what was played, served until somebody stops them, with a link that signs in."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from musterpoint import access
from musterpoint import process as processes
from musterpoint.accounts import links
from musterpoint.actions import Call
from musterpoint.demo import telling

#: Seconds in which the server must answer.
PATIENCE = 30
LOG = "serve.log"
#: the incident that was played
PAGE = "/incidents/1"


class NotUp(Exception):
    """The pages did not come up; the log in the home says why."""


def serve(home: Path, who: str, whom: str) -> int:
    """Serve the pages of `home`; `whom` may sign in by a link that `who`, an admin, makes. Returns the exit code."""
    try:
        with running(home) as (address, server):
            welcome(home, address, who, whom)
            return server.wait()
    except NotUp:
        telling.tell(f"The pages did not come up; {home / LOG} says why.", telling.RED)
        return 1
    except KeyboardInterrupt:
        telling.tell("\nThe pages are closed.")
        return 0


@contextmanager
def running(home: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The pages of `home`, served by a process of their own until the end: their address, and the process. Raises
    NotUp; a request to end (SIGTERM) ends it like Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    port = _free_port()
    with (home / LOG).open("w") as log:
        words = [sys.executable, "-m", "musterpoint.cli", "serve", "--bind", "127.0.0.1", "--port", str(port)]
        with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log) as server:
            try:
                if not _answers(port, server):
                    raise NotUp
                yield f"http://127.0.0.1:{port}", server
            finally:
                server.terminate()
                server.wait(PATIENCE)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _answers(port: int, server: subprocess.Popen[bytes]) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return True
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    return False


def welcome(home: Path, address: str, who: str, whom: str) -> None:
    """Say where the pages are, with a link by which `whom` signs in once."""
    process = processes.load(home)[0]
    call = Call(access.actor(who, process), process, "cli", datetime.now(UTC))
    _, text = links.sign_in(call, whom)
    name = access.person(whom).name
    telling.tell(f"\nIts pages are at {address}{PAGE}", telling.BOLD)
    telling.tell(f"Sign in as {name}, once: {links.address(address, text)}?next={PAGE}", telling.GREEN)
    telling.tell("Ctrl-C ends it.", telling.DIM)
