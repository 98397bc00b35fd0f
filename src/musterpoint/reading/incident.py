"""What surfaces show of an incident: the same shapes for command line, pages and API. Read only, through `access`."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from musterpoint import access
from musterpoint.actions import Call
from musterpoint.core.blockers import blockers
from musterpoint.core.incident import Basis, Incident, Milestone, Moment, time_text
from musterpoint.core.journal import Correction, Entry
from musterpoint.core.possible import possible
from musterpoint.core.proposals import Proposal, proposals
from musterpoint.core.timeline import Row, timeline
from musterpoint.reading.actions import action_shapes
from musterpoint.reading.completeness import coverage_shape, of_threads
from musterpoint.reading.issue import issue_gone, issue_shape
from musterpoint.reading.publication import publication_shape
from musterpoint.reading.troubles import troubles_of
from musterpoint.store import models


def _moment(moment: Moment | None) -> dict[str, str] | None:
    return {"at": time_text(moment.at), "basis": moment.basis.value} if moment else None


def incident_shape(state: Incident) -> dict[str, Any]:
    """What every list and answer says of an incident."""
    return {
        "ref": state.ref,
        "title": state.title,
        "affected": state.affected,
        "status": state.status.value,
        "kind": state.kind.value,
        "severity": state.severity.value if state.severity else None,
        "restricted": state.restricted,
        "confined": state.confined,
        "lead": state.lead.name if state.lead else None,
        "nominee": state.nominee.name if state.nominee else None,
        "duplicate_of": state.duplicate_of or None,
        "milestones": {each.value: _moment(state.milestones.get(each)) for each in Milestone},
    }


def head(call: Call, ref: str) -> dict[str, Any]:
    """What stands above every page of an incident; it costs the same however long its thread is.

    `version` is raised by everything that happens to it, `can` names the steps that this person could take now.
    """
    view = access.find(call.actor, ref)
    shape = {
        **incident_shape(view.state),
        "issue": None,
        "issue_gone": None,
        "actions": [],
        "publication": None,
        "blockers": [{"code": each.code, "text": each.text, "resolve": each.resolve} for each in blockers(view.state)],
        "threads": [],
        "troubles": [],
        "version": 0,
        "can": [],
    }
    if view.row is None:
        return shape
    readings = access.stretches(call.actor, view.row)
    return {
        **shape,
        "issue": issue_shape(view.state),
        "issue_gone": issue_gone(view.state),
        "publication": publication_shape(view.state),
        "actions": action_shapes(view.state, call.process, call.now),
        "threads": _thread_shapes(call, readings),
        "troubles": troubles_of(call.process, view.row, readings),
        "version": view.row.version,
        "can": sorted(possible(view.state, call.actor, call.process, call.now)),
    }


def shown(call: Call, ref: str) -> dict[str, Any]:
    """`show`: the same, and what the whole record adds: which times it proposes, and what was corrected."""
    shape = head(call, ref)
    view = access.find(call.actor, ref)
    entries = access.entries(call.actor, view.row) if view.row else []
    return {
        **shape,
        "proposals": [proposal_shape(each) for each in proposals(view.state, entries, zones(entries))],
        "corrections": [correction_shape(each) for each in entries if isinstance(each.fact, Correction)],
    }


def proposal_shape(proposal: Proposal) -> dict[str, Any]:
    return {
        "milestone": proposal.milestone.value,
        **(_moment(proposal.moment) or {}),
        "quote": proposal.quote,
        "evidence": {"ref": proposal.ref, "url": proposal.url or None},
        "zone_assumed": proposal.zone_assumed,
        "why": proposal.why,
    }


def _thread_shapes(call: Call, readings: list[models.Reading]) -> list[dict[str, Any]]:
    """`coverage` is there for threads of a chat that tells us of what happens, and whose history can be read."""
    captured = [each.thread for each in readings] if call.process.chat == "slack" else []
    found = of_threads(captured, call.now)
    return [{**_thread_shape(each), "coverage": coverage_shape(found.get(each.thread_id))} for each in readings]


def _thread_shape(reading: models.Reading) -> dict[str, Any]:
    thread = reading.thread
    return {
        "thread": f"{thread.workspace or '-'}/{thread.channel}/{thread.root}",
        "channel": thread.channel_name or thread.channel,
        "url": thread.url or None,
        "role": reading.role,
        "since": time_text(reading.since) if reading.since else None,
        "until": time_text(reading.until) if reading.until else None,
        "incomplete": thread.incomplete or None,
    }


def correction_shape(entry: Entry) -> dict[str, Any]:
    fact = entry.fact
    assert isinstance(fact, Correction)
    was = Moment(fact.was_at, fact.was_basis or Basis.ESTIMATED) if fact.was_at else None
    now = Moment(fact.moment_at, fact.moment_basis) if fact.moment_at else None
    return {
        "field": fact.field,
        "was": fact.was_text or _moment(was),
        "is": fact.text or _moment(now),
        "who": entry.who.name if entry.who else None,
        "at": time_text(entry.at),
        "why": fact.why,
        "quote": fact.quote,
        "evidence": fact.evidence or None,
    }


def zones(entries: list[Entry]) -> dict[str, tzinfo]:
    """The time zone of everybody who spoke, as far as it is known."""
    identities = {entry.who.identity for entry in entries if entry.who}
    rows = models.Identity.objects.filter(name__in=identities).exclude(person__zone="").select_related("person")
    found = {row.name: row.person.zone for row in rows}
    numbers = [int(each.removeprefix("person:")) for each in identities if each.startswith("person:")]
    for person in models.Person.objects.filter(pk__in=numbers).exclude(zone=""):
        found[f"person:{person.pk}"] = person.zone
    found |= dict(
        models.ImportedName.objects.filter(identity__in=identities).exclude(zone="").values_list("identity", "zone")
    )
    known: dict[str, tzinfo] = {}
    for identity, name in found.items():
        try:
            known[identity] = ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return known


def proposals_of(call: Call, ref: str) -> list[Proposal]:
    view = access.find(call.actor, ref)
    row = access.seen(call.actor, ref)
    entries = access.entries(call.actor, row)
    return proposals(view.state, entries, zones(entries))


def rows_of(call: Call, ref: str) -> list[Row]:
    """The timeline of an incident. For one of which only a number is left, nothing."""
    view = access.find(call.actor, ref)
    return timeline(access.entries(call.actor, view.row)) if view.row else []


def row_shape(row: Row) -> dict[str, Any]:
    return {
        "at": time_text(row.at),
        "basis": row.basis.value,
        "kind": row.kind.value,
        "text": row.text,
        "who": row.who.name if row.who else None,
        "evidence": [{"ref": each.ref, "url": each.url or None} for each in row.evidence],
        "status": row.status.value,
        "why": row.why,
    }
