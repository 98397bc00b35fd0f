"""Raise, override, close: the issue, and the end of an incident."""

from __future__ import annotations

from dataclasses import replace

from musterpoint import access, effects
from musterpoint.actions.recording import Call, aloud, intend, record
from musterpoint.core import close as closing
from musterpoint.core.incident import Incident
from musterpoint.core.journal import Entry
from musterpoint.core.raise_issue import raise_issue as rule
from musterpoint.store import models


def raise_issue(call: Call, ref: str) -> Entry:
    """Raise the incident's issue; the tracker makes it by an effect, and then the chat is told. One that was parked or
    dropped is tried again."""
    with access.locked(call.actor, ref) as [(row, state)]:
        key, asked = _key(state), state
        stuck = models.Effect.objects.filter(key=key, status__in=("parked", "dropped")).first()
        if stuck is not None:
            asked = replace(state, after=replace(state.after, issue=None))
            effects.retry(stuck)
        entry, _ = record(call, row, state, rule(asked, call.actor, call.process, call.now))
        intend("raise", key, row)
        return entry


def _key(state: Incident) -> str:
    """Of the effect that makes the issue: another one after each that was deleted in the tracker, and else the same
    however often it is asked for."""
    gone = len(state.after.gone)
    return f"raise:{state.ref}" + (f":{gone + 1}" if gone else "")


def override(call: Call, ref: str, reason: str) -> Entry:
    """Let the issue close though something is outstanding: authority alone, with a reason, on record."""
    with access.locked(call.actor, ref) as [(row, state)]:
        entry, _ = record(call, row, state, closing.override(state, call.actor, reason, call.now))
        aloud(call.process, row, entry)
        return entry


def close(call: Call, ref: str, reason: str = "", override: str = "") -> Entry:
    """Close the incident if nothing is left to do; with `override` (a reason) what keeps its issue open is excused."""
    with access.locked(call.actor, ref) as [(row, state)]:
        excused = state
        if override:
            _, excused = record(call, row, state, closing.override(state, call.actor, override, call.now))
        entry, _ = record(call, row, excused, closing.close(excused, call.actor, call.now, reason))
        aloud(call.process, row, entry)
        return entry
