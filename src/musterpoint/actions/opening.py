"""Who knows of an incident whose thread is in a private channel: its members come and go; authority opens it to all."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from musterpoint import access
from musterpoint.actions.recording import Call, record, remark
from musterpoint.actions.reshaping import restrict
from musterpoint.core import restrict as rules
from musterpoint.core.declare import Security
from musterpoint.core.incident import Who
from musterpoint.core.journal import Entry, Membership
from musterpoint.store import incidents, models


def open_up(call: Call, ref: str, why: str) -> Entry:
    """The incident exists for everybody from now on, with all that was said in its thread."""
    with access.locked(call.actor, ref) as [(row, state)]:
        draft = rules.open_up(state, call.actor, why, call.now)
        entry, _ = record(call, row, state, draft)
        row.members.all().delete()
        return entry


def answer_security(call: Call, ref: str, answer: Security) -> Entry:
    """What nobody was asked at the declaration: could security or personal data be involved? Unsure is like yes."""
    if answer is not Security.NO:
        return restrict(call, ref)
    with access.locked(call.actor, ref) as [(row, state)]:
        entry, _ = record(call, row, state, rules.security_ruled_out(state, call.actor, call.now))
        return entry


def membership(
    workspace: str, channel: str, people: Collection[Who], now: datetime, *, joined: bool, source: str
) -> int:
    """People joined a channel of the chat, or left it: so they know of the incidents that are confined to it, or do not
    any more. Returns of how many incidents that is new. Nobody is asked: it happened there."""
    read = models.Reading.objects.filter(
        thread__workspace=workspace, thread__channel=channel, role="chat", incident__confined=True
    )
    changed = 0
    for number in sorted(set(read.values_list("incident", flat=True))):
        with transaction.atomic():
            changed += _changed(number, people, now, joined=joined, source=source)
    return changed


def _changed(number: int, people: Collection[Who], now: datetime, *, joined: bool, source: str) -> int:
    row = models.Incident.objects.select_for_update().get(pk=number)
    state = incidents.state(row, incidents.members(row))
    by_identity = {each.identity: each for each in people}
    draft = rules.membership(state, list(by_identity), now, joined=joined)
    if draft is None:
        return 0
    assert isinstance(draft.fact, Membership)
    changed = draft.fact.people
    who = by_identity[changed[0]] if len(changed) == 1 else None
    remark(row, state, draft.fact, now, who=who, source=source)
    if joined:
        models.Member.objects.bulk_create([models.Member(incident=row, identity=each) for each in changed])
    else:
        row.members.filter(identity__in=changed).delete()
    return 1
