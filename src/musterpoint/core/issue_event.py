"""What a tracker tells us: one thing that somebody did to an issue, in our words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from musterpoint.core.person import Who


class IssueDeed(StrEnum):
    EDITED = "edited"
    CLOSED = "closed"
    REOPENED = "reopened"
    COMMENTED = "commented"


@dataclass(frozen=True, slots=True)
class IssueEvent:
    """`issue` is its reference on the tracker. `before` and `after` are the whole bodies of an
    edit, `text` a comment's and `url` its address. `who` is None where the tracker does not say. `shared`: it was done
    by the account that we use ourselves, which need not have been us."""

    deed: IssueDeed
    issue: str
    at: datetime
    who: Who | None = None
    before: str = ""
    after: str = ""
    text: str = ""
    shared: bool = False
    url: str = ""
