"""The verbs of what is due, reminders, and the record of the process."""

from __future__ import annotations

from musterpoint.cli.grammar import Verbs


def add(verbs: Verbs) -> None:
    """Add them to the grammar."""
