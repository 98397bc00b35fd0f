"""Composes the RCA: trigger, contributing factors, detection, resolution, luck, and what went well.

Which of the things that were said is a cause, people decide: what they marked is quoted, what only looks like one is
named as such, and the question stays open.
"""

from __future__ import annotations

import re

from musterpoint.core.compose_record import Record
from musterpoint.core.compose_words import at, between, composed, message_said, row_said
from musterpoint.core.conversation import Told
from musterpoint.core.incident import Milestone, Status
from musterpoint.core.journal import Curation, MarkKind, Message, Note, RowKind, Verdict
from musterpoint.core.timeline import Row, RowStatus
from musterpoint.core.writeup_parts import Composed, Sentence

#: Candidates that nobody has confirmed, at the most.
CANDIDATES = 5
#: Quotes about luck and about what went well, at the most.
QUOTES = 5
_CAUSE = re.compile(
    r"\b(?:caus(?:ed?|es|ing)|triggered|because of|due to|culprit|broke|introduced (?:by|in|with)|turned out|came from|"
    r"the (?:problem|reason) (?:is|was)|started (?:after|with|when))\b",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"\b(?:deploy(?:ed|ment|ing|s)?|releas(?:ed?|es|ing)|roll(?:ed|ing) out|rollout|went live|merged|"
    r"migrat(?:ed|ion|ing)|upgrad(?:ed?|ing)|config(?:uration)? change|switched|cut ?over|rotated|renewed|"
    r"expired|maintenance)\b",
    re.IGNORECASE,
)
_LUCK = re.compile(
    r"\b(?:luckily|fortunately|thankfully|(?:were|was|are|got|get) (?:very |really |quite |just )?lucky|"
    r"lucky (?:that|us|timing|break|escape)|by (?:pure )?luck|good thing|saved us)\b",
    re.IGNORECASE,
)
_WELL = re.compile(
    r"\b(?:(?:went|worked|going) (?:really |very |quite |pretty )?well|paid off|went smoothly)\b", re.IGNORECASE
)
_NO = re.compile(r"\b(?:not|never|n['’]t|hardly)\b[^.!?]{0,20}$", re.IGNORECASE)


def trigger(record: Record) -> Composed:
    findings = [row for row in record.spoken if row.kind is RowKind.FINDING and _CAUSE.search(row.text)]
    kept = [row for row in findings if row.status is RowStatus.KEPT]
    sentences = [row_said(record, row) for row in kept]
    if kept:
        return composed(record, sentences, [], listed=True)
    perhaps = findings[:CANDIDATES]
    sentences += [_labelled("Perhaps", row_said(record, row)) for row in perhaps]
    changes = [row for row in _before_detection(record) if _CHANGE.search(row.text) and row not in perhaps]
    sentences += [_labelled("Before it was noticed", row_said(record, row)) for row in changes[-CANDIDATES:]]
    questions = ["What triggered it?"] if not sentences else ["Is one of these what triggered it?"]
    return composed(record, sentences, questions, listed=True)


def _labelled(label: str, sentence: Sentence) -> Sentence:
    return Sentence(f"{label}: {sentence.text}", sentence.cites)


def _before_detection(record: Record) -> list[Row]:
    detected = record.moment(Milestone.DETECTED) or record.moment(Milestone.DECLARED)
    return [row for row in record.spoken if detected and row.at <= detected.at and row.kind is not RowKind.STATUS]


def factors(record: Record) -> Composed:
    """What people kept as findings and decisions, and relapses; else what looks like a finding."""
    kinds = (RowKind.FINDING, RowKind.DECISION, RowKind.RELAPSE)
    kept = [row for row in record.spoken if row.status is RowStatus.KEPT and row.kind in kinds]
    sentences = [row_said(record, row) for row in kept]
    if not any(row.kind is RowKind.FINDING for row in kept):
        perhaps = [row for row in record.spoken if row.kind is RowKind.FINDING][:CANDIDATES]
        sentences += [_labelled("Perhaps", row_said(record, row)) for row in perhaps]
    if not sentences:
        questions = ["Which factors contributed? There is hardly ever only one."]
    elif len(sentences) == 1:
        questions = ["What else contributed? There is hardly ever only one factor."]
    else:
        questions = ["Which of these contributed, and what made them possible?"]
    return composed(record, sentences, questions, listed=True)


def detection(record: Record) -> Composed:
    detected, sentences = record.moment(Milestone.DETECTED), []
    if detected is not None:
        cites = record.cites(f"milestone:{Milestone.DETECTED}")
        sentences.append(Sentence(f"It was detected at {at(detected)}.", cites))
    noticed = _noticed(record)
    sentences += [row_said(record, row) for row in noticed]
    sentences += between(record, Milestone.DETECTED, Milestone.DECLARED, "From detection to declaration:")
    sentences += between(
        record, Milestone.IMPACT_BEGAN, Milestone.DETECTED, "From the beginning of the impact to detection:"
    )
    questions = [] if noticed else ["Who or what noticed it first?"]
    if detected is None:
        questions.append("When was it detected?")
    return composed(record, sentences, questions, listed=True)


def _noticed(record: Record) -> list[Row]:
    """The row that the detection rests on, else the first one that tells of a detection."""
    refs = record.history.evidence.get(f"milestone:{Milestone.DETECTED}", ())
    cited = [row for row in record.spoken if row.key in refs and row.kind is not RowKind.STATUS]
    return (cited or [row for row in record.spoken if row.kind is RowKind.DETECTION])[:1]


def resolution(record: Record) -> Composed:
    """What was done since the last relapse, then the resolution itself."""
    since, entry = record.opened, record.history.resolution
    resolved = None if record.incident.status is Status.OPEN else record.moment(Milestone.RESOLVED)
    done = [
        row
        for row in record.spoken
        if row.kind is RowKind.ACTION_TAKEN
        and (since is None or row.at >= since)
        and (resolved is None or row.at <= resolved.at)
    ]
    sentences = [row_said(record, row) for row in done]
    questions = [] if done else ["What was done to resolve it?"]
    if entry is not None and resolved is not None:
        sentences += [row_said(record, row) for row in record.rows if row.key == entry.ref]
    else:
        text = (
            "It is not resolved yet." if record.incident.status is Status.OPEN else "When it was resolved is unknown."
        )
        sentences.append(Sentence(text, record.cites("status")))
    return composed(record, sentences, questions, listed=True)


def lucky(record: Record) -> Composed:
    said = _said(record, _LUCK)
    return composed(record, said, [] if said else ["Where were we lucky?"], listed=True)


def went_well(record: Record) -> Composed:
    said = _said(record, _WELL)
    return composed(record, said, [] if said else ["What went well?"], listed=True)


def _said(record: Record, words: re.Pattern[str]) -> list[Sentence]:
    """Where somebody says so, and does not ask or deny it; not what was taken back or is to be ignored."""
    found = []
    for told in record.told.values():
        if not isinstance(told.entry.fact, Message | Note) or (match := words.search(told.text)) is None:
            continue
        if told.deleted is not None or MarkKind.IGNORE in told.marks or _dropped(told):
            continue
        asked = "?" in told.text[match.end() :].partition(".")[0].partition("!")[0]
        if not asked and not _NO.search(told.text[: match.start()]):
            found.append(message_said(told))
    return found[:QUOTES]


def _dropped(told: Told) -> bool:
    decided = told.curation.fact if told.curation is not None else None
    return isinstance(decided, Curation) and decided.verdict is Verdict.DROP
