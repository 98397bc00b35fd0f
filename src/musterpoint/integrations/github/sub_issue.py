"""The issue of an action as GitHub tells it, in our words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from musterpoint.integrations.github.people import who
from musterpoint.integrations.github.references import Reference, of_node, same
from musterpoint.ports import SubIssue

Node = Mapping[str, Any]


def nodes(connection: Node | None) -> list[Any]:
    """What is listed, in the order in which GitHub lists it; what we must not see is left out."""
    return [each for each in (connection or {}).get("nodes") or [] if each]


def moment(text: str) -> datetime:
    """UTC, as GitHub writes it: `2026-03-02T09:00:00Z`."""
    return datetime.fromisoformat(text)


def sub_issue(
    node: Node, parent: Reference | None, *, linked: bool = False, asked: Reference | None = None
) -> SubIssue:
    """`parent` is the Incident issue; `asked` is the name under which the issue was asked for."""
    ref = of_node(node)
    last: Node = next(iter(nodes(node.get("timelineItems"))), {})
    owner = next(iter(nodes(node.get("assignees"))), None)
    is_open = node["state"] == "OPEN"
    above = node.get("parent")
    return SubIssue(
        str(ref),
        str(node["url"]),
        str(node["title"]),
        is_open,
        "" if is_open else str(node.get("stateReason") or "").lower(),
        who(owner),
        linked or bool(above and parent and same(of_node(above), parent)),
        str(asked) if asked is not None and str(asked) != str(ref) else "",
        who=who(last.get("actor")),
        at=moment(last["createdAt"]) if last.get("createdAt") else None,
        by=str((last.get("closer") or {}).get("url") or "") if not is_open else "",
        event=str(last.get("id") or ""),
    )
