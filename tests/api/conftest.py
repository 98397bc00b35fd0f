"""Programs that ask the API of a world."""

from __future__ import annotations

import pytest

from tests.api.asking import Asking
from tests.conftest import World
from tests.web.conftest import runs_under


@pytest.fixture
def ask(world: World, monkeypatch: pytest.MonkeyPatch) -> Asking:
    runs_under(world, monkeypatch)
    return Asking(world)
