"""Learning from a look at the actions' issues: what people did to them becomes entries, each by whoever did it.

Each is compared with what both sides last knew (`ActionIssue`), so that nothing is told twice and our own changes are
none of theirs, even if we died right after one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from musterpoint.actions.issue import SOMEBODY
from musterpoint.actions.recording import happened
from musterpoint.core import followup
from musterpoint.core.aftermath import Action, ActionStatus
from musterpoint.core.decision import Actor, Draft, NotAllowed
from musterpoint.core.incident import Incident, Role, Status, Who
from musterpoint.core.issue_journal import ActionIssueFound, ActionIssueWanted
from musterpoint.core.journal import Entry, Fact
from musterpoint.core.process import Process
from musterpoint.ports import SubIssue
from musterpoint.store import codec, models
from musterpoint.tracking import sub_issue_notes as notes
from musterpoint.tracking import sub_issue_reasons as reasons
from musterpoint.tracking.sub_issue_owners import owner

UNLINKED = "it is no sub-issue of the Incident issue any more"
#: What we gave up ourselves so short a time ago may still be told as a sub-issue.
A_MOMENT = timedelta(minutes=2)
#: Why an issue was closed whose action is not done.
DECLINED = ("not_planned", "duplicate")


@dataclass(slots=True)
class _Learning:
    """What is learnt about the actions of one incident, whose row is locked."""

    process: Process
    row: models.Incident
    state: Incident
    source: str
    now: datetime

    @property
    def parent(self) -> str:
        """The Incident issue."""
        return self.state.after.issue.ref if self.state.after.issue else ""

    def record(self, fact: Fact, who: Who | None = None, at: datetime | None = None) -> Entry:
        entry, self.state = happened(
            self.process, self.row, self.state, fact, self.now, who=who, source=self.source, at=at
        )
        return entry

    def attempt(
        self, decide: Callable[..., Draft], *words: object, by: SubIssue | None = None, **values: object
    ) -> Entry | None:
        """Decide and record; None where the rules refuse it. `by`: whoever closed or opened that one did it."""
        who = (by.who if by else None) or SOMEBODY
        try:
            draft = decide(self.state, Actor(who, Role.RESPONDER), *words, **values)
        except NotAllowed:
            return None
        return self.record(draft.fact, who, by.at if by else None)


def learn(
    row: models.Incident, state: Incident, found: Sequence[SubIssue], process: Process, source: str, now: datetime
) -> Incident:
    """Take in what people did to them, in the caller's transaction; the row is locked. Returns the state after it."""
    learning = _Learning(process, row, state, source, now)
    rows = list(models.ActionIssue.objects.filter(incident=row)) if found else []
    for seen in found:
        names = {each.casefold() for each in (seen.was, seen.ref) if each}
        mine = next((each for each in rows if each.ref.casefold() in names), None)
        if mine is not None:
            _compare(learning, mine, seen)
        elif seen.linked and not seen.gone and state.status is not Status.CANCELLED:
            rows += _linked_by_hand(learning, seen)
    return learning.state


# --- one that is known --------------------------------------------------------------------------------------------


def _compare(learning: _Learning, mine: models.ActionIssue, seen: SubIssue) -> None:
    action = learning.state.after.action(mine.number)
    if action is None or not action.issue:
        return  # it is on its way, or being given up
    if seen.gone:
        why = f"{mine.ref} was deleted, or is not for us to see any more"
        learning.record(ActionIssueFound(mine.number, "", "", linked=False, why=why))
        mine.delete()
        return
    noted = notes.of(mine)
    _whereabouts(learning, mine, seen, action, noted)
    if seen.title not in (mine.title, noted.sent.get("title")):
        learning.attempt(followup.change, mine.number, learning.now, title=seen.title)
    differs = (seen.open, seen.reason) != (mine.open, mine.reason)
    stale = differs and noted.is_known(seen.event)  # read from where our own change has not arrived yet
    if differs and not stale and not _sent(noted.sent.get("status"), mine, seen):
        _ended(learning, mine.number, seen)
    assigned = _identity(seen)
    if assigned not in (mine.owner, noted.sent.get("owner")):
        learning.attempt(followup.change, mine.number, learning.now, owner=owner(seen.owner))
    mine.title, mine.owner = seen.title, assigned
    if not stale:
        mine.open, mine.reason = seen.open, seen.reason
    noted.saw(seen.event)
    noted.sent = {}
    notes.note(mine, noted)
    mine.save()


