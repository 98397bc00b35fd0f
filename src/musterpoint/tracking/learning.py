"""Learning from a look at the issue: whatever people did there becomes entries of the journal, each thing once.

What the tracker tells of has keys; the known ones are kept among the events that came in (`Inbound`). A body that
somebody saved and a write of ours replaced is owed to them: `IssueCopy.owed` has it put back until it is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from musterpoint.actions import issue as issues
from musterpoint.core.issue_event import IssueDeed, IssueEvent
from musterpoint.core.merging import put_back
from musterpoint.core.process import Process
from musterpoint.ports import Revision, Seen
from musterpoint.store import incidents, models
from musterpoint.tracking import pages, sub_issues
from musterpoint.tracking.document import digest

SOURCE = "tracker"


@dataclass(slots=True)
class _Look:
    """One look at the issue of one incident, in one transaction: the row is locked."""

    process: Process
    row: models.Incident
    copy: models.IssueCopy
    seen: Seen
    now: datetime
    source: str

    def tell(self, event: IssueEvent) -> None:
        issues.take_in(self.process, event, self.source, self.now)
        self.copy.refresh_from_db()


def learn(copy: models.IssueCopy, seen: Seen, process: Process, now: datetime, *, ours: bool = False) -> None:
    """Take in what is new in `seen`. `ours`: we closed or opened the issue since the last look. Afterwards `copy` is
    what is there."""
    source = SOURCE if process.tracker == "local" else process.tracker
    with transaction.atomic():
        row = models.Incident.objects.select_for_update().get(pk=copy.incident_id)
        copy.refresh_from_db()
        look = _Look(process, row, copy, seen, now, source)
        keys = [*(each.key for each in seen.revisions), *(key for key, _ in seen.happened)]
        known = _known(source, keys)
        _bodies(look, [each for each in seen.revisions if each.key not in known])
        for key, event in seen.happened:
            if key not in known and not (ours and _shared(event)):
                look.tell(event)
        _mark(source, [key for key in keys if key not in known], now)
        row.refresh_from_db()
        state = incidents.state(row, incidents.members(row))
        state = pages.learn(row, state, seen.comments, process, source, now)
        sub_issues.learn(row, state, seen.sub_issues, process, source, now)
        copy.open, copy.looked_at = seen.open, now
        copy.save()


def _shared(event: IssueEvent) -> bool:
    """Done by the account that we use ourselves: just now that was us."""
    return event.deed in (IssueDeed.CLOSED, IssueDeed.REOPENED) and event.shared


def _known(source: str, keys: Sequence[str]) -> set[str]:
    rows = models.Inbound.objects.filter(source=_seen(source), key__in=keys)
    return set(rows.values_list("key", flat=True))


def _mark(source: str, keys: Sequence[str], now: datetime) -> None:
    rows = [
        models.Inbound(source=_seen(source), key=key, data="", status="taken", received_at=now)
        for key in dict.fromkeys(keys)
    ]
    models.Inbound.objects.bulk_create(rows, ignore_conflicts=True)


def _seen(source: str) -> str:
    return f"{source}-seen"


# --- the body -----------------------------------------------------------------------------------------------------


def _bodies(look: _Look, new: Sequence[Revision]) -> None:
    """The revisions one after the other; then what stands there though no revision tells of it."""
    base = look.copy.body
    for each in new:
        if _is_ours(look.copy, each):
            _ours(look.copy, base, each.body)
            base = each.body
        else:
            _theirs(look, each)
    if not _same(look.seen.body, look.copy.body):
        if _same(look.seen.body, look.copy.writing):
            _ours(look.copy, look.copy.body, look.seen.body)
        else:
            _theirs(look, Revision("", look.seen.body, look.now))
    look.copy.body = look.seen.body


def _is_ours(copy: models.IssueCopy, revision: Revision) -> bool:
    if revision.ours or _same(revision.body, copy.writing):
        return True
    return revision.shared and digest(revision.body) in copy.wrote.split()


def _ours(copy: models.IssueCopy, base: str, body: str) -> None:
    """We wrote it over `base`. What was saved in between was replaced, and is owed."""
    copy.owed = "" if _same(copy.body, base) else put_back(base, copy.body, body)
    if _same(copy.owed, body):
        copy.owed = ""
    copy.body, copy.writing = body, ""
    copy.save()


def _theirs(look: _Look, revision: Revision) -> None:
    """Somebody wrote it. Who it was is not known where the tracker keeps no revisions."""
    copy = look.copy
    before, owed = copy.body, copy.owed
    if before and not _same(before, revision.body):
        look.tell(
            IssueEvent(IssueDeed.EDITED, copy.ref or "", revision.at, revision.who, before=before, after=revision.body)
        )
    copy.owed = put_back(before, owed, revision.body) if owed else ""
    copy.body = revision.body
    copy.save()


def _same(one: str, other: str) -> bool:
    """Trackers change line ends, and cut blanks at the ends."""
    return one == other or digest(one) == digest(other)
