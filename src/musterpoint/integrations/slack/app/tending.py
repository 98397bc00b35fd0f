"""What has to be looked after every ten seconds: what was missed, who is who, what the channels are like.

Each apart: what fails in one is told, and the others go on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from importlib import import_module

from django.db import close_old_connections, connection

from musterpoint.core.process import Process

log = logging.getLogger("musterpoint.slack")

#: Module and function of each: called with the process and the time (UTC).
STEPS = ("taking:take_in", "backfill:step", "people:tend", "channels:tend", "private:tend")


def tend(process: Process, now: datetime, steps: tuple[str, ...] = STEPS) -> None:
    """Never raises: the next turn comes in ten seconds."""
    for name in steps:
        module, _, function = name.partition(":")
        try:
            step: Callable[[Process, datetime], object] = getattr(import_module(f"{__package__}.{module}"), function)
            step(process, now)
        except Exception:  # the edge: the others are no less urgent
            log.exception("tending Slack: %s", name)
            if not connection.in_atomic_block:
                close_old_connections()  # it may be the connection that is broken
