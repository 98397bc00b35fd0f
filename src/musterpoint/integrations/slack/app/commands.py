"""Carries out what was said in an incident's thread, and says in a sentence what came of it.

One action of `actions` each, on the speaker's behalf. Raises what that raises (NotAllowed, NotFound), and
`people.Unknown` where somebody who is mentioned is not known yet: nothing is written then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from musterpoint import access, actions, people
from musterpoint.actions import Call
from musterpoint.core import command as grammar
from musterpoint.core.action_issue import is_address
from musterpoint.core.aftermath import ActionStatus, Decision
from musterpoint.core.command import Command
from musterpoint.core.command_words import Verb
from musterpoint.core.decision import NotAllowed
from musterpoint.core.describe import clock
from musterpoint.core.incident import Milestone, Severity, Who
from musterpoint.core.marks import MarkKind, Verdict
from musterpoint.core.respond import ROW_LIMIT
from musterpoint.integrations.slack.app import people as workspace_people
from musterpoint.integrations.slack.app.asking import Request
from musterpoint.integrations.slack.app.help import of_a_thread, page
from musterpoint.integrations.slack.app.showing import status
from musterpoint.integrations.slack.app.spoken import named
from musterpoint.store import models

MARKS = {
    Verb.NOTE: MarkKind.TIMELINE,
    Verb.DID: MarkKind.ACTION_TAKEN,
    Verb.FINDING: MarkKind.FINDING,
    Verb.DECISION: MarkKind.DECISION,
}
_MILESTONES = {Verb.DETECTED: Milestone.DETECTED, Verb.BEGAN: Milestone.IMPACT_BEGAN}
_PERSON = re.compile(r"slack:[UW][A-Z0-9]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """One command on one incident: by whom, where, what. `message` is the reference of the entry that is the command's
    own message, in a thread that the incident reads; empty where nobody wrote one."""

    request: Request
    call: Call
    row: models.Incident
    said: Command
    message: str = ""

    @property
    def ref(self) -> str:
        return self.row.ref

    @property
    def text(self) -> str:
        """The words as the record keeps them."""
        return named(self.said.text, workspace_people.names(self.request.workspace).by_id)


def read(text: str, call: Call, request: Request) -> Command:
    """What the text asks for; times are read in the speaker's zone, as of `call.now`. Raises NotAllowed."""
    zone = zone_of(request.workspace, request.user, call)
    return grammar.command(text, grammar.Occasion(call.now, zone, call.process.severities))


def zone_of(workspace: str, user: str, call: Call) -> tzinfo | None:
    """Where the speaker is: what Slack says of them now, else what is known here; None where nobody knows."""
    told = models.ChatUser.objects.filter(workspace=workspace, user=user).values_list("zone", flat=True).first()
    _, _, number = call.actor.who.identity.partition("person:")
    people_known = models.Person.objects.filter(pk=int(number)) if number.isdecimal() else models.Person.objects.none()
    known = people_known.values_list("zone", flat=True).first()
    for name in filter(None, (told, known)):
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return None


def carry_out(asked: Asked) -> str:
    """Do it, in the caller's transaction; returns the answer, which is for the speaker alone."""
    return _DO[asked.said.verb](asked)


# --- one verb each ------------------------------------------------------------------------------------------------


def _lead(asked: Asked) -> str:
    person = _who(asked)
    actions.lead(asked.call, asked.ref, person, asked.said.at)
    return f"{person.name if person else 'Nobody'} leads incident {asked.ref}{_since(asked)}."


def _severity(asked: Asked) -> str:
    level = asked.said.severity
    actions.severity(asked.call, asked.ref, level, asked.said.at)
    return f"The severity of incident {asked.ref} is {severity_name(asked.call, level)}{_since(asked)}."


def severity_name(call: Call, level: Severity | None) -> str:
    return call.process.severities[level] if level else "none"


def _resolved(asked: Asked) -> str:
    actions.resolve(asked.call, asked.ref, asked.said.at, asked.text)
    return f"Incident {asked.ref} is resolved{_since(asked)}. If customers are affected again: `relapse`."


