"""The issue as surfaces name it."""

from __future__ import annotations

from typing import Any

from musterpoint.core.incident import Incident


def issue_shape(state: Incident) -> dict[str, Any] | None:
    """`ref` and `url` (null where it has no address); nothing while the tracker has not made it."""
    issue = state.after.issue
    return {"ref": issue.ref, "url": issue.url or None} if issue and issue.ref else None
