"""Blockers: typed reasons why an incident cannot close yet, each with what to do about it.

The first four kinds also keep its issue open (see `guard`); the last two concern the public post alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from musterpoint.core.aftermath import Decision
from musterpoint.core.incident import Incident, Kind, Status

#: The kinds in the order of the process; the issue's guard acts on the first four.
CODES = (
    "not_resolved",
    "issue_not_raised",
    "writeup_open",
    "action_open",
    "publication_undecided",
    "publication_pending",
)
OF_THE_ISSUE = CODES[:4]


@dataclass(frozen=True, slots=True)
class Blocker:
    """`code` for programs, `text` for people, `resolve`: the command that solves it.

    `key` tells one from another of the same kind: `action_open:3`.
    """

    code: str
    text: str
    resolve: str
    key: str = ""


def blockers(incident: Incident) -> list[Blocker]:
    """What keeps the incident from closing, in the order of the process; none for one that is closed or cancelled."""
    return [] if incident.status is Status.CLOSED else standing(incident)


def standing(incident: Incident) -> list[Blocker]:
    """The same whether it is closed or not; without what somebody with authority has excused."""
    if incident.status is Status.CANCELLED:
        return []
    found = [*_of_the_issue(incident), *_of_the_post(incident)]
    return [each for each in found if each.key not in incident.after.excused]


def of_the_issue(incident: Incident) -> list[Blocker]:
    """What keeps the issue open."""
    return [each for each in standing(incident) if each.code in OF_THE_ISSUE]


def _of_the_issue(incident: Incident) -> list[Blocker]:
    ref, after, found = incident.ref, incident.after, []
    if incident.status is Status.OPEN:
        text = "Customers are affected: nobody has said that it is resolved."
        found.append(_one("not_resolved", text, f"musterpoint resolve {ref}"))
    if after.issue is None and not _needs_none(incident):
        found.append(_one("issue_not_raised", _not_raised(incident), f"musterpoint raise {ref}"))
    elif after.issue and not after.issue.ref:
        text = "The issue is being raised; the tracker has not made it yet."
        found.append(_one("issue_not_raised", text, "musterpoint effects"))
    if not after.writeup_done:
        text = "The write-up is not marked as done."
        found.append(_one("writeup_open", text, f"musterpoint writeup done {ref}"))
    for each in after.open_actions:
        whose = f" ({each.owner.name})" if each.owner else " and nobody's"
        text = f"Action {each.number} is open{whose}: {each.title}"
        resolve = f"musterpoint action done {ref} {each.number}"
        found.append(Blocker("action_open", text, resolve, f"action_open:{each.number}"))
    return found


def _needs_none(incident: Incident) -> bool:
    """The issue of a closed incident did its work before it was deleted."""
    return bool(incident.after.gone) and incident.status is Status.CLOSED


def _not_raised(incident: Incident) -> str:
    if incident.after.gone:
        return f"The issue {incident.after.gone[-1]} was deleted in the tracker, and no other one is raised."
    if incident.nominee:
        return f"{incident.nominee.name} has not raised the issue."
    return "Nobody has raised the issue."


def _of_the_post(incident: Incident) -> list[Blocker]:
    """Every availability incident has a public post unless somebody with authority decides otherwise (handbook,
    Publish). What is said about a security incident is not decided here."""
    ref, publication = incident.ref, incident.after.publication
    if incident.kind is Kind.SECURITY or publication.decision is Decision.SKIP:
        return []
    if publication.requested > publication.published:
        text = "The post is on its way to the website."
        return [_one("publication_pending", text, "musterpoint effects")]
    if publication.published:
        return []
    if publication.decision is None:
        text = "Nobody has decided about the public post (the default: publish it)."
        return [_one("publication_undecided", text, f"musterpoint publication decide {ref} publish")]
    return [_one("publication_pending", "The post is not published.", f"musterpoint publication publish {ref}")]


def _one(code: str, text: str, resolve: str) -> Blocker:
    return Blocker(code, text, resolve, code)
