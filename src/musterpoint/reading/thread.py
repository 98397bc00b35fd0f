"""The thread of an incident as surfaces show it: whole, or a window of it, or what is new since somebody looked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from musterpoint import access
from musterpoint.access import NotFound
from musterpoint.actions import Call
from musterpoint.core.describe import describe
from musterpoint.core.incident import Role, time_text
from musterpoint.core.journal import (
    Curation,
    Deletion,
    Edit,
    Entry,
    File,
    HuddleBegun,
    Mark,
    MarkKind,
    Message,
    Note,
    ReactionAdded,
    ReactionRemoved,
    RowUndo,
    Verdict,
)
from musterpoint.store import journal, models, window

#: How many entries are shown at once.
WINDOW = 100
#: Entries get their numbers before they are committed: for so long one with a lower number may still appear.
IN_FLIGHT = timedelta(seconds=30)
#: How far back a first look goes for those, in numbers.
BEHIND = 500
#: After these the thread is read anew: they change what belongs to it, or what earlier entries say.
RESHAPING = ("link", "split", "merge", "redaction")
#: More news than these are read anew as well.
MANY = 60
#: As are more of them that do not come at the end.
FEW = 5


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far somebody has looked: the incident's `version`, every entry up to the number `after`, and those `told`.

    What they see reaches from `first` to `last`.
    """

    version: int = 0
    after: int = 0
    told: frozenset[int] = frozenset()
    first: window.Place | None = None
    last: window.Place | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """Entries in the order in which they happened; `earlier`: there are more before them."""

    entries: list[dict[str, Any]]
    earlier: bool = False
    cursor: Cursor = field(default_factory=Cursor)


@dataclass(frozen=True, slots=True)
class News:
    """What happened since. `new`: entries that come at the end; `between`: those that stand earlier, each with the
    number of the entry before it; `changed`: those that look different now. `anew`: the newest window instead of all
    that, because too much has changed."""

    cursor: Cursor
    new: list[dict[str, Any]] = field(default_factory=list)
    between: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    anew: Window | None = None


def thread_of(call: Call, ref: str, *, history: bool = False) -> list[dict[str, Any]]:
    """Everything in the order in which it happened. Old texts are folded; `history` unfolds them, for responders."""
    view = access.find(call.actor, ref)
    if view.row is None:
        return []
    entries = access.entries(call.actor, view.row)
    unfolded = history and call.actor.role is not Role.VIEWER
    return [
        _entry_shape(each, *_last(each, changes.get(each.ref, [])), unfolded)
        for changes in [_changes(entries)]
        for each in _ordered(entries)
    ]


def thread_window(call: Call, ref: str, before: str = "", limit: int = WINDOW) -> Window:
    """The newest entries, or those before the entry with the number `before`, each with what others say of it: its old
    texts (for responders), marks, reactions. The cost does not depend on how long the thread is. Raises NotFound."""
    view = access.find(call.actor, ref)
    if view.row is None:
        return Window([])
    readings = access.stretches(call.actor, view.row)
    place = window.place(_entry(view.row, readings, before)) if before else None
    return _window(call, view.row, readings, limit, place)


def thread_entry(call: Call, ref: str, number: str) -> dict[str, Any]:
    """One entry, in the shape of the window. Raises NotFound, NotAllowed."""
    row = access.seen(call.actor, ref)
    return _shapes(call, [_entry(row, access.stretches(call.actor, row), number)])[0]


def thread_news(call: Call, ref: str, seen: Cursor) -> News | None:
    """What happened since `seen`; None when nothing has, which costs next to nothing. Raises NotFound, NotAllowed for
    one that this person saw and of which only a number is left."""
    view = access.find(call.actor, ref)
    if view.row is None:
        if seen.version:
            access.seen(call.actor, ref)
        return None
    return None if view.row.version == seen.version else _news(call, view.row, seen)


def _news(call: Call, row: models.Incident, seen: Cursor) -> News:
    readings = access.stretches(call.actor, row)
    learnt = window.learnt(row, readings, seen.after, MANY + len(seen.told) + 1)
    fresh = [each for each in learnt if each.pk not in seen.told]
    about = [each for each in fresh if each.kind in window.ABOUT]
    found = sorted((each for each in fresh if each.kind not in window.ABOUT), key=window.place)
    late = [each for each in found if seen.last is not None and window.place(each) < seen.last]
    crowded = len(fresh) > MANY or len(late) > FEW
    if seen.last is None or not fresh or crowded or any(each.kind in RESHAPING for each in fresh):
        shown = _window(call, row, readings, WINDOW)
        return News(shown.cursor, anew=shown)
    at_the_end = [each for each in found if each not in late]
    seen_ones = [each for each in window.meant(row, readings, about) if _shown(seen, each)] if about else []
    cursor = _cursor(call, row.version, seen.after, {each.pk: each.known_at for each in learnt})
    last = window.place(at_the_end[-1]) if at_the_end else seen.last
    return News(
        replace(cursor, first=seen.first, last=last),
        _shapes(call, at_the_end),
        _between(call, row, readings, [each for each in late if _shown(seen, each)]),
        _shapes(call, [each for each in seen_ones if each.pk not in {one.pk for one in found}]),
    )


def _shown(seen: Cursor, row: models.Entry) -> bool:
    return seen.first is None or window.place(row) >= seen.first


def _between(
    call: Call, row: models.Incident, readings: Sequence[models.Reading], late: Sequence[models.Entry]
) -> list[tuple[int, dict[str, Any]]]:
    before = [window.newest(row, readings, 1, window.place(each)) for each in late]
    shapes = _shapes(call, late)
    return [(each[0].pk, shape) for each, shape in zip(before, shapes, strict=True) if each]


