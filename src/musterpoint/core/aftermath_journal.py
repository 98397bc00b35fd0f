"""The kinds of entry that follow a resolution, and what each does to the state: one class per kind, one function.

They belong to the incident, but for `RowPublic`, which stands beside the message of its row. `journal` knows them all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from musterpoint.core.aftermath import (
    Action,
    ActionKind,
    ActionStatus,
    Aftermath,
    Decision,
    Issue,
    IssueCause,
    Publication,
    Reminded,
)
from musterpoint.core.issue_journal import ISSUE_KINDS, ActionIssueFound, ActionIssueWanted, IssueMoved, RegionLost
from musterpoint.core.person import Who

# --- the write-up -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WriteupEdit:
    """A version of one part, in a person's words. `on` is the entry whose text it was written over (0: composed).

    `composed` is what would have stood there without anybody's words: what changed since is told as a difference.
    `aside`: it crossed with somebody else's edit, whose text stands; this one is kept beside it. `over`: it crossed
    with the version `on`, which its writer had not seen, and stands all the same. `reset`: the part is composed again.
    """

    part: str
    text: str = ""
    on: int = 0
    composed: str = ""
    aside: bool = False
    reset: bool = False
    over: bool = False


@dataclass(frozen=True, slots=True)
class WriteupDone:
    """The write-up is finished, or (`done` False) worked on again."""

    done: bool
    reason: str = ""


# --- follow-up actions ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ActionAdded:
    """`of` is the `ref` of the message that proposed it; `due` is `YYYY-MM-DD`."""

    number: int
    title: str
    owner: Who | None = None
    due: str = ""
    kind: ActionKind | None = None
    tracked: str = ""
    of: str = ""


@dataclass(frozen=True, slots=True)
class ActionChanged:
    """The fields named in `changed` (title, owner, due, kind, tracked) have the values given here from now on."""

    number: int
    changed: tuple[str, ...]
    title: str = ""
    owner: Who | None = None
    due: str = ""
    kind: ActionKind | None = None
    tracked: str = ""


@dataclass(frozen=True, slots=True)
class ActionEnded:
    """Done or declined (with its reason); `open` takes that back. `title` is what it was called then."""

    number: int
    status: ActionStatus
    reason: str = ""
    title: str = ""


# --- the issue --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IssueRequested:
    """Somebody raises the issue; the tracker is told."""


@dataclass(frozen=True, slots=True)
class IssueRaised:
    """The tracker has made the issue. `dropped` is what it did not take: a label, the type, an assignee."""

    issue: str
    url: str = ""
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IssueChange:
    """The issue is open, or closed. `keys` are those of the blockers concerned; `about` says in words what is
    outstanding or, when it settled, what was done."""

    open: bool
    cause: IssueCause = IssueCause.PERSON
    keys: tuple[str, ...] = ()
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IssueComment:
    """Somebody commented on the issue; where on the tracker is the entry's address."""

    text: str


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody with authority lets it close though things are outstanding: the exception, on record. `evidence` is the
    `ref` of the comment in which they did, if it was one."""

    reason: str
    keys: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    evidence: str = ""


# --- the public post --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PublicationDecision:
    """`decision` None takes the decision back: a post is the default again."""

    decision: Decision | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RowPublic:
    """A row of the timeline is chosen for the public, or kept from it."""

    of: str
    public: bool


@dataclass(frozen=True, slots=True)
class PostRequested:
    """Revision `revision` of the post is to be published: exactly this text, at this path."""

    revision: int
    path: str
    url: str
    text: str


@dataclass(frozen=True, slots=True)
class PostPublished:
    """It is on the website; `where` is the branch and commit, or the file."""

    revision: int
    path: str
    url: str = ""
    where: str = ""


# --- reminders --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reminder:
    """Somebody was reminded; `name` tells of what (see `reminders`). What was told of an earlier time than `since` does
    not count: it began anew."""

    name: str
    text: str
    whom: tuple[Who, ...] = ()
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReminderPutOff:
    """Not before `until`; with neither that nor `resumed`, never again."""

    name: str
    until: datetime | None = None
    resumed: bool = False


AftermathFact = (
    WriteupEdit
    | WriteupDone
    | ActionAdded
    | ActionChanged
    | ActionEnded
    | IssueRequested
    | IssueRaised
    | IssueChange
    | IssueComment
    | Override
    | PublicationDecision
    | RowPublic
    | PostRequested
    | PostPublished
    | Reminder
    | ReminderPutOff
    | ActionIssueWanted
    | ActionIssueFound
    | RegionLost
    | IssueMoved
)
AFTERMATH_KINDS: dict[str, type[AftermathFact]] = {
    "writeup_edit": WriteupEdit,
    "writeup_done": WriteupDone,
    "action_added": ActionAdded,
    "action_changed": ActionChanged,
    "action_ended": ActionEnded,
    "issue_requested": IssueRequested,
    "issue_raised": IssueRaised,
    "issue_change": IssueChange,
    "issue_comment": IssueComment,
    "override": Override,
    "publication": PublicationDecision,
    "row_public": RowPublic,
    "post_requested": PostRequested,
    "post_published": PostPublished,
    "reminder": Reminder,
    "reminder_put_off": ReminderPutOff,
    **ISSUE_KINDS,
}


def apply_aftermath(after: Aftermath, fact: AftermathFact, number: int, at: datetime, who: Who | None) -> Aftermath:
    """The state after that entry (its id, time and person). A fact about what does not exist changes nothing."""
    match fact:
        case WriteupEdit():
            return _edited(after, fact, number)
        case WriteupDone():
            return replace(after, writeup_done=fact.done)
        case ActionAdded():
            action = Action(
                fact.number, fact.title, fact.owner, fact.due, fact.kind, fact.tracked, fact.of, added_at=at
            )
            return replace(after, actions=(*after.actions, action))
        case ActionChanged() | ActionEnded() | ActionIssueWanted() | ActionIssueFound():
            changed = (_changed(each, fact, at, who) if each.number == fact.number else each for each in after.actions)
            return replace(after, actions=tuple(changed))
        case IssueRequested() | IssueRaised() | IssueChange() | Override() | RegionLost():
            return _issue(after, fact)
        case IssueMoved():
            return _moved(after, fact)
        case PublicationDecision() | PostRequested() | PostPublished():
            return replace(after, publication=_publication(after.publication, fact, at, who))
        case Reminder() | ReminderPutOff():
            known = after.reminded.get(fact.name, Reminded())
            return replace(after, reminded={**after.reminded, fact.name: _reminded(known, fact, at)})
        case _:
            return after


def _edited(after: Aftermath, fact: WriteupEdit, number: int) -> Aftermath:
    if fact.aside:
        return after
    others = {part: version for part, version in after.parts.items() if part != fact.part}
    return replace(after, parts=others if fact.reset else {**others, fact.part: number})


def _changed(
    action: Action,
    fact: ActionChanged | ActionEnded | ActionIssueWanted | ActionIssueFound,
    at: datetime,
    who: Who | None,
) -> Action:
    match fact:
        case ActionChanged():
            return replace(action, **{name: getattr(fact, name) for name in fact.changed})
        case ActionIssueWanted():
            return replace(action, wanted=bool(fact.place or fact.issue), issue="", apart="")
        case ActionIssueFound():
            tracked = fact.url or action.tracked
            return replace(action, wanted=False, issue=fact.issue, tracked=tracked, apart=fact.why)
    if fact.status is ActionStatus.OPEN:
        return replace(action, status=fact.status, reason=fact.reason, ended_at=None, ended_by=None)
    return replace(action, status=fact.status, reason=fact.reason, ended_at=at, ended_by=who)


def _issue(after: Aftermath, fact: IssueRequested | IssueRaised | IssueChange | Override | RegionLost) -> Aftermath:
    issue = after.issue or Issue()
    match fact:
        case IssueRaised():
            issue = replace(issue, ref=fact.issue, url=fact.url, open=True, dropped=fact.dropped)
        case RegionLost():
            issue = _without_region(issue, fact)
        case IssueChange():
            issue = _opened(issue, fact) if fact.open else _closed(issue, fact)
            if fact.open and fact.cause is IssueCause.PERSON:
                return replace(after, issue=issue, excused=())
        case Override():
            excused = tuple(dict.fromkeys([*after.excused, *fact.keys]))
            return replace(after, excused=excused)
    return replace(after, issue=issue)


def _moved(after: Aftermath, fact: IssueMoved) -> Aftermath:
    """A deleted issue takes with it what was so of it alone."""
    if after.issue is None:
        return after
    if fact.issue:
        return replace(after, issue=replace(after.issue, ref=fact.issue, url=fact.url or after.issue.url))
    return replace(after, issue=None, gone=(*after.gone, fact.was))


def _without_region(issue: Issue, fact: RegionLost) -> Issue:
    given_up = tuple(each for each in issue.given_up if each != fact.region)
    if fact.found:
        return replace(issue, given_up=given_up)
    lost = tuple(dict.fromkeys([*issue.lost, fact.region]))
    return replace(issue, lost=lost, given_up=(*given_up, fact.region) if fact.given_up else given_up)


def _opened(issue: Issue, fact: IssueChange) -> Issue:
    reopened = issue.reopened + (fact.cause is IssueCause.GUARD)
    return replace(issue, open=True, yielded=(), reopened=reopened, held=fact.cause is IssueCause.PERSON)


def _closed(issue: Issue, fact: IssueChange) -> Issue:
    if fact.cause is IssueCause.YIELDED:
        return replace(issue, open=False, yielded=fact.keys)
    settled = fact.cause in (IssueCause.SETTLED, IssueCause.OVERRIDE)
    return replace(issue, open=False, held=False, reopened=0 if settled else issue.reopened)


def _publication(
    publication: Publication, fact: PublicationDecision | PostRequested | PostPublished, at: datetime, who: Who | None
) -> Publication:
    match fact:
        case PublicationDecision(decision=None):
            return replace(publication, decision=None, reason=fact.reason, by=None, at=None)
        case PublicationDecision():
            return replace(publication, decision=fact.decision, reason=fact.reason, by=who, at=at)
        case PostRequested():
            return replace(publication, requested=fact.revision, path=fact.path, url=fact.url)
        case PostPublished():
            return replace(
                publication,
                published=max(publication.published, fact.revision),
                published_at=at,
                url=fact.url or publication.url,
            )


def _reminded(known: Reminded, fact: Reminder | ReminderPutOff, at: datetime) -> Reminded:
    if isinstance(fact, Reminder):
        anew = fact.since is not None and known.last is not None and known.last < fact.since
        return replace(known, times=1 if anew else known.times + 1, last=at)
    if fact.resumed:
        return Reminded(known.times, known.last)
    return replace(known, until=fact.until, dismissed=fact.until is None)
