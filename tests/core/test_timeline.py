"""The timeline as a pure function of entries: who decides about a row, what is shown, what never happens."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from musterpoint.core.describe import REDACTED
from musterpoint.core.incident import Basis, Status, Who
from musterpoint.core.journal import (
    Curation,
    Declaration,
    Deletion,
    Edit,
    Entry,
    Fact,
    Mark,
    MarkKind,
    Message,
    Note,
    ReactionAdded,
    ReactionRemoved,
    Redaction,
    Restriction,
    RowKind,
    RowTime,
    RowUndo,
    SeverityChange,
    Signals,
    StatusChange,
    Verdict,
)
from musterpoint.core.scoring import signals
from musterpoint.core.timeline import DELETED, WIDTH, Row, RowStatus, condensed, timeline

BEGUN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ANA, BEN, BOT = Who("slack:UANA", "Ana"), Who("slack:UBEN", "Ben"), Who("slack:B1", "Grafana")
CHATTER = Signals(0.01, RowKind.OTHER)
TELLING = Signals(0.95, RowKind.ACTION_TAKEN, ("reports what was done",))


class Journal:
    """Writes entries a minute apart, as they come."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def add(self, fact: Fact, *, who: Who = ANA, signals: Signals | None = None, at: datetime | None = None) -> str:
        number = len(self.entries) + 1
        at = at or BEGUN + timedelta(minutes=number)
        ref = f"slack:C1/{number}"
        url = f"https://chat.example.com/{number}"
        entry = Entry(number, fact, at, Basis.RECORDED, at, who, "slack", ref, url, signals)
        self.entries.append(entry)
        return ref

    def say(self, text: str, signals: Signals | None = CHATTER, who: Who = ANA) -> str:
        return self.add(Message(text), who=who, signals=signals)

    def row(self, ref: str) -> Row | None:
        return next((row for row in timeline(self.entries) if row.key == ref), None)


@pytest.fixture
def journal() -> Journal:
    journal = Journal()
    journal.say("first words")
    return journal


def test_status_entries_are_kept_rows_and_severity_is_none(journal: Journal) -> None:
    declared = journal.add(Declaration("Checkout answers 502"))
    severity = journal.add(SeverityChange(None))
    resolved = journal.add(StatusChange(Status.RESOLVED))
    relapse = journal.add(StatusChange(Status.OPEN, "502 again", relapse=True))
    restricted = journal.add(Restriction(("person:1",)))
    cancelled = journal.add(StatusChange(Status.CANCELLED, duplicate_of="3"))
    rows = {row.key: row for row in timeline(journal.entries) if row.status is RowStatus.KEPT}
    assert severity not in rows
    assert [rows[ref].kind for ref in (declared, resolved, relapse, restricted, cancelled)] == [
        RowKind.STATUS,
        RowKind.RESOLUTION,
        RowKind.RELAPSE,
        RowKind.STATUS,
        RowKind.STATUS,
    ]
    assert rows[relapse].text == "Ana reported a relapse: 502 again"


@pytest.mark.parametrize(
    ("mark", "kind"),
    [
        (MarkKind.TIMELINE, RowKind.OTHER),
        (MarkKind.FINDING, RowKind.FINDING),
        (MarkKind.ACTION_TAKEN, RowKind.ACTION_TAKEN),
        (MarkKind.DECISION, RowKind.DECISION),
    ],
)
def test_a_marked_message_is_kept_with_the_kind_of_its_mark(journal: Journal, mark: MarkKind, kind: RowKind) -> None:
    said = journal.say("hm")
    journal.add(Mark(said, mark), who=BEN)
    row = journal.row(said)
    assert row is not None
    assert (row.status, row.kind) == (RowStatus.KEPT, kind)
    assert row.why.endswith("by Ben")


