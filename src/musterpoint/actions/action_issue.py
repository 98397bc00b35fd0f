"""Give an action an issue of its own, take an existing one for it, or give it up; an effect does it on the tracker."""

from __future__ import annotations

from musterpoint import access
from musterpoint.actions.recording import Call, intend, record
from musterpoint.core import action_issue as rules
from musterpoint.core.decision import Draft, NotAllowed
from musterpoint.core.incident import Incident
from musterpoint.core.issue_journal import ActionIssueWanted
from musterpoint.core.journal import Entry
from musterpoint.store import models


def change_action_issue(
    call: Call, ref: str, number: int, place: str = "", issue: str = "", *, none: bool = False
) -> Entry:
    """The action gets an issue in the repository `place` (default: that of the settings), or the existing one that
    `issue` refers to; with `none` it has none any more."""
    with access.locked(call.actor, ref) as [(row, state)]:
        if none:
            return _recorded(call, row, state, number, rules.detach(state, call.actor, number, call.now))
        if issue and place:
            hint = "Give a repository, or an existing issue."
            raise NotAllowed("both", "An existing issue stays in its repository.", hint)
        return ask(call, row, state, number, issue or place, existing=bool(issue))


def ask(
    call: Call, row: models.Incident, state: Incident, number: int, issue: str, *, existing: bool | None = None
) -> Entry:
    """`issue` is a repository (empty: that of the settings), or what refers to an existing one: `existing`, or else if
    it looks like that. The row is locked."""
    if existing if existing is not None else rules.is_address(issue):
        draft = rules.attach(state, call.actor, number, issue, call.process, call.now)
        _must_be_free(row, draft, number)
    else:
        draft = rules.want(state, call.actor, number, issue, call.process, call.now)
    return _recorded(call, row, state, number, draft)


def title_of_new(call: Call, state: Incident, title: str, issue: str) -> str:
    """What an action is called until the title of the existing issue is read; empty where it has one of its own.

    Raises NotAllowed: has_title, not_an_issue, another_server.
    """
    if not rules.is_address(issue):
        return ""
    if title:
        raise NotAllowed("has_title", "The title is that of the existing issue.", "Leave the title out.")
    return rules.reference(issue, call.process, state)


def _recorded(call: Call, row: models.Incident, state: Incident, number: int, draft: Draft) -> Entry:
    entry, _ = record(call, row, state, draft)
    intend("action_issue", f"action_issue:{row.ref}:{number}:{entry.id}", row, number=number, entry=entry.id)
    return entry


def _must_be_free(row: models.Incident, draft: Draft, number: int) -> None:
    """Of whichever incident's the issue is already: it is not said which."""
    assert isinstance(draft.fact, ActionIssueWanted)
    ref = draft.fact.issue
    if models.IssueCopy.objects.filter(ref__iexact=ref).exists():
        raise rules.taken(ref, "the issue of an incident")
    others = models.ActionIssue.objects.filter(ref__iexact=ref).exclude(incident=row, number=number)
    if others.exists():
        raise rules.taken(ref, "the issue of an action")