def _window(
    call: Call,
    row: models.Incident,
    readings: Sequence[models.Reading],
    limit: int,
    before: window.Place | None = None,
) -> Window:
    """What is committed while we read is in the window or will be told as news, but not lost between the two."""
    since = max(0, window.last_number() - BEHIND)
    cursor = _cursor(call, row.version, since, window.numbers(row, readings, since))
    found = window.newest(row, readings, limit + 1, before)
    shown = found[-limit:]
    told = cursor.told | {each.pk for each in shown if each.pk > cursor.after}
    if shown:
        cursor = replace(cursor, told=told, first=window.place(shown[0]), last=window.place(shown[-1]))
    return Window(_shapes(call, shown), len(found) > limit, cursor)


def _cursor(call: Call, version: int, after: int, learnt: Mapping[int, datetime]) -> Cursor:
    """Numbers that were given out long ago are settled; of the newer ones it is remembered which were told."""
    settled = [number for number, known_at in learnt.items() if known_at < call.now - IN_FLIGHT]
    after = max([after, *settled])
    return Cursor(version, after, frozenset(number for number in learnt if number > after))


def _entry(row: models.Incident, readings: Sequence[models.Reading], number: str) -> models.Entry:
    found = window.one(row, readings, int(number)) if number.isdecimal() and len(number) < 19 else None
    if found is None:
        raise NotFound(f"Incident {row.ref} has no entry {number!r}.", "Its thread shows them all.")
    return found


# --- shapes ------------------------------------------------------------------------------------------------------


def _ordered(entries: Sequence[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: (entry.at, entry.id))


def _changes(entries: list[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in _ordered(entries):
        if isinstance(entry.fact, (Edit, Deletion)):
            found.setdefault(entry.fact.of, []).append(entry)
    return found


def _last(entry: Entry, changes: Sequence[Entry]) -> tuple[str, bool, bool]:
    """The text that stands now, whether it was edited, whether it was deleted."""
    if not isinstance(entry.fact, (Message, Note)):
        return ("", False, False)
    text, edited, deleted = entry.fact.text, False, False
    for change in changes:
        if isinstance(change.fact, Edit):
            text, edited = change.fact.text, True
        else:
            deleted = True
    return ("" if deleted else text, edited, deleted)


def _entry_shape(entry: Entry, text: str, edited: bool, deleted: bool, unfolded: bool) -> dict[str, Any]:
    fact = entry.fact
    spoken = isinstance(fact, (Message, Note))
    if isinstance(fact, Edit) and unfolded:
        text = fact.text
    shape: dict[str, Any] = {
        "id": entry.id,
        "kind": entry.kind,
        "at": time_text(entry.at),
        "basis": entry.basis.value,
        "known_at": time_text(entry.known_at),
        "who": entry.who.name if entry.who else None,
        "source": entry.source,
        "ref": entry.ref,
        "url": entry.url or None,
        "text": text if spoken or isinstance(fact, Edit) else describe(entry),
        "of": getattr(fact, "of", None),
        "edited": edited,
        "deleted": deleted,
        "redacted": entry.redacted,
    }
    if unfolded and isinstance(fact, Message | Note) and (edited or deleted):
        shape["original"] = fact.text
    return shape


def _shapes(call: Call, rows: Sequence[models.Entry]) -> list[dict[str, Any]]:
    """The entries in the shape of `thread_of`, and what others say of each."""
    about = window.about(rows)
    unfolded = call.actor.role is not Role.VIEWER
    shapes = []
    for row in rows:
        entry, facts = journal.entry(row), about.get(row.pk, [])
        changes = _ordered([each for each in facts if isinstance(each.fact, (Edit, Deletion))])
        shape = _entry_shape(entry, *_last(entry, changes), unfolded)
        shapes.append({**shape, **_said_of(entry, facts), "versions": _versions(entry, changes) if unfolded else []})
    return shapes


def _said_of(entry: Entry, facts: Sequence[Entry]) -> dict[str, Any]:
    """Marks, reactions, what was decided about its row; whether a person (no app) said it; the link of a file."""
    marks: dict[MarkKind, Entry] = {}
    reactions: dict[str, set[str]] = {}
    undone = {each.fact.undone for each in facts if isinstance(each.fact, RowUndo)}
    verdict: Verdict | None = None
    for each in facts:
        match each.fact:
            case Mark():
                marks.pop(each.fact.mark, None)
                if each.fact.on:
                    marks[each.fact.mark] = each
            case ReactionAdded():
                reactions.setdefault(each.fact.name, set()).add(each.who.identity if each.who else "")
            case ReactionRemoved():
                reactions.get(each.fact.name, set()).discard(each.who.identity if each.who else "")
            case Curation() if each.ref not in undone:
                verdict = None if each.fact.verdict is Verdict.RESET else each.fact.verdict
    fact = entry.fact
    return {
        "marks": [{"mark": kind.value, "who": each.who.name if each.who else None} for kind, each in marks.items()],
        "reactions": [{"name": name, "count": len(givers)} for name, givers in reactions.items() if givers],
        "verdict": verdict.value if verdict else None,
        "bot": isinstance(fact, Message) and fact.bot,
        "link": fact.link if isinstance(fact, File | HuddleBegun) else None,
    }


def _versions(entry: Entry, changes: Sequence[Entry]) -> list[dict[str, Any]]:
    """Every text that the entry had before the one that stands, the oldest first."""
    if not isinstance(entry.fact, Message | Note):
        return []
    texts = [(entry, entry.fact.text), *((each, each.fact.text) for each in changes if isinstance(each.fact, Edit))]
    deleted = any(isinstance(each.fact, Deletion) for each in changes)
    former = texts if deleted else texts[:-1]
    return [
        {"at": time_text(each.at), "who": each.who.name if each.who else None, "text": text} for each, text in former
    ]
