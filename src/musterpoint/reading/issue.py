"""The issue as surfaces name it."""

from __future__ import annotations

from typing import Any

from musterpoint.core.incident import Incident


def issue_shape(state: Incident) -> dict[str, Any] | None:
    """`ref` and `url` (null where it has no address), what the tracker did not take of what we gave it (`dropped`), and
    the regions that are not written any more (`given_up`); nothing while it has not made it."""
    issue = state.after.issue
    if issue is None or not issue.ref:
        return None
    return {
        "ref": issue.ref,
        "url": issue.url or None,
        "dropped": list(issue.dropped),
        "given_up": list(issue.given_up),
    }


def issue_gone(state: Incident) -> str | None:
    """The reference of the issue that it had, where that was deleted in the tracker and there is no other one."""
    return state.after.gone[-1] if state.after.gone and not issue_shape(state) else None
