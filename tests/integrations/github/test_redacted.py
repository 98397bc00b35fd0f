"""What is redacted here goes out of the issue's body there, and does not come back as somebody's edit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from musterpoint import actions
from tests.conftest import World
from tests.github.house import House, housed


@pytest.fixture
def house(real_world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with housed(monkeypatch) as house:
        yield house


@pytest.mark.parametrize("written_again", [True, False])
def test_a_redacted_sentence_leaves_the_body_and_stays_away(house: House, *, written_again: bool) -> None:
    ref = house.declared()
    actions.did(house.call(), ref, "Told Mrs. Nilsen the password hunter2")
    actions.add_action(house.call(), ref, "Change the password hunter2")
    actions.resolve(house.call(), ref)
    actions.raise_issue(house.call(), ref)
    house.turn()
    if written_again:
        actions.add_action(house.call(), ref, "Look at the logs")
        house.turn()
    assert "hunter2" in house.there().body
    done = actions.redact(house.call(), ref, "a password", text="hunter2")
    assert any(house.issue in each for each in done.unreachable)
    house.turn()
    assert "hunter2" not in house.there().body
    house.turn()
    assert "hunter2" not in house.there().body
    assert not any("hunter2" in each.title for each in house.state().after.actions)
