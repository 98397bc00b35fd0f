"""The rows of a long timeline that do not fit into the issue's body: comments of ours, kept in step.

Each is made once: before it is made the tracker is asked for it. One that somebody deleted is made once more; deleted
again, or without its markers for the second time, it is written no longer, as any region (see `RegionLost`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from musterpoint import access
from musterpoint.actions import issue as issues
from musterpoint.actions.recording import happened
from musterpoint.core import issue_pages, writeup
from musterpoint.core.incident import Incident
from musterpoint.core.issue_body import timeline_of
from musterpoint.core.issue_event import IssueDeed, IssueEvent
from musterpoint.core.issue_journal import RegionLost
from musterpoint.core.issue_timeline import TIMELINE, Keyed, KeyedRow
from musterpoint.core.merging import put_back
from musterpoint.core.process import Process
from musterpoint.ports import Changed, Gone, Refused, Tracker, Unavailable
from musterpoint.store import incidents, models
from musterpoint.tracking.document import digest

#: Seconds until the next try where a comment has to be read first.
SOON = 0.5


# --- what people did ----------------------------------------------------------------------------------------------


def learn(
    row: models.Incident, state: Incident, comments: Mapping[str, str], process: Process, source: str, now: datetime
) -> Incident:
    """Take in what people changed, in the caller's transaction; the row is locked. Returns the state after it."""
    for page in models.IssuePage.objects.filter(incident=row).exclude(external="").order_by("number"):
        text = comments.get(page.external)
        if text is None:
            page.external = ""  # deleted, or not told: looked for before it is written
        elif page.writing and _same(text, page.writing):
            page.body, page.writing = text, ""
        elif not _same(text, page.body):
            state = _edited(row, state, page, text, process, source, now)
            page.body, page.writing = text, ""
        page.save()
    return state


def _edited(
    row: models.Incident,
    state: Incident,
    page: models.IssuePage,
    text: str,
    process: Process,
    source: str,
    now: datetime,
) -> Incident:
    """Made from what we last knew, or from what we were about to write when we died: what is changed less."""
    bases = [page.body, *([page.writing] if page.writing else [])]
    told = [issue_pages.page_changes(page.number, base, text) for base in bases]
    found = next((each for each in told if not each.rows.stale), told[0])
    before = bases[told.index(found)]
    issue = state.after.issue
    event = IssueEvent(IssueDeed.EDITED, issue.ref if issue else "", now, None, before=before, after=text)
    return issues.page_edited(process, row, state, event, found, source, now)


def _same(one: str, other: str) -> bool:
    return one == other or digest(one) == digest(other)


