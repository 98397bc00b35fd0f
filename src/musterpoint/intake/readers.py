"""What something new in a thread means for the incidents that read it."""

from __future__ import annotations

from datetime import datetime

from musterpoint.actions.recording import in_step
from musterpoint.core.incident import Basis, Milestone, Moment, read_time
from musterpoint.core.journal import Correction, Fact, Message, apply
from musterpoint.store import incidents, journal, models


def tell_incidents(thread: models.Thread, new: list[models.Entry], now: datetime) -> None:
    """Whoever reads the thread looks again; the first person to answer is the first responder."""
    tell_readers(new, now)


def tell_readers(new: list[models.Entry], now: datetime) -> None:
    """The same for new entries of several threads; each incident is told once."""
    covered: dict[str, list[models.Entry]] = {}
    readings = models.Reading.objects.filter(thread__in={row.thread_id for row in new}).select_related("incident")
    for reading in readings:
        mine = [row for row in new if row.thread_id == reading.thread_id and _covers(reading, row.anchor)]
        if mine:
            covered.setdefault(reading.incident.ref, []).extend(mine)
    incidents_of = models.Incident.objects.select_for_update().filter(ref__in=covered)
    for incident in incidents_of.order_by("ref"):  # as `access.locked`
        incident.version += 1
        _spoken(incident, covered[incident.ref])
        if _first_responder(incident, covered[incident.ref], now):
            incident.save()
        else:
            incident.save(update_fields=["version", "spoken_at"])
        in_step(incident)


def _covers(reading: models.Reading, anchor: datetime) -> bool:
    return (not reading.since or anchor >= reading.since) and (not reading.until or anchor < reading.until)


def _spoken(incident: models.Incident, new: list[models.Entry]) -> None:
    """When a person last wrote: an app that repeats itself is no sign of life."""
    said = [journal.entry(row) for row in new if row.kind == "message"]
    times = [each.at for each in said if isinstance(each.fact, Message) and not each.fact.bot]
    if times and (incident.spoken_at is None or max(times) > incident.spoken_at):
        incident.spoken_at = max(times)


def _first_responder(incident: models.Incident, new: list[models.Entry], now: datetime) -> bool:
    """Recorded from the thread: an estimate, since the first to write need not be the first to act. It gives way to a
    message that was written earlier and came later. Whether it changed."""
    answers = [row for row in new if row.kind == "message" and _is_answer(journal.entry(row).fact)]
    known = incident.milestones.get(Milestone.FIRST_RESPONDER.value)
    if not answers or (known and known["basis"] != Basis.ESTIMATED.value):
        return False
    row = min(answers, key=lambda row: (row.at, row.pk))
    if known and read_time(known["at"]) <= row.at:
        return False
    correction = Correction(
        field=Milestone.FIRST_RESPONDER.value,
        moment_at=row.at,
        moment_basis=Basis.ESTIMATED,
        why="first to answer in the thread",
        evidence=row.ref,
    )
    saved = journal.row(
        journal.Owner(incident=incident), correction, Moment(now, Basis.RECORDED), None, "musterpoint", now
    )
    saved.save()
    incidents.project(incident, apply(incidents.state(incident), journal.entry(saved)))
    return True


def _is_answer(fact: Fact) -> bool:
    return isinstance(fact, Message) and not fact.bot and not fact.root
