"""The verbs of the public post."""

from __future__ import annotations

from musterpoint.cli.grammar import Verbs


def add(verbs: Verbs) -> None:
    """Add them to the grammar."""
