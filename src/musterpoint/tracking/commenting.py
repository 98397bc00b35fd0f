"""Comments on the issue: each once, looked for before a second try."""

from __future__ import annotations

import json
from collections.abc import Callable

from musterpoint.core import issue_words
from musterpoint.core.process import Process
from musterpoint.effects import name_outside
from musterpoint.ports import Posted, Tracker
from musterpoint.store import incidents, journal, models
from musterpoint.tracking.document import incident_of


def comment(tracker: Tracker, effect: models.Effect, process: Process, renew: Callable[[], None]) -> Posted:
    row, key = incident_of(effect), name_outside(effect)
    copy = models.IssueCopy.objects.get(incident=row)
    assert copy.ref is not None
    if effect.tries > 1 and (there := tracker.commented(copy.ref, key)) is not None:
        return there
    entries = journal.load(row, [])
    about = next(each for each in entries if each.id == json.loads(effect.data)["entry"])
    state = incidents.state(row, incidents.members(row))
    renew()
    return tracker.comment(copy.ref, issue_words.comment(state, entries, about, process)[: tracker.limit], key)
