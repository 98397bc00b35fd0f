"""Carries out what concerns the issue: make it, bring it in step with the journal, comment.

Bringing it in step reads it first. What people wrote there is taken in before anything is written, what stands outside
of our regions stays, and a body that changed meanwhile is read again. Only the newest of several waiting steps writes:
each writes what the journal says by then.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from musterpoint import access
from musterpoint.actions import issue as issues
from musterpoint.actions.recording import aloud, happened
from musterpoint.core import issue_words, writeup
from musterpoint.core.aftermath_journal import IssueRaised
from musterpoint.core.incident import Incident
from musterpoint.core.issue_body import render
from musterpoint.core.issue_event import IssueDeed, IssueEvent
from musterpoint.core.process import Process
from musterpoint.effects import name_outside
from musterpoint.integrations import registry
from musterpoint.ports import Changed, Filed, Posted, Seen, Tracker, Unavailable
from musterpoint.store import incidents, journal, models

#: Seconds until the next try where somebody else is at the same issue.
SOON = 0.5

Renew = Callable[[], None]


def deliver(effect: models.Effect, process: Process, renew: Renew) -> Posted:
    """Carry out an effect of the kind `raise`, `issue` or `comment`. `renew` is called before every call outside."""
    tracker = registry.tracker(process)
    match effect.kind:
        case "raise":
            return _make(tracker, effect, process, renew)
        case "comment":
            return _comment(tracker, effect, process, renew)
    return _step(tracker, effect, process, renew)


def _incident(effect: models.Effect) -> models.Incident:
    assert effect.incident is not None
    return models.Incident.objects.get(pk=effect.incident.pk)


def _document(row: models.Incident, process: Process, body: str, limit: int) -> tuple[Incident, str]:
    """The state, and the body that the issue is to have."""
    state = incidents.state(row, incidents.members(row))
    entries = access.entries(access.NOBODY, row)
    return state, render(state, writeup.parts(state, entries, process), process, body, limit)


# --- make it ------------------------------------------------------------------------------------------------------


def _make(tracker: Tracker, effect: models.Effect, process: Process, renew: Renew) -> Posted:
    row, key = _incident(effect), name_outside(effect)
    if effect.tries > 1 and (there := tracker.find(key)) is not None:
        return Posted(there.ref, there.url)
    state, body = _document(row, process, "", tracker.limit)
    models.IssueCopy.objects.update_or_create(incident=row, defaults={"writing": body})
    renew()
    made: Filed = tracker.create(f"Incident {row.ref}: {state.title}", body, key)
    return Posted(made.ref, made.url)


def raised(effect: models.Effect, process: Process, posted: Posted) -> None:
    """Note that the issue is there, and tell the chat, in the transaction that ends the effect."""
    now = timezone.now()
    row = models.Incident.objects.select_for_update().get(pk=_incident(effect).pk)
    models.IssueCopy.objects.update_or_create(incident=row, defaults={"ref": posted.external})
    state = incidents.state(row, incidents.members(row))
    entry, _ = happened(process, row, state, IssueRaised(posted.external, posted.url), now)
    aloud(process, row, entry)


# --- bring it in step ---------------------------------------------------------------------------------------------


def _step(tracker: Tracker, effect: models.Effect, process: Process, renew: Renew) -> Posted:
    others = models.Effect.objects.filter(incident=effect.incident, kind="issue", status="waiting")
    if others.filter(id__gt=effect.pk).exists():
        return Posted("a later step writes it")
    if others.filter(leased_until__gte=Now()).exclude(pk=effect.pk).exists():
        raise Unavailable("An earlier step is writing the issue.", retry_after=SOON)
    now = timezone.now()
    registry.take_in_issues(process, now)
    copy = models.IssueCopy.objects.get(incident=effect.incident)
    assert copy.ref is not None
    seen = tracker.read(copy.ref)
    _learn(copy, seen, process, now)
    row = _incident(effect)
    state, body = _document(row, process, seen.body, tracker.limit)
    if body != seen.body:
        _write(tracker, copy, seen, body, renew)
    open = state.after.issue.open if state.after.issue else True
    if open != seen.open:
        renew()
        tracker.set_open(copy.ref, open)
    return Posted(copy.ref)


def _learn(copy: models.IssueCopy, seen: Seen, process: Process, now: datetime) -> None:
    """What is there and was written neither by us nor told to us: somebody wrote it, we do not know who."""
    known = copy.writing if copy.writing == seen.body else copy.body
    with transaction.atomic():
        if known and known != seen.body:
            event = IssueEvent(IssueDeed.EDITED, copy.ref or "", now, before=known, after=seen.body)
            issues.take_in(process, event, "tracker", now)
            models.IssueCopy.objects.filter(pk=copy.pk).update(body=seen.body, writing="")
        else:
            _note(copy, copy.body, copy.writing, body=seen.body, writing="")


def _write(tracker: Tracker, copy: models.IssueCopy, seen: Seen, body: str, renew: Renew) -> None:
    """`writing` is noted first: if we die now, we know our own words when we meet them."""
    _note(copy, seen.body, "", writing=body)
    renew()
    try:
        tracker.write(copy.ref or "", body, seen.body)
    except Changed as error:
        raise Unavailable("Somebody wrote into the issue meanwhile.", retry_after=SOON) from error
    models.IssueCopy.objects.filter(pk=copy.pk, writing=body).update(body=body, writing="")


def _note(copy: models.IssueCopy, was: str, writing_was: str, **values: str) -> None:
    """Raises Unavailable where an event told of something newer meanwhile."""
    same = models.IssueCopy.objects.filter(pk=copy.pk, body=was, writing=writing_was)
    if not same.update(**values):
        raise Unavailable("Somebody wrote into the issue meanwhile.", retry_after=SOON)


# --- comment ------------------------------------------------------------------------------------------------------


def _comment(tracker: Tracker, effect: models.Effect, process: Process, renew: Renew) -> Posted:
    row, key = _incident(effect), name_outside(effect)
    copy = models.IssueCopy.objects.get(incident=row)
    assert copy.ref is not None
    if effect.tries > 1 and (there := tracker.commented(copy.ref, key)) is not None:
        return there
    entries = journal.load(row, [])
    about = next(each for each in entries if each.id == json.loads(effect.data)["entry"])
    state = incidents.state(row, incidents.members(row))
    renew()
    return tracker.comment(copy.ref, issue_words.comment(state, entries, about, process)[: tracker.limit], key)
