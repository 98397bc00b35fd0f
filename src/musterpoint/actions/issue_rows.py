"""What somebody did to the rows of the timeline in the issue: put differently, deleted. It is their verdict about the
row, as on the incident's own page; what cannot be one is kept as a comment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from musterpoint import access
from musterpoint.actions.issue_edits import Taking, remark
from musterpoint.actions.recording import Call, touched, write
from musterpoint.core import respond
from musterpoint.core.aftermath_journal import IssueComment
from musterpoint.core.decision import NotAllowed
from musterpoint.core.describe import REDACTED
from musterpoint.core.issue_timeline import Rewording, RowChanges
from musterpoint.core.journal import Curation, Edit, Entry, Message, Note, Verdict
from musterpoint.core.row_lines import key_of
from musterpoint.core.timeline import Row, RowStatus, condensed, timeline
from musterpoint.core.timeline_markdown import said_by
from musterpoint.store import models


@dataclass(frozen=True, slots=True)
class _Known:
    """A row as it is now; `entry` is the number of what it is about."""

    row: Row
    entry: int
    #: what it said at any time, as one line
    texts: frozenset[str]

    @property
    def dropped(self) -> bool:
        return self.row.status is RowStatus.DROPPED

    def without_name(self, text: str) -> str:
        """The text of a line without who said it: the line says that by itself."""
        return text.removeprefix(" ".join(said_by(self.row).split())).strip() if said_by(self.row) else text.strip()

    @property
    def text(self) -> str:
        return " ".join(self.row.text.split())


def rows(taking: Taking, found: RowChanges) -> None:
    """Record it, in the caller's transaction."""
    if found.reworded or found.dropped:
        known = _known(access.entries(access.NOBODY, taking.row), found)
        for each in found.reworded:
            _reworded(taking, known.get(each.key), each, stale=found.stale)
        for key in found.dropped:
            _dropped(taking, known.get(key))
        touched(taking.row)
    for text in found.notes:
        taking.record(IssueComment(text))
    if found.emptied:
        remark(taking, _put_back(found.emptied))


def _put_back(count: int) -> str:
    rows = "1 row of the timeline was" if count == 1 else f"{count} rows of the timeline were"
    return (
        f"{rows} deleted here together with much else. That looks like a mistake: nothing was dropped, and what was "
        "deleted stands here again. Delete rows a few at a time, or drop them on the incident's page."
    )


def _known(entries: Sequence[Entry], found: RowChanges) -> dict[str, _Known]:
    """The rows that are concerned, by their keys."""
    wanted = {*(each.key for each in found.reworded), *found.dropped}
    numbers: dict[str, int] = {}
    for entry in sorted(entries, key=lambda each: each.id):
        numbers.setdefault(entry.ref, entry.id)
    mine = {key: row for row in timeline(entries) if (key := key_of(row.key)) in wanted}
    texts = _texts(entries, {row.key for row in mine.values()})
    return {key: _Known(row, numbers[row.key], frozenset(texts.get(row.key, ()))) for key, row in mine.items()}


def _texts(entries: Sequence[Entry], refs: set[str]) -> dict[str, set[str]]:
    """What each of them said at any time, as one line."""
    found: dict[str, set[str]] = {ref: set() for ref in refs}
    for entry in entries:
        match entry.fact:
            case Message() | Note() if entry.ref in refs:
                found[entry.ref].add(condensed(entry.fact.text))
            case Edit() if entry.fact.of in refs:
                found[entry.fact.of].add(condensed(entry.fact.text))
            case Curation() if entry.fact.of in refs and entry.fact.text:
                found[entry.fact.of].add(" ".join(entry.fact.text.split()))
    return found


def _reworded(taking: Taking, known: _Known | None, found: Rewording, *, stale: bool) -> None:
    if found.time:
        at = f"The time of a row was written as {found.time}: {found.text}"
        taking.record(IssueComment(f"{at}\n\nIn the record it stands as it was; `correct` changes it there."))
    if known is None:
        if found.was != found.text:
            taking.record(IssueComment(found.text))
        return
    if REDACTED in known.text:
        return  # what a body from before the redaction says is not brought back
    text = known.without_name(found.text)
    was = None if found.was is None else known.without_name(found.was)
    if text in (known.text, was) or ((stale or was is None) and (text in known.texts or not text)):
        return
    if was is not None and was != known.text and text in known.texts:
        return  # told of before, and something else was decided since
    try:
        _decide(taking, known, Verdict.REWORD, text)
    except NotAllowed:
        taking.record(IssueComment(found.text))
        return
    if was is not None and was != known.text and not known.dropped:
        remark(
            taking,
            f"A row of the timeline was put differently at the same time. “{text}” stands; it said “{known.text}”.",
        )


def _dropped(taking: Taking, known: _Known | None) -> None:
    if known is None or known.dropped:
        return
    try:
        _decide(taking, known, Verdict.DROP)
    except NotAllowed as error:
        remark(taking, f"The row “{known.text}” was not dropped, and stands here again: {error.message}")


def _decide(taking: Taking, known: _Known, verdict: Verdict, text: str = "") -> None:
    """Raises NotAllowed."""
    about = models.Entry.objects.select_related("thread").get(pk=known.entry)
    call = Call(taking.actor, taking.process, taking.source, taking.now)
    draft = respond.curate(taking.state, taking.actor, known.row.key, verdict, taking.now, text=text)
    write(call, taking.row, draft, about.thread, about.anchor)
    taking.new += 1