def _relapse(asked: Asked) -> str:
    actions.relapse(asked.call, asked.ref, asked.said.at, asked.text)
    return f"Incident {asked.ref} is open again{_since(asked)}."


def _mark(asked: Asked) -> str:
    """The message itself becomes the row: nothing is written a second time, nor echoed into the thread."""
    call, ref, message = asked.call, asked.ref, asked.message
    try:
        actions.mark(call, ref, message, MARKS[asked.said.verb])
    except NotAllowed as refusal:
        if refusal.code != "unchanged":  # somebody was quicker with a reaction
            raise
    text = asked.text
    actions.curate(call, ref, message, Verdict.REWORD, text=text if len(text) <= ROW_LIMIT else _cut(text))
    if asked.said.at:
        actions.correct_row(call, ref, message, asked.said.at)
    return f"In the timeline of incident {ref}{_since(asked)}."


def _cut(text: str) -> str:
    """A row is short; the message stays whole as its evidence."""
    return text[: ROW_LIMIT - 1].rsplit(" ", 1)[0].rstrip() + "…"


def _action(asked: Asked) -> str:
    owner = _owner(asked)
    entry = actions.add_action(asked.call, asked.ref, asked.text, owner, asked.said.due)
    number = getattr(entry.fact, "number", 0)
    for_whom = f", for {owner.name}" if owner else ""
    by = getattr(entry.fact, "due", "")
    return f"Action {number} of incident {asked.ref}{for_whom}{f', due {by}' if by else ''}: {asked.text}"


def _nominate(asked: Asked) -> str:
    person = _who(asked)
    assert person is not None  # the grammar asks for one
    actions.nominate(asked.call, asked.ref, person)
    return f"{person.name} is nominated to raise the issue of incident {asked.ref}."


def _text(asked: Asked) -> str:
    field = asked.said.verb.value
    actions.correct_text(asked.call, asked.ref, field, asked.text)
    return f"The {field} of incident {asked.ref} is “{asked.text}” now."


def _milestone(asked: Asked) -> str:
    milestone = _MILESTONES[asked.said.verb]
    actions.correct_time(asked.call, asked.ref, milestone, asked.said.at, why=asked.text)
    what = "was detected" if milestone is Milestone.DETECTED else "has affected customers"
    return f"Incident {asked.ref} {what}{_since(asked)}."


def _cancel(asked: Asked) -> str:
    actions.cancel(asked.call, asked.ref, asked.text)
    return f"Incident {asked.ref} is cancelled."


def _restrict(asked: Asked) -> str:
    actions.restrict(asked.call, asked.ref, asked.text)
    contact = asked.call.process.security_contact
    return (
        f"Incident {asked.ref} is restricted: from now on only those who handle it know of it, and nothing more is said"
        f" in this thread. What was written here can still be read here; write the rest on {page(asked.ref)}."
        f"{f' Turn to {contact}.' if contact else ''}"
    )


def _huddle(asked: Asked) -> str:
    from musterpoint.actions.huddle import settle_huddle

    settle_huddle(asked.call, asked.ref, asked.said.runs)
    return f"Incident {asked.ref}: {'the huddle runs' if asked.said.runs else 'no huddle is needed'}."


def _ended(asked: Asked) -> str:
    number, declined = asked.said.number, asked.said.verb is Verb.DECLINED
    actions.end_action(
        asked.call, asked.ref, number, ActionStatus.DECLINED if declined else ActionStatus.DONE, asked.text
    )
    return f"Action {number} of incident {asked.ref} is {'declined' if declined else 'done'}."


def _issue(asked: Asked) -> str:
    number, said = asked.said.number, asked.said
    existing = is_address(said.text)
    place, issue = ("", said.text) if existing else (said.text, "")
    actions.change_action_issue(asked.call, asked.ref, number, place, issue, none=said.none)
    if said.none:
        return f"Action {number} of incident {asked.ref} has no issue of its own any more."
    return f"The issue of action {number} of incident {asked.ref} is on its way: {page(asked.ref, '/actions')}"


