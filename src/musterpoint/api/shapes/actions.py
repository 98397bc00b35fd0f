"""Follow-up actions."""

from __future__ import annotations

from musterpoint.api.fields import Answered, Asked, At, Name, Text
from musterpoint.core.aftermath import ActionKind, ActionStatus


class Action(Answered):
    """A follow-up action. `due` is a day; `owner_known`: whether the owner is a person here, who is reminded.

    `issue` is its own on the tracker (`issue_wanted`: on its way); `apart` tells why that is only a link, or why there
    is none.
    """

    incident: str
    number: int
    title: str
    owner: str | None
    owner_known: bool | None
    due: str | None
    kind: ActionKind | None
    tracked: str | None
    issue: str | None
    issue_wanted: bool
    apart: str | None
    status: ActionStatus
    reason: str | None
    overdue: bool
    of: str | None
    ended_at: At | None
    ended_by: str | None


class Proposed(Answered):
    """An action that the record proposes: adopt it by its entry."""

    entry: int
    ref: str
    text: str
    who: str | None
    at: At
    why: str


class Actions(Answered):
    incident: str
    actions: list[Action]
    proposed: list[Proposed]


class ActionDone(Answered):
    """What became of an action, and the entry that tells of it."""

    incident: str
    entry: int
    action: Action


class ActionAsked(Asked):
    """`entry` adopts what that entry proposes, in its words where there is no title. `due`: 2026-03-10, 3d, 2w. With
    `issue` it gets one of its own: a repository (empty: that of the settings), or an existing one's address, which
    gives the title."""

    title: Text = ""
    owner: Name | None = None
    due: Name = ""
    kind: ActionKind | None = None
    tracked: Text = ""
    entry: Name = ""
    issue: Text | None = None


class ActionChange(Asked):
    """The fields that are given are changed; null or empty takes one away."""

    title: Text | None = None
    owner: Name | None = None
    due: Name | None = None
    kind: ActionKind | None = None
    tracked: Text | None = None


class ActionEnd(Asked):
    """Done, declined (with a reason), or open again."""

    status: ActionStatus
    reason: Text = ""


class ActionIssueAsked(Asked):
    """An issue of its own: made in `repository` (`OWNER/NAME`; default: that of the settings), or the existing `issue`
    (its address, or `OWNER/NAME#12`)."""

    repository: Name = ""
    issue: Text = ""
