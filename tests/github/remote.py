"""The fake as a process of its own, for tests that kill processes and for the demo, driven over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


class Remote:
    """`remote("close", who=…, issue=…)` is `github.close(…)` over there; see `control.py` for the verbs."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __call__(self, verb: str, *args: Any, **named: Any) -> Any:
        """The verb's result as JSON has it. What the fake refuses is an AssertionError."""
        body = json.dumps({**named, "args": args} if args else named).encode()
        request = urllib.request.Request(  # noqa: S310  (loopback)
            f"{self.url}/control/{verb}", body, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return json.load(answer)["result"]
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(json.load(error)["error"]) from None


@contextmanager
def started(*options: str) -> Iterator[Remote]:
    """`python -m tests.github` with these options, ended afterwards. Raises AssertionError for violations."""
    command = [sys.executable, "-m", "tests.github", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    try:
        url = process.stdout.readline().strip()
        assert url, "the fake GitHub did not start"
        remote = Remote(url)
        yield remote
        violations = remote("state")["violations"]
        assert not violations, violations
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()
