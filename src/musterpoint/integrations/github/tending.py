"""What has to be looked after every ten seconds: who we are, what has changed, whether anything was missed.

Each apart: what fails in one is told, and the others go on. Nobody waits for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import close_old_connections, connection

from musterpoint.core.process import Process
from musterpoint.integrations.github import ourselves, polling, readiness, reconciling
from musterpoint.ports import Refused, Unavailable

log = logging.getLogger("musterpoint.github")

#: When this process first did it.
_begun: list[datetime] = []


def _reconcile(process: Process, now: datetime) -> None:
    if not _begun:
        _begun.append(now)
    reconciling.reconcile(process, now, _begun[0])


Step = Callable[[Process, datetime], object]
STEPS: tuple[tuple[str, Step], ...] = (
    ("our name", ourselves.learn),
    ("what has changed", polling.poll),
    ("all issues", _reconcile),
)


def tend(process: Process, now: datetime, steps: tuple[tuple[str, Step], ...] = STEPS) -> None:
    """Never raises: the next turn comes in ten seconds. Nothing is done while GitHub cannot be called at all."""
    if _cannot(process):
        return
    for name, step in steps:
        try:
            step(process, now)
        except (Unavailable, Refused) as error:  # GitHub's: it is shown where it lasts
            log.info("tending GitHub, %s: %s", name, error)
        except Exception:  # the edge: the others are no less urgent
            log.exception("tending GitHub: %s", name)
            if not connection.in_atomic_block:
                close_old_connections()  # it may be the connection that is broken


def _cannot(process: Process) -> bool:
    try:
        return bool(readiness.missing(process))
    except OSError:
        return True
