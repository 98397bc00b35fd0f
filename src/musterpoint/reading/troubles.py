"""What hinders the chat now, as every surface shows it: of everything, or where it concerns one incident. Read only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from musterpoint.core.incident import time_text
from musterpoint.core.process import Process
from musterpoint.store import models

#: A place that is a channel by the name of the settings, which is not found: nothing can begin there.
NAMED = "#"
#: Places that are about the connection as a whole: nothing, or a scope that is missing.
SCOPE = "scope "


def all_troubles(process: Process) -> list[models.Trouble]:
    """Those of the chat of this process, the longest first."""
    return list(models.Trouble.objects.filter(source=process.chat).order_by("since", "id"))


def troubles_of(process: Process, row: models.Incident, readings: Sequence[models.Reading]) -> list[dict[str, Any]]:
    """Those that concern an incident with these threads: what is said in them may not reach us, nor ours them."""
    threads = [each.thread for each in readings if each.role != "local"]
    concerned = {each.channel for each in threads if each.workspace != "local"}
    begins = row.announced and not threads
    if not concerned and not begins:
        return []
    return [
        trouble_shape(each)
        for each in all_troubles(process)
        if each.place in concerned
        or not each.place
        or each.place.startswith(SCOPE)
        or (begins and each.place.startswith(NAMED))
    ]


def trouble_shape(row: models.Trouble) -> dict[str, Any]:
    return {"code": row.code, "message": row.message, "hint": row.hint, "since": time_text(row.since)}
