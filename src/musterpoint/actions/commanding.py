"""What a comment on the issue asks of us, decided: by whom it may be asked is decided here as well (see
`core.issue_commands`)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from musterpoint import access
from musterpoint.core import close, followup
from musterpoint.core.aftermath import ActionStatus
from musterpoint.core.aftermath_journal import IssueComment
from musterpoint.core.decision import Actor, Draft, NotAllowed
from musterpoint.core.incident import Incident, Role, Who
from musterpoint.core.issue_answers import must_be_whole
from musterpoint.core.issue_commands import Command, Deed, commanded
from musterpoint.core.issue_event import IssueEvent
from musterpoint.core.journal import Entry
from musterpoint.core.process import Process
from musterpoint.store import journal, models
from musterpoint.store.addresses import people_named


def asked(row: models.Incident, event: IssueEvent) -> Command | None:
    """The command of that comment. None where it has none, or had the same before it was edited (a person who corrects
    another word of it does not ask again) or was copied with its issue to another place."""
    command = commanded(event.text)
    if command is None:
        return None
    same_one = Q(at=event.at, who_identity=event.who.identity if event.who else "")
    if event.url:
        same_one |= Q(url=event.url)
    earlier = models.Entry.objects.filter(same_one, incident=row, kind="issue_comment").order_by("pk").last()
    fact = journal.entry(earlier).fact if earlier else None
    same = isinstance(fact, IssueComment) and commanded(fact.text) == command
    return None if same else command


def decided(
    command: Command,
    state: Incident,
    actor: Actor,
    known: models.Person | None,
    entry: Entry,
    process: Process,
    now: datetime,
) -> Draft | None:
    """What it changes; None where it only asks. `entry` is the comment's. Raises NotAllowed: not_known, no_number,
    no_why, nobody, and what the rules raise.

    Whoever may comment is not by that one of the team: what changes something needs a person who is known here.
    """
    if command.deed not in (Deed.CLOSE, Deed.DONE, Deed.DECLINE, Deed.ASSIGN):
        return None
    if command.deed is Deed.CLOSE and not actor.authority:
        raise NotAllowed("no_authority", "Authority is needed for that.")
    if known is None or known.role == Role.VIEWER:
        raise NotAllowed("not_known", "That needs somebody known here who responds to incidents.")
    must_be_whole(command)
    number = command.number or 0
    match command.deed:
        case Deed.CLOSE:
            return close.override(state, actor, command.words, now, entry.ref)
        case Deed.DONE:
            return followup.end(state, actor, number, ActionStatus.DONE, now, command.words)
        case Deed.DECLINE:
            return followup.end(state, actor, number, ActionStatus.DECLINED, now, command.words)
    return followup.change(state, actor, number, now, owner=_whom(command.words, known, process))


def _whom(wanted: str, asking: models.Person, process: Process) -> Who:
    """`me` is who asks; `@LOGIN` an account on the tracker, and the person here whose it is. Raises NotAllowed."""
    if wanted.lower() in ("", "me", "myself"):
        return access.actor_of(asking, process).who
    if wanted.startswith("@") and process.tracker != "local":
        login = wanted[1:].rstrip(".,")
        identity = f"{process.tracker}:{login.casefold()}"
        person = next(iter(people_named([identity])), None)
        return access.actor_of(person, process).who if person else Who(identity, login)
    try:
        return access.actor(wanted, process).who
    except access.NotFound as error:
        raise NotAllowed("nobody", error.message, error.hint) from error
