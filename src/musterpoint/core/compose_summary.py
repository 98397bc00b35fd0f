"""Composes the summary: what, affected, since when and until when, how bad, relapses, how it was resolved."""

from __future__ import annotations

from musterpoint.core.compose_record import Record
from musterpoint.core.compose_words import at, composed, full_stop
from musterpoint.core.describe import named
from musterpoint.core.durations import duration_text
from musterpoint.core.incident import Milestone, Moment, Status
from musterpoint.core.journal import StatusChange
from musterpoint.core.timeline_markdown import escaped
from musterpoint.core.writeup_parts import Composed, Sentence

_BEGAN, _DETECTED = f"milestone:{Milestone.IMPACT_BEGAN}", f"milestone:{Milestone.DETECTED}"
_RESOLVED = f"milestone:{Milestone.RESOLVED}"


def summary(record: Record) -> Composed:
    incident, questions = record.incident, []
    sentences = [Sentence(full_stop(escaped(incident.title)), record.cites("title"))] if incident.title.strip() else []
    if incident.affected.strip():
        sentences.append(Sentence(f"Affected: {full_stop(escaped(incident.affected))}", record.cites("affected")))
    else:
        questions.append("What was affected?")
    sentences += _how_long(record)
    if record.moment(Milestone.IMPACT_BEGAN) is None:
        questions.append("When did the impact begin?")
    if incident.severity:
        name = record.process.severities.get(incident.severity, incident.severity.value)
        sentences.append(Sentence(f"Severity: {escaped(name)}.", record.cites("severity")))
    else:
        questions.append("How severe was it?")
    sentences += _relapses(record)
    resolution = _resolution(record)
    sentences += resolution
    if not resolution and incident.status is not Status.OPEN:
        questions.append("How was it resolved?")
    return composed(record, sentences, questions)


def _how_long(record: Record) -> list[Sentence]:
    began, detected = record.moment(Milestone.IMPACT_BEGAN), record.moment(Milestone.DETECTED)
    resolved = None if record.incident.status is Status.OPEN else record.moment(Milestone.RESOLVED)
    begin, cite = (began, _BEGAN) if began else (detected, _DETECTED)
    if begin is None:
        return _resolved_alone(record, resolved)
    if resolved is None:
        since = "Customers are affected since" if began else "It was detected at"
        tail = "" if began else "; nobody has said yet that it is resolved"
        if record.incident.status is not Status.OPEN:
            since, tail = ("Customers were affected from" if began else "It was detected at"), ""
        return [Sentence(f"{since} {at(begin)}{tail}.", record.cites(cite, "status"))]
    if resolved.at < begin.at:
        return [Sentence(f"It was resolved at {at(resolved)}.", record.cites(_RESOLVED))]
    what = "the beginning of the impact" if began else "its detection"
    length = duration_text(resolved.at - begin.at)
    text = f"{length} went by from {what} at {at(begin)} to its resolution at {at(resolved)}."
    return [Sentence(text, record.cites(cite, _RESOLVED))]


def _resolved_alone(record: Record, resolved: Moment | None) -> list[Sentence]:
    if resolved is None:
        return []
    return [Sentence(f"It was resolved at {at(resolved)}.", record.cites(_RESOLVED))]


def _relapses(record: Record) -> list[Sentence]:
    """Each false end with the relapse that took it back."""
    found = []
    for entry in record.history.relapses:
        fact = entry.fact
        reason = fact.reason.strip() if isinstance(fact, StatusChange) else ""
        said = f": “{escaped(reason)}”" if reason else ""
        text = f"{escaped(named(entry.who))} reported a relapse at {at(Moment(entry.at, entry.basis))}"
        found.append(Sentence(full_stop(f"{text}{said}"), (entry.ref,)))
    return found


def _resolution(record: Record) -> list[Sentence]:
    """What was said when it was resolved; nothing where nobody said how."""
    entry = record.history.resolution
    if entry is None or not isinstance(entry.fact, StatusChange) or not entry.fact.reason.strip():
        return []
    text = f"{escaped(named(entry.who))} resolved it: “{escaped(entry.fact.reason)}”"
    return [Sentence(f"{text}.", (entry.ref,))]
