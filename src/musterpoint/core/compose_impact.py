"""Composes the customer impact in numbers: lengths from timestamps alone, other figures as people's own words."""

from __future__ import annotations

import re
from datetime import timedelta

from musterpoint.core.compose_record import Record, Stretch
from musterpoint.core.compose_words import at, between, composed, full_stop, row_said, span
from musterpoint.core.durations import duration_text
from musterpoint.core.incident import Milestone
from musterpoint.core.timeline_markdown import escaped
from musterpoint.core.writeup_parts import Composed, Sentence

#: Quotes with figures, at the most.
QUOTES = 10
_WHOM = (
    r"customers?|users?|people|persons?|accounts?|tenants?|clients?|subscribers?|organi[sz]ations?|companies|teams?|"
    r"shops?|stores?|merchants?|patients?|students?|visitors?|members?|guests?"
)
_WHAT = (
    r"requests?|orders?|payments?|transactions?|logins?|sign-?ins?|sessions?|bookings?|invoices?|messages?|e-?mails?|"
    r"calls?|uploads?|checkouts?|carts?|tickets?|complaints?|sales|searches|downloads?|instances?|projects?|sites?"
)
_NUMBER = r"(?<![\w.:,-])\d[\d.,]*(?:\s?[kKmM])?(?!\s+(?:errors?|responses?|status)\b)"
_PEOPLE = re.compile(rf"{_NUMBER}\s+(?:[\w-]+\s+){{0,2}}(?:{_WHOM})\b", re.IGNORECASE)
_THINGS = re.compile(rf"{_NUMBER}\s+(?:[\w-]+\s+){{0,2}}(?:{_WHAT})\b", re.IGNORECASE)
_SHARE = re.compile(r"(?<![\w.:,-])\d[\d.,]*\s?(?:%|percent\b|per cent\b)", re.IGNORECASE)
_TOUCHED = re.compile(rf"\b(?:{_WHOM}|{_WHAT}|traffic|errors?|fail(?:ed|s|ing|ures?)?)\b", re.IGNORECASE)


def impact(record: Record) -> Composed:
    began = record.moment(Milestone.IMPACT_BEGAN)
    sentences, questions = _affected(record), [] if began else ["When did the impact begin?"]
    sentences += between(record, Milestone.IMPACT_BEGAN, Milestone.DETECTED, "Time to detect:")
    sentences += between(
        record, Milestone.DETECTED, Milestone.FIRST_RESPONDER, "Time from detection to the first response:"
    )
    if not record.history.relapses:
        sentences += between(record, Milestone.DETECTED, Milestone.RESOLVED, "Time from detection to the resolution:")
    else:
        sentences += between(
            record, Milestone.DETECTED, Milestone.RESOLVED, "Time from detection to the last resolution:"
        )
    quoted = [row for row in record.spoken if figures(row.text)][:QUOTES]
    sentences += [row_said(record, row) for row in quoted]
    if not record.incident.affected.strip():
        questions.append("What was affected?")
    if not any(_PEOPLE.search(row.text) for row in quoted):
        questions.append("How many customers were affected?")
    if not any(_SHARE.search(row.text) or _THINGS.search(row.text) for row in quoted):
        questions.append("What share of requests failed?")
    return composed(record, sentences, questions, listed=True)


def figures(text: str) -> bool:
    """Whether it counts customers or what they did: `1,200 customers`, `38 % of requests`; not `CPU at 95 %`."""
    if not any(each.isdigit() for each in text):
        return False
    share = _SHARE.search(text) and _TOUCHED.search(text)
    return bool(share or _PEOPLE.search(text) or _THINGS.search(text))


def _affected(record: Record) -> list[Sentence]:
    whom = record.incident.affected.strip()
    sentences = [Sentence(f"Affected: {full_stop(escaped(whom))}", record.cites("affected"))] if whom else []
    stretches = record.stretches
    known = [(each, _length(each)) for each in stretches]
    for number, (stretch, length) in enumerate(known, start=1):
        name = "Customers were affected" if len(stretches) == 1 else f"Stretch {number}: customers were affected"
        if stretch.begin is not None and stretch.end is not None and length is not None:
            sentences.append(Sentence(f"{name} {span(stretch.begin, stretch.end)}.", _cites(stretch)))
        elif stretch.begin is not None and stretch.end is None:
            name = name.replace("were affected", "are affected")
            sentences.append(Sentence(f"{name} since {at(stretch.begin)}.", _cites(stretch)))
        elif stretch.end is not None:
            name = name.replace("were affected", "were affected until")
            sentences.append(Sentence(f"{name} {at(stretch.end)}; since when is not known.", _cites(stretch)))
    lengths = [length for _, length in known if length is not None]
    if len(stretches) > 1 and len(lengths) == len(stretches):
        cites = tuple(dict.fromkeys(ref for each in stretches for ref in _cites(each)))
        text = f"All {len(stretches)} stretches together: {duration_text(sum(lengths, timedelta()))}."
        sentences.append(Sentence(text, cites))
    return sentences


def _length(stretch: Stretch) -> timedelta | None:
    if stretch.begin is None or stretch.end is None or stretch.end.at < stretch.begin.at:
        return None
    return stretch.end.at - stretch.begin.at


def _cites(stretch: Stretch) -> tuple[str, ...]:
    return stretch.cites
