"""The timeline: a pure function from the entries of an incident to its rows.

Status entries and marked messages are kept; people's curation decides over everything; the rest is a draft (`draft`).
Every row cites its evidence and has the time of that evidence, unless a person corrected it. An edit never moves a row,
a deletion shows as one, and nothing is said that nobody said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from musterpoint.core.conversation import Told, conversation
from musterpoint.core.describe import clock, describe, named
from musterpoint.core.draft import Suggestion, draft
from musterpoint.core.incident import Basis, Status, Who
from musterpoint.core.journal import (
    Curation,
    Declaration,
    Entry,
    MarkKind,
    Message,
    Note,
    Restriction,
    RowKind,
    RowTime,
    StatusChange,
    Verdict,
)


class RowStatus(StrEnum):
    """`kept`: marked, kept or a status; `suggested`: the draft's; `dropped`: by a person, still in the list."""

    KEPT = "kept"
    SUGGESTED = "suggested"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a row rests on: the `ref` of an entry and its address, empty where it has none."""

    ref: str
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the timeline. `key` is the `ref` of the entry it is about, `at` is UTC, `why` says why it is here."""

    key: str
    at: datetime
    basis: Basis
    kind: RowKind
    text: str
    who: Who | None
    evidence: tuple[Evidence, ...]
    status: RowStatus
    why: str
    #: chosen for the public, or kept from it, by a person
    public: bool | None = None


DELETED = "A message was deleted"
#: Characters of a row's text; longer ones end at a word.
WIDTH = 200
_MARKED = {
    MarkKind.TIMELINE: None,
    MarkKind.FINDING: RowKind.FINDING,
    MarkKind.ACTION_TAKEN: RowKind.ACTION_TAKEN,
    MarkKind.DECISION: RowKind.DECISION,
}
_MARK_WORDS = {
    MarkKind.TIMELINE: "marked for the timeline",
    MarkKind.FINDING: "marked as a finding",
    MarkKind.ACTION_TAKEN: "marked as an action taken",
    MarkKind.DECISION: "marked as a decision",
}
_STATUSES = (Declaration, StatusChange, Restriction)
_FENCE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_QUOTE = re.compile(r"^\s*>\s?.*$", re.MULTILINE)


def timeline(entries: Sequence[Entry]) -> list[Row]:
    """The rows of an incident, oldest first (`at`, then the order in which the entries were learnt).

    Only people drop rows, and dropped ones stay in the list. Entries may come in any order.
    """
    told = conversation(entries)
    suggestions = draft([one for one in told if one.signals is not None])
    rows = [(one.entry.id, row) for one in told if (row := _row(one, suggestions.get(one.entry.ref))) is not None]
    rows.sort(key=lambda pair: (pair[1].at, pair[0]))
    return [row for _, row in rows]


@dataclass(frozen=True, slots=True)
class _Verdict:
    status: RowStatus
    kind: RowKind
    why: str


def _row(told: Told, suggestion: Suggestion | None) -> Row | None:
    verdict = _verdict(told, suggestion)
    if verdict is None:
        return None
    entry, why = told.entry, verdict.why
    at, basis = entry.at, entry.basis
    if told.deleted is not None:
        why = f"deleted by {_by(told.deleted)}" + ("" if verdict.status is RowStatus.SUGGESTED else f"; {why}")
    if told.row_time is not None and isinstance(told.row_time.fact, RowTime):
        corrected = told.row_time.fact
        at, basis = corrected.moment_at, Basis.STATED
        because = f": {corrected.why}" if corrected.why else ""
        why += f"; time corrected by {named(told.row_time.who)}, was {clock(corrected.was_at)}{because}"
    evidence = (Evidence(entry.ref, entry.url),)
    text = _text(told)
    return Row(entry.ref, at, basis, verdict.kind, text, entry.who, evidence, verdict.status, why, told.public)