def test_a_mark_taken_back_leaves_the_other_one(journal: Journal) -> None:
    said = journal.say("hm")
    journal.add(Mark(said, MarkKind.FINDING))
    journal.add(Mark(said, MarkKind.DECISION))
    journal.add(Mark(said, MarkKind.DECISION, on=False))
    assert (row := journal.row(said)) is not None
    assert row.kind is RowKind.FINDING
    journal.add(Mark(said, MarkKind.FINDING, on=False))
    assert journal.row(said) is None


def test_follow_up_changes_nothing_and_ignore_takes_the_row_away(journal: Journal) -> None:
    quiet, loud = journal.say("hm"), journal.say("restarted it", TELLING)
    journal.add(Mark(quiet, MarkKind.FOLLOW_UP))
    assert journal.row(quiet) is None
    assert journal.row(loud) is not None
    journal.add(Mark(loud, MarkKind.IGNORE))
    assert journal.row(loud) is None


def test_the_latest_curation_wins_and_only_people_drop(journal: Journal) -> None:
    said = journal.say("restarted it", TELLING)
    suggested = journal.row(said)
    journal.add(Curation(said, Verdict.DROP, why="twice"), who=BEN)
    dropped = journal.row(said)
    journal.add(Curation(said, Verdict.REWORD, "Ana restarted the broker", RowKind.DECISION))
    reworded = journal.row(said)
    journal.add(Curation(said, Verdict.RESET))
    assert suggested
    assert dropped
    assert reworded
    assert suggested.status is RowStatus.SUGGESTED
    assert (dropped.status, dropped.why) == (RowStatus.DROPPED, "dropped by Ben: twice")
    assert (reworded.status, reworded.text) == (RowStatus.KEPT, "Ana restarted the broker")
    assert reworded.kind is RowKind.DECISION
    assert journal.row(said) == suggested


def test_a_mark_after_a_drop_keeps_the_row(journal: Journal) -> None:
    said = journal.say("hm")
    journal.add(Curation(said, Verdict.DROP))
    journal.add(Mark(said, MarkKind.FINDING))
    assert (row := journal.row(said)) is not None
    assert row.status is RowStatus.KEPT


def test_a_corrected_time_moves_the_row_and_says_what_it_was(journal: Journal) -> None:
    said = journal.say("restarted it", TELLING)
    was = journal.entries[-1].at
    journal.add(RowTime(said, BEGUN, was, "typed it late"), who=BEN)
    row = journal.row(said)
    assert row is not None
    assert (row.at, row.basis) == (BEGUN, Basis.STATED)
    assert "time corrected by Ben, was 2026-03-02 09:02 UTC: typed it late" in row.why
    assert timeline(journal.entries)[0] == row


def test_an_edit_changes_the_words_and_never_the_place(journal: Journal) -> None:
    said = journal.say("hm")
    at = journal.entries[-1].at
    journal.say("more")
    journal.add(Edit(said, "restarted the broker"), signals=TELLING, at=at + timedelta(hours=2))
    journal.add(Edit(said, "an older edit, learnt late"), signals=CHATTER, at=at + timedelta(hours=1))
    row = journal.row(said)
    assert row is not None
    assert (row.text, row.at) == ("restarted the broker", at)


def test_an_edit_may_arrive_before_its_message() -> None:
    journal = Journal()
    journal.add(Edit("slack:C1/2", "restarted the broker"), signals=TELLING)
    said = journal.say("hm")
    assert (row := journal.row(said)) is not None
    assert row.text == "restarted the broker"


def test_a_deleted_row_shows_as_one_without_its_words(journal: Journal) -> None:
    loud, quiet = journal.say("restarted the secret broker", TELLING), journal.say("hm")
    journal.add(Deletion(loud), who=BEN)
    journal.add(Deletion(quiet), who=BEN)
    row = journal.row(loud)
    assert row is not None
    assert row.text == DELETED
    assert row.why == "deleted by Ben at 2026-03-02 09:04 UTC"
    assert journal.row(quiet) is None
    assert "secret" not in repr(timeline(journal.entries))


