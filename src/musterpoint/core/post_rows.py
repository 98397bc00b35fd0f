"""Which rows of the timeline the public sees: what people chose, else the milestones and what was done about it.

A choice of a person decides over everything. Suggested, dropped and deleted rows are never public by themselves, and
neither is a row in which more than names had to be replaced.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from musterpoint.core.compose_record import Record
from musterpoint.core.compose_words import full_stop
from musterpoint.core.describe import REDACTED
from musterpoint.core.incident import Basis, Milestone, Moment, Status
from musterpoint.core.journal import Declaration, Deletion, Message, Restriction, RowKind, StatusChange
from musterpoint.core.public_words import APP, Known, cleaned
from musterpoint.core.timeline import DELETED, Row, RowStatus, timeline
from musterpoint.core.timeline_markdown import escaped
from musterpoint.core.writeup_parts import Sentence

#: Kinds of row that are public by default, if somebody kept them.
PUBLIC_KINDS = (RowKind.ACTION_TAKEN, RowKind.RESOLUTION, RowKind.RELAPSE, RowKind.DETECTION)
BEGAN, NOTICED, CAME_BACK, OVER, SEEMED_OVER, DECLARED = (
    "The disruption began.",
    "We noticed the disruption.",
    "The disruption came back.",
    "The disruption was resolved.",
    "The disruption seemed to be resolved.",
    "We began to handle it as an incident.",
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A row as the public would read it, whether it does, and why. `key` is empty for a milestone without a row."""

    key: str
    at: datetime
    basis: Basis
    kind: RowKind
    sentence: Sentence
    public: bool
    why: str


def choices(record: Record, people: Iterable[Known], keep: Collection[str] = ()) -> list[Choice]:
    """Every row and milestone in the order of their times, public or not."""
    statuses = _statuses(record)
    found = [*_milestones(record)]
    deleted = {entry.fact.of for entry in record.entries if isinstance(entry.fact, Deletion)}
    for row in timeline(record.entries):
        if row.key in statuses:
            found.append(_status(record, row, *statuses[row.key]))
        else:
            found.append(_spoken(record, row, people, keep, deleted=row.key in deleted))
    return sorted(found, key=lambda each: each.at)


def _milestones(record: Record) -> list[Choice]:
    found = []
    for milestone, text in ((Milestone.IMPACT_BEGAN, BEGAN), (Milestone.DETECTED, NOTICED)):
        if (moment := record.moment(milestone)) is not None:
            sentence = Sentence(text, record.cites(f"milestone:{milestone}"))
            found.append(Choice("", moment.at, moment.basis, RowKind.STATUS, sentence, True, "a milestone"))
    return found


def _statuses(record: Record) -> dict[str, tuple[str, bool, Moment | None]]:
    """By the row's key: what it says, whether it is public by default, and another time that was corrected."""
    found: dict[str, tuple[str, bool, Moment | None]] = {}
    before = Status.OPEN
    for entry in sorted(record.entries, key=lambda entry: entry.id):
        fact = entry.fact
        if isinstance(fact, Declaration | Restriction):
            found[entry.ref] = (DECLARED, False, None)
        elif isinstance(fact, StatusChange):
            found[entry.ref] = _change(record, fact, entry.ref, before)
            before = fact.status
    return found


def _change(record: Record, fact: StatusChange, ref: str, before: Status) -> tuple[str, bool, Moment | None]:
    last = record.history.resolution
    if fact.relapse:
        return CAME_BACK, True, None
    if fact.status is Status.RESOLVED and before is Status.OPEN:
        if last is not None and last.ref == ref:
            return OVER, True, record.moment(Milestone.RESOLVED)
        return SEEMED_OVER, True, None
    return f"The incident was {fact.status}.", False, None


def _status(record: Record, row: Row, text: str, default: bool, moment: Moment | None) -> Choice:
    public = default if row.public is None else row.public
    why = "a milestone" if default else "not a milestone for the public"
    cites = record.cites(f"milestone:{Milestone.RESOLVED}") if moment else (row.key,)
    at, basis = (moment.at, moment.basis) if moment else (row.at, row.basis)
    sentence = Sentence(text, tuple(dict.fromkeys([*cites, row.key])))
    return Choice(row.key, at, basis, row.kind, sentence, public, _why(row, why))


def _spoken(record: Record, row: Row, people: Iterable[Known], keep: Collection[str], *, deleted: bool) -> Choice:
    clean = cleaned(row.text, people, record.process, keep)
    text = full_stop(escaped(clean.text))
    told = record.told.get(row.key)
    if told is not None and isinstance(told.entry.fact, Message) and told.entry.fact.bot and told.wording is None:
        text = f"{APP[0].upper()}{APP[1:]}: {text}"
    sentence = Sentence(text[:1].upper() + text[1:], tuple(each.ref for each in row.evidence))
    public, why = _judged(row, clean.whole, deleted=deleted)
    return Choice(row.key, row.at, row.basis, row.kind, sentence, public, _why(row, why))


def _judged(row: Row, whole: bool, *, deleted: bool) -> tuple[bool, str]:
    if row.text in (DELETED, REDACTED) or not row.text.strip():
        return False, "there is nothing left to tell"
    if row.public is not None:
        return row.public, ""
    if row.status is not RowStatus.KEPT:
        return False, f"{row.status}, not kept"
    if deleted:
        return False, "deleted"
    if row.kind not in PUBLIC_KINDS:
        return False, f"a {row.kind.value.replace('_', ' ')} is not public unless somebody chooses it"
    return whole, "kept" if whole else "it names hosts, addresses or ids"


def _why(row: Row, otherwise: str) -> str:
    chosen = {True: "chosen for the public", False: "kept from the public", None: otherwise}[row.public]
    return otherwise if otherwise.startswith("there is nothing") else chosen
