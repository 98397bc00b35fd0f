"""Which issues an event of a webhook is about. An event only says *that* something happened: what it was is found by a
look at the issue, so that a lost, doubled or late event costs nothing.

https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from musterpoint.integrations.github.references import of_data
from musterpoint.ports import Unavailable

#: event → the actions after which an issue is not what it was for us. A pull request that closes an issue is told by
#: `issues`, in the issue's own repository.
USED: Mapping[str, frozenset[str]] = {
    "issues": frozenset(("edited", "closed", "reopened", "deleted", "transferred", "assigned", "unassigned")),
    "issue_comment": frozenset(("created", "edited", "deleted")),
    "sub_issues": frozenset(("sub_issue_added", "sub_issue_removed", "parent_issue_added", "parent_issue_removed")),
}


class Nonsense(Exception):
    """It is not what GitHub sends."""


def about(event: str, payload: Mapping[str, Any]) -> tuple[str, ...]:
    """The references (`OWNER/REPO#NUMBER`) of the issues that have changed; none for an event that we do not use.

    Of a transfer both the old and the new one; of a sub-issue the parent as well. Raises Nonsense.
    """
    action = str(payload.get("action"))
    if action not in USED.get(event, ()):
        return ()
    if event == "sub_issues":  # which of its two repositories tells it does not matter
        given = [payload.get("parent_issue"), payload.get("sub_issue")]
        return tuple(ref(each) for each in given if each is not None)
    found = [ref(payload.get("issue"))]
    if action == "transferred":
        changes = payload.get("changes")
        moved = changes.get("new_issue") if isinstance(changes, dict) else None
        found += [ref(moved)] if moved is not None else []
    return tuple(dict.fromkeys(found))


def ref(issue: Any) -> str:
    """The reference of an issue as GitHub writes it down. Raises Nonsense."""
    if not isinstance(issue, dict):
        raise Nonsense("no issue")
    try:
        return str(of_data(issue))
    except Unavailable as error:
        raise Nonsense(str(error)) from error