def test_redacted_words_are_never_shown(journal: Journal) -> None:
    said = journal.say("the password is hunter2", TELLING)
    journal.add(Redaction(said, "a password"))
    assert {row.text for row in timeline(journal.entries) if row.key == said} == {REDACTED}


def test_a_new_wording_outlives_a_later_decision_but_no_deletion(journal: Journal) -> None:
    said = journal.say("bounced it", TELLING)
    journal.add(Curation(said, Verdict.REWORD, "Restarted the broker"))
    journal.add(Curation(said, Verdict.KEEP, row_kind=RowKind.ACTION_TAKEN))
    row = journal.row(said)
    assert row is not None
    assert (row.text, row.status) == ("Restarted the broker", RowStatus.KEPT)
    journal.add(Deletion(said), who=BEN)
    deleted = journal.row(said)
    assert deleted is not None
    assert deleted.text == DELETED


def test_people_who_agree_make_a_row_of_what_stood_at_the_edge(journal: Journal) -> None:
    edge = Signals(0.3, RowKind.FINDING)
    for _ in range(30):
        journal.say(f"words {len(journal.entries)}")
    said = journal.say("it is the proxy of the second rack", edge)
    assert journal.row(said) is None
    journal.add(ReactionAdded(said, "white_check_mark"), who=BEN)
    assert (row := journal.row(said)) is not None
    assert "people agreed" in row.why
    journal.add(ReactionRemoved(said, "white_check_mark"), who=BEN)
    assert journal.row(said) is None


def test_the_same_words_twice_are_suggested_once(journal: Journal) -> None:
    first = journal.say("it is the proxy", Signals(0.6, RowKind.FINDING))
    second = journal.say("It is the proxy", Signals(0.6, RowKind.FINDING))
    assert journal.row(first) is not None
    assert journal.row(second) is None


def kinds(*said: tuple[str, Who]) -> list[RowKind]:
    """The kinds of the rows of a thread in which `said` was said; the first message is the first report."""
    journal = Journal()
    for text, who in said:
        journal.add(Message(text, bot=who is BOT, root=not journal.entries), who=who)
    return [row.kind for row in timeline(journal.entries)]


def test_an_alert_that_fires_again_after_a_deed_is_a_relapse() -> None:
    alert, deed = ("[FIRING:1] QueueDepthHigh 9,000", BOT), ("restarted all three consumers of the queue", ANA)
    assert kinds(alert, deed, alert) == [RowKind.DETECTION, RowKind.ACTION_TAKEN, RowKind.RELAPSE]


def test_an_alert_of_something_else_is_another_detection() -> None:
    deed = ("restarted all three consumers of the queue", ANA)
    assert kinds(("[FIRING:1] QueueDepthHigh 9,000", BOT), deed, ("[FIRING:1] LoginErrors 40 %", BOT))[-1] is (
        RowKind.DETECTION
    )


def test_nothing_works_again_and_nothing_comes_back_before_anybody_did_something() -> None:
    report = ("checkout answers 502 for all customers since 09:40", ANA)
    assert kinds(report, ("the api is healthy again, error rate back to normal", BEN))[-1] is RowKind.FINDING
    assert kinds(report, ("the errors are back on db-3", BEN))[-1] is RowKind.FINDING


def test_figures_right_after_a_deed_tell_how_it_went() -> None:
    report, deed = ("checkout answers 502 for all customers", ANA), ("restarted all three brokers in eu-west", BEN)
    assert kinds(report, deed, ("90 % of 400 requests on the second node", ANA))[-1] is RowKind.VERIFICATION


def test_the_same_reference_twice_is_one_row(journal: Journal) -> None:
    said = journal.say("restarted it", TELLING)
    journal.entries.append(replace(journal.entries[-1], id=99))
    assert [row.key for row in timeline(journal.entries)].count(said) == 1


def test_a_long_text_becomes_one_clause() -> None:
    assert condensed("look:\n```\nline\nline\n```\nall stuck") == "look: [code] all stuck"
    assert condensed("> quoted\nmy answer") == "my answer"
    assert condensed("> only quoted") == "only quoted"
    long = condensed("word " * 200)
    assert len(long) <= WIDTH
    assert long.endswith("word…")
    assert condensed("x" * 500).endswith("…")


