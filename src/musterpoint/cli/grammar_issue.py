"""The verbs of the issue: raise, close, and what people do to it."""

from __future__ import annotations

from musterpoint.cli.grammar import Verbs


def add(verbs: Verbs) -> None:
    """Add them to the grammar."""
