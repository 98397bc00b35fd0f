"""Slack over HTTP: how long its events wait for their acknowledgement while threads fill, and what a storm costs."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.installation import Installation, databases, installation
from bench.start import _resident
from bench.tables import Figure, Table
from bench.web import _process
from tests.slack.load import Measured, load
from tests.slack.workspace import Workspace, serving

INCIDENTS = 10
RATE, SECONDS = 200.0, 60.0
STORM = 30_000
#: Seconds that everything stored has to be taken in afterwards.
SETTLED = 120.0
CHANNEL = "dept-engineering"


def run() -> list[Table]:
    tables = []
    for database in databases():
        with serving() as workspace, _known_to(workspace), installation(database) as where:
            tables.append(_measured(where, workspace))
    return tables


@contextmanager
def _known_to(workspace: Workspace) -> Iterator[None]:
    """Processes that begin meanwhile belong to this workspace."""
    before = dict(os.environ)
    os.environ.update(
        SLACK_API_URL=workspace.url,
        SLACK_BOT_TOKEN=workspace.bot_token,
        SLACK_SIGNING_SECRET=workspace.signing_secret,
    )
    os.environ.pop("SLACK_APP_TOKEN", None)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _measured(where: Installation, workspace: Workspace) -> Table:
    user = workspace.user("ana", "Ana Ruiz")
    channel = workspace.channel(CHANNEL, members=[user])
    settings = {"provider": "slack", "channel": f"#{CHANNEL}", "workspace": workspace.team_id}
    lines = ["[chat]", "history_every = 86400", *(f'{name} = "{value}"' for name, value in settings.items())]
    (where.home / "musterpoint.toml").write_text("\n".join(lines))
    with _process(where, "serve") as (port, number, _):
        place = {"url": f"http://127.0.0.1:{port}/hooks/slack", "secret": workspace.signing_secret, "user": user}
        roots = where.inside("bench.slack:begun")
        busy, spent = _spent(number, lambda: load(rate=RATE, seconds=SECONDS, channel=channel, thread=roots, **place))
        settled, kept = _settled(where)
        memory = _resident(number)
        storm, storm_spent = _spent(
            number, lambda: load(rate=5_000, seconds=STORM / 5_000, channel="C0ELSEWHERE", **place)
        )
        after = where.inside("bench.slack:counted")
    figures = [
        *_waited(busy),
        Figure("not taken in afterwards", busy.sent - kept["messages"], "", 0),
        Figure("all taken in after the last acknowledgement", settled, "s", 10),
        Figure("CPU of the process meanwhile", spent / SECONDS * 100, "%"),
        Figure("resident memory after it", memory, "MB", 160),
        Figure(f"{STORM:,} events of another channel, CPU", storm_spent, "s"),
        Figure("… each", storm_spent / STORM * 1000, "ms", 1),
        Figure("… acknowledged, p99", storm.p99 * 1000, "ms", 250),
        Figure("… not acknowledged", storm.failed, "", 0),
        Figure("… rows stored of them", after["stored"] - kept["stored"], "", 0),
    ]
    title = f"{RATE:.0f} events of Slack a second for {SECONDS:.0f} s, {where.database}, one `serve`"
    return Table(title, figures, NOTE)


NOTE = (
    f"Signed events over 8 connections from a process of its own, replies in the threads of {INCIDENTS} open "
    "incidents, while the engine runs. An event is acknowledged when it is on disk. The storm comes as fast as it is "
    "answered."
)


def _waited(busy: Measured) -> list[Figure]:
    return [
        Figure("acknowledged, p99", busy.p99 * 1000, "ms", 250),
        Figure("… longest", busy.worst * 1000, "ms", 2_000),
        Figure("… median", busy.p50 * 1000, "ms"),
        Figure("… not acknowledged", busy.failed, "", 0),
        Figure("the sender itself was late by", busy.behind * 1000, "ms"),
    ]


def _spent(number: int, work: Any) -> tuple[Measured, float]:
    """What was measured, and the seconds of CPU that the process used meanwhile."""
    before = _cpu(number)
    measured: Measured = work()
    return measured, _cpu(number) - before


def _cpu(number: int) -> float:
    fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()  # proc(5)
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _settled(where: Installation) -> tuple[float, dict[str, int]]:
    """The seconds until nothing waits any more, and what there is then."""
    begun = time.monotonic()
    while (found := where.inside("bench.slack:counted"))["waiting"] and time.monotonic() - begun < SETTLED:
        time.sleep(0.5)
    return time.monotonic() - begun, found


# --- in a process of the installation ---


def begun() -> str:
    """Declare the incidents and wait until each has its thread; the roots."""
    from dataclasses import replace

    from bench.inside import me
    from musterpoint import actions
    from musterpoint.core.declare import DeclareRequest
    from musterpoint.process import in_force
    from musterpoint.store import models

    call = replace(me(), process=in_force())
    for number in range(INCIDENTS):
        actions.declare(call, DeclareRequest(f"Checkout {number} is down"))
    threads = models.Thread.objects.filter(readings__role="chat")
    until = time.monotonic() + 120
    while threads.count() < INCIDENTS:
        if time.monotonic() > until:
            raise RuntimeError("the incidents get no threads")
        time.sleep(0.2)
    return ",".join(threads.values_list("root", flat=True))


def counted() -> dict[str, int]:
    from musterpoint.store import models

    events = models.Inbound.objects.filter(source="slack")
    return {
        "stored": events.count(),
        "waiting": events.filter(status="waiting").count(),
        "parked": events.filter(status="parked").count(),
        "messages": models.Entry.objects.filter(kind="message", source="slack").count(),
    }
