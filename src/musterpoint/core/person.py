"""Who somebody is to the record."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Who:
    """A person or an app as the record knows it: an identity (`person:3`, `slack:U123`) and the name it had.

    Somebody whom nobody here knows is written by name alone: `name:Kim Sato`.
    """

    identity: str
    name: str