def _verdict(told: Told, suggestion: Suggestion | None) -> _Verdict | None:
    """What people said, latest first; then what the entry is; then the draft."""
    status = isinstance(told.entry.fact, _STATUSES)
    if not (suggestion or status or told.marks or told.curation or told.row_time or told.public):
        return None  # most of a long thread
    own = _own_kind(told, suggestion)
    curated, mark = told.curation, _mark(told)
    if curated is not None and isinstance(curated.fact, Curation) and (mark is None or mark.id < curated.id):
        return _curated(curated, curated.fact, _kind_given(told) or own)
    if mark is not None:
        return _marked(told, mark, own)
    if status:
        return _Verdict(RowStatus.KEPT, own, "status of the incident")
    if suggestion is not None:
        return _Verdict(RowStatus.SUGGESTED, suggestion.kind, suggestion.why)
    if told.row_time is not None:
        return _Verdict(RowStatus.SUGGESTED, own, "its time was corrected")
    if told.public:
        return _Verdict(RowStatus.SUGGESTED, own, "chosen for the public")
    return None


def _mark(told: Told) -> Entry | None:
    """The latest active mark that decides about a row."""
    deciding = [entry for kind, entry in told.marks.items() if kind is not MarkKind.FOLLOW_UP]
    return max(deciding, key=lambda entry: entry.id) if deciding else None


def _marked(told: Told, mark: Entry, own: RowKind) -> _Verdict | None:
    if MarkKind.IGNORE in told.marks:
        return None
    kinds = [kind for kind in told.marks if kind in _MARKED]
    named_kind = next((_MARKED[kind] for kind in reversed(kinds) if _MARKED[kind] is not None), None)
    words = _MARK_WORDS[kinds[-1]]
    return _Verdict(RowStatus.KEPT, named_kind or own, f"{words} by {named(mark.who)}")


def _kind_given(told: Told) -> RowKind | None:
    """The kind that came with the wording that stands."""
    wording = told.wording.fact if told.wording is not None else None
    return wording.row_kind if isinstance(wording, Curation) else None


def _curated(entry: Entry, fact: Curation, own: RowKind) -> _Verdict:
    status = RowStatus.DROPPED if fact.verdict is Verdict.DROP else RowStatus.KEPT
    words = {Verdict.DROP: "dropped", Verdict.REWORD: "reworded"}.get(fact.verdict, "kept")
    because = f": {fact.why}" if fact.why else ""
    return _Verdict(status, fact.row_kind or own, f"{words} by {named(entry.who)}{because}")


def _own_kind(told: Told, suggestion: Suggestion | None) -> RowKind:
    fact = told.entry.fact
    if isinstance(fact, StatusChange) and fact.relapse:
        return RowKind.RELAPSE
    if isinstance(fact, StatusChange) and fact.status is Status.RESOLVED:
        return RowKind.RESOLUTION
    if isinstance(fact, _STATUSES):
        return RowKind.STATUS
    if suggestion is not None:
        return suggestion.kind
    return told.signals.kind if told.signals is not None else RowKind.OTHER


def _by(entry: Entry) -> str:
    return f"{named(entry.who)} at {clock(entry.at)}"


def _text(told: Told) -> str:
    wording, deleted = told.wording, told.deleted
    reworded_since = wording is not None and (deleted is None or deleted.id < wording.id)
    if wording is not None and reworded_since and isinstance(wording.fact, Curation):
        return wording.fact.text
    if deleted is not None:
        return DELETED
    if isinstance(told.entry.fact, Message | Note):
        return condensed(told.text)
    return describe(told.entry)


def condensed(text: str) -> str:
    """One clause fit for a timeline: the words as written, code and quotes taken out, cut at a word."""
    if "```" in text:
        text = _FENCE.sub(" [code] ", text)
    if ">" in text:
        text = _QUOTE.sub("", text) if _QUOTE.sub("", text).strip() else text.replace(">", " ")
    if len(text) > WIDTH and "\n" in text:
        lines = [line for line in text.splitlines() if line.strip()]
        text = next((line for line in lines if len(line) > WIDTH // 4), text)
    text = " ".join(text.split())
    if len(text) <= WIDTH:
        return text
    cut = text[: WIDTH - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(" ,;:–—-") + "…"