def test_an_empty_journal_has_no_rows() -> None:
    assert timeline([]) == []


WORDS = [
    "restarted the broker",
    "hm",
    "500 errors since 09:40",
    "thanks!",
    "resolved",
    "is it the proxy?",
    "",
    "scratch that",
]
REFS = st.integers(0, 12).map(lambda number: f"ref:{number}")
FACTS: st.SearchStrategy[Fact] = st.one_of(
    st.builds(Message, st.sampled_from(WORDS), st.booleans(), st.booleans()),
    st.builds(Note, st.sampled_from(WORDS)),
    st.builds(Edit, REFS, st.sampled_from(WORDS)),
    st.builds(Deletion, REFS),
    st.builds(ReactionAdded, REFS, st.sampled_from(["eyes", "joy", "+1"])),
    st.builds(Mark, REFS, st.sampled_from(MarkKind), st.booleans()),
    st.builds(Curation, REFS, st.sampled_from(Verdict), st.just("reworded")),
    st.builds(StatusChange, st.sampled_from(Status), relapse=st.booleans()),
    st.builds(Declaration, st.just("title")),
    REFS.map(lambda ref: RowTime(ref, BEGUN - timedelta(hours=1), BEGUN)),
    st.builds(RowUndo, REFS, REFS),
)


@st.composite
def journals(draw: st.DrawFn) -> list[Entry]:
    facts = draw(st.lists(FACTS, max_size=12))
    minutes = draw(st.lists(st.integers(0, 90), min_size=len(facts), max_size=len(facts)))
    return [
        Entry(number, fact, at, Basis.RECORDED, at, draw(st.sampled_from([ANA, BEN, None])), "test", f"ref:{number}")
        for number, (fact, minute) in enumerate(zip(facts, minutes, strict=True))
        for at in [BEGUN + timedelta(minutes=minute)]
    ]


@settings(max_examples=150, deadline=None)
@given(journals(), st.randoms())
def test_whatever_the_entries_rows_are_sound_and_their_order_of_arrival_is_nothing(
    entries: list[Entry], chance: random.Random
) -> None:
    rows = timeline(entries)
    by_ref = {entry.ref: entry for entry in entries}
    corrected = {entry.fact.of for entry in entries if isinstance(entry.fact, RowTime)}
    dropped = {entry.fact.of for entry in entries if isinstance(entry.fact, Curation)}
    shuffled = list(entries)
    chance.shuffle(shuffled)
    assert timeline(shuffled) == rows
    assert [row.at for row in rows] == sorted(row.at for row in rows)
    assert len({row.key for row in rows}) == len(rows)
    for row in rows:
        assert row.evidence
        assert row.why
        assert all(evidence.ref in by_ref for evidence in row.evidence)
        assert row.at == by_ref[row.key].at or row.key in corrected
        assert row.status is not RowStatus.DROPPED or row.key in dropped


def test_signals_that_are_stored_and_signals_that_are_computed_give_the_same_rows() -> None:
    journal = Journal()
    for text in WORDS * 3:
        journal.say(text, None)
    stored = [replace(entry, signals=signals(entry.fact.text)) for entry in journal.entries]  # type: ignore[union-attr]
    assert timeline(stored) == timeline(journal.entries)


def test_ten_thousand_entries_take_a_moment_and_growth_is_linear() -> None:
    def seconds(count: int) -> float:
        journal = Journal()
        for number in range(count):
            journal.say(f"restarted broker {number}", Signals(number % 100 / 100, RowKind.ACTION_TAKEN))
        timings = []
        for _ in range(3):
            begun = time.perf_counter()
            timeline(journal.entries)
            timings.append(time.perf_counter() - begun)
        return min(timings)

    assert seconds(10_000) < max(30 * seconds(1_000), 0.5)
