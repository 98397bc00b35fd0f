"""Makes an issue a sub-issue of the Incident issue, or says why it cannot be one.

https://docs.github.com/en/rest/issues/sub-issues#add-sub-issue
"""

from __future__ import annotations

from typing import Any

from musterpoint.core.process import Process
from musterpoint.integrations.github import asking
from musterpoint.integrations.github.calling import Refusal, Trouble
from musterpoint.integrations.github.references import Reference, of_node, same
from musterpoint.integrations.github.whereabouts import call_at, data_of, whereabouts
from musterpoint.ports import Refused, Unavailable

#: A part of GitHub's words (small letters) → why, as a clause. The first that fits counts.
_WHY = (
    ("100 ", "the issue has 100 sub-issues already, and GitHub takes no more"),
    ("one parent", "it is a sub-issue of another issue already"),
    ("same owner", "it belongs to another owner"),
    ("level", "sub-issues are eight levels deep there already, and GitHub takes no more"),
    ("ancestor", "the issue is a sub-issue of it"),
    ("circular", "the issue is a sub-issue of it"),
)
NOT_THERE = "GitHub has no sub-issues there"
NO_RIGHTS = "Musterpoint has no right to link issues there"


def link(process: Process, parent: Reference, child: Reference) -> str:
    """See ports.ActionIssues.link."""
    if parent.owner.lower() != child.owner.lower():
        return "it belongs to another owner"
    if asking.is_plain():
        return NOT_THERE
    try:
        node = _child(process, child)
    except Refused as error:
        return _clause(str(error))
    if asking.is_plain():
        return NOT_THERE
    if (above := node.get("parent")) is not None:
        there = of_node(above)
        return "" if same(there, parent) else f"it is a sub-issue of {there} already"
    return _linked(process, parent, int(node["fullDatabaseId"]))


def _child(process: Process, child: Reference) -> dict[str, Any]:
    """As GraphQL tells it, with its id and its parent. Raises Refused where it is gone."""
    here = child
    for _ in range(2):
        if (node := asking.some(process, [here])[0]) is not None:
            return node
        here = whereabouts(process, here)
    raise Unavailable(f"GitHub does not tell about {here} just now.")


def _linked(process: Process, parent: Reference, number: int) -> str:
    path, content = f"{parent.path}/sub_issues", {"sub_issue_id": number}
    try:
        call_at(process, "POST", path, owner=parent.repository, json=content, write=True)
    except Trouble as error:
        if error.code != "no_rights":
            raise
        return NO_RIGHTS
    except Refusal as error:
        said = error.words.lower()
        if "duplicate" in said:
            return ""
        if error.status in (404, 410):
            return NOT_THERE
        return next((why for part, why in _WHY if part in said), f"GitHub refuses it ({error.words})")
    return ""


def _clause(sentence: str) -> str:
    """A sentence as part of another one."""
    return f"{sentence[:1].lower()}{sentence[1:]}".rstrip(".")


def unlink(process: Process, parent: Reference, child: Reference) -> None:
    """See ports.ActionIssues.unlink. What is gone, or is no sub-issue, is unlinked already."""
    try:
        number = int(data_of(process, child)["id"])
        path, content = f"{parent.path}/sub_issue", {"sub_issue_id": number}
        call_at(process, "DELETE", path, owner=parent.repository, json=content, write=True)
    except Refusal as error:
        if error.status not in (404, 410, 422):
            raise
    except Refused:
        return
