"""A thread of 1,000 and of 10,000 messages: taken in, and read as a timeline; and what other writers wait meanwhile."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from typing import Any

from bench.inside import compared, me, seconds
from bench.installation import Installation, answer, databases, installation
from bench.tables import Figure, Table
from bench.threads import written

SMALL, LARGE = 1_000, 10_000
RUNS = 3
#: Seconds between two notes of the other writer.
PAUSE = 0.02
PEERS = "239 ms (in process), 886 ms"


def run() -> list[Table]:
    return [_table(name) for name in databases()]


def _table(database: str) -> Table:
    with installation(database) as where:
        small = _imported(where, SMALL, number=0)
        large = [_imported(where, LARGE, number) for number in range(1, RUNS + 1)]
        command = statistics.median(each["command"] for each in large)
        inside = [_imported_inside(where, LARGE, number) for number in range(RUNS + 1, 2 * RUNS + 1)]
        waits = [_while_another_writes(where, number) for number in range(2 * RUNS + 1, 3 * RUNS + 1)]
        read = where.inside("bench.record:read", small=small["incident"], large=large[0]["incident"])
    return Table(
        f"A thread of {LARGE:,} messages, {database}",
        [
            Figure(f"import of {SMALL:,} messages, whole command", small["command"], "s"),
            Figure(f"import of {LARGE:,} messages, whole command", command, "s", 10),
            Figure("… in process", statistics.median(inside), "s", 10),
            Figure("longest wait of another writer meanwhile", max(each["longest"] for each in waits), "s", 0.2),
            Figure("… median", statistics.median(each["median"] for each in waits) * 1000, "ms"),
            Figure("timeline of loaded entries", read["loaded"] * 1000, "ms", 200),
            Figure(f"… {LARGE:,} compared with {SMALL:,}", read["growth"], "times", 11),
            Figure("timeline from the database", read["stored"] * 1000, "ms", 400, peers=PEERS),
            Figure(f"… {LARGE:,} compared with {SMALL:,}", read["growth_stored"], "times", 11),
        ],
        f"Medians of several runs. The other writer is a process that writes a note every {PAUSE * 1000:.0f} ms: "
        f"{sum(each['notes'] for each in waits):,} notes in {RUNS} imports.",
    )


def _imported(where: Installation, size: int, number: int) -> dict[str, Any]:
    thread, users = written(where.home, size, number)
    begun = time.perf_counter()
    done = where.musterpoint("import", "slack-thread", str(thread), "--users", str(users), "--channel", "C0BENCH")
    return done | {"command": time.perf_counter() - begun}


def _imported_inside(where: Installation, size: int, number: int) -> float:
    thread, users = written(where.home, size, number)
    return float(where.inside("bench.record:take_in", thread=str(thread), users=str(users)))


def _while_another_writes(where: Installation, number: int) -> dict[str, float]:
    ref = where.musterpoint("declare", f"Another incident {number}")["incident"]
    writer = where.start("bench.record:write_notes", ref=ref)
    assert writer.stdout is not None
    writer.stdout.readline()
    _imported(where, LARGE, number)
    waits: dict[str, float] = answer(writer)
    return waits


# --- in a process of the installation ---


def take_in(thread: str, users: str) -> float:
    from musterpoint.core.declare import DeclareRequest
    from musterpoint.importing import bring_in
    from musterpoint.integrations.slack.files import read_replies
    from musterpoint.integrations.slack.importing import source_of

    def work() -> None:
        source = source_of(read_replies(Path(thread), Path(users), "C0BENCH"), "")
        bring_in(me(), [source], DeclareRequest(""), lambda done, total: None)

    return seconds(work)


def write_notes(ref: str) -> dict[str, float]:
    """Notes in another incident until standard input ends; how long they took."""
    import threading

    from musterpoint import actions

    over = threading.Event()

    def until_the_end() -> None:
        sys.stdin.read()
        over.set()

    threading.Thread(target=until_the_end, daemon=True).start()
    actions.note(me(), ref, "here we go")
    print("ready", flush=True)
    took: list[float] = []
    while not over.wait(PAUSE):
        took.append(seconds(lambda: actions.note(me(), ref, f"note {len(took)}: still looking at it")))
    return {"longest": max(took), "median": statistics.median(took), "notes": len(took)}


def read(small: str, large: str) -> dict[str, float]:
    """Seconds for the large incident, and how many times those for the small one, measured in turns."""
    from musterpoint import access, reading
    from musterpoint.core.timeline import timeline

    call = me()
    one, ten = (access.entries(call.actor, access.seen(call.actor, ref)) for ref in (small, large))
    loaded, growth = compared(lambda: timeline(ten), lambda: timeline(one), LARGE // SMALL)
    stored, growth_stored = compared(
        lambda: reading.rows_of(call, large), lambda: reading.rows_of(call, small), LARGE // SMALL
    )
    return {"loaded": loaded, "growth": growth, "stored": stored, "growth_stored": growth_stored}
