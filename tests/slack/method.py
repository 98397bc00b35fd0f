"""The table of the Web API's methods: who may call them (scope), how often (tier), and who carries them out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.slack.shapes import Json

if TYPE_CHECKING:
    from tests.slack.workspace import Workspace

Carried = Callable[["Workspace", Json], Json]


@dataclass(frozen=True)
class Method:
    """`scopes`: one of them is enough. `tier`: calls a minute; 0 for no limit but that of messages."""

    name: str
    carry_out: Carried
    scopes: tuple[str, ...] = ()
    tier: int = 50
    app_token: bool = False


METHODS: dict[str, Method] = {}


def method(name: str, scopes: str = "", tier: int = 50, app_token: bool = False) -> Callable[[Carried], Carried]:
    """Register a function as that method; what it returns is the answer without `ok`."""

    def register(carry_out: Carried) -> Carried:
        METHODS[name] = Method(name, carry_out, tuple(scopes.split()), tier, app_token)
        return carry_out

    return register
