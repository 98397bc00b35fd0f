"""Brings the issue in step with the journal: read, learn, then write what differs.

The newest of several waiting steps does it for all. A body is edited once in `apart` seconds at most; whether the
issue is open is never put off. An effect whose data says `look` was asked for because something happened on the
tracker: it reads at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from django.db.models.functions import Now
from django.utils import timezone

from musterpoint.core.process import Process
from musterpoint.integrations import registry
from musterpoint.ports import Changed, Gone, NotSent, Posted, Seen, Tracker, Unavailable
from musterpoint.store import incidents, models
from musterpoint.tracking import moving, pages, sub_issues
from musterpoint.tracking.document import document, incident_of, noted_as_ours
from musterpoint.tracking.learning import learn

#: Seconds until the next try where somebody else is at the same issue.
SOON = 0.5
#: So often a body is written until everybody's words are in it.
ROUNDS = 3

Renew = Callable[[], None]


def step(tracker: Tracker, effect: models.Effect, process: Process, renew: Renew) -> Posted:
    """Raises Unavailable, NotSent (it is not its turn), Refused."""
    looks = bool(json.loads(effect.data).get("look"))
    if _somebody_else(effect, looks):
        return Posted("a later step writes it")
    registry.take_in_issues(process, timezone.now())
    copy = models.IssueCopy.objects.filter(incident=effect.incident).first()
    if copy is None:
        return Posted("the issue was deleted in the tracker")
    try:
        return _stepped(tracker, effect, copy, process, renew, looks=looks)
    except Gone:
        return moving.is_gone(copy, process)


def _stepped(
    tracker: Tracker, effect: models.Effect, copy: models.IssueCopy, process: Process, renew: Renew, *, looks: bool
) -> Posted:
    if not looks and not _is_urgent(effect, copy):
        _must_be_its_turn(tracker, copy)
    _look(tracker, copy, process)
    _open(tracker, effect, copy, process, renew)
    _body(tracker, effect, copy, process, renew)
    row = incident_of(effect)
    sub_issues.write(row, incidents.state(row, incidents.members(row)), process, renew)
    return Posted(copy.ref or "")


def _somebody_else(effect: models.Effect, looks: bool) -> bool:
    """Whether a later step does it all. Raises NotSent while another one is at it."""
    others = models.Effect.objects.filter(incident=effect.incident, kind="issue", status="waiting")
    later = others.filter(id__gt=effect.pk)
    if (later.filter(data__contains='"look"') if looks else later).exists():
        return True
    if others.filter(leased_until__gte=Now()).exclude(pk=effect.pk).exists():
        raise NotSent("Another step is at the issue.", retry_after=SOON)
    return False


def _is_urgent(effect: models.Effect, copy: models.IssueCopy) -> bool:
    """It is to be opened or closed, or somebody's words are owed."""
    row = incident_of(effect)
    issue = incidents.state(row, incidents.members(row)).after.issue
    return bool(copy.owed) or (issue is not None and issue.open != copy.open)


def _must_be_its_turn(tracker: Tracker, copy: models.IssueCopy) -> None:
    """Raises NotSent until `apart` seconds have gone since the last edit."""
    if copy.written_at is not None:
        left = tracker.apart - (timezone.now() - copy.written_at).total_seconds()
        if 0 < left <= tracker.apart:
            raise NotSent("The issue was edited just now.", retry_after=left)


def _look(tracker: Tracker, copy: models.IssueCopy, process: Process, *, ours: bool = False) -> Seen:
    assert copy.ref is not None
    seen = tracker.read(copy.ref, sub_issues.refs(copy.incident))
    moving.follow(copy, seen, process)
    learn(copy, seen, process, timezone.now(), ours=ours)
    return seen


def _open(tracker: Tracker, effect: models.Effect, copy: models.IssueCopy, process: Process, renew: Renew) -> None:
    row = incident_of(effect)
    issue = incidents.state(row, incidents.members(row)).after.issue
    open = issue.open if issue else True
    if open != copy.open and copy.ref:
        renew()
        tracker.set_open(copy.ref, open)
        _look(tracker, copy, process, ours=True)


def _body(tracker: Tracker, effect: models.Effect, copy: models.IssueCopy, process: Process, renew: Renew) -> None:
    for _ in range(ROUNDS):
        row = incident_of(effect)
        state, body = document(row, process, copy.owed or copy.body, tracker.limit)
        if body == copy.body:
            return pages.write(tracker, copy, state, process, renew)
        if not copy.owed:
            _must_be_its_turn(tracker, copy)
        _write(tracker, copy, body, renew)
        if tracker.exact:
            return pages.write(tracker, copy, state, process, renew)
        _look(tracker, copy, process)
    raise Unavailable("Somebody writes into the issue again and again.", retry_after=SOON)


def _write(tracker: Tracker, copy: models.IssueCopy, body: str, renew: Renew) -> None:
    """`writing` is noted first: if we die now, we know our own words when we meet them."""
    assert copy.ref is not None
    was, wrote = copy.body, noted_as_ours(copy.wrote, body)
    same = models.IssueCopy.objects.filter(pk=copy.pk, body=was, writing=copy.writing)
    if not same.update(writing=body, wrote=wrote, written_at=timezone.now()):
        raise Unavailable("Somebody wrote into the issue meanwhile.", retry_after=SOON)
    renew()
    try:
        tracker.write(copy.ref, body, was)
    except Changed as error:
        raise Unavailable("Somebody wrote into the issue meanwhile.", retry_after=SOON) from error
    if tracker.exact:
        models.IssueCopy.objects.filter(pk=copy.pk, writing=body).update(body=body, writing="", owed="")
    copy.refresh_from_db()
