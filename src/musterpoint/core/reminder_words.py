"""What a reminder says: what is so and since when, whom it waits for, and the command that settles it."""

from __future__ import annotations

from musterpoint.core.describe import clock
from musterpoint.core.incident import Incident, Who
from musterpoint.core.process import Process
from musterpoint.core.reminder_cases import Case

_TEXTS = {
    "no_lead": "Nobody has led the incident since {since}",
    "no_severity": "The incident has had no severity since {since}",
    "nobody_writes": "Nobody has written since {since}: how does it stand?",
    "still_affected": "Nobody has said since {since} that it is resolved: are customers still affected?",
    "no_huddle": "No huddle has begun since {since}: does one run, or is none needed?",
    "huddle_silent": "A huddle runs and nobody has written since {since}: write down what was found or decided",
    "guard_asked": "The issue was closed early too often and stays closed: those with authority decide about the rest",
    "decision_waiting": "The incident has been resolved since {since} and nobody has decided about the public post",
    "post_waiting": "A public post was decided on at {since} and is not published",
    "action_overdue": "Action {number} is overdue, it was due on {due}: {title}",
    "action_due": "Action {number} is due on {due}: {title}",
    "action_unowned": "Action {number} has had no owner since {since}: {title}",
    "action_undated": "Action {number} has had no due date since {since}: {title}",
}
_COMMANDS = {
    "no_lead": "lead {ref} PERSON",
    "no_severity": "severity {ref} LEVEL",
    "nobody_writes": "note {ref} TEXT",
    "still_affected": "resolve {ref}",
    "no_huddle": "huddle {ref} --runs",
    "huddle_silent": "note {ref} TEXT",
    "guard_asked": "close {ref} --override WHY",
    "decision_waiting": "publication decide {ref} publish",
    "post_waiting": "publication publish {ref}",
    "action_overdue": "action done {ref} {number}",
    "action_due": "action done {ref} {number}",
    "action_unowned": "action assign {ref} {number} PERSON",
    "action_undated": "action due {ref} {number} DATE",
}
_OF_THE_LEAD = ("no_severity", "nobody_writes", "still_affected", "no_huddle", "huddle_silent")


def text(incident: Incident, case: Case) -> str:
    """One sentence without a full stop: what, and since when."""
    since = clock(case.since)
    if case.kind == "one_step_left" and case.blocker:
        return f"One step has kept the incident open since {since}: {case.blocker.text.rstrip('.')}"
    if case.kind == "writeup_waiting":
        if incident.after.issue is None:
            return f"The incident has been resolved since {since} and nobody has raised its issue"
        return f"The issue was raised at {since} and the write-up is not done"
    action = incident.after.action(case.number)
    title, due = (action.title, action.due) if action else ("", "")
    return _TEXTS[case.kind].format(since=since, number=case.number, title=title, due=due)


def resolve(incident: Incident, case: Case) -> str:
    """The command that settles it."""
    if case.kind == "one_step_left" and case.blocker:
        return case.blocker.resolve
    if case.kind == "writeup_waiting":
        return f"musterpoint {'raise' if incident.after.issue is None else 'writeup done'} {incident.ref}"
    return f"musterpoint {_COMMANDS[case.kind]}".format(ref=incident.ref, number=case.number)


def whom(incident: Incident, case: Case, process: Process) -> tuple[Who, ...]:
    """For whom it waits; where an incident is restricted and nobody is named, its members: nobody else may know."""
    action = incident.after.action(case.number)
    authority = () if incident.restricted else tuple(named_in_settings(each) for each in process.authority)
    if action and action.owner:
        return (action.owner,)
    if case.kind in ("no_lead", "guard_asked"):
        return authority
    if case.kind in _OF_THE_LEAD:
        return (incident.lead,) if incident.lead else authority
    if incident.nominee:
        return (incident.nominee,)
    if process.nominee and not incident.restricted:
        return (named_in_settings(process.nominee),)
    if incident.lead and case.kind != "writeup_waiting":
        return (incident.lead,)
    return authority


def named_in_settings(name: str) -> Who:
    """Whom a setting names by an identity, an account or the full name."""
    return Who(name if ":" in name else f"name:{name}", name.partition(":")[2] or name)


def is_for(whom: tuple[Who, ...], names: frozenset[str]) -> bool:
    """Whether it waits for the person whom these name (identities, accounts, full name)."""
    named = {each.identity.removeprefix("name:") for each in whom}
    return not whom or not named.isdisjoint(names)
