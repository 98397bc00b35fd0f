"""The kinds of entry that an Incident issue on a tracker adds: it moved or is gone, regions that got lost, actions with
issues of their own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ActionIssueWanted:
    """The action is to have an issue of its own: made in the repository `place`, or the one that `issue` refers to.

    With neither it is to have none any more: it is a line of the Incident issue alone.
    """

    number: int
    place: str = ""
    issue: str = ""


@dataclass(frozen=True, slots=True)
class ActionIssueFound:
    """The issue of its own that the action has: made, linked, or followed to where it was moved.

    `linked`: it is a sub-issue of the Incident issue. Else, or where `issue` is empty (it is gone, or was not made),
    `why` tells why.
    """

    number: int
    issue: str
    url: str = ""
    linked: bool = True
    why: str = ""


@dataclass(frozen=True, slots=True)
class RegionLost:
    """The markers of a region of the issue's body were taken away. The first time it is put back; after that it is no
    longer written (`given_up`), until its markers stand there again (`found`)."""

    region: str
    given_up: bool = False
    found: bool = False


@dataclass(frozen=True, slots=True)
class IssueMoved:
    """The Incident issue has another reference now: it was transferred, or its repository renamed. With an empty
    `issue` it was deleted there; another one may be raised. `was` is the reference that it had."""

    issue: str
    url: str = ""
    was: str = ""


IssueFact = ActionIssueWanted | ActionIssueFound | RegionLost | IssueMoved
ISSUE_KINDS: dict[str, type[IssueFact]] = {
    "action_issue_wanted": ActionIssueWanted,
    "action_issue": ActionIssueFound,
    "region_lost": RegionLost,
    "issue_moved": IssueMoved,
}
