"""`python -m bench.inside MODULE:FUNCTION VALUES`: calls it in a process of an installation, prints its result."""

from __future__ import annotations

import getpass
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from musterpoint.actions import Call


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "musterpoint.settings"
    django.setup()
    module, _, name = sys.argv[1].partition(":")
    print(json.dumps(getattr(import_module(module), name)(**json.loads(sys.argv[2]))), flush=True)


def me() -> Call:
    """A call on behalf of whoever initialised the installation, now."""
    from musterpoint import access
    from musterpoint.actions import Call
    from musterpoint.core.process import Process

    process = Process()
    return Call(access.actor(f"account:{getpass.getuser()}", process), process, "cli", datetime.now(UTC))


def seconds(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def median(work: Callable[[], Any], runs: int = 9) -> float:
    """Seconds of the middle one of several runs, after one that warms up."""
    work()
    return statistics.median(seconds(work) for _ in range(runs))


def compared(large: Callable[[], Any], small: Callable[[], Any], times: int, rounds: int = 9) -> tuple[float, float]:
    """Seconds of the large work, and how many times those of the small one: medians of rounds in which both take turns,
    the small one so many `times`, so that what else the machine does falls on both."""
    large(), small()
    pairs = [(seconds(large), seconds(lambda: [small() for _ in range(times)]) / times) for _ in range(rounds)]
    return statistics.median(one for one, _ in pairs), statistics.median(one / other for one, other in pairs)


def statements(work: Callable[[], Any]) -> int:
    """How many statements the work sends to the database, those that begin and end transactions included."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


if __name__ == "__main__":
    main()
