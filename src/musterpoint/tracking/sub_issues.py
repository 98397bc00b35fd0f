"""The issues that actions have of their own: made or taken, linked to the Incident issue, and given up again.

The row (`ActionIssue`) is there before the link is, so that nobody takes it for one that a person has linked. Of an
incident's one effect is at work at a time; only the newest wish of an action counts.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from musterpoint.actions.recording import happened, intend
from musterpoint.core import action_issue as rules
from musterpoint.core.aftermath import Action
from musterpoint.core.incident import Incident, Status
from musterpoint.core.issue_journal import ActionIssueFound, ActionIssueWanted
from musterpoint.core.process import Process
from musterpoint.effects import name_outside
from musterpoint.integrations import registry
from musterpoint.ports import ActionIssues, Filed, NotSent, Posted, Refused
from musterpoint.store import codec, incidents, models
from musterpoint.tracking import sub_issue_notes as notes
from musterpoint.tracking import sub_issue_reasons as reasons
from musterpoint.tracking.document import incident_of
from musterpoint.tracking.sub_issue_learning import learn
from musterpoint.tracking.sub_issue_owners import assignee
from musterpoint.tracking.sub_issue_writing import write

__all__ = ["learn", "made", "make", "refs", "write"]

#: Seconds until the next try where another action of the incident is at it.
SOON = 0.5
Renew = Callable[[], None]


def refs(row: models.Incident) -> list[str]:
    """The references of the incident's actions' issues, to be asked for."""
    return list(models.ActionIssue.objects.filter(incident=row).order_by("number").values_list("ref", flat=True))


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the newest entry about an action's issue wants; `number` is the entry's."""

    number: int
    fact: ActionIssueWanted


@dataclass(frozen=True, slots=True)
class _Making:
    """One action's issue, on its way."""

    effect: models.Effect
    process: Process
    renew: Renew
    port: ActionIssues
    row: models.Incident
    state: Incident
    action: Action
    wish: _Wish
    parent: str


def make(effect: models.Effect, process: Process, renew: Renew) -> Posted:
    """Do what the action's newest wish wants. What comes of it is in the row; without one the action is a line alone,
    and `dropped` says why. Raises Unavailable, NotSent."""
    data, row = json.loads(effect.data), incident_of(effect)
    if "asks" in data:
        return reasons.ask(effect, process, renew)
    port, state = registry.action_issues(process), incidents.state(row, incidents.members(row))
    wish, action = _wish(row, data["number"]), state.after.action(data["number"])
    if action is None or wish is None or wish.number != data["entry"]:
        return Posted("a later wish does it")
    if port is None or (issue := state.after.issue) is None or not issue.ref:
        return Posted("", dropped=("the Incident issue is not there",))
    _must_be_alone(effect)
    making = _Making(effect, process, renew, port, row, state, action, wish, issue.ref)
    if not wish.fact.place and not wish.fact.issue:
        _give_up(making)
        return Posted("")
    if state.restricted or state.status is Status.CANCELLED:
        return Posted("", dropped=("the incident is not for everybody",) if state.restricted else ("it was cancelled",))
    try:
        return _there(making)
    except Refused as error:
        return Posted("", dropped=(str(error),))
    except NotSent as error:
        if not _of_another_place(error, making.parent):
            raise
        return Posted("", dropped=(str(error),))


def _of_another_place(error: NotSent, parent: str) -> bool:
    """A person has to mend something, and not where the Incident issue is: the action need not wait for that."""
    return bool(error.place) and not parent.casefold().startswith(
        (f"{error.place}#".casefold(), f"{error.place}/".casefold())
    )


def _must_be_alone(effect: models.Effect) -> None:
    """Raises NotSent while another one is at an action of the same incident."""
    others = models.Effect.objects.filter(incident=effect.incident, kind="action_issue", status="waiting")
    if others.filter(leased_until__gte=Now()).exclude(pk=effect.pk).exists():
        raise NotSent("Another action's issue is being made.", retry_after=SOON)


def _wish(row: models.Incident, number: int) -> _Wish | None:
    wanted = models.Entry.objects.filter(incident=row, kind="action_issue_wanted").order_by("-pk")
    for entry in wanted:
        fact = codec.decode(entry.kind, entry.data)
        if isinstance(fact, ActionIssueWanted) and fact.number == number:
            return _Wish(entry.pk, fact)
    return None


