"""What tests of the ways in share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import World
from tests.integrations.github.connected import as_app, github, moves, no_memory, odd  # noqa: F401  (fixtures)
from tests.integrations.github.following import Following, followed


@pytest.fixture
def following(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Following]:
    """Within a transaction: quick."""
    with followed(world, monkeypatch) as found:
        yield found
