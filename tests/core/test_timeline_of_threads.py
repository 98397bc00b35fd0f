"""The draft on whole threads, one for each trap that real incidents set. Nobody has marked anything in them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from musterpoint.core.incident import Incident, Milestone
from musterpoint.core.journal import RowKind
from musterpoint.core.proposals import proposals
from musterpoint.core.timeline import Row, RowStatus, timeline
from tests.threads import Thread, all_threads, entries

THREADS = [*all_threads("north"), *all_threads("east")]
RECALL, PRECISION, KIND = 0.85, 0.70, 0.70


def threads(trap: str) -> list[Thread]:
    found = [thread for thread in THREADS if trap in thread.traps]
    assert found, f"no thread sets the trap {trap}"
    return found


def rows(thread: Thread) -> dict[str, Row]:
    """By the `ts` of the message that is the evidence."""
    return {row.key.rpartition("/")[2]: row for row in timeline(entries(thread)) if row.status is not RowStatus.DROPPED}


def quality(some: list[Thread]) -> tuple[float, float]:
    """Recall and precision over all of them together."""
    right = sum(len(rows(thread).keys() & thread.reference.keys()) for thread in some)
    chosen, wanted = sum(len(rows(thread)) for thread in some), sum(len(thread.reference) for thread in some)
    return right / wanted, right / chosen


def test_the_draft_finds_what_a_careful_person_would_write_and_little_else() -> None:
    recall, precision = quality(THREADS)
    assert recall >= RECALL
    assert precision >= PRECISION


def test_most_rows_are_of_the_kind_that_a_careful_person_gave_them() -> None:
    pairs = [
        (rows(thread)[ts].kind, kind)
        for thread in THREADS
        for ts, kind in thread.reference.items()
        if ts in rows(thread)
    ]
    assert sum(ours is kind for ours, kind in pairs) >= KIND * len(pairs)


def test_next_to_no_row_ends_or_reopens_an_incident_wrongly() -> None:
    grave = (RowKind.RESOLUTION, RowKind.RELAPSE)
    claimed = [
        (ours.kind, thread.reference.get(ts))
        for thread in THREADS
        for ts, ours in rows(thread).items()
        if ours.kind in grave
    ]
    assert sum(ours is kind for ours, kind in claimed) >= 0.75 * len(claimed)


@pytest.mark.parametrize(
    "trap",
    [
        "false_resolution",
        "relapse",
        "never_resolved",
        "two_incidents",
        "recurrence",
        "off_thread",
        "wrong_hypothesis",
        "third_party",
        "huddle",
        "unknown_cause",
    ],
)
def test_a_trap_costs_the_draft_nothing(trap: str) -> None:
    recall, precision = quality(threads(trap))
    assert recall >= RECALL
    assert precision >= PRECISION


def test_a_false_alarm_is_told_to_its_end() -> None:
    for thread in threads("false_alarm"):
        found = rows(thread)
        assert quality([thread])[0] >= RECALL
        last = max(ts for ts, kind in thread.reference.items() if kind is RowKind.RESOLUTION)
        assert last in found


@pytest.mark.parametrize(("trap", "kind"), [("false_resolution", RowKind.RESOLUTION), ("relapse", RowKind.RELAPSE)])
def test_a_false_end_and_its_relapse_both_stay(trap: str, kind: RowKind) -> None:
    some = threads(trap)
    wanted = [(thread, ts) for thread in some for ts, of in thread.reference.items() if of is kind]
    kept = [ts for thread, ts in wanted if ts in rows(thread)]
    assert len(kept) >= RECALL * len(wanted)


def test_two_incidents_in_one_thread_both_get_their_rows() -> None:
    for thread in threads("two_incidents"):
        found = rows(thread)
        starts = [ts for ts, kind in thread.reference.items() if kind is RowKind.DETECTION]
        assert len(starts) >= 2
        assert set(starts) <= found.keys()


def test_a_recurrence_has_rows_on_each_of_its_days() -> None:
    for thread in threads("recurrence"):
        days = {said.at.date() for said in thread.messages if said.row is not None}
        assert {row.at.date() for row in rows(thread).values()} >= days


def test_every_row_has_the_time_of_its_evidence() -> None:
    for thread in THREADS:
        times = {said.ts: said.at for said in thread.messages}
        assert all(row.at == times[ts] for ts, row in rows(thread).items())


def test_a_proposed_time_never_lies_after_the_message_that_supports_it() -> None:
    for thread in THREADS:
        zones = {f"slack:{person.id}": ZoneInfo(person.zone) for person in thread.people.values()}
        journal = entries(thread)
        at = {entry.ref: entry.at for entry in journal}
        for proposal in proposals(Incident("7"), journal, zones):
            assert proposal.moment.at <= at[proposal.ref]
            assert proposal.quote


def test_an_incident_that_was_never_resolved_gets_no_resolution() -> None:
    for thread in threads("never_resolved"):
        found = proposals(Incident("7"), entries(thread), {})
        assert Milestone.RESOLVED not in {proposal.milestone for proposal in found}