def _give_up(making: _Making) -> None:
    mine = models.ActionIssue.objects.filter(incident=making.row, number=making.action.number).first()
    if mine is not None:
        _unlink(making, mine)


def _unlink(making: _Making, mine: models.ActionIssue) -> None:
    making.renew()
    try:
        making.port.unlink(making.parent, mine.ref)
    except Refused:
        return  # it is gone, or no sub-issue any more


def _there(making: _Making) -> Posted:
    """Made or found, then linked; what was there of an earlier wish is given up first."""
    mine = models.ActionIssue.objects.filter(incident=making.row, number=making.action.number).first()
    if mine is not None and notes.of(mine).made_for != making.wish.number:
        _unlink(making, mine)
        mine.delete()
        mine = None
    mine = mine or _kept(making, _taken(making) if making.wish.fact.issue else _filed(making))
    why = "" if mine.linked else _linked(making, mine)
    return Posted(mine.ref, mine.url, dropped=(why,) if why else ())


def _taken(making: _Making) -> Filed:
    """The existing one, where it is now. Raises Refused where it is gone."""
    making.renew()
    seen = making.port.look(making.wish.fact.issue)
    if seen.gone:
        raise Refused(f"{making.wish.fact.issue} is not there, or not for us to see")
    return Filed(seen.ref, seen.url)


def _filed(making: _Making) -> Filed:
    """A new one; before a second try the tracker is asked for the first."""
    effect, port, place, key = making.effect, making.port, making.wish.fact.place, name_outside(making.effect)
    if effect.tries > 1 and (there := port.made(place, key, effect.created_at)) is not None:
        return there
    owner = assignee(making.action, making.process.tracker)
    making.renew()
    if owner and not port.known(owner, place):
        owner = ""
    making.renew()
    return port.make(
        place, rules.title(making.action), rules.body(making.state, reasons.page_of(making.row)), owner, key
    )


def _kept(making: _Making, filed: Filed) -> models.ActionIssue:
    """The row, as the action is: where the issue differs, the next look learns it."""
    mine = models.ActionIssue(
        incident=making.row,
        number=making.action.number,
        ref=filed.ref,
        url=filed.url,
        title=rules.title(making.action),
    )
    notes.note(mine, notes.Notes(made_for=making.wish.number))
    try:
        with transaction.atomic():
            mine.save()
    except IntegrityError:
        raise Refused(f"{filed.ref} belongs to another action") from None
    return mine


def _linked(making: _Making, mine: models.ActionIssue) -> str:
    """Why it is no sub-issue; empty if it is."""
    making.renew()
    try:
        why = making.port.link(making.parent, mine.ref)
    except Refused as error:
        why = str(error)
    except NotSent as error:
        if not _of_another_place(error, making.parent):
            raise
        why = str(error)
    mine.linked = not why
    mine.save(update_fields=["linked"])
    return why


def made(effect: models.Effect, process: Process, posted: Posted) -> None:
    """Note what came of it, in the transaction that ends the effect; the incident's row is locked."""
    data, row = json.loads(effect.data), incident_of(effect)
    wish = None if "asks" in data else _wish(row, data["number"])
    if wish is None or wish.number != data["entry"]:
        return
    mine = models.ActionIssue.objects.filter(incident=row, number=wish.fact.number).first()
    if mine is not None and not posted.external:
        mine.delete()
    if not wish.fact.place and not wish.fact.issue:
        return
    why = posted.dropped[0] if posted.dropped else ""
    fact = ActionIssueFound(wish.fact.number, "", "", linked=False, why=why)
    state = incidents.state(row, incidents.members(row))
    issue = state.after.issue
    if mine is not None and posted.external:
        notes.note(mine, notes.Notes(parent=issue.ref if mine.linked and issue else ""))
        mine.save(update_fields=["writing"])
        fact = ActionIssueFound(wish.fact.number, mine.ref, mine.url, mine.linked, why)
    happened(process, row, state, fact, timezone.now())
    if fact.issue:
        intend("issue", f"issue:{row.ref}:look:{effect.pk}", row, look=True)
