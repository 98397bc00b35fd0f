"""Folds journal entries into what was said: one value per message with its latest text, marks, reactions and curation.

Entries may come in any order, an edit before its message too: facts about another entry are matched by its `ref`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from types import MappingProxyType

from musterpoint.core.aftermath_journal import RowPublic
from musterpoint.core.describe import REDACTED
from musterpoint.core.incident import Basis
from musterpoint.core.journal import (
    Curation,
    Deletion,
    Edit,
    Entry,
    Fact,
    File,
    Mark,
    MarkKind,
    Message,
    Note,
    ReactionAdded,
    ReactionRemoved,
    Redaction,
    RowTime,
    RowUndo,
    Signals,
    Verdict,
)
from musterpoint.core.scoring import signals

_ABOUT: frozenset[type[Fact]] = frozenset(
    {Edit, Deletion, ReactionAdded, ReactionRemoved, File, Mark, Curation, RowTime, Redaction, RowUndo, RowPublic}
)
_UNSEEN: tuple[Entry, ...] = ()
#: Shared by the many messages that nobody marked or reacted to: a long thread makes no dictionaries for them.
_NO_MARKS: Mapping[MarkKind, Entry] = MappingProxyType({})
_NO_REACTIONS: Mapping[str, set[str]] = MappingProxyType({})


@dataclass(slots=True)
class Told:
    """An entry and all that later entries say about it. `deleted`, `curation`, `row_time` are the entries that count.

    `wording` is the last rewording: keeping or dropping the row afterwards leaves it as it is.

    `marks` holds the active marks, each with the entry that made it; `reactions` maps a name to the givers' identities.
    """

    entry: Entry
    text: str = ""
    signals: Signals | None = None
    deleted: Entry | None = None
    curation: Entry | None = None
    wording: Entry | None = None
    row_time: Entry | None = None
    marks: Mapping[MarkKind, Entry] = field(default_factory=lambda: _NO_MARKS)
    reactions: Mapping[str, set[str]] = field(default_factory=lambda: _NO_REACTIONS)
    files: int = 0
    #: whether its row was chosen for the public, or kept from it
    public: bool | None = None

    @property
    def bot(self) -> bool:
        return isinstance(self.entry.fact, Message) and self.entry.fact.bot


def conversation(entries: Sequence[Entry]) -> list[Told]:
    """Every entry that stands by itself, oldest first (`at`, then `id`), with what others say about it folded in."""
    mains: dict[str, Entry] = {}
    about: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=attrgetter("id")):
        if type(entry.fact) in _ABOUT:
            about.setdefault(entry.fact.of, []).append(entry)  # type: ignore[union-attr]  # _ABOUT have `of`
        else:
            mains.setdefault(entry.ref, entry)
    told = [_told(entry, about.get(entry.ref, _UNSEEN)) for entry in mains.values()]
    told.sort(key=lambda one: one.entry.at)  # they were in the order of their ids, and stay so within a moment
    return told


def _told(entry: Entry, others: Sequence[Entry]) -> Told:
    told = Told(entry)
    if isinstance(entry.fact, Message | Note):
        told.text = entry.fact.text
        told.signals = entry.signals or _signals(entry.fact)
    if others:
        _fold(told, others)
    return told


def _signals(fact: Message | Note) -> Signals:
    if isinstance(fact, Note):
        return signals(fact.text)
    return signals(fact.text, bot=fact.bot, root=fact.root)


def _fold(told: Told, others: Sequence[Entry]) -> None:
    latest: Entry | None = None
    redacted = False
    reactions: list[Entry] = []
    undone = {other.fact.undone for other in others if isinstance(other.fact, RowUndo)}
    for other in others:
        fact = other.fact
        match fact:
            case Edit():
                # By the edit's own time: a late back-fill may bring an older edit.
                latest = other if latest is None or other.at >= latest.at else latest
            case Deletion():
                told.deleted = other
            case ReactionAdded() | ReactionRemoved():
                reactions.append(other)
            case File():
                told.files += 1
            case Redaction():
                redacted = True
            case RowPublic():
                told.public = fact.public
            case Curation() | RowTime() if other.ref in undone:
                pass
            case _:
                _judge(told, other)
    for reaction in sorted(reactions, key=reacted_at):
        _react(told, reaction)
    if latest is not None:
        _edit(told, latest)
    if redacted:
        told.text = REDACTED


def _edit(told: Told, edit: Entry) -> None:
    message = told.entry.fact
    if isinstance(edit.fact, Edit) and isinstance(message, Message | Note):
        bot, root = (message.bot, message.root) if isinstance(message, Message) else (False, False)
        told.text = edit.fact.text
        told.signals = edit.signals or signals(edit.fact.text, bot=bot, root=root)


def reacted_at(entry: Entry) -> tuple[datetime, int]:
    """The order of reactions, whatever came first. One without a time is as old as our knowledge of it."""
    return (entry.known_at if entry.basis is Basis.ESTIMATED else entry.at, entry.id)


def _react(told: Told, entry: Entry) -> None:
    reactions = told.reactions if isinstance(told.reactions, dict) else {}
    fact = entry.fact
    assert isinstance(fact, ReactionAdded | ReactionRemoved)
    givers = reactions.setdefault(fact.name, set())
    giver = entry.who.identity if entry.who else ""
    if isinstance(fact, ReactionAdded):
        givers.add(giver)
    else:
        givers.discard(giver)
    told.reactions = reactions


def _judge(told: Told, entry: Entry) -> None:
    """What people decided about the row: the latest counts, `reset` forgets what was decided before."""
    fact = entry.fact
    if isinstance(fact, Mark):
        others = {kind: each for kind, each in told.marks.items() if kind is not fact.mark}
        told.marks = {**others, fact.mark: entry} if fact.on else others
    elif isinstance(fact, Curation):
        told.curation = None if fact.verdict is Verdict.RESET else entry
        if fact.verdict in (Verdict.REWORD, Verdict.RESET):
            told.wording = told.curation
    elif isinstance(fact, RowTime):
        told.row_time = entry
