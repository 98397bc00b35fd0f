"""What hinders the chat or the tracker now, as every surface shows it where it concerns one incident. Read only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from musterpoint.core.incident import time_text
from musterpoint.core.process import Process
from musterpoint.store import models

#: A place that is a channel by the name of the settings, which is not found: nothing can begin there.
NAMED = "#"
#: Places that are about the connection as a whole: nothing, or a scope that is missing.
SCOPE = "scope "
#: What is hindered.
CHAT, TRACKER = "chat", "tracker"


def troubles_of(process: Process, row: models.Incident, readings: Sequence[models.Reading]) -> list[dict[str, Any]]:
    """Those that concern an incident with these threads: what is said in them may not reach us, nor ours them; and
    those of its issue: what people do there may not, nor what is to be written there."""
    chat = [trouble_shape(each, CHAT) for each in _of_chat(process, row, readings)]
    return chat + [trouble_shape(each, TRACKER) for each in _of_tracker(process, row)]


def _of(source: str) -> QuerySet[models.Trouble]:
    """The longest first."""
    return models.Trouble.objects.filter(source=source).order_by("since", "id")


def _of_chat(process: Process, row: models.Incident, readings: Sequence[models.Reading]) -> list[models.Trouble]:
    threads = [each.thread for each in readings if each.role != "local"]
    concerned = {each.channel for each in threads if each.workspace != "local"}
    begins = row.announced and not threads
    if not concerned and not begins:
        return []
    return [
        each
        for each in _of(process.chat)
        if each.place in concerned
        or not each.place
        or each.place.startswith(SCOPE)
        or (begins and each.place.startswith(NAMED))
    ]


def _of_tracker(process: Process, row: models.Incident) -> list[models.Trouble]:
    """About the connection as a whole, the issue's repository, or its owner; a place is in small letters."""
    issue = row.after.get("issue")
    if process.tracker == "local" or not issue:
        return []
    repository = (str(issue.get("ref", "")).rpartition("#")[0] or process.github_repository).lower()
    return [each for each in _of(process.tracker) if each.place in ("", repository.partition("/")[0], repository)]


def trouble_shape(row: models.Trouble, hinders: str) -> dict[str, Any]:
    told = {"code": row.code, "message": row.message, "hint": row.hint, "since": time_text(row.since)}
    return {"hinders": hinders, **told}
