"""The entries of a thread are written here, whether they come as events or out of a file.

A message that was redacted is never taken in again: neither itself nor a later version of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import Max, Q

from musterpoint.core.conversation import reacted_at
from musterpoint.core.incident import Basis, Moment
from musterpoint.core.journal import Deletion, Edit, Entry, Message, Note, ReactionAdded, ReactionRemoved
from musterpoint.core.said import Said
from musterpoint.core.scoring import signals
from musterpoint.store import journal, models, search
from musterpoint.store.codec import decode

Prepared = tuple[Said, models.Entry]
#: What is to be written, by thread and key.
Wanted = dict[tuple[int | None, str], Said]


#: So many copies are looked for by their keys; with more of them the whole thread is looked through.
FEW = 500


def write(
    thread: models.Thread, said: Iterable[Said], source: str, now: datetime, taken_in_by: models.Import | None = None
) -> list[models.Entry]:
    """Append to a thread what is not there yet, inside the caller's transaction. Returns the new rows, saved."""
    return append(thread, prepared(thread, said, source, now, taken_in_by))


def prepared(
    thread: models.Thread, said: Iterable[Said], source: str, now: datetime, taken_in_by: models.Import | None = None
) -> list[Prepared]:
    """What is costly and needs no lock: rows for `append`, each scored. Best done before the transaction begins."""
    return [(each, _row(thread, each, source, now, taken_in_by)) for each in said]


def append(thread: models.Thread, rows: Iterable[Prepared]) -> list[models.Entry]:
    """Append what is not there yet, inside the caller's transaction. Returns the new rows, saved."""
    return append_all([thread], rows)


def append_all(threads: Sequence[models.Thread], rows: Iterable[Prepared]) -> list[models.Entry]:
    """The same for rows of several threads, in as many statements as for one."""
    new = {(row.thread_id, each.key): (each, row) for each, row in rows}
    mine = models.Entry.objects.filter(thread__in=threads, key__in={key for _, key in new})
    for known in mine.values_list("thread_id", "key"):
        new.pop(known, None)
    wanted = _without_redacted(
        threads, _without_known_reactions(threads, {key: each for key, (each, _) in new.items()})
    )
    first = models.Entry.objects.aggregate(Max("id"))["id__max"] or 0
    order = sorted((new[key][1] for key in wanted), key=_order)
    models.Entry.objects.bulk_create(order, ignore_conflicts=True)
    saved = [row for row in mine.filter(id__gt=first).order_by("id") if (row.thread_id, row.key) in wanted]
    _index(threads, saved, wanted)
    return saved


def _order(row: models.Entry) -> tuple[int, datetime, datetime]:
    """Two who write the same do so in one order: none waits for the other. Edits of one second stay as they came."""
    assert row.thread_id is not None
    return row.thread_id, row.anchor, row.at


def changed(thread: models.Thread, said: Iterable[Said], now: datetime) -> list[Said]:
    """Edits that a later copy of a thread shows without telling of them: a message says something else by now.

    Learnt now, hence estimated. Nothing for what was redacted, nor for a wording that is known.
    """
    told = list(said)
    edited = {each.fact.of for each in told if isinstance(each.fact, Edit)}
    copies = {each.key: (each, each.fact) for each in told if isinstance(each.fact, Message) and each.fact.digest}
    known_ones = models.Entry.objects.filter(thread=thread, kind="message", redacted=False)
    if len(copies) <= FEW:
        known_ones = known_ones.filter(key__in=list(copies))
    rows = known_ones.values_list("key", "data")
    found = []
    for key, data in rows.iterator():
        known = decode("message", data)
        if key not in copies or not isinstance(known, Message):
            continue
        copy, fact = copies[key]
        if known.digest not in ("", fact.digest) and copy.ref not in edited:
            edit, sign = Edit(copy.ref, fact.text, fact.digest), f"-:{fact.digest}"
            found.append(replace(copy, key=f"edit:{key}:{sign}", ref=f"{copy.ref}#edit-{sign}", fact=edit, at=now))
    return [replace(each, basis=Basis.ESTIMATED) for each in found if not _is_known(thread, each)]


def _is_known(thread: models.Thread, edit: Said) -> bool:
    """Whether there is an edit to these words already, or one that was redacted."""
    assert isinstance(edit.fact, Edit)
    rows = models.Entry.objects.filter(thread=thread, kind="edit", anchor=edit.anchor)
    facts = [(row.redacted, journal.entry(row).fact) for row in rows]
    mine = [(gone, fact.digest) for gone, fact in facts if isinstance(fact, Edit) and fact.of == edit.fact.of]
    return any(gone or digest == edit.fact.digest for gone, digest in mine)


