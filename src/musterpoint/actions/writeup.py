"""Write the write-up: a person's words for a part, the part composed again, the write-up done or taken up again.

It is composed from what everybody who sees the incident may read: its texts are kept and shown to all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from musterpoint import access
from musterpoint.actions.recording import Call, record
from musterpoint.core import writeup
from musterpoint.core.aftermath_journal import WriteupEdit
from musterpoint.core.decision import Draft, must_respond
from musterpoint.core.incident import Incident
from musterpoint.core.journal import Entry
from musterpoint.core.writeup_parts import PartText
from musterpoint.store import models


@dataclass(frozen=True, slots=True)
class Written:
    """`entry` is None where nothing changed. `stands` is the part as it is now; on a conflict (`aside`) that is
    somebody else's text, and the one given is kept beside it as version `entry.id`."""

    entry: Entry | None
    aside: bool
    stands: PartText


def write_part(call: Call, ref: str, name: str, text: str, base: str | None = None, seen: int | None = None) -> Written:
    """Write a part of the write-up. `base` is the text that the writer saw (see `core.writeup.edit`), or `seen` the
    number of its version, 0 for what was composed."""
    must_respond(call.actor)
    with access.locked(call.actor, ref) as [(row, state)]:
        entries = access.entries(access.NOBODY, row)
        part = writeup.current(state, entries, call.process, name)
        if seen is not None:
            base = writeup.text_seen(part, seen)
        draft = writeup.edit(state, call.actor, part, text, call.now, base=base)
        return Written(None, False, part) if draft is None else recorded(call, row, state, part, entries, draft)


def recorded(
    call: Call, row: models.Incident, state: Incident, part: PartText, entries: list[Entry], draft: Draft
) -> Written:
    """Record a version of a part, or of another text that is versioned like one."""
    entry, now = record(call, row, state, draft)
    aside = isinstance(entry.fact, WriteupEdit) and entry.fact.aside
    return Written(entry, aside, writeup.part_text(now, [*entries, entry], part.part, part.composed))


def reset_part(call: Call, ref: str, name: str) -> Written:
    """Let a part be composed from the record again; what people wrote stays among its versions."""
    must_respond(call.actor)
    with access.locked(call.actor, ref) as [(row, state)]:
        entries = access.entries(access.NOBODY, row)
        part = writeup.current(state, entries, call.process, name)
        return recorded(call, row, state, part, entries, writeup.reset(state, call.actor, part, call.now))


def writeup_done(call: Call, ref: str) -> Entry:
    """The write-up is finished; with the last action done, its issue closes."""
    with access.locked(call.actor, ref) as [(row, state)]:
        return record(call, row, state, writeup.finish(state, call.actor, call.now))[0]


def writeup_reopen(call: Call, ref: str, reason: str = "") -> Entry:
    """The write-up is worked on again."""
    with access.locked(call.actor, ref) as [(row, state)]:
        return record(call, row, state, writeup.resume(state, call.actor, call.now, reason))[0]
