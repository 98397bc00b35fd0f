"""The kinds of entry that an Incident issue on a tracker adds: actions with issues of their own, regions that got lost."""

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


ISSUE_KINDS: dict[str, type[ActionIssueWanted | ActionIssueFound | RegionLost]] = {
    "action_issue_wanted": ActionIssueWanted,
    "action_issue": ActionIssueFound,
    "region_lost": RegionLost,
}
