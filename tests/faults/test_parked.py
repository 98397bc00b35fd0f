"""What is poison is parked and shown, a person decides about it, and the rest goes on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.faults import verdict
from tests.faults.house import House
from tests.faults.recorder import RETRY_AFTER

pytestmark = pytest.mark.faults


def parked(house: House) -> dict[str, dict[str, Any]]:
    return {each["kind"]: each for each in house.musterpoint("effects")["effects"] if each["status"] == "parked"}


def event(stamp: str, text: str, **more: Any) -> str:
    at = "2026-03-02T09:00:00.000000Z"
    who = {"identity": "local:olga", "name": "Olga"}
    return json.dumps({"type": "message", "stamp": stamp, "text": text, "bot": False, "at": at, "who": who} | more)


def test_a_poison_effect_is_parked_and_the_rest_goes_on(house: House) -> None:
    house.other_side.mood("strict")
    (ref,) = house.inside("declare", title="Something bad is in it", count=1)
    house.inside("intend", kind="nonsense", key="nonsense:1", ref=ref)
    house.inside("note", ref=ref, texts=["this is poison", "this is not"])
    house.running_engine()
    house.settle()
    shown = parked(house)
    assert set(shown) == {"nonsense", "say"}
    assert "nonsense" in shown["nonsense"]["error"]
    assert "400" in shown["say"]["error"]
    verdict.nothing_happened_twice(house, parked=2)
    assert ["this is not" in line["text"] for line in house.other_side.stored()] == [False, True]

    house.other_side.mood("calm")
    house.musterpoint("effects", "retry", shown["say"]["key"])
    house.musterpoint("effects", "drop", "nonsense:1", "--reason", "made by a test")
    house.settle()
    verdict.nothing_happened_twice(house)
    assert house.musterpoint("effects") == {"effects": [], "parked_events": [], "held": False}
    dropped = [each for each in house.musterpoint("effects", "--all")["effects"] if each["status"] == "dropped"]
    assert [each["key"] for each in dropped] == ["nonsense:1"]
    assert "made by a test" in dropped[0]["error"]


def test_a_poison_event_is_parked_and_the_rest_is_taken_in(house: House) -> None:
    (ref,) = house.inside("declare", title="Somebody writes", count=1)
    contents = [
        event("1772442000.000100", "before the poison", root=ref),
        event("1772442001.000100", "of no thread", root="12345"),
        event("1772442002.000100", "of no kind", root=ref, type="nonsense"),
        "this is not JSON",
        event("never", "at no time", root=ref),
        event("1772442003.000100", "after the poison", root=ref),
    ]
    answer = house.inside("events", ref=ref, contents=contents)
    assert answer == {"new": 2, "again": 0, "statuses": ["taken", "parked", "parked", "parked", "parked", "taken"]}
    texts = {each["text"] for each in house.inside("entries").values() if each["kind"] == "message"}
    assert texts == {"before the poison", "after the poison"}
    events = house.musterpoint("effects")["parked_events"]
    assert [each["key"] for each in events] == ["event-1", "event-2", "event-3", "event-4"]
    assert all(each["error"] for each in events)


def test_a_server_that_asks_for_patience_gets_it_and_nobody_waits_in_a_worker_meanwhile(house: House) -> None:
    house.other_side.mood("busy")
    busy = house.inside("declare", title="Comes first", count=8)
    (quick,) = house.inside("declare", title="Waits for none of them", count=1)
    engine = house.running_engine()
    house.settle()
    house.inside("note_each", notes=[*((ref, "busy") for ref in busy), (quick, "quick")])
    house.settle()
    refused = {line["key"]: line["at"] for line in house.other_side.lines() if line["what"] == "answered 429"}
    stored = house.other_side.stored()
    waited = [line["at"] - refused[line["key"]] for line in stored if line["key"] in refused]
    assert len(waited) == len(busy)
    assert min(waited) >= RETRY_AFTER
    assert [line["key"] in refused for line in stored[len(busy) + 1 :]] == [False] + [True] * len(busy)
    verdict.nothing_happened_twice(house)
    assert engine.stop() == 0
