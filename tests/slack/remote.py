"""The workspace as a process of its own, for tests that kill processes and for the demo, driven over HTTP."""

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
    """`remote("say", user=…, channel=…, text=…)` is `workspace.say(…)` over there; see `control.py` for the verbs."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.address = url.removesuffix("/api/")

    def __call__(self, verb: str, **args: Any) -> Any:
        """The verb's result. What the workspace refuses is an AssertionError."""
        body = json.dumps(args).encode()
        request = urllib.request.Request(  # noqa: S310  (loopback)
            f"{self.address}/control/{verb}", body, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return json.load(answer)["result"]
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(json.load(error)["error"]) from None


@contextmanager
def started(*options: str) -> Iterator[Remote]:
    """`python -m tests.slack` with these options, ended afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.slack", *options], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    try:
        url = process.stdout.readline().strip()
        assert url, "the workspace did not start"
        yield Remote(url)
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()
