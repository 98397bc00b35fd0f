"""What was said and done: entries of the thread, the journal, rows of the timeline."""

from __future__ import annotations

from musterpoint.api.fields import Answered, Asked, At, Name, Text, Time
from musterpoint.core.incident import Basis
from musterpoint.core.journal import MarkKind, RowKind, Verdict
from musterpoint.core.timeline import RowStatus


class Marked(Answered):
    mark: MarkKind
    who: str | None


class Reaction(Answered):
    name: str
    count: int


class Version(Answered):
    """A text that an entry had before the one that stands."""

    at: At
    who: str | None
    text: str


class ThreadEntry(Answered):
    """An entry with what others say of it: marks, reactions, the verdict about its row; responders get old texts."""

    id: int
    kind: str
    at: At
    basis: Basis
    known_at: At
    who: str | None
    source: str
    ref: str
    url: str | None
    text: str
    of: str | None
    edited: bool
    deleted: bool
    redacted: bool
    marks: list[Marked]
    reactions: list[Reaction]
    verdict: Verdict | None
    bot: bool
    link: str | None
    versions: list[Version]


class JournalEntry(Answered):
    """An entry as it was written. What nobody said is told by its `sentence`."""

    entry: int
    kind: str
    spoken: bool
    sentence: str
    text: str
    at: At
    basis: Basis
    known_at: At
    late: bool
    who: str | None
    source: str
    ref: str
    of: str | None
    url: str | None
    edited: bool
    was_deleted: bool
    redacted: bool


class Note(Asked):
    """`mark` marks it at once: `action_taken` is what was done."""

    text: Text
    at: Time | None = None
    mark: MarkKind | None = None


class Evidence(Answered):
    ref: str
    url: str | None


class Row(Answered):
    """A row of the timeline. `status`: kept, suggested, or dropped by somebody; `why` says why it is here."""

    at: At
    basis: Basis
    kind: RowKind
    text: str
    who: str | None
    evidence: list[Evidence]
    status: RowStatus
    why: str


class Timeline(Answered):
    incident: str
    rows: list[Row]


class Curation(Asked):
    """Keep, drop or reword the row of an entry, or reset what was decided about it."""

    entry: Name
    verdict: Verdict
    text: Text = ""
    kind: RowKind | None = None
    why: Text = ""


class RowTime(Asked):
    """The row of an entry gets the right time."""

    entry: Name
    at: Time
    why: Text = ""


class RowUndo(Asked):
    """Takes back what was decided last about the row of an entry; `undone` names the entry that is meant."""

    entry: Name
    undone: Name = ""