# --- what we write ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Writing:
    """The pages of one issue on their way to the tracker."""

    tracker: Tracker
    copy: models.IssueCopy
    row: models.Incident
    timeline: Keyed | None
    given_up: tuple[str, ...]
    process: Process
    renew: Callable[[], None]

    def page(self, page: models.IssuePage, rows: list[KeyedRow]) -> None:
        if issue_pages.name(page.number) in self.given_up and not page.external:
            return
        if not page.external and not self._looked_for(page):
            return
        text = issue_pages.page(self.row.ref, page.number, self.timeline, rows, page.body, self.given_up)
        if not (page.external and _same(text, page.body)):
            self._write(page, text)

    def _looked_for(self, page: models.IssuePage) -> bool:
        """Whether it is to be made. Raises Unavailable where it was made before: it is read first."""
        assert self.copy.ref is not None
        there = self.tracker.commented(self.copy.ref, self._key(page))
        if there is not None:
            page.external = there.external
            page.save()
            raise Unavailable("A comment of the timeline was there already: it is read first.", retry_after=SOON)
        return not page.body or self._lost(page)

    def _lost(self, page: models.IssuePage) -> bool:
        """Somebody deleted it: whether it is made once more."""
        name = issue_pages.name(page.number)
        with transaction.atomic():
            row = models.Incident.objects.select_for_update().get(pk=self.row.pk)
            state = incidents.state(row, incidents.members(row))
            before = state.after.issue.lost if state.after.issue else ()
            fact = RegionLost(name, given_up=name in before)
            happened(self.process, row, state, fact, timezone.now(), source=_source(self.process))
            page.body, page.writing = "", ""
            page.save()
        return not fact.given_up

    def _key(self, page: models.IssuePage) -> str:
        return f"page:{self.row.ref}:{page.number}@{self.row.created_at:%Y%m%dT%H%M%S.%f}"

    def _write(self, page: models.IssuePage, text: str) -> None:
        """`writing` is noted first: if we die now, we know our own words when we meet them."""
        assert self.copy.ref is not None
        page.writing = text
        page.save()
        self.renew()
        was, replaced = page.body, ""
        try:
            if page.external:
                replaced = self.tracker.rewrite(self.copy.ref, page.external, text, was)
            else:
                page.external = self.tracker.comment(self.copy.ref, text, self._key(page)).external
        except Changed as error:
            raise Unavailable("Somebody wrote into a comment meanwhile.", retry_after=SOON) from error
        except Refused as error:
            if isinstance(error, Gone) or not page.external or self.tracker.commented(self.copy.ref, self._key(page)):
                raise
            page.external = ""
            page.save()
            raise Unavailable("A comment of the timeline was deleted.", retry_after=SOON) from error
        page.body, page.writing = text, ""
        page.save()
        models.IssueCopy.objects.filter(pk=self.copy.pk).update(written_at=timezone.now())
        if replaced:
            self._put_back(page, was, replaced)

    def _put_back(self, page: models.IssuePage, was: str, replaced: str) -> None:
        """Somebody saved it between our reading and our writing: what they did to our rows is learnt, and their own
        words are written again."""
        body, page.body = page.body, was
        with transaction.atomic():
            row = models.Incident.objects.select_for_update().get(pk=self.row.pk)
            state = incidents.state(row, incidents.members(row))
            _edited(row, state, page, replaced, self.process, _source(self.process), timezone.now())
        page.body = body
        if not _same(wanted := put_back(was, replaced, body), body):
            self._write(page, wanted)


def write(
    tracker: Tracker, copy: models.IssueCopy, state: Incident, process: Process, renew: Callable[[], None]
) -> None:
    """Bring them to what the journal says: rewrite, add, and empty those that are not needed any more. `copy.body` is
    what stands in the issue. Raises Unavailable, Refused."""
    known = {each.number: each for each in models.IssuePage.objects.filter(incident=copy.incident_id)}
    shown = issue_pages.shown(copy.body)
    given_up = state.after.issue.given_up if state.after.issue else ()
    if TIMELINE in given_up or not (known or shown):
        return
    row = models.Incident.objects.get(pk=copy.incident_id)
    timeline = timeline_of(writeup.parts(state, access.entries(access.NOBODY, row), process))
    writing = _Writing(tracker, copy, row, timeline, given_up, process, renew)
    pages = _paged(timeline, shown, known, tracker.limit)
    for number in sorted({*pages, *(each.number for each in known.values() if each.external)}):
        page = known.get(number) or models.IssuePage(incident=row, number=number)
        writing.page(page, pages.get(number, []))


def _paged(
    timeline: Keyed | None, shown: tuple[int, int] | None, known: Mapping[int, models.IssuePage], limit: int
) -> dict[int, list[KeyedRow]]:
    if timeline is None or shown is None:
        return {}
    standing = {key: number for number, page in known.items() for key in issue_pages.keys_on(page.body, number)}

    def room(number: int) -> int:
        return issue_pages.room(limit, known[number].body if number in known else "", number)

    return issue_pages.paged(timeline, *shown, standing, room)


def _source(process: Process) -> str:
    return "tracker" if process.tracker == "local" else process.tracker
