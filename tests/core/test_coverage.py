"""What is said of how complete the record of a thread is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from musterpoint.core.coverage import MOST, Captured, Missed, coverage
from musterpoint.core.journal import Gap, GapRead


def at(hour: int, minute: int, second: int = 0, day: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, minute, second, tzinfo=UTC)


NOW = at(10, 55)
LIVE = Captured(at(9, 10), at(9, 10), read_at=at(10, 50), heard_at=at(10, 54, 58))
GAP = Gap(at(10, 2), at(10, 5), "the connection was away")


def test_what_was_always_heard_and_compared_is_complete() -> None:
    found = coverage(LIVE, [], NOW)
    assert found.sentences == ("Complete from 2026-03-02 09:10 to 10:55 UTC",)
    assert (found.since, found.until, found.missed) == (at(9, 10), NOW, ())


def test_a_gap_is_named_while_it_is_read() -> None:
    found = coverage(LIVE, [GAP], NOW)
    assert found.sentences == (
        "Complete from 2026-03-02 09:10 to 10:55 UTC, except for 1 gap",
        "Nothing was received from 2026-03-02 10:02 to 10:05 UTC (the connection was away); the history of that "
        "time is being read",
    )
    assert found.missed == (Missed(at(10, 2), at(10, 5), "the connection was away", None),)


def test_a_gap_that_was_read_says_what_was_learnt_and_what_may_be_missing_for_good() -> None:
    texts = {
        number: coverage(LIVE, [GapRead(GAP.since, GAP.until, number), GAP], NOW).sentences[1] for number in (0, 1, 3)
    }
    rest = "learnt from the history afterwards, edits and deletions made meanwhile may be missing"
    assert texts[0].endswith(f"(the connection was away); no message was {rest}")
    assert texts[1].endswith(f"(the connection was away); 1 message was {rest}")
    assert texts[3].endswith(f"(the connection was away); 3 messages were {rest}")


def test_a_thread_that_was_adopted_says_what_only_the_history_told() -> None:
    adopted = replace(LIVE, began=at(8, 0), since=at(9, 30))
    assert coverage(adopted, [], NOW).sentences == (
        "Complete from 2026-03-02 08:00 to 10:55 UTC",
        "What was said before 2026-03-02 09:30 UTC was learnt from the history: edits and deletions made until then "
        "may be missing",
    )


def test_until_the_history_was_read_once_nothing_is_called_complete() -> None:
    new = replace(LIVE, read_at=None)
    assert coverage(new, [], NOW).since is None
    assert coverage(new, [], NOW).sentences == ("Its beginning is being read",)
    adopted = replace(new, began=at(8, 0))
    assert coverage(adopted, [], NOW).sentences == ("What was said before 2026-03-02 09:10 UTC is being read",)


def test_while_nothing_is_heard_it_is_complete_until_then_alone() -> None:
    deaf = replace(LIVE, heard_at=at(10, 20))
    assert coverage(deaf, [], NOW).sentences == (
        "Complete from 2026-03-02 09:10 to 10:20 UTC",
        "Nothing has been received since 2026-03-02 10:20 UTC",
    )
    assert coverage(replace(LIVE, heard_at=None), [], NOW).until == NOW


def test_what_hinders_the_reading_is_said() -> None:
    hindered = replace(LIVE, error="Slack refuses in C1: not_in_channel")
    assert coverage(hindered, [], NOW).sentences[-1] == (
        "The history cannot be read now: Slack refuses in C1: not_in_channel"
    )


def test_short_gaps_have_seconds_and_long_ones_their_days() -> None:
    short, long = Gap(at(10, 2, 1), at(10, 2, 31)), Gap(at(23, 0, day=1), at(7, 0))
    _, first, second = coverage(LIVE, [short, long], NOW).sentences
    assert "from 2026-03-01 23:00 to 2026-03-02 07:00 UTC; " in first
    assert "from 2026-03-02 10:02:01 to 10:02:31 UTC; " in second


def test_of_many_gaps_the_latest_are_told_one_by_one() -> None:
    gaps = [Gap(at(9, number), at(9, number) + timedelta(seconds=5)) for number in range(20, 20 + MOST + 3)]
    found = coverage(LIVE, gaps, NOW)
    assert len(found.missed) == MOST + 3
    assert found.sentences[0].endswith(f"except for {MOST + 3} gaps")
    assert found.sentences[-1] == "3 earlier gaps are in the journal"
    assert "09:32:00" in found.sentences[MOST]
