"""What follows a resolution, as state: the write-up, the follow-up actions, the issue, the publication, reminders.

Frozen values, nothing but what the journal says (see `aftermath_journal`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from musterpoint.core.person import Who


class ActionKind(StrEnum):
    """What a follow-up action is for."""

    PREVENT = "prevent"
    DETECT = "detect"
    MITIGATE = "mitigate"
    PROCESS = "process"


class ActionStatus(StrEnum):
    OPEN = "open"
    DONE = "done"
    DECLINED = "declined"


class Decision(StrEnum):
    """Whether a public post is published. A post is the default; skipping it is a recorded decision."""

    PUBLISH = "publish"
    SKIP = "skip"


class IssueCause(StrEnum):
    """Why the issue was opened or closed.

    `person`: somebody did it on the tracker. `settled`: nothing was outstanding. `guard`: it was closed early.
    `blocker`: something came up after it was closed. `yielded`: closed early too often, authority was asked.
    `override`: somebody with authority let it close.
    """

    PERSON = "person"
    SETTLED = "settled"
    GUARD = "guard"
    BLOCKER = "blocker"
    YIELDED = "yielded"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True)
class Action:
    """A follow-up action. `number` is unique within its incident, `due` is `YYYY-MM-DD` or empty.

    `of` is the `ref` of the message that it came from, `tracked` the address where it is worked on. `ended_*` say who
    ended it (done or declined, with the reason) and when. `issue` is the reference of its own issue on the tracker;
    `wanted`: that is on its way. `apart` tells why it is not linked to the Incident issue, or why there is none.
    """

    number: int
    title: str
    owner: Who | None = None
    due: str = ""
    kind: ActionKind | None = None
    tracked: str = ""
    of: str = ""
    status: ActionStatus = ActionStatus.OPEN
    reason: str = ""
    added_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: Who | None = None
    issue: str = ""
    wanted: bool = False
    apart: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """The Incident issue. `ref` is empty while the tracker has not made it yet.

    `reopened` counts how often the guard opened it again since it was last settled; `held`: a person opened it though
    nothing was outstanding, so it does not close by itself. `yielded` are the keys of blockers (see `blockers`) on
    which the guard gave in. `dropped` is what the tracker did not take of what we gave it. `lost` are the regions
    whose markers were taken away once, `given_up` those that are not written any more.
    """

    ref: str = ""
    url: str = ""
    open: bool = True
    reopened: int = 0
    held: bool = False
    yielded: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    given_up: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Publication:
    """The decision about the public post, and what became of it.

    `requested` and `published` count revisions: asked for, and there. `path` is the file's place in the website and
    stays the same for all of them.
    """

    decision: Decision | None = None
    reason: str = ""
    by: Who | None = None
    at: datetime | None = None
    path: str = ""
    url: str = ""
    requested: int = 0
    published: int = 0
    published_at: datetime | None = None


NO_PUBLICATION = Publication()


@dataclass(frozen=True, slots=True)
class Reminded:
    """How often a reminder was given since what it tells of began, and when last; put off, or `dismissed` for good."""

    times: int = 0
    last: datetime | None = None
    until: datetime | None = None
    dismissed: bool = False


@dataclass(frozen=True, slots=True)
class Aftermath:
    """`parts`: of the write-up and the post, the entry whose text stands; a part that is not there is composed.

    `excused` are the keys of blockers that authority overrode. `opened_at`: when we learnt of the last relapse, or
    of an incident that was declared elsewhere before.
    """

    writeup_done: bool = False
    parts: Mapping[str, int] = field(default_factory=dict)
    actions: tuple[Action, ...] = ()
    issue: Issue | None = None
    excused: tuple[str, ...] = ()
    #: the references of Incident issues that were deleted on the tracker
    gone: tuple[str, ...] = ()
    publication: Publication = NO_PUBLICATION
    reminded: Mapping[str, Reminded] = field(default_factory=dict)
    opened_at: datetime | None = None
    #: a huddle was linked, or a person has said that one runs or that none is needed
    huddle_settled: bool = False
    #: nobody has said yet whether security or personal data could be involved
    security_unasked: bool = False

    def action(self, number: int) -> Action | None:
        return next((each for each in self.actions if each.number == number), None)

    @property
    def open_actions(self) -> list[Action]:
        return [each for each in self.actions if each.status is ActionStatus.OPEN]


NOTHING_AFTER = Aftermath()
