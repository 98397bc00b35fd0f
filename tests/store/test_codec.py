"""Facts to JSON and back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as some

from musterpoint.core.aftermath import NOTHING_AFTER, Action, ActionKind, Aftermath, Issue, Reminded
from musterpoint.core.incident import Who
from musterpoint.core.journal import KIND_OF, KINDS, Fact, HuddleEnded, Message, RowTime, StatusChange
from musterpoint.store.codec import decode, encode, read, written

TEXT = some.text(max_size=40)
some.register_type_strategy(datetime, some.datetimes(timezones=some.just(UTC)))
some.register_type_strategy(str, TEXT)


def facts(kind: str) -> some.SearchStrategy[Fact]:
    """Every field is drawn, those with a default too."""
    hints = get_type_hints(KINDS[kind])
    return some.builds(KINDS[kind], **{name: some.from_type(hint) for name, hint in hints.items()})


@pytest.mark.parametrize("kind", list(KINDS))
@given(data=some.data())
def test_every_fact_survives(kind: str, data: some.DataObject) -> None:
    fact = data.draw(facts(kind))
    stored = encode(fact)
    assert decode(KIND_OF[type(fact)], stored) == fact
    json.loads(stored)


def test_what_is_stored_is_short_and_readable() -> None:
    assert encode(Message("läuft wieder")) == '{"text":"läuft wieder"}'
    at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert encode(RowTime("entry:3", at, at)) == (
        '{"of":"entry:3","moment_at":"2026-03-02T09:30:00.000000Z","was_at":"2026-03-02T09:30:00.000000Z"}'
    )
    assert encode(HuddleEnded((Who("slack:U7ANA", "Ana"),))) == '{"people":[{"identity":"slack:U7ANA","name":"Ana"}]}'


@given(some.from_type(Aftermath))
def test_the_whole_state_of_what_follows_survives(after: Aftermath) -> None:
    assert read(Aftermath, json.loads(json.dumps(written(after)))) == after


def test_values_within_values_are_as_short_and_readable() -> None:
    after = Aftermath(
        parts={"summary": 12},
        actions=(Action(1, "Alert", Who("person:2", "Bob"), kind=ActionKind.DETECT),),
        issue=Issue("local-1"),
        reminded={"no_lead": Reminded(1, datetime(2026, 3, 2, 9, 30, tzinfo=UTC))},
    )
    assert written(after) == {
        "parts": {"summary": 12},
        "actions": [
            {"number": 1, "title": "Alert", "owner": {"identity": "person:2", "name": "Bob"}, "kind": "detect"}
        ],
        "issue": {"ref": "local-1"},
        "reminded": {"no_lead": {"times": 1, "last": "2026-03-02T09:30:00.000000Z"}},
    }
    assert written(NOTHING_AFTER) == {}
    assert read(Aftermath, {}) == NOTHING_AFTER


def test_a_kind_of_a_later_version_is_an_error_that_names_it() -> None:
    with pytest.raises(KeyError, match="hologram"):
        decode("hologram", "{}")


def test_a_time_without_a_zone_never_gets_in() -> None:
    with pytest.raises(ValueError, match="without its zone"):
        decode("row_time", '{"of":"x","moment_at":"2026-03-02T09:30:00","was_at":"2026-03-02T09:30:00"}')
    with pytest.raises(ValueError, match="vanished"):
        decode("status", '{"status":"vanished"}')
    assert isinstance(decode("status", '{"status":"closed"}'), StatusChange)
