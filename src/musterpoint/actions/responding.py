"""Respond, resolve, correct: the steps on one incident. Each is decide, record, enqueue."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from musterpoint import access
from musterpoint.access import LONGEST_NUMBER, NotFound
from musterpoint.actions.recording import Call, aloud, local_thread, record, touched, write
from musterpoint.core import correct, respond
from musterpoint.core import resolve as resolution
from musterpoint.core import undo as undoing
from musterpoint.core.decision import Draft, NotAllowed
from musterpoint.core.incident import Basis, Incident, Milestone, Moment, Severity, Who
from musterpoint.core.journal import Entry, Mark, MarkKind, RowKind, StatusChange, Verdict
from musterpoint.core.proposals import Proposal
from musterpoint.core.reshape import less_open
from musterpoint.core.spoken_text import kept
from musterpoint.store import journal, models


def target(call: Call, row: models.Incident, wanted: str) -> models.Entry:
    """The entry that a number, `entry:12`, `slack:C1/TS` or a bare TS names, in what this person may read."""
    wanted = kept(wanted).strip().removeprefix("#").removeprefix("entry:")
    readable = Q(incident=row)
    for each in access.stretches(call.actor, row):
        readable |= journal.stretch(each)
    rows = models.Entry.objects.exclude(taken_in_by__in=journal.unfinished())
    counted = wanted.isdecimal() and len(wanted) < LONGEST_NUMBER
    for named in (Q(pk=int(wanted)) if counted else Q(ref=wanted), Q(key=wanted)):
        if wanted and (found := rows.filter(named, readable).order_by("pk").first()) is not None:
            return found
    raise NotFound(f"Incident {row.ref} has no entry {wanted!r}.", f"`thread {row.ref}` shows them with their numbers.")


def own_ref(row: models.Entry) -> str:
    return row.ref or f"entry:{row.pk}"


def _step(call: Call, row: models.Incident, state: Incident, draft: Draft) -> Entry:
    entry, _ = record(call, row, state, draft)
    if isinstance(draft.fact, StatusChange):
        aloud(call.process, row, entry)
    return entry


def note(call: Call, ref: str, text: str, at: datetime | None = None, mark: MarkKind | None = None) -> Entry:
    """Write into the incident's own thread; with `mark` it is marked in the same transaction."""
    with access.locked(call.actor, ref) as [(row, state)]:
        draft = respond.note(state, call.actor, text, call.now, at)
        thread = local_thread(row)
        anchor = _place(row, thread, draft.moment.at, call.now)
        entry = write(call, row, draft, thread, anchor)
        if mark is not None:
            marked = respond.mark(state, call.actor, entry.ref, mark, call.now)
            write(call, row, marked, thread, anchor)
        touched(row, draft.moment.at)
        aloud(call.process, row, entry)
        return entry


def _place(row: models.Incident, thread: models.Thread, at: datetime, now: datetime) -> datetime:
    """Where a note stands in the thread: at its time, unless a split gave that stretch to another incident."""
    mine = row.readings.filter(Q(since=None) | Q(since__lte=at), Q(until=None) | Q(until__gt=at), thread=thread)
    return at if mine.exists() else now


def did(call: Call, ref: str, text: str, at: datetime | None = None) -> Entry:
    """What was done during the incident: a note that is marked `action_taken`."""
    return note(call, ref, text, at, MarkKind.ACTION_TAKEN)


def mark(call: Call, ref: str, entry: str, kind: MarkKind, *, on: bool = True) -> Entry:
    """Mark a message or a note, or (`on` False) take the mark away."""
    with access.locked(call.actor, ref) as [(row, state)]:
        about = target(call, row, entry)
        if about.kind not in ("message", "note", "file", "huddle_begun", "huddle_ended"):
            raise NotAllowed("not_markable", f"Entry {about.pk} is a {about.kind}: only what people wrote is marked.")
        if _has_mark(about, kind) == on:
            raise NotAllowed("unchanged", f"Entry {about.pk} {'has' if on else 'does not have'} that mark.")
        draft = respond.mark(state, call.actor, own_ref(about), kind, call.now, on=on)
        touched(row)
        return write(call, row, draft, about.thread, about.anchor)


def _has_mark(about: models.Entry, kind: MarkKind) -> bool:
    rows = models.Entry.objects.filter(thread=about.thread_id, anchor=about.anchor, kind="mark").order_by("id")
    facts = [journal.entry(each).fact for each in rows]
    mine = [each.on for each in facts if isinstance(each, Mark) and each.of == own_ref(about) and each.mark is kind]
    return bool(mine) and mine[-1]


def curate(
    call: Call,
    ref: str,
    entry: str,
    verdict: Verdict,
    *,
    text: str = "",
    row_kind: RowKind | None = None,
    why: str = "",
) -> Entry:
    """Keep, drop or reword a row of the timeline, or take that back."""
    with access.locked(call.actor, ref) as [(row, state)]:
        about = target(call, row, entry)
        draft = respond.curate(
            state, call.actor, own_ref(about), verdict, call.now, text=text, row_kind=row_kind, why=why
        )
        touched(row)
        return write(call, row, draft, about.thread, about.anchor)


