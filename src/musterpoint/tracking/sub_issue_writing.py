"""Brings the actions' issues to what the journal says: title, whether they are open and why not, who owns them.

What is about to be changed is noted before each call, so that we know our own change if we die. One that cannot be
written does not hinder the others: why is said once, and it is tried again later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from musterpoint.actions.recording import happened
from musterpoint.core import action_issue as rules
from musterpoint.core.aftermath import Action, ActionStatus
from musterpoint.core.incident import Incident, Status
from musterpoint.core.issue_journal import ActionIssueFound
from musterpoint.core.process import Process
from musterpoint.integrations import registry
from musterpoint.ports import ActionIssues, NotSent, Refused, Unavailable
from musterpoint.store import incidents, models
from musterpoint.tracking import sub_issue_notes as notes
from musterpoint.tracking.sub_issue_learning import DECLINED
from musterpoint.tracking.sub_issue_owners import assignee

Renew = Callable[[], None]


def write(row: models.Incident, state: Incident, process: Process, renew: Renew) -> None:
    """Raises NotSent where it is not our turn; Unavailable at the end where one of them is to be tried again."""
    rows = list(models.ActionIssue.objects.filter(incident=row).order_by("number"))
    port = registry.action_issues(process) if rows else None
    if port is None or state.restricted or state.status is Status.CANCELLED:
        return
    again: Unavailable | None = None
    for mine in rows:
        action = state.after.action(mine.number)
        if action is None or action.issue.casefold() != mine.ref.casefold():
            continue  # it is on its way, or being given up
        try:
            if not mine.linked and not action.apart and state.after.issue:
                _linked(port, mine, state.after.issue.ref, process, renew)
            _one(port, mine, action, process, renew)
        except Unavailable as error:
            if isinstance(error, NotSent):
                if not error.place or _is_place_of(error.place, state):
                    raise
                _hindered(row, mine, action, process, str(error))
            else:
                again = again or error
        except Refused as error:
            _hindered(row, mine, action, process, str(error))
    if again is not None:
        raise again


def _is_place_of(place: str, state: Incident) -> bool:
    """Where the Incident issue is: what has to be mended there hinders everything."""
    issue = state.after.issue
    return issue is not None and issue.ref.casefold().startswith((f"{place}#".casefold(), f"{place}/".casefold()))


def _linked(port: ActionIssues, mine: models.ActionIssue, parent: str, process: Process, renew: Renew) -> None:
    """The Incident issue is another one than that which it was linked to."""
    renew()
    why = port.link(parent, mine.ref)
    mine.linked = not why
    mine.save(update_fields=["linked"])
    if why:
        _tell(mine.incident, mine, process, why)
    _save(mine, replace(notes.of(mine), parent=parent))


def _one(port: ActionIssues, mine: models.ActionIssue, action: Action, process: Process, renew: Renew) -> None:
    noted, now = notes.of(mine), timezone.now()
    wanted = _wanted(mine, action, process)
    for name in noted.was_refused(wanted, process, now):
        del wanted[name]
    if wanted.get("owner"):
        renew()
        if not port.known(wanted["owner"], mine.ref.rpartition("#")[0]):
            noted.refuse({"owner": wanted.pop("owner")}, now)
            if mine.owner:
                wanted["owner"] = ""
            _save(mine, noted)
    if not wanted:
        return
    noted.sent = wanted
    _save(mine, noted)
    renew()
    status = ActionStatus(wanted["status"]) if "status" in wanted else None
    dropped = port.change(mine.ref, title=wanted.get("title"), status=status, owner=wanted.get("owner"))
    if dropped and "owner" in wanted:
        noted.refuse({"owner": wanted.pop("owner")}, now)  # whom it is assigned to is all that is dropped silently
    _changed(mine, noted, wanted)
    _mended(mine, noted, process)


def _wanted(mine: models.ActionIssue, action: Action, process: Process) -> dict[str, str]:
    """What differs."""
    wanted = {}
    if (text := rules.title(action)) != mine.title:
        wanted["title"] = text
    if action.status is not _status(mine):
        wanted["status"] = action.status.value
    if (owner := assignee(action, process.tracker)) != mine.owner:
        wanted["owner"] = owner
    return wanted


def _status(mine: models.ActionIssue) -> ActionStatus:
    if mine.open:
        return ActionStatus.OPEN
    return ActionStatus.DECLINED if mine.reason in DECLINED else ActionStatus.DONE


def _changed(mine: models.ActionIssue, noted: notes.Notes, done: dict[str, str]) -> None:
    mine.title, mine.owner = done.get("title", mine.title), done.get("owner", mine.owner)
    if "status" in done:
        mine.open = done["status"] == ActionStatus.OPEN
        mine.reason = "" if mine.open else "not_planned" if done["status"] == ActionStatus.DECLINED else "completed"
    noted.sent = {}
    notes.note(mine, noted)
    mine.save()


def _save(mine: models.ActionIssue, noted: notes.Notes) -> None:
    notes.note(mine, noted)
    mine.save(update_fields=["writing"])


def _hindered(row: models.Incident, mine: models.ActionIssue, action: Action, process: Process, why: str) -> None:
    """Say it once; the same is tried again when everything is looked at the next time but one."""
    noted = notes.of(mine)
    noted.refuse(noted.sent or _wanted(mine, action, process), timezone.now())
    noted.sent = {}
    if not noted.hindered:
        noted.hindered, noted.apart = True, action.apart
        _tell(row, mine, process, f"what changes here is not written there: {why}")
    _save(mine, noted)


def _mended(mine: models.ActionIssue, noted: notes.Notes, process: Process) -> None:
    if noted.hindered:
        _tell(mine.incident, mine, process, noted.apart)
        owner = {name: value for name, value in noted.refused.items() if name == "owner"}
        _save(mine, notes.Notes(refused=owner, at=noted.at, parent=noted.parent))


def _tell(row: models.Incident, mine: models.ActionIssue, process: Process, why: str) -> None:
    now: datetime = timezone.now()
    with transaction.atomic():
        locked = models.Incident.objects.select_for_update().get(pk=row.pk)
        state = incidents.state(locked, incidents.members(locked))
        happened(process, locked, state, ActionIssueFound(mine.number, mine.ref, mine.url, mine.linked, why), now)
