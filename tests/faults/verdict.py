"""What must hold after everything was killed and left alone."""

from __future__ import annotations

from typing import Any

from tests.faults import slack
from tests.faults.house import House
from tests.faults.storm import Storm


def nothing_was_lost(house: House, acknowledged: list[dict[str, Any]]) -> None:
    """Every entry and every title that anybody was told of is in the journal of its incident."""
    entries, titles = house.inside("entries"), set(house.inside("titles"))
    assert [each for each in acknowledged if "entry" in each], "nobody was told anything: this proves nothing"
    for told in acknowledged:
        if "entry" in told:
            entry = entries[str(told["entry"])]
            assert told["incident"] in entry["incidents"]
            assert not told["text"] or entry["text"] == told["text"]
        elif "title" in told:
            assert told["title"] in titles


def nothing_happened_twice(house: House, *, parked: int = 0) -> None:
    """By the other side's own log; what we noted is what it gave; nothing waits or is leased."""
    effects = house.inside("effect_rows")
    assert [each for each in effects if each["status"] == "waiting" or each["leased_by"] or each["leased_until"]] == []
    assert len([each for each in effects if each["status"] == "parked"]) == parked, effects
    stored = {line["key"]: line["external"] for line in house.other_side.stored()}
    twice = [key for key, times in house.other_side.times().items() if times > 1]
    assert twice == [], [line for line in house.other_side.lines() if line["key"] in twice]
    done = {
        each["outside"]: each["external"] for each in effects if each["kind"] != "card" and each["status"] == "done"
    }
    assert done == stored
    assert done, "nothing went out: this proves nothing"


def state_is_what_the_journal_says(house: House) -> None:
    assert house.inside("unlike_their_journal") == []


def no_import_is_half_there(house: House, storm: Storm, messages: int) -> None:
    """What shows is whole, what was cut off shows nothing; imported again, everything is there once."""
    for thread in house.inside("threads").values():
        assert not thread["readers"] or thread["entries"] == messages
        assert len(thread["readers"]) <= 1
        assert thread["most"] <= 1
    for file in storm.files:
        answer = house.musterpoint(*slack.arguments(file))
        assert answer["entries"] == messages
    threads = house.inside("threads")
    assert len(threads) == len(storm.files)
    for thread in threads.values():
        assert (thread["entries"], thread["most"], len(thread["readers"])) == (messages, 1, 1)
    assert {each["status"] for each in house.inside("imports")} == {"whole"}
