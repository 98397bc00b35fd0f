"""Add, change and end follow-up actions."""

from __future__ import annotations

from typing import Unpack
from zoneinfo import ZoneInfo

from musterpoint import access
from musterpoint.actions import action_issue
from musterpoint.actions.recording import Call, record
from musterpoint.actions.responding import own_ref, target
from musterpoint.core import followup
from musterpoint.core.aftermath import ActionKind, ActionStatus
from musterpoint.core.conversation import conversation
from musterpoint.core.decision import NotAllowed
from musterpoint.core.due_date import due_date
from musterpoint.core.incident import Who
from musterpoint.core.journal import Entry
from musterpoint.core.proposed_actions import text_of, title_of
from musterpoint.store import models


def add_action(
    call: Call,
    ref: str,
    title: str = "",
    owner: Who | None = None,
    due: str = "",
    kind: ActionKind | None = None,
    tracked: str = "",
    entry: str = "",
    issue: str | None = None,
) -> Entry:
    """Add one; `entry` adopts what that entry proposes, in its words where no title is given. With `issue` it gets one
    of its own: see `action_issue.ask`; the title is that of an existing one."""
    with access.locked(call.actor, ref) as [(row, state)]:
        if issue is not None:
            title = action_issue.title_of_new(call, state, title or entry, issue) or title
        of = ""
        if entry:
            about = target(call, row, entry)
            of = own_ref(about)
            title = title or _words(call, row, about)
        draft = followup.add(state, call.actor, title, call.now, owner, _due(call, due), kind, tracked, of)
        added, after = record(call, row, state, draft)
        if issue is not None:
            action_issue.ask(call, row, after, after.after.actions[-1].number, issue)
        return added


def _words(call: Call, row: models.Incident, about: models.Entry) -> str:
    """What the entry says now. Raises NotAllowed where nothing is left of it."""
    told = (each for each in conversation(access.entries(call.actor, row)) if each.entry.id == about.pk)
    title = next((title_of(text_of(each)) for each in told), "")
    if not title:
        raise NotAllowed("empty", f"Entry {about.pk} has no words of its own (any more).", "Give a title.")
    return title


def change_action(call: Call, ref: str, number: int, **fields: Unpack[followup.Fields]) -> Entry:
    """Change title, owner, due, kind or tracked."""
    with access.locked(call.actor, ref) as [(row, state)]:
        if "due" in fields:
            fields["due"] = _due(call, fields["due"])
        draft = followup.change(state, call.actor, number, call.now, **fields)
        return record(call, row, state, draft)[0]


def end_action(call: Call, ref: str, number: int, status: ActionStatus, reason: str = "") -> Entry:
    """Done, declined, or open again."""
    with access.locked(call.actor, ref) as [(row, state)]:
        draft = followup.end(state, call.actor, number, status, call.now, reason)
        return record(call, row, state, draft)[0]


def _due(call: Call, text: str) -> str:
    return due_date(text, call.now, ZoneInfo(call.process.zone))
