"""What people do to the issue on its tracker: taken into the journal as what it is, by whoever did it.

A tracker's people may do there what its owners let them; authority they have only where they are known here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from musterpoint import access
from musterpoint.actions.recording import comment, happened, touched
from musterpoint.core import followup, writeup
from musterpoint.core.aftermath import ActionStatus
from musterpoint.core.aftermath_journal import IssueChange, IssueComment, WriteupEdit
from musterpoint.core.decision import Actor, Draft, NotAllowed
from musterpoint.core.incident import Incident, Role, Who
from musterpoint.core.issue_body import Changes, changes
from musterpoint.core.issue_event import IssueDeed, IssueEvent
from musterpoint.core.journal import Fact
from musterpoint.core.process import Process
from musterpoint.store import incidents, models

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
    new: int = 0

    def attempt(self, decide: Callable[..., Draft], *words: object, **values: object) -> bool:
        """Decide and record. False where the rules refuse it: the next look at the issue shows what stands."""
        try:
            draft = decide(self.state, self.actor, *words, **values)
        except NotAllowed:
            return False
        self.record(draft.fact)
        return True

    def record(self, fact: Fact) -> None:
        who, at = self.actor.who, self.event.at
        entry, self.state = happened(
            self.process, self.row, self.state, fact, self.now, who=who, source=self.source, at=at
        )
        self.new += 1
        if isinstance(fact, IssueComment) and self.event.deed is IssueDeed.EDITED:
            comment(self.row, entry)
        if isinstance(fact, WriteupEdit) and fact.aside:
            comment(self.row, entry)


def take_in(process: Process, event: IssueEvent, source: str, now: datetime) -> int:
    """Record what the event says, in the caller's transaction; returns how many entries are new. Raises Unknown."""
    copy = models.IssueCopy.objects.filter(ref=event.issue).first()
    if copy is None:
        raise Unknown(f"no incident has the issue {event.issue}")
    row = models.Incident.objects.select_for_update().get(pk=copy.incident_id)
    copy.refresh_from_db()
    state = incidents.state(row, incidents.members(row))
    taking = _Taking(process, row, state, _actor(event.who or SOMEBODY, process), event, source, now)
    issue = taking.state.after.issue
    match event.deed:
        case IssueDeed.CLOSED | IssueDeed.REOPENED:
            opened = event.deed is IssueDeed.REOPENED
            if issue is not None and issue.open != opened:
                taking.record(IssueChange(opened))
        case IssueDeed.COMMENTED:
            taking.record(IssueComment(event.text))
        case IssueDeed.EDITED:
            _edited(taking, changes(event.before, event.after))
            _known(copy, event)
            touched(row)
    return taking.new


def _actor(who: Who, process: Process) -> Actor:
    """Whoever is known here has their authority, and nobody else any."""
    known = models.Identity.objects.filter(name=who.identity).select_related("person").first()
    person = known.person if known else None
    if who.identity.startswith("person:") and person is None:
        person = models.Person.objects.filter(pk=who.identity.removeprefix("person:")).first()
    authority = access.actor_of(person, process).authority if person else False
    return Actor(who, Role.RESPONDER, authority)


def _known(copy: models.IssueCopy, event: IssueEvent) -> None:
    """If the edit was made on what we know, its result is what we know from now on. Else the next look will tell."""
    if event.before in (copy.body, copy.writing):
        copy.body, copy.writing = event.after, ""
        copy.save()


def _edited(taking: _Taking, found: Changes) -> None:
    if found.parts:
        entries = access.entries(access.NOBODY, taking.row)
        parts = {each.part.name: each for each in writeup.parts(taking.state, entries, taking.process)}
        for change in found.parts:
            part = parts[change.name]
            if not change.after.strip():
                if part.version:
                    taking.record(WriteupEdit(part.part.name, on=part.version, reset=True))
                continue
            draft = writeup.edit(taking.state, taking.actor, part, change.after, taking.now, base=change.before)
            if draft is not None:
                taking.record(draft.fact)
    _acted(taking, found)
    for text in found.notes:
        taking.record(IssueComment(text))


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
