"""An issue as a test looks at it: plain values that stay as they were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tests.github.records import Comment, Issue


@dataclass(frozen=True)
class Said:
    """A comment."""

    id: int
    author: str
    body: str
    created: datetime
    edited: bool


@dataclass(frozen=True)
class Looked:
    """Logins, "OWNER/REPO#N" and UTC. `bodies` is every text that the body ever had, the first one first."""

    ref: str
    id: int
    node_id: str
    title: str
    body: str
    bodies: tuple[str, ...]
    open: bool
    reason: str | None
    author: str
    closed_by: str
    labels: tuple[str, ...]
    type: str | None
    assignees: tuple[str, ...]
    comments: tuple[Said, ...]
    parent: str
    children: tuple[str, ...]
    created: datetime
    updated: datetime
    gone: str

    @property
    def said(self) -> str:
        """The texts of all comments together."""
        return "\n\n".join(each.body for each in self.comments)


def looked(issue: Issue) -> Looked:
    return Looked(
        issue.ref,
        issue.id,
        issue.node_id,
        issue.title,
        issue.body,
        tuple(each.text for each in issue.revisions),
        issue.open,
        issue.reason,
        issue.author.login,
        issue.closed_by.login if issue.closed_by else "",
        tuple(each.name for each in issue.labels),
        issue.type,
        tuple(each.login for each in issue.assignees),
        tuple(_said(each) for each in issue.comments),
        issue.parent.ref if issue.parent else "",
        tuple(each.ref for each in issue.children),
        issue.created,
        issue.updated,
        issue.gone,
    )


def _said(each: Comment) -> Said:
    return Said(each.id, each.author.login, each.body, each.created, each.edited)
