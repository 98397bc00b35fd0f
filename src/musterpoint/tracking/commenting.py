"""Comments on the issue: each once, looked for before a second try."""

from __future__ import annotations

import json
from collections.abc import Callable

from musterpoint.core import issue_answers, issue_words
from musterpoint.core.aftermath_journal import IssueComment
from musterpoint.core.issue_commands import commanded
from musterpoint.core.process import Process
from musterpoint.effects import name_outside
from musterpoint.ports import Gone, Posted, Refused, Tracker
from musterpoint.store import incidents, journal, models
from musterpoint.tracking.document import incident_of
from musterpoint.tracking.mentions import mentions
from musterpoint.tracking.moving import is_gone


def comment(tracker: Tracker, effect: models.Effect, process: Process, renew: Callable[[], None]) -> Posted:
    """Raises Unavailable, Refused."""
    row, key = incident_of(effect), name_outside(effect)
    copy = models.IssueCopy.objects.filter(incident=row).first()
    if copy is None or not copy.ref:
        return Posted("the issue was deleted in the tracker")
    try:
        if effect.tries > 1 and (there := tracker.commented(copy.ref, key)) is not None:
            return there
        text = _text(row, json.loads(effect.data), process)
        renew()
        return tracker.comment(copy.ref, text[: tracker.limit], key)
    except Gone:
        return is_gone(copy, process)


def _text(row: models.Incident, data: dict[str, object], process: Process) -> str:
    """Raises Refused for an entry that is not there."""
    entries = journal.load(row, [])
    about = next((each for each in entries if each.id == data["entry"]), None)
    if about is None:
        raise Refused(f"Entry {data['entry']} is not in the journal of incident {row.ref}.")
    state = incidents.state(row, incidents.members(row))
    calling = mentions(process, state, entries)
    command = commanded(about.fact.text) if "asked" in data and isinstance(about.fact, IssueComment) else None
    if command is None:
        return issue_words.comment(state, entries, about, process, calling)
    refused = [str(each) for each in data["refused"]] if isinstance(data["refused"], list) else []
    known = bool(data["known"])
    return issue_answers.answer(state, about.who, command, refused, process, calling, known=known)