def _without_redacted(threads: Sequence[models.Thread], wanted: Wanted) -> Wanted:
    edits = [each for each in wanted.values() if isinstance(each.fact, Edit)]
    if not edits:
        return wanted
    rows = models.Entry.objects.filter(
        thread__in=threads, redacted=True, kind__in=("message", "edit"), anchor__in={each.anchor for each in edits}
    )
    facts = [(row, journal.entry(row).fact) for row in rows]
    gone = {(row.thread_id, fact.of if isinstance(fact, Edit) else row.ref) for row, fact in facts}
    return {
        (thread, key): each
        for (thread, key), each in wanted.items()
        if not (isinstance(each.fact, Edit) and (thread, each.fact.of) in gone)
    }


def _without_known_reactions(threads: Sequence[models.Thread], wanted: Wanted) -> Wanted:
    """A reaction without a time is one that the chat's history shows: nothing new where it is known to be there."""
    timeless = {key: each for key, each in wanted.items() if _is_timeless(each)}
    if not timeless:
        return wanted
    rows = models.Entry.objects.filter(
        thread__in=threads,
        kind__in=("reaction_added", "reaction_removed"),
        anchor__in={each.anchor for each in timeless.values()},
    )
    known = [(row.thread_id, journal.entry(row)) for row in rows.exclude(taken_in_by__in=journal.unfinished())]
    there: dict[tuple[int | None, str, str, str], bool] = {}
    for thread, entry in sorted(known, key=lambda each: reacted_at(each[1])):
        there[thread, *_reaction(entry)] = isinstance(entry.fact, ReactionAdded)
    return {
        (thread, key): each
        for (thread, key), each in wanted.items()
        if (thread, key) not in timeless or not there.get((thread, *_reaction(each)))
    }


def _is_timeless(said: Said) -> bool:
    return isinstance(said.fact, ReactionAdded) and said.basis is Basis.ESTIMATED


def _reaction(said: Said | Entry) -> tuple[str, str, str]:
    assert isinstance(said.fact, ReactionAdded | ReactionRemoved)
    return said.fact.of, said.fact.name, said.who.identity if said.who else ""


def _row(
    thread: models.Thread, each: Said, source: str, now: datetime, taken_in_by: models.Import | None
) -> models.Entry:
    fact = each.fact
    scored = None
    if isinstance(fact, Message):
        scored = signals(fact.text, bot=fact.bot, root=fact.root)
    elif isinstance(fact, (Edit, Note)):
        scored = signals(fact.text)
    row = journal.row(
        journal.Owner(thread=thread, anchor=each.anchor),
        fact,
        Moment(each.at, each.basis),
        each.who,
        source,
        now,
        key=each.key,
        ref=each.ref,
        url=each.url,
        signals=scored,
    )
    row.taken_in_by = taken_in_by
    return row


def _index(threads: Sequence[models.Thread], saved: list[models.Entry], wanted: Wanted) -> None:
    """Messages are found by their last text; an edit or a deletion takes the old text out at once.

    An import that is not whole leaves alone what others see: see `reindex`.
    """
    facts = [(row, wanted[row.thread_id, row.key].fact) for row in saved]
    search.index((row.pk, fact.text) for row, fact in facts if isinstance(fact, (Message, Note)))
    anchors = {row.anchor for row, fact in facts if isinstance(fact, (Message, Note, Edit, Deletion))}
    imported = {row.taken_in_by_id for row in saved} - {None}
    _reindex(threads, anchors, Q(taken_in_by__in=imported) if imported else Q())


def reindex(record: models.Import) -> None:
    """An import is whole: what it says about messages that were here before takes their old text out."""
    changes = record.entries.filter(kind__in=("edit", "deletion"))
    anchors = set(changes.values_list("anchor", flat=True))
    _reindex([record.thread], anchors, Q(taken_in_by=None) | ~Q(taken_in_by=record))


def _reindex(threads: Sequence[models.Thread], anchors: set[datetime], which: Q) -> None:
    """Bring the index to the last text of those messages that were edited or deleted, whatever came first."""
    changes = models.Entry.objects.filter(thread__in=threads, kind__in=("edit", "deletion"), anchor__in=anchors)
    last: dict[tuple[int | None, str], str | None] = {}
    for row in changes.order_by("at", "id"):
        fact = journal.entry(row).fact
        if isinstance(fact, Deletion):
            last[row.thread_id, fact.of] = None
        elif isinstance(fact, Edit) and last.get((row.thread_id, fact.of), "") is not None:
            last[row.thread_id, fact.of] = fact.text
    if not last:
        return
    refs = {ref for _, ref in last}
    messages = models.Entry.objects.filter(which, thread__in=threads, ref__in=refs, kind__in=("message", "note"))
    for number, thread, ref in messages.values_list("id", "thread_id", "ref"):
        if (thread, ref) in last:
            search.remove([number])
            if text := last[thread, ref]:
                search.index([(number, text)])
