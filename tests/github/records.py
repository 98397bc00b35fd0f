"""What GitHub keeps: accounts, repositories, issues with the revisions of their bodies, comments, events, pulls."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]


@dataclass(eq=False)
class Account:
    """A person ("User"), an organisation ("Organization") or an app's own account ("Bot", `login` is its slug)."""

    id: int
    node_id: str
    login: str
    kind: str
    name: str = ""
    email: str = ""
    deleted: bool = False
    #: Of an organisation: the names of its issue types.
    issue_types: list[str] = field(default_factory=list)


@dataclass(eq=False)
class Label:
    id: int
    name: str
    description: str = ""
    color: str = "ededed"


@dataclass(eq=False)
class Repository:
    """`rights` maps a login (small letters) to "admin", "write", "triage" or "read"."""

    id: int
    node_id: str
    owner: Account
    name: str
    private: bool = False
    archived: bool = False
    has_issues: bool = True
    sub_issues: bool = True
    draft_pulls: bool = True
    default_branch: str = "main"
    created: datetime | None = None
    labels: dict[str, Label] = field(default_factory=dict)
    rights: dict[str, str] = field(default_factory=dict)
    numbers: int = 0
    issues: dict[int, Issue] = field(default_factory=dict)
    #: Branch → its commits, oldest first.
    branches: dict[str, list[Commit]] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        return f"{self.owner.login}/{self.name}"


@dataclass(eq=False)
class Revision:
    """One text of a body or comment. A revision that somebody deleted keeps its place and loses its text."""

    id: str
    text: str
    editor: Account
    at: datetime
    deleted_at: datetime | None = None
    deleted_by: Account | None = None


@dataclass(eq=False)
class Written:
    """What can be edited: its texts, the first as it was made."""

    id: int
    node_id: str
    author: Account
    created: datetime
    updated: datetime
    revisions: list[Revision]
    via_app: bool = False

    @property
    def body(self) -> str:
        return self.revisions[-1].text

    @property
    def edited(self) -> bool:
        return len(self.revisions) > 1


@dataclass(eq=False)
class Comment(Written):
    issue: Issue = field(kw_only=True)


@dataclass(eq=False)
class Event:
    """Something in the timeline: `kind` is closed, reopened, assigned, sub_issue_added, ..."""

    id: int
    node_id: str
    kind: str
    actor: Account
    at: datetime
    reason: str | None = None
    closer: Pull | Commit | None = None


@dataclass(eq=False)
class Issue(Written):
    """`reason` is GitHub's state_reason. `gone`: "deleted" or "transferred" (then `moved_to` says where)."""

    repository: Repository = field(kw_only=True)
    number: int = field(kw_only=True)
    title: str = field(kw_only=True)
    open: bool = True
    reason: str | None = None
    closed_at: datetime | None = None
    closed_by: Account | None = None
    labels: list[Label] = field(default_factory=list)
    type: str | None = None
    assignees: list[Account] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    parent: Issue | None = None
    children: list[Issue] = field(default_factory=list)
    gone: str = ""
    moved_to: Issue | None = None
    pull: Pull | None = None

    @property
    def ref(self) -> str:
        return f"{self.repository.full_name}#{self.number}"

    @property
    def state(self) -> str:
        return "open" if self.open else "closed"


@dataclass(eq=False)
class Pull:
    """The part of a pull request that an issue has not."""

    id: int
    node_id: str
    issue: Issue
    head: str
    base: str
    draft: bool = False
    merged_at: datetime | None = None
    merged_by: Account | None = None


@dataclass(eq=False)
class Commit:
    """`files` is the whole tree: path → content."""

    sha: str
    node_id: str
    message: str
    author: Account
    at: datetime
    files: dict[str, bytes]
