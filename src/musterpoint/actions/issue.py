"""What people do to the issue on its tracker: taken into the journal as what it is, by whoever did it.

A tracker's people may do there what its owners let them; authority they have only where they are known here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from musterpoint import access
from musterpoint.actions import commanding, issue_edits, issue_rows
from musterpoint.actions.recording import aloud, comment, happened, touched
from musterpoint.core import followup
from musterpoint.core.aftermath import ActionStatus
from musterpoint.core.aftermath_journal import IssueChange, IssueComment, WriteupEdit
from musterpoint.core.decision import Actor, Draft, NotAllowed
from musterpoint.core.incident import Incident, Role, Who
from musterpoint.core.issue_body import Changes, changes, texts
from musterpoint.core.issue_event import IssueDeed, IssueEvent
from musterpoint.core.journal import Entry, Fact
from musterpoint.core.process import Process
from musterpoint.store import incidents, models
from musterpoint.store.addresses import people_named

SOMEBODY = Who("tracker:somebody", "Somebody on the tracker")


class Unknown(Exception):
    """No incident has that issue (yet: we may not have noted what we made)."""


@dataclass(slots=True)
class _Taking:
    """One event on its way into one incident."""

    process: Process
    row: models.Incident
    state: Incident
    actor: Actor
    event: IssueEvent
    source: str
    now: datetime
    known: models.Person | None = None
    new: int = 0

    def attempt(self, decide: Callable[..., Draft], *words: object, **values: object) -> bool:
        """Decide and record. False where the rules refuse it: the next look at the issue shows what stands."""
        try:
            draft = decide(self.state, self.actor, *words, **values)
        except NotAllowed:
            return False
        self.record(draft.fact)
        return True

    def record(self, fact: Fact) -> Entry:
        who, at, url = self.actor.who, self.event.at, self.event.url if isinstance(fact, IssueComment) else ""
        entry, self.state = happened(
            self.process, self.row, self.state, fact, self.now, who=who, source=self.source, at=at, url=url
        )
        self.new += 1
        if isinstance(fact, IssueComment) and self.event.deed is IssueDeed.EDITED:
            comment(self.row, entry)
        if isinstance(fact, WriteupEdit) and (fact.aside or fact.over):
            comment(self.row, entry)
        return entry


def take_in(process: Process, event: IssueEvent, source: str, now: datetime) -> int:
    """Record what the event says, in the caller's transaction; returns how many entries are new. Raises Unknown."""
    copy = models.IssueCopy.objects.filter(ref=event.issue).first()
    if copy is None:
        raise Unknown(f"no incident has the issue {event.issue}")
    row = models.Incident.objects.select_for_update().get(pk=copy.incident_id)
    copy.refresh_from_db()
    state = incidents.state(row, incidents.members(row))
    known = _person(event.who or SOMEBODY)
    taking = _Taking(process, row, state, _actor(event.who or SOMEBODY, known, process), event, source, now, known)
    issue = taking.state.after.issue
    match event.deed:
        case IssueDeed.CLOSED | IssueDeed.REOPENED:
            opened = event.deed is IssueDeed.REOPENED
            if issue is not None and issue.open != opened:
                taking.record(IssueChange(opened))
        case IssueDeed.COMMENTED:
            _commented(taking)
        case IssueDeed.EDITED:
            _edited(taking, copy, changes(event.before, event.after))
            _known(copy, event)
            touched(row)
    return taking.new


def _person(who: Who) -> models.Person | None:
    return next(iter(people_named([who.identity])), None)


def _actor(who: Who, known: models.Person | None, process: Process) -> Actor:
    """Whoever is known here has their authority, and nobody else any."""
    authority = access.actor_of(known, process).authority if known else False
    return Actor(who, Role.RESPONDER, authority)


def _commented(taking: _Taking) -> None:
    """It is an entry whatever it says. One that asks something of us is answered, by one comment: the one with which
    the issue closes is the answer to whoever let it."""
    event, before = taking.event, taking.state.after.issue
    asked = commanding.asked(taking.row, event)
    entry = taking.record(IssueComment(event.text))
    if asked is None:
        return
    refused: tuple[str, ...] = ()
    try:
        draft = commanding.decided(asked, taking.state, taking.actor, taking.known, entry, taking.process, taking.now)
        if draft is not None:
            said = taking.record(draft.fact)
            aloud(taking.process, taking.row, said)
    except NotAllowed as error:
        refused = (error.code, error.message)
    now = taking.state.after.issue
    if not (before and before.open and now and not now.open):
        comment(taking.row, entry, asked=True, refused=refused, known=taking.known is not None)


def _known(copy: models.IssueCopy, event: IssueEvent) -> None:
    """If the edit was made on what we know, its result is what we know from now on. Else the next look will tell."""
    if event.before in (copy.body, copy.writing):
        copy.body, copy.writing = event.after, ""
        copy.save()


def _edited(taking: _Taking, copy: models.IssueCopy, found: Changes) -> None:
    current = taking.event.before in (copy.body, copy.writing)
    issue_edits.markers(taking, found, current=current, known=frozenset(texts(copy.body)))
    issue_edits.parts(taking, found)
    issue_rows.rows(taking, found.rows)
    _acted(taking, found)
    for text in found.notes:
        taking.record(IssueComment(text))


def page_edited(
    process: Process,
    row: models.Incident,
    state: Incident,
    event: IssueEvent,
    found: Changes,
    source: str,
    now: datetime,
) -> Incident:
    """Somebody edited a comment of ours with rows of the timeline; who, is not told. In the caller's transaction, the
    row is locked. Returns the state after it."""
    taking = _Taking(process, row, state, _actor(SOMEBODY, None, process), event, source, now)
    issue_edits.markers(taking, found, current=True)
    issue_rows.rows(taking, found.rows)
    return taking.state


def _acted(taking: _Taking, found: Changes) -> None:
    """Ticks, titles and new lines of the actions. What the rules refuse is kept as a comment: no line gets lost."""
    for number, done in found.ticked:
        taking.attempt(followup.end, number, ActionStatus.DONE if done else ActionStatus.OPEN, taking.now)
    for number, title in found.retitled:
        if not taking.attempt(followup.change, number, taking.now, title=title):
            taking.record(IssueComment(title))
    for title, done in found.added:
        if not taking.attempt(followup.add, title, taking.now):
            taking.record(IssueComment(title))
        elif done:
            taking.attempt(followup.end, taking.state.after.actions[-1].number, ActionStatus.DONE, taking.now)
