"""The verbs of the follow-up actions."""

from __future__ import annotations

from musterpoint.cli.grammar import Verbs


def add(verbs: Verbs) -> None:
    """Add them to the grammar."""
