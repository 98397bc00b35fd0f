"""A write-up with 500 rows and 60 actions: composed, rendered as the issue's body, merged with what people wrote."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bench.inside import median
from bench.tables import Figure, Table
from musterpoint.core import writeup
from musterpoint.core.aftermath import Action, ActionKind
from musterpoint.core.aftermath_journal import WriteupEdit
from musterpoint.core.check_writeup import check
from musterpoint.core.incident import Basis, Incident, Status, Who
from musterpoint.core.issue_body import changes, render
from musterpoint.core.journal import Declaration, Entry, Fact, Mark, MarkKind, Message, StatusChange, replay
from musterpoint.core.process import Process
from musterpoint.core.scoring import signals

ROWS, CHATTER, ACTIONS = 500, 1_500, 60
BEGUN = datetime(2026, 3, 2, 9, tzinfo=UTC)
SAID = (
    ("Rolled back node {} to 4.1.2", MarkKind.ACTION_TAKEN),
    ("The pool of shard {} was exhausted because of the new size", MarkKind.FINDING),
    ("{} customers cannot pay, 38 % of checkouts fail", MarkKind.TIMELINE),
    ("We do not scale shard {} any more", MarkKind.DECISION),
)


def run() -> list[Table]:
    process, entries = Process(), _entries()
    incident = _incident(entries)
    ours = writeup.parts(incident, entries, process)
    before = render(incident, ours, process)
    after = before.replace("pool", "connection pool").replace("- [ ]", "- [x]", 10)
    base = len(entries)
    written = [
        _entry(base + number, WriteupEdit(part.part.name, part.text, composed=part.composed.text), 600)
        for number, part in enumerate(ours, start=1)
    ]
    words = [*entries, *written]
    theirs = _incident(words)
    own = writeup.parts(theirs, words, process)

    def whole() -> None:
        parts = writeup.parts(incident, entries, process)
        body = render(incident, parts, process)
        assert changes(body, after).parts

    figures = [
        Figure("composed, rendered and merged", median(whole) * 1000, "ms", 200),
        Figure("… composed", median(lambda: writeup.parts(incident, entries, process)) * 1000, "ms"),
        Figure("… rendered", median(lambda: render(incident, ours, process)) * 1000, "ms"),
        Figure("… merged", median(lambda: changes(before, after)) * 1000, "ms"),
        Figure(
            "the same where people wrote all of it", median(lambda: writeup.parts(theirs, words, process)) * 1000, "ms"
        ),
        Figure("… checked", median(lambda: check(theirs, words, own, process, BEGUN)) * 1000, "ms"),
    ]
    note = f"{ROWS} marked rows among {ROWS + CHATTER:,} messages; {len(before):,} characters of Markdown."
    return [Table(f"A write-up with {ROWS} rows and {ACTIONS} actions", figures, note)]


def _incident(entries: list[Entry]) -> Incident:
    incident = replay("1", entries)
    ana = Who("person:1", "Ana Ruiz")
    actions = (
        Action(number, f"Alert on the pool of shard {number}", ana, "2026-04-01", ActionKind.DETECT)
        for number in range(1, ACTIONS + 1)
    )
    return replace(incident, after=replace(incident.after, actions=tuple(actions)))


def _entries() -> list[Entry]:
    entries = [_entry(1, Declaration("Checkout answers 502", "web shop", detected_at=BEGUN), 0)]
    for number in range(ROWS + CHATTER):
        marked = number % ((ROWS + CHATTER) // ROWS) == 0
        text, mark = SAID[number // 4 % len(SAID)] if marked else ("still looking at shard {}", None)
        said = _entry(len(entries) + 1, Message(text.format(number)), number / 4)
        entries.append(said)
        if mark:
            entries.append(_entry(len(entries) + 1, Mark(said.ref, mark), number / 4))
    return [*entries, _entry(len(entries) + 1, StatusChange(Status.RESOLVED, "rolled back"), 599)]


def _entry(number: int, fact: Fact, minutes: float) -> Entry:
    spoken = isinstance(fact, Message)
    ref, url = (f"slack:C1/{number}", f"https://chat.example/{number}") if spoken else (f"entry:{number}", "")
    at = BEGUN + timedelta(minutes=minutes)
    scored = signals(fact.text) if isinstance(fact, Message) else None
    return Entry(number, fact, at, Basis.RECORDED, at, Who("slack:U1", "Priya Nair"), "slack", ref, url, scored)
