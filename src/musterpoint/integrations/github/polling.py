"""Asks GitHub what has changed, for all that no webhook told: lost ones, and every one behind NAT.

One question for each repository that concerns a live incident, every `poll_every` seconds: its issues by the time of
their last change. Unchanged answers (304) cost nothing of the limit.
https://docs.github.com/en/rest/issues/issues#list-repository-issues
https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate

What GitHub tells has whole seconds. An issue may change again in the second that it was told of, or be told a little
late: the next question goes back a minute, and what was told in its own second is looked at once more. An issue that
was transferred or deleted is in no list: the reconciliation finds it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from django.db import transaction

from musterpoint.actions.recording import look
from musterpoint.core.process import Process
from musterpoint.integrations.github import concerned, events
from musterpoint.integrations.github.calling import Answer, Moved, Trouble, call
from musterpoint.ports import Refused, Unavailable
from musterpoint.store import models

log = logging.getLogger("musterpoint.github")

SOURCE = "github"
#: So far back the first question goes, and each later one behind the newest change that is known.
FIRST, OVERLAP = timedelta(days=1), timedelta(minutes=1)
#: Issues of one page, and pages that are asked for in one turn; it goes on from there at the next.
PER_PAGE, PAGES = 100, 10

#: When a repository did not answer the last time that this process asked; it is not asked sooner than others either.
_failed: dict[str, datetime] = {}


def poll(process: Process, now: datetime) -> None:
    """Ask about every repository whose time has come. Raises Unavailable where GitHub cannot be asked at all now."""
    every = timedelta(seconds=process.github_poll_every)
    for row in _rows(concerned.places(now), now):
        last = max(filter(None, (row.polled_at, _failed.get(row.place))), default=None)
        if last is not None and abs(now - last) < every:
            continue
        try:
            _ask(process, row, now)
            _failed.pop(row.place, None)
        except (Unavailable, Refused) as error:
            _failed[row.place] = now
            if not isinstance(error, Refused) and not (isinstance(error, Trouble) and error.place):
                raise
            log.info("could not ask GitHub about a repository: %s", error)


def _rows(places: list[str], now: datetime) -> list[models.TrackerPoll]:
    """A row for each of the repositories, the one that was answered longest ago first; those of others are dropped."""
    known = models.TrackerPoll.objects.filter(source=SOURCE)
    known.exclude(place__in=places).delete()
    new = set(places) - set(known.values_list("place", flat=True))
    rows = [models.TrackerPoll(source=SOURCE, place=each, since=now - FIRST) for each in sorted(new)]
    models.TrackerPoll.objects.bulk_create(rows, ignore_conflicts=True)
    longest_ago = datetime.min.replace(tzinfo=UTC)
    return sorted(known, key=lambda each: (_failed.get(each.place) or each.polled_at or longest_ago, each.place))


def _ask(process: Process, row: models.TrackerPoll, now: datetime) -> None:
    """Read the pages one after the other, each from the newest change of the one before: an issue that changes
    meanwhile moves to the end, and would pull another one over the edge of a page that is counted."""
    since, page, tag = row.since, 1, row.etag
    for _ in range(PAGES):
        answer = _page(process, row.place, since, page, tag)
        if answer.status == 304:
            break
        found = _changes(answer, row.place, now)
        newest = max((each.at for each in found), default=since)
        whole, fresh = len(found) < PER_PAGE, any(each.fresh for each in found)
        row.since = max(row.since, newest - OVERLAP)
        row.etag = answer.etag if whole and not fresh and since == row.since else ""
        _note(row, found)
        if whole:
            break
        since, page, tag = (newest, 1, "") if newest > since else (since, page + 1, "")
    models.TrackerPoll.objects.filter(pk=row.pk).update(polled_at=now)


def _page(process: Process, place: str, since: datetime, page: int, tag: str) -> Answer:
    """A repository that was renamed sends us on to where it is now."""
    asked: dict[str, Any] = {"state": "all", "sort": "updated", "direction": "asc", "per_page": PER_PAGE}
    asked["since"] = f"{since:%Y-%m-%dT%H:%M:%SZ}"
    if page > 1:
        asked["page"] = page
    try:
        return call(process, "GET", f"/repos/{place}/issues", params=asked, etag=tag, owner=place)
    except Moved as moved:
        there = moved.location.partition("?")[0]
        return call(process, "GET", there, params=asked, etag=tag, owner=place)


class _Change:
    """An issue of the list: its references, by the name that we asked for and by its own; when it last changed (`at`),
    and whether it may change again within that second (`fresh`)."""

    def __init__(self, item: Any, place: str, their_time: datetime, now: datetime) -> None:
        own = events.ref(item)
        self.refs = (own, f"{place}#{own.rpartition('#')[2]}")
        self.at = datetime.fromisoformat(item["updated_at"])
        self.fresh = self.at >= their_time - timedelta(seconds=1)
        self.key = f"{item['id']}:{item['updated_at']}{f':{now.timestamp()}' if self.fresh else ''}"


def _changes(answer: Answer, place: str, now: datetime) -> list[_Change]:
    if not isinstance(answer.data, list):
        raise Unavailable("GitHub answered with no list of issues.")
    try:
        their_time = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        their_time = now
    try:
        return [_Change(each, place, their_time, now) for each in answer.data]
    except (events.Nonsense, KeyError, TypeError, ValueError) as error:
        raise Unavailable("GitHub answered with a list of issues that makes no sense.") from error


def _note(row: models.TrackerPoll, found: Iterable[_Change]) -> None:
    """Intend to look at what concerns us, and move on, in one transaction."""
    by_ref = {ref: each for each in found for ref in each.refs}
    with transaction.atomic():
        for ref, incident in concerned.by_issue(list(by_ref)):
            look(incident, by_ref[ref].key)
        models.TrackerPoll.objects.filter(pk=row.pk).update(since=row.since, etag=row.etag)