def _identity(seen: SubIssue) -> str:
    return seen.owner.identity.casefold() if seen.owner else ""


def _sent(status: str | None, mine: models.ActionIssue, seen: SubIssue) -> bool:
    """That it is as it is was our own doing. One that is closed for another reason is opened for a moment."""
    if status is None:
        return False
    if seen.open:
        return status == ActionStatus.OPEN or not mine.open
    return status != ActionStatus.OPEN and (seen.reason in DECLINED) == (status == ActionStatus.DECLINED)


def _whereabouts(
    learning: _Learning, mine: models.ActionIssue, seen: SubIssue, action: Action, noted: notes.Notes
) -> None:
    """It was moved, unlinked or linked."""
    moved, relinked, why = seen.ref.casefold() != mine.ref.casefold(), seen.linked != mine.linked, action.apart
    if moved and models.ActionIssue.objects.filter(ref__iexact=seen.ref).exclude(pk=mine.pk).exists():
        return
    mine.ref, mine.url, mine.linked = seen.ref, seen.url, seen.linked
    if seen.linked:
        noted.parent = learning.parent
    elif noted.parent.casefold() != learning.parent.casefold():
        relinked = False  # the Incident issue is another one now: it is linked to that when it is written
    if relinked:
        why, noted.hindered = "" if seen.linked else UNLINKED, False
    if moved or relinked:
        learning.record(ActionIssueFound(mine.number, mine.ref, mine.url, mine.linked, why))


def _ended(learning: _Learning, number: int, seen: SubIssue) -> None:
    status, reason = ActionStatus.OPEN, ""
    if not seen.open:
        status = ActionStatus.DECLINED if seen.reason in DECLINED else ActionStatus.DONE
        reason = f"pull request {seen.by}" if seen.by and status is ActionStatus.DONE else ""
    entry = learning.attempt(followup.end, number, status, learning.now, reason, by=seen, told=True)
    if entry is not None and status is ActionStatus.DECLINED:
        reasons.intend_to_ask(learning.row, number, entry)


# --- one that a person has linked ---------------------------------------------------------------------------------


def _linked_by_hand(learning: _Learning, seen: SubIssue) -> list[models.ActionIssue]:
    """It is an action from now on: a new one, or the one whose issue it was before."""
    tables = (models.ActionIssue.objects, models.IssueCopy.objects)
    if any(each.filter(ref__iexact=seen.ref).exists() for each in tables):
        return []  # it belongs to another incident
    action = _before(learning, seen)
    if action is not None and not _is_free(learning, action):
        return []
    if action is None or action.issue:
        if learning.attempt(followup.add, seen.title, learning.now, owner(seen.owner)) is None:
            return []
        action = learning.state.after.actions[-1]
    mine = _row(learning, action, seen)
    notes.note(mine, notes.Notes(parent=learning.parent))
    mine.save()
    learning.record(ActionIssueFound(action.number, seen.ref, seen.url))
    _compare(learning, mine, seen)
    return [mine]


def _row(learning: _Learning, action: Action, seen: SubIssue) -> models.ActionIssue:
    """As the action is, so that what is otherwise on the tracker is learnt; but what has ended stays so."""
    open = seen.open or action.status is ActionStatus.OPEN
    return models.ActionIssue(
        incident=learning.row,
        number=action.number,
        ref=seen.ref,
        url=seen.url,
        title=action.title,
        open=open,
        reason="" if open else seen.reason,
        linked=True,
    )


def _about(learning: _Learning) -> list[models.Entry]:
    kinds = ("action_issue", "action_issue_wanted")
    return list(models.Entry.objects.filter(incident=learning.row, kind__in=kinds).order_by("-pk"))


def _before(learning: _Learning, seen: SubIssue) -> Action | None:
    """The action that had it last, or wants it."""
    for entry in _about(learning):
        fact = codec.decode(entry.kind, entry.data)
        if isinstance(fact, ActionIssueFound | ActionIssueWanted) and fact.issue.casefold() == seen.ref.casefold():
            return learning.state.after.action(fact.number)
    return None


def _is_free(learning: _Learning, action: Action) -> bool:
    """It waits for no issue, and nothing about that was changed just now."""
    if action.wanted:
        return False
    told = ((codec.decode(each.kind, each.data), each.known_at) for each in _about(learning))
    mine = (
        at
        for fact, at in told
        if isinstance(fact, ActionIssueFound | ActionIssueWanted)
        if fact.number == action.number
    )
    return learning.now - next(mine) > A_MOMENT
