"""What a chat tells us: one thing that happened in a thread, in our words, before it becomes an entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from musterpoint.core.incident import Basis, Who
from musterpoint.core.journal import Fact


@dataclass(frozen=True, slots=True)
class Said:
    """`key` is unique within its thread, so that nothing is taken in twice; `ref` is the address of its evidence.

    `anchor` (UTC) is the time of the message that it is about, its own for a message.
    """

    key: str
    ref: str
    anchor: datetime
    fact: Fact
    at: datetime
    basis: Basis
    who: Who | None
    url: str = ""
