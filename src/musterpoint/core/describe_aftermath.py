"""The sentences for what follows a resolution; see `describe`, which adds who."""

from __future__ import annotations

from musterpoint.core.aftermath import ActionStatus, Decision, IssueCause
from musterpoint.core.aftermath_journal import (
    ActionAdded,
    ActionChanged,
    ActionEnded,
    AftermathFact,
    IssueChange,
    IssueComment,
    IssueRaised,
    IssueRequested,
    Override,
    PostPublished,
    PostRequested,
    PublicationDecision,
    Reminder,
    ReminderPutOff,
    RowPublic,
    WriteupDone,
    WriteupEdit,
)
from musterpoint.core.issue_journal import ActionIssueFound, ActionIssueWanted, IssueMoved, RegionLost
from musterpoint.core.person import Who

_CAUSES = {
    (False, IssueCause.PERSON): "closed the issue",
    (True, IssueCause.PERSON): "opened the issue again",
    (False, IssueCause.SETTLED): "closed the issue: nothing is outstanding",
    (True, IssueCause.GUARD): "opened the issue again, which was closed early",
    (True, IssueCause.BLOCKER): "opened the issue again",
    (False, IssueCause.YIELDED): "left the issue closed and asked those with authority",
    (False, IssueCause.OVERRIDE): "closed the issue, as somebody with authority decided",
}
_ENDED = {
    ActionStatus.OPEN: "opened {} again",
    ActionStatus.DONE: "finished {}",
    ActionStatus.DECLINED: "declined {}",
}


def did(fact: AftermathFact) -> str:
    """What was done, without who did it."""
    match fact:
        case WriteupEdit():
            return _edited(fact)
        case WriteupDone():
            done = "marked the write-up as done" if fact.done else "took the write-up up again"
            return done + _because(fact.reason)
        case ActionAdded() | ActionChanged() | ActionEnded():
            return _action(fact)
        case IssueRequested():
            return "raised the issue"
        case IssueRaised():
            return f"made the issue {fact.issue}{_not_taken(fact.dropped)}"
        case IssueChange():
            return _CAUSES.get((fact.open, fact.cause), "changed the issue") + _because("; ".join(fact.about))
        case IssueComment():
            return f"commented on the issue: {fact.text}"
        case Override():
            return f"let the incident close though {_listed(fact.about)}" + _because(fact.reason)
        case PublicationDecision() | RowPublic() | PostRequested() | PostPublished():
            return _post(fact)
        case ActionIssueWanted() | ActionIssueFound():
            return _issue_of_an_action(fact)
        case RegionLost():
            return _lost(fact)
        case IssueMoved(issue=""):
            return f"found that the issue {fact.was} was deleted in the tracker"
        case IssueMoved():
            return f"follows the issue {fact.was} to {fact.issue}"
        case Reminder():
            whom = _listed(tuple(each.name for each in fact.whom)) if fact.whom else "everybody"
            return f"reminded {whom}: {fact.text}"
        case ReminderPutOff():
            return _put_off(fact)


def _not_taken(dropped: tuple[str, ...]) -> str:
    return f"; the tracker did not take {', '.join(dropped)}" if dropped else ""


def _issue_of_an_action(fact: ActionIssueWanted | ActionIssueFound) -> str:
    action = f"action {fact.number}"
    match fact:
        case ActionIssueWanted(issue="", place=""):
            return f"keeps {action} as a line of the issue alone"
        case ActionIssueWanted(issue=""):
            return f"asked for an issue of {action} in {fact.place}"
        case ActionIssueWanted():
            return f"linked {action} with {fact.issue}"
        case ActionIssueFound(issue=""):
            return f"found that {action} has no issue of its own" + _because(fact.why)
        case ActionIssueFound():
            return f"keeps {action} in step with {fact.issue}" + _because(fact.why)


def _lost(fact: RegionLost) -> str:
    region = f"“{fact.region}”"
    if fact.found:
        return f"writes {region} in the issue again: its markers are back"
    if fact.given_up:
        return f"no longer writes {region} in the issue: its markers were taken away once more"
    return f"put {region} back into the issue: its markers were taken away"


def _edited(fact: WriteupEdit) -> str:
    part = "the post" if fact.part == "post" else f"“{fact.part}” in the write-up"
    if fact.reset:
        return f"lets {part} be composed again"
    if fact.aside:
        return f"wrote {part} while somebody else did; their text was set aside"
    if fact.over:
        return f"wrote {part} in the issue while somebody else did; this text stands"
    return f"wrote {part}"


def _action(fact: ActionAdded | ActionChanged | ActionEnded) -> str:
    match fact:
        case ActionAdded():
            return f"added action {fact.number}: {fact.title}"
        case ActionChanged():
            return f"changed action {fact.number}: {', '.join(_field(fact, name) for name in fact.changed)}"
        case ActionEnded():
            title = f" “{fact.title}”" if fact.title else ""
            return _ENDED[fact.status].format(f"action {fact.number}{title}") + _because(fact.reason)


def _field(fact: ActionChanged, name: str) -> str:
    match name:
        case "owner":
            return f"{name_of(fact.owner)} owns it" if fact.owner else "nobody owns it"
        case "due":
            return f"due on {fact.due}" if fact.due else "no due date"
        case "kind":
            return f"kind {fact.kind}" if fact.kind else "no kind"
        case "tracked":
            return f"tracked at {fact.tracked}" if fact.tracked else "tracked nowhere else"
    return f"“{fact.title}”"


def _post(fact: PublicationDecision | RowPublic | PostRequested | PostPublished) -> str:
    match fact:
        case PublicationDecision(decision=None):
            return "took the decision about the public post back" + _because(fact.reason)
        case PublicationDecision():
            skip = fact.decision is Decision.SKIP
            return ("decided to publish no post" if skip else "decided to publish a post") + _because(fact.reason)
        case RowPublic():
            return "chose a row for the public" if fact.public else "kept a row from the public"
        case PostRequested(revision=1):
            return f"published the post as {fact.path}"
        case PostRequested():
            return f"published revision {fact.revision} of the post"
        case PostPublished():
            return f"put the post on the website ({fact.where or fact.path})"


def _put_off(fact: ReminderPutOff) -> str:
    name = fact.name.replace("_", " ").replace(":", " ")
    if fact.resumed:
        return f"wants to be reminded of “{name}” again"
    if fact.until is None:
        return f"wants no more reminders of “{name}”"
    return f"put off the reminder of “{name}” until {fact.until:%Y-%m-%d %H:%M} UTC"


def name_of(who: Who | None) -> str:
    return who.name if who is not None and who.name else "somebody"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) if names else "nothing is outstanding"


def _because(why: str) -> str:
    return f": {why}" if why else ""
