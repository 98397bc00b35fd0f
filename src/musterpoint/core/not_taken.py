"""What the tracker silently did not take of the issue that we made, and what is to be mended."""

from __future__ import annotations

from collections.abc import Sequence

#: How what was not taken begins → what it needs there.
_NEEDS = (
    ("the label", "labels need push access to the repository"),
    ("the type", "a type needs push access, and has to be one of the organisation's issue types"),
    ("the assignee", "an assignee needs push access, and has to be somebody who can be assigned in the repository"),
)


def not_taken(dropped: Sequence[str]) -> str:
    """In two sentences; empty where everything was taken."""
    if not dropped:
        return ""
    needs = [need for begins, need in _NEEDS if any(each.startswith(begins) for each in dropped)]
    mend = f" Mend that for the next one ({'; '.join(needs)})" if needs else " Mend that for the next one"
    return f"The tracker did not take {', '.join(dropped)}.{mend}, and set it there by hand for this one."
