"""Huddle: its thread, what people say of it, and what the chat tells of it. What is only said there is lost (handbook,
Huddle)."""

from __future__ import annotations

from datetime import datetime

from musterpoint import access
from musterpoint.actions.recording import LOCAL, Call, happened, record
from musterpoint.core import huddle as rules
from musterpoint.core import reshape
from musterpoint.core.incident import Who
from musterpoint.core.journal import Entry, HuddleSettled, Link
from musterpoint.core.process import Process
from musterpoint.store import incidents, journal, models

HUDDLE = "huddle"


def huddle(call: Call, ref: str) -> str:
    """Open a second local thread, which the incident reads from now on. Returns its root, by which it is written to."""
    with access.locked(call.actor, ref) as [(row, state)]:
        mine = f"{row.ref}-{HUDDLE}-"
        root = f"{mine}{models.Thread.objects.filter(workspace=LOCAL, root__startswith=mine).count() + 1}"
        draft = reshape.link(state, call.actor, f"{LOCAL}/{HUDDLE}/{root}", HUDDLE, call.now)
        thread = models.Thread.objects.create(workspace=LOCAL, channel=HUDDLE, root=root)
        models.Reading.objects.create(incident=row, thread=thread, role=HUDDLE)
        record(call, row, state, draft)
        return root


def settle_huddle(call: Call, ref: str, runs: bool) -> Entry:
    """A person says that the huddle runs, or (`runs` False) that none is needed: nobody is asked again."""
    with access.locked(call.actor, ref) as [(row, state)]:
        last = row.entries.filter(kind="huddle_settled").order_by("id").last()
        stands = journal.entry(last).fact if last else None
        assert stands is None or isinstance(stands, HuddleSettled)
        return record(call, row, state, rules.settle(state, call.actor, runs, stands, call.now))[0]


def link_huddle(process: Process, number: int, thread: models.Thread, who: Who | None, now: datetime) -> None:
    """The incident (`Incident.pk`) reads the thread of a huddle that the chat tells of, in the caller's transaction;
    nobody asked for it. Nothing where it is linked already."""
    row = models.Incident.objects.select_for_update().get(pk=number)
    name = f"{thread.workspace}/{thread.channel}/{thread.root}"
    facts = (journal.entry(each).fact for each in row.entries.filter(kind="link", data__contains=thread.root))
    if any(isinstance(fact, Link) and (fact.thread, fact.role) == (name, HUDDLE) for fact in facts):
        return
    if not row.readings.filter(thread=thread).exists():
        models.Reading.objects.create(incident=row, thread=thread, role=HUDDLE)
    state = incidents.state(row, incidents.members(row))
    happened(process, row, state, Link(name, thread.url, HUDDLE), now, who=who, source=process.chat)


def huddles_noted(thread: models.Thread) -> None:
    """Bring `huddle_at` of every incident that reads the thread to what the record tells: the beginning of its last
    huddle that has not ended. A huddle has a thread of its own."""
    for number in thread.readings.order_by("incident").values_list("incident", flat=True).distinct():
        row = models.Incident.objects.select_for_update().get(pk=number)
        told = models.Entry.objects.filter(thread__readings__incident=row).order_by("at", "id")
        ended = told.filter(kind="huddle_ended").values("thread")
        begun = told.filter(kind="huddle_begun").exclude(thread__in=ended).values_list("at", flat=True).last()
        if row.huddle_at != begun:
            row.huddle_at = begun
            row.version += 1
            row.save(update_fields=["huddle_at", "version"])
