"""Declaring: one client, then eight in four processes, all of them at once."""

from __future__ import annotations

import statistics
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from bench.inside import me, median, seconds, statements
from bench.installation import Installation, answer, databases, installation
from bench.tables import Figure, Table

PROCESSES, THREADS = 4, 2
#: Declarations of each client in a run.
EACH = 60
RUNS = 3


def run() -> list[Table]:
    return [_table(name) for name in databases()]


def _table(database: str) -> Table:
    with installation(database) as where:
        alone = where.inside("bench.declare:alone")
        runs = [_together(where) for _ in range(RUNS)]
        numbers = where.inside("bench.declare:numbers")
    rate = statistics.median(each["rate"] for each in runs)
    return Table(
        f"Declaring incidents, {database}",
        [
            Figure("one client", alone["seconds"] * 1000, "ms", 10, peers="11 ms"),
            Figure("… statements", alone["statements"], "", 15, peers="23"),
            Figure(f"{PROCESSES * THREADS} clients in {PROCESSES} processes", rate, "/s", 120, True, peers="59/s"),
            Figure("… median", statistics.median(each["median"] for each in runs) * 1000, "ms"),
            Figure("… longest", max(each["longest"] for each in runs) * 1000, "ms"),
            Figure("… errors", sum(each["errors"] for each in runs), "", 0, peers="0; 3.5-7 % at the best rate"),
            Figure("… numbers given twice or left out", numbers["wrong"], "", 0),
        ],
        f"{RUNS} runs of {PROCESSES * THREADS * EACH} declarations; each is on the disk when it is answered.",
    )


def _together(where: Installation) -> dict[str, float]:
    """All clients begin together; the clock runs until the last has ended."""
    clients = [where.start("bench.declare:declare") for _ in range(PROCESSES)]
    for each in clients:
        assert each.stdout is not None
        each.stdout.readline()
    begun = time.perf_counter()
    for each in clients:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    answers = [answer(each) for each in clients]
    took = max(each["ended"] for each in answers) - begun
    times = [each for found in answers for each in found["times"]]
    errors = sum(found["errors"] for found in answers)
    return {
        "rate": len(times) / took,
        "median": statistics.median(times),
        "longest": max(times),
        "errors": errors,
    }


# --- in a process of the installation ---


def _declare(title: str) -> None:
    from musterpoint import actions
    from musterpoint.core.declare import DeclareRequest

    actions.declare(me(), DeclareRequest(title, affected="everybody who pays by card"))


def alone() -> dict[str, float]:
    from musterpoint import actions
    from musterpoint.core.declare import DeclareRequest

    call, request = me(), DeclareRequest("Checkout is down")

    def declared() -> None:
        actions.declare(call, request)

    return {"seconds": median(declared, 100), "statements": statements(declared)}


def declare() -> dict[str, Any]:
    """Two clients, each a thread with its own connection. They begin when standard input says so."""
    from django.db import connection

    ready = threading.Barrier(THREADS + 1)
    times: list[float] = []
    errors: list[str] = []

    def client(number: int) -> None:
        _declare(f"Warming up {number}")
        ready.wait()
        ready.wait()
        for each in range(EACH):
            try:
                times.append(seconds(partial(_declare, f"Checkout is down, {number} says, number {each}")))
            except Exception as error:  # noqa: BLE001 # every error counts, whatever it is
                errors.append(repr(error))
        connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        clients = [pool.submit(client, number) for number in range(THREADS)]
        ready.wait()
        print("ready", flush=True)
        sys.stdin.readline()
        ready.wait()
        for each in clients:
            each.result()
    for error in errors[:3]:
        print(error, file=sys.stderr)
    return {"times": times, "errors": len(errors), "ended": time.perf_counter()}


def numbers() -> dict[str, int]:
    """References that are there twice, or missing in between."""
    from musterpoint.store import models

    found = sorted(int(ref) for ref in models.Incident.objects.values_list("ref", flat=True))
    return {"wrong": len(set(found) ^ set(range(1, len(found) + 1))) + len(found) - len(set(found))}
