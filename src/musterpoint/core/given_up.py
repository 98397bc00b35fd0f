"""The parts of the issue that are not written any more, because their markers were taken away twice: what to do."""

from __future__ import annotations

from collections.abc import Sequence


def given_up(regions: Sequence[str]) -> str:
    """In two sentences; empty where every part is written."""
    if not regions:
        return ""
    names = ", ".join(f"“{each}”" for each in regions)
    marker = f"`<!-- musterpoint:{regions[0]} -->` and `<!-- /musterpoint:{regions[0]} -->`"
    return (
        f"No longer written in the issue: {names}. The markers were taken away there twice; put them back, each on a "
        f"line of its own ({marker}), and it is written again."
    )