def lead(call: Call, ref: str, person: Who | None, at: datetime | None = None) -> Entry:
    with access.locked(call.actor, ref) as [(row, state)]:
        return _step(call, row, state, respond.lead(state, call.actor, person, call.now, at))


def severity(call: Call, ref: str, value: Severity | None, at: datetime | None = None) -> Entry:
    with access.locked(call.actor, ref) as [(row, state)]:
        return _step(call, row, state, respond.severity(state, call.actor, value, call.now, at))


def nominate(call: Call, ref: str, person: Who) -> Entry:
    with access.locked(call.actor, ref) as [(row, state)]:
        return _step(call, row, state, respond.nominate(state, call.actor, person, call.now))


def resolve(call: Call, ref: str, at: datetime | None = None, reason: str = "") -> Entry:
    with access.locked(call.actor, ref) as [(row, state)]:
        draft = resolution.resolve(state, call.actor, call.now, at, reason)
        return _step(call, row, state, draft)


def relapse(call: Call, ref: str, at: datetime | None = None, reason: str = "") -> Entry:
    with access.locked(call.actor, ref) as [(row, state)]:
        draft = resolution.relapse(state, call.actor, call.now, at, reason)
        return _step(call, row, state, draft)


def cancel(call: Call, ref: str, reason: str = "", duplicate_of: str = "") -> Entry:
    with access.locked(call.actor, ref) as [(row, state)]:
        if duplicate_of:
            original = access.find(call.actor, duplicate_of).state
            duplicate_of = original.ref
            if duplicate_of == row.ref:
                raise NotAllowed("same_incident", "An incident is no duplicate of itself.")
            if original.closed_to > state.closed_to:
                shown_to = "all of them" if state.confined else "everybody"
                raise NotAllowed(
                    "would_leak",
                    f"{less_open(original, state)}: the link would show it to {shown_to}.",
                    f"Restrict {row.ref} first, or cancel it without the link.",
                )
        draft = resolution.cancel(state, call.actor, call.now, reason, duplicate_of)
        return _step(call, row, state, draft)


def correct_time(
    call: Call, ref: str, milestone: Milestone, at: datetime | None, *, why: str = "", evidence: str = ""
) -> Entry:
    """A milestone gets the time that a person states, or (`at` None) is unknown again."""
    with access.locked(call.actor, ref) as [(row, state)]:
        moment = Moment(at, Basis.STATED) if at else None
        about = target(call, row, evidence) if evidence else None
        draft = correct.correct_time(
            state,
            call.actor,
            milestone,
            moment,
            call.now,
            why=why,
            evidence=own_ref(about) if about else "",
            quote=_quote(about),
        )
        return _step(call, row, state, draft)


def _quote(about: models.Entry | None) -> str:
    """What the entry says now, after the last edit of it."""
    return journal.last_texts([about])[about.pk][:300] if about else ""


def confirm(call: Call, ref: str, proposal: Proposal) -> Entry:
    """A person confirms a time that the record only suggests: its quote and evidence go with it."""
    with access.locked(call.actor, ref) as [(row, state)]:
        if proposal.milestone is Milestone.RESOLVED and Milestone.RESOLVED not in state.milestones:
            draft = resolution.resolve(state, call.actor, call.now, proposal.moment.at, proposal.quote)
            return _step(call, row, state, draft)
        draft = correct.correct_time(
            state,
            call.actor,
            proposal.milestone,
            Moment(proposal.moment.at, Basis.STATED),
            call.now,
            why="confirmed from the record",
            evidence=proposal.ref,
            quote=proposal.quote,
        )
        return _step(call, row, state, draft)


def correct_text(call: Call, ref: str, field: str, text: str, why: str = "") -> Entry:
    with access.locked(call.actor, ref) as [(row, state)]:
        return _step(call, row, state, correct.correct_text(state, call.actor, field, text, call.now, why))


def correct_row(call: Call, ref: str, entry: str, at: datetime, why: str = "") -> Entry:
    """One row of the timeline gets the time a person states."""
    with access.locked(call.actor, ref) as [(row, state)]:
        about = target(call, row, entry)
        draft = correct.correct_row(state, call.actor, own_ref(about), about.at, at, call.now, why)
        touched(row)
        return write(call, row, draft, about.thread, about.anchor)


def undo_row(call: Call, ref: str, entry: str, undone: str = "") -> Entry:
    """Take back what was decided last about a row: its curation or the correction of its time. `undone` names the
    entry that is meant; if somebody has decided something else since, it is refused."""
    with access.locked(call.actor, ref) as [(row, state)]:
        about = target(call, row, entry)
        beside = Q(thread=about.thread_id, anchor=about.anchor) if about.thread_id else Q(incident=row)
        near = models.Entry.objects.filter(beside, kind__in=("curation", "row_time", "row_undo")).order_by("id")
        stand = undoing.decisions([journal.entry(each) for each in near], own_ref(about))
        meant = f"entry:{undone}" if undone.isdecimal() else undone
        draft = undoing.undo(state, call.actor, own_ref(about), meant, stand, call.now)
        touched(row)
        return write(call, row, draft, about.thread, about.anchor)