def _raise(asked: Asked) -> str:
    actions.raise_issue(asked.call, asked.ref)
    return f"The issue of incident {asked.ref} is being raised; its address follows in the thread."


def _writeup(asked: Asked) -> str:
    if asked.said.finished:
        actions.writeup_done(asked.call, asked.ref)
        return f"The write-up of incident {asked.ref} is done."
    actions.writeup_reopen(asked.call, asked.ref)
    return f"The write-up of incident {asked.ref} is open again: {page(asked.ref, '/writeup')}"


def _publish(asked: Asked) -> str:
    actions.publish(asked.call, asked.ref)
    return f"The post about incident {asked.ref} goes out: {page(asked.ref, '/publication')}"


def _skip(asked: Asked) -> str:
    actions.decide_publication(asked.call, asked.ref, Decision.SKIP, asked.text)
    return f"There is no public post about incident {asked.ref}; the reason is on record."


def _close(asked: Asked) -> str:
    actions.close(asked.call, asked.ref, asked.text)
    return f"Incident {asked.ref} is closed."


def _timeline(asked: Asked) -> str:
    return f"The timeline of incident {asked.ref}: {page(asked.ref, '/timeline')}"


_DO: Mapping[Verb, Callable[[Asked], str]] = {
    Verb.LEAD: _lead,
    Verb.SEVERITY: _severity,
    Verb.RESOLVED: _resolved,
    Verb.RELAPSE: _relapse,
    **dict.fromkeys(MARKS, _mark),
    Verb.ACTION: _action,
    **dict.fromkeys((Verb.DONE, Verb.DECLINED), _ended),
    Verb.ISSUE: _issue,
    Verb.NOMINATE: _nominate,
    Verb.RAISE: _raise,
    Verb.WRITEUP: _writeup,
    Verb.PUBLISH: _publish,
    Verb.SKIP: _skip,
    Verb.CLOSE: _close,
    Verb.TITLE: _text,
    Verb.AFFECTED: _text,
    **dict.fromkeys(_MILESTONES, _milestone),
    Verb.CANCEL: _cancel,
    Verb.RESTRICT: _restrict,
    Verb.STATUS: lambda asked: status(asked.call, asked.row),
    Verb.TIMELINE: _timeline,
    Verb.HUDDLE: _huddle,
    Verb.HELP: lambda asked: of_a_thread(asked.call.process),
}


# --- parts --------------------------------------------------------------------------------------------------------


def _since(asked: Asked) -> str:
    """The time that was said, and in which zone it was read where that is not known."""
    at = asked.said.at
    if at is None:
        return ""
    before = "at" if asked.said.verb in (*MARKS, Verb.DETECTED) else "since"
    assumed = " (read as UTC: nobody here knows your time zone)" if asked.said.zone_assumed else ""
    return f" {before} {clock(at.astimezone(UTC))}{assumed}"


def _who(asked: Asked) -> Who | None:
    """Whom the command names; None for nobody. Somebody without a mention must be known here."""
    wanted = asked.said.person
    if not wanted or wanted == "me" or _PERSON.fullmatch(wanted):
        return _mentioned(asked, wanted)
    return access.actor(wanted, asked.call.process).who


def _owner(asked: Asked) -> Who | None:
    """The same for an action, which may belong to somebody whom nobody knows here."""
    wanted = asked.said.person
    if not wanted or wanted == "me" or _PERSON.fullmatch(wanted):
        return _mentioned(asked, wanted)
    return people.somebody(asked.call, wanted)


def _mentioned(asked: Asked, wanted: str) -> Who | None:
    if not wanted or wanted == "me":
        return asked.call.actor.who if wanted else None
    request, user = asked.request, wanted.removeprefix("slack:")
    try:
        return workspace_people.caller(request.process, request.workspace, user, asked.call.now).actor.who
    except NotAllowed as refusal:
        known = workspace_people.who(request.workspace, user)
        name = known.name if known else user
        message = f"{name} cannot be that here. {refusal.message}"
        raise NotAllowed(refusal.code, message, "Name a full member of the workspace.") from refusal
