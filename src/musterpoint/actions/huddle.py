"""Huddle: a thread of its own for what is typed while people talk. What is only said is lost (handbook, Huddle)."""

from __future__ import annotations

from musterpoint import access
from musterpoint.actions.recording import LOCAL, Call, record
from musterpoint.core import reshape
from musterpoint.store import models

HUDDLE = "huddle"


def huddle(call: Call, ref: str) -> str:
    """Open a second local thread, which the incident reads from now on. Returns its root, by which it is written to."""
    with access.locked(call.actor, ref) as [(row, state)]:
        mine = f"{row.ref}-{HUDDLE}-"
        root = f"{mine}{models.Thread.objects.filter(workspace=LOCAL, root__startswith=mine).count() + 1}"
        draft = reshape.link(state, call.actor, f"{LOCAL}/{HUDDLE}/{root}", HUDDLE, call.now)
        thread = models.Thread.objects.create(workspace=LOCAL, channel=HUDDLE, root=root)
        models.Reading.objects.create(incident=row, thread=thread, role=HUDDLE)
        record(call, row, state, draft)
        return root
