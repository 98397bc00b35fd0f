"""The guard: the issue stays open until the write-up is done and no action is open, then closes by itself.

Handbook, Close. It is open exactly as long as something is outstanding. Whoever closes it early finds it open again,
with the reason; after some times of that, somebody with authority is asked. What was closed and has something
outstanding again is opened again, the incident with it.
"""

from __future__ import annotations

from collections.abc import Sequence

from musterpoint.core.aftermath import Action, ActionStatus, Issue, IssueCause
from musterpoint.core.aftermath_journal import IssueChange
from musterpoint.core.blockers import Blocker, of_the_issue
from musterpoint.core.durations import duration_text
from musterpoint.core.incident import Incident, Status
from musterpoint.core.journal import Fact, StatusChange


def consequence(incident: Incident, fact: Fact, reopenings: int) -> Fact | None:
    """What follows by itself from `fact`, which led to this state; None when nothing does.

    `reopenings`: how often the guard opens the issue again before it asks. To be asked again about its own answer.
    """
    outstanding, issue = of_the_issue(incident), incident.after.issue
    if incident.status is Status.CLOSED and (outstanding or _opened_by_a_person(fact)):
        why = outstanding[0].text if outstanding else "the issue was opened again"
        return StatusChange(Status.RESOLVED, why)
    if issue is None or not issue.ref:
        return None
    if issue.open:
        return _close(incident, issue, outstanding)
    unanswered = [each for each in outstanding if each.key not in issue.yielded]
    if not unanswered:
        return None
    if isinstance(fact, IssueChange) and fact.cause is IssueCause.PERSON:
        if issue.reopened >= reopenings:
            return _change(False, IssueCause.YIELDED, outstanding)
        return _change(True, IssueCause.GUARD, outstanding)
    return _change(True, IssueCause.BLOCKER, unanswered)


def _opened_by_a_person(fact: Fact) -> bool:
    return isinstance(fact, IssueChange) and fact.open and fact.cause is IssueCause.PERSON


def _close(incident: Incident, issue: Issue, outstanding: Sequence[Blocker]) -> Fact | None:
    """Nothing is outstanding, so it closes; unless a person opened it for a reason of their own."""
    ended = incident.status in (Status.CLOSED, Status.CANCELLED)
    if outstanding or (issue.held and not ended):
        return None
    cause = IssueCause.OVERRIDE if incident.after.excused else IssueCause.SETTLED
    return IssueChange(False, cause, about=tuple(what_was_done(incident)))


def _change(open: bool, cause: IssueCause, blockers: Sequence[Blocker]) -> IssueChange:
    return IssueChange(open, cause, tuple(each.key for each in blockers), tuple(each.text for each in blockers))


def what_was_done(incident: Incident) -> list[str]:
    """A line for the write-up and for each action, for the comment with which the issue closes."""
    if incident.status is Status.CANCELLED:
        return ["The incident was cancelled."]
    lines = ["The write-up is done."] if incident.after.writeup_done else []
    for each in incident.after.actions:
        if each.status is ActionStatus.OPEN:
            lines.append(f"Action {each.number} stays open, as an exception: {each.title}")
            continue
        by = f" by {each.ended_by.name}" if each.ended_by else ""
        because = f" ({each.reason})" if each.reason else ""
        lines.append(f"Action {each.number} was {each.status}{by}: {each.title}{because}{_how_long(each)}")
    return lines


def _how_long(action: Action) -> str:
    if action.added_at is None or action.ended_at is None or action.ended_at < action.added_at:
        return ""
    return f"; it was open for {duration_text(action.ended_at - action.added_at)}"
