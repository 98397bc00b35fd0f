"""How composed sentences are put: times with their basis, people's words as quotes, evidence as links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from musterpoint.core.compose_record import FIELDS, Record
from musterpoint.core.conversation import Told
from musterpoint.core.describe import clock, named
from musterpoint.core.durations import duration_text
from musterpoint.core.incident import Basis, Milestone, Moment
from musterpoint.core.journal import Message, Note
from musterpoint.core.timeline import Row, condensed
from musterpoint.core.timeline_markdown import escaped, link
from musterpoint.core.writeup_parts import Composed, Sentence

#: Links after one sentence.
LINKS = 4
QUESTION = "*Open question: "


def composed(
    record: Record, sentences: Sequence[Sentence], questions: Sequence[str], *, listed: bool = False
) -> Composed:
    """The Markdown of a part: its sentences, one paragraph or (`listed`) one bullet each, then the questions."""
    told = [f"{sentence.text}{_links(record, sentence)}" for sentence in sentences]
    body = "\n".join(f"- {each}" for each in told) if listed else " ".join(told)
    asked = [f"{QUESTION}{question}*" for question in questions]
    return Composed(tuple(sentences), tuple(questions), "\n\n".join([body, *asked] if body else asked))


def _links(record: Record, sentence: Sentence) -> str:
    found = [link(ref, record.urls.get(ref, "")) for ref in sentence.cites if ref not in FIELDS][:LINKS]
    return f" ({', '.join(found)})" if found else ""


def at(moment: Moment) -> str:
    """`2026-03-02 14:02 UTC (estimated)`."""
    return clock(moment.at) + basis(moment)


def basis(moment: Moment) -> str:
    return "" if moment.basis is Basis.RECORDED else f" ({moment.basis})"


def span(begin: Moment, end: Moment) -> str:
    """`from 2026-03-02 14:02 UTC (stated) to 15:36 UTC: 1 h 34 min`."""
    one_day = begin.at.astimezone(UTC).date() == end.at.astimezone(UTC).date()
    until = f"{end.at.astimezone(UTC):%H:%M} UTC{basis(end)}" if one_day else at(end)
    return f"from {at(begin)} to {until}: {duration_text(end.at - begin.at)}"


def between(record: Record, begin: Milestone, end: Milestone, sentence: str) -> list[Sentence]:
    """`sentence` with the time from one milestone to the other, where both are known and one is after the other."""
    first, last = record.moment(begin), record.moment(end)
    if first is None or last is None or last.at <= first.at:
        return []
    about = "" if Basis.RECORDED is first.basis is last.basis else f" ({_surest(first, last)})"
    text = f"{sentence} {duration_text(last.at - first.at)}{about}."
    return [Sentence(text, record.cites(f"milestone:{begin}", f"milestone:{end}"))]


def _surest(first: Moment, last: Moment) -> str:
    """A length is as sure as the less sure of its two times."""
    return str(Basis.ESTIMATED if Basis.ESTIMATED in (first.basis, last.basis) else Basis.STATED)


def row_said(record: Record, row: Row) -> Sentence:
    """A row of the timeline in the words of who said it, or of who put it differently."""
    told = record.told.get(row.key)
    cites = tuple(each.ref for each in row.evidence)
    when = f"{row.at:%Y-%m-%d %H:%M} UTC" + ("" if row.basis is Basis.RECORDED else f" ({row.basis})")
    spoken = told is not None and isinstance(told.entry.fact, Message | Note)
    reworded = told.wording if told is not None else None
    if spoken and reworded is None:
        return Sentence(f"{escaped(named(row.who))} at {when}: “{escaped(row.text)}”", cites)
    return Sentence(f"{when}: {escaped(row.text)}", (*cites, reworded.ref) if reworded else cites)


def message_said(told: Told) -> Sentence:
    """Somebody's words as they stand now."""
    entry = told.entry
    when = f"{entry.at:%Y-%m-%d %H:%M} UTC"
    return Sentence(f"{escaped(named(entry.who))} at {when}: “{escaped(condensed(told.text))}”", (entry.ref,))


def full_stop(text: str) -> str:
    """The end of a sentence that may have one already."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
