"""Learning from a look at the issue: whatever people did there becomes entries of the journal, each thing once.

What the tracker tells of has keys; the known ones are kept among the events that came in (`Inbound`). A body that
somebody saved and a write of ours replaced is owed to them: `IssueCopy.owed` has it put back until it is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction

from musterpoint.actions import issue as issues
from musterpoint.core.issue_event import IssueDeed, IssueEvent
from musterpoint.core.merging import put_back
from musterpoint.core.process import Process
from musterpoint.ports import Revision, Seen
from musterpoint.store import incidents, models, told
from musterpoint.tracking import pages, sub_issues
from musterpoint.tracking.document import digest

SOURCE = "tracker"
#: The tracker's clock and ours may differ so much.
CLOCKS = timedelta(minutes=5)


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
        """Under the reference that the issue has now."""
        issues.take_in(self.process, replace(event, issue=self.copy.ref or ""), self.source, self.now)
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
        stored = told.known(source, keys)
        known = stored | _told_before_it_moved(copy, seen)
        _bodies(look, [each for each in seen.revisions if each.key not in known])
        for key, event in seen.happened:
            if key not in known and not (ours and _shared(event)):
                look.tell(event)
        told.mark(source, [key for key in keys if key not in stored], now)
        row.refresh_from_db()
        state = incidents.state(row, incidents.members(row))
        state = pages.learn(row, state, seen.comments, process, source, now)
        sub_issues.learn(row, state, seen.sub_issues, process, source, now)
        copy.open, copy.looked_at = seen.open, now
        copy.save()


def _shared(event: IssueEvent) -> bool:
    """Done by the account that we use ourselves: just now that was us."""
    return event.deed in (IssueDeed.CLOSED, IssueDeed.REOPENED) and event.shared


def _told_before_it_moved(copy: models.IssueCopy, seen: Seen) -> set[str]:
    """The keys of what is no news though they are new, as where the issue was copied on its way to another place: all
    up to the revision that we know, and what happened before the last look (the clocks may differ)."""
    if not seen.ref:
        return set()
    bodies = [place for place, each in enumerate(seen.revisions, start=1) if _same(each.body, copy.body)]
    before = copy.looked_at - CLOCKS if copy.looked_at else None
    happened = [key for key, event in seen.happened if before and event.at < before]
    return {*(each.key for each in seen.revisions[: max(bodies, default=0)]), *happened}


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
        elif new or not _nobody_saved(look):
            _theirs(look, Revision("", look.seen.body, look.now))
    look.copy.body = look.seen.body


def _nobody_saved(look: _Look) -> bool:
    """It differs from our copy all the same where a redaction has cleaned that."""
    seen = look.seen
    if not seen.keeps:
        return False
    if seen.revisions:
        return _same(seen.revisions[-1].body, seen.body)
    return digest(seen.body) in look.copy.wrote.split()


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
