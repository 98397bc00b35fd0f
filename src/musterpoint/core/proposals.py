"""Milestones that the record only suggests: proposed with the quote that supports them, confirmed by a person.

A time comes from words (`spoken_times`: stated, or estimated when said roughly) or from a message's own time
(estimated); never from anywhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from musterpoint.core.conversation import Told, conversation
from musterpoint.core.describe import REDACTED
from musterpoint.core.draft import draft
from musterpoint.core.incident import Basis, Incident, Milestone, Moment, Who
from musterpoint.core.journal import Entry, Message, Note, RowKind
from musterpoint.core.scoring import ALERT_OVER, CAME_BACK, NO_HELP, WORKS_AGAIN
from musterpoint.core.spoken_times import SpokenTime, spoken_times


@dataclass(frozen=True, slots=True)
class Proposal:
    """A time for a milestone. `quote` are the words that support it, `ref` and `url` the message they stand in."""

    milestone: Milestone
    moment: Moment
    quote: str
    ref: str
    url: str
    who: Who | None
    zone_assumed: bool
    why: str


_DETECTED = re.compile(
    r"\b(?:report(?:s|ed|ing)?|notic\w*|alert\w*|paged|pager|detect\w*|complain\w*|fir(?:ed|ing|st (?:seen|heard))"
    r"|triggered|flagged|tickets?|customers? (?:said|wrote|called|say)|spotted|saw it|told us|heard"
    r"|first (?:call|mail|email|message|report|ticket|alert))\b",
    re.IGNORECASE,
)
_BEGAN = re.compile(
    r"\b(?:start(?:ed|s)?|began|begins?|since|first (?:\w+ ){0,2}(?:was|were|is|at|error|failure|occurr\w+|seen|one)"
    r"|the first|onset|going back to|goes back to|as early as|broke|went down|down since|happening since)\b",
    re.IGNORECASE,
)
#: A sentence about what people did or will do dates no impact.
_DEED = re.compile(
    r"\b(?:deploy\w*|merge\w*|released?|roll\w* (?:out|back)|restart\w*|maintenance|scheduled|will|going to|meeting"
    r"|shift|eta|until|recovered|resolved|fixed|back up|recreat\w+|created|rebuil\w+|copy|no \w+ since|quiet|flat|fine"
    r"|clean|green|stable|i|huddle|nobody|nothing)\b",
    re.IGNORECASE,
)
#: What began must be named, or pointed at.
_TROUBLE = re.compile(
    r"(?:\b(?:it|this|that|errors?|fail\w*|slow\w*|down|broken?|broke|time-?outs?|timing out|missing|late|leak\w*"
    r"|outage|problems?|issues?|incident|trouble|impact|latency|drop\w*|crash\w*|climb\w*|spik\w*|stuck|blank|[45]\d\ds?|5xx"
    r"|customers?|users?)\b|[A-Z]{2,}_[A-Z_]+)",
    re.IGNORECASE,
)
#: Something else that happened at the time of an alert.
_COMPARED = re.compile(r"\b(?:fits|matches|lines up|coincid\w+)\b", re.IGNORECASE)
#: What is said about the paper work ends nothing.
_AFTERWARDS = re.compile(
    r"\b(?:write-?up|post-?mortem|retro(?:spective)?|follow[ -]?ups?|action items?|report by|lessons?|blameless)\b",
    re.IGNORECASE,
)
_TROUBLE_AGAIN = frozenset((CAME_BACK, NO_HELP))
_SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=\S)|\n+")
_LIKELY = 0.4
#: Times are sought in this many messages from the beginning and to the end, so that a huge thread stays quick.
_READ = 2_000
_QUOTE_WIDTH = 240


def proposals(incident: Incident, entries: Sequence[Entry], zones: Mapping[str, tzinfo]) -> list[Proposal]:
    """What the record suggests and the incident does not have yet. `zones` gives each `Who.identity` its zone.

    At most one proposal a milestone; nothing that a person has stated already.
    """
    if not any(_wanted(incident, milestone) for milestone in _PROPOSED):
        return []
    told = [one for one in conversation(entries) if one.signals is not None and one.deleted is None]
    told = [one for one in told if one.text != REDACTED]
    found: dict[Milestone, Proposal] = {}
    for proposal in (*_spoken(told, zones), *_recorded(told)):
        known = found.get(proposal.milestone)
        if known is None or (proposal.milestone in _EARLIEST and proposal.moment.at < known.moment.at):
            found[proposal.milestone] = proposal
    return [found[milestone] for milestone in Milestone if milestone in found and _new(incident, found[milestone])]


#: The earliest time counts for these, unless a later message corrects it.
_EARLIEST = frozenset((Milestone.DETECTED, Milestone.IMPACT_BEGAN))
_PROPOSED = (*_EARLIEST, Milestone.FIRST_RESPONDER, Milestone.RESOLVED)
_CORRECTS = re.compile(r"\b(?:correction|actually|scratch that|i was wrong|not \d)", re.IGNORECASE)


def _wanted(incident: Incident, milestone: Milestone) -> bool:
    """Whether a proposal could be new; a long thread is not read in vain."""
    known = incident.milestones.get(milestone)
    return known is None or (milestone in _EARLIEST and known.basis is not Basis.STATED)


def _new(incident: Incident, proposal: Proposal) -> bool:
    known = incident.milestones.get(proposal.milestone)
    return _wanted(incident, proposal.milestone) and (known is None or proposal.moment.at < known.at)


def _spoken(told: Sequence[Told], zones: Mapping[str, tzinfo]) -> Iterator[Proposal]:
    """What is said about when it began and who noticed first."""
    reach = told if len(told) <= 2 * _READ else [*told[:_READ], *told[-_READ:]]
    corrections: list[Proposal] = []
    plain: list[Proposal] = []
    for one in reach:
        zone = zones.get(one.entry.who.identity) if one.entry.who else None
        for sentence in _SENTENCE.split(one.text):
            for proposal in _in_sentence(one, sentence, zone):
                (corrections if _CORRECTS.search(sentence) else plain).append(proposal)
    corrected = {proposal.milestone for proposal in corrections}
    yield from corrections
    yield from (proposal for proposal in plain if proposal.milestone not in corrected)


def _in_sentence(one: Told, sentence: str, zone: tzinfo | None) -> Iterator[Proposal]:
    if not any(character.isdigit() for character in sentence) and "noon" not in sentence and "ago" not in sentence:
        return
    about = _about(sentence)
    if about is None:
        return
    milestone, place = about
    times = [spoken for spoken in spoken_times(sentence, one.entry.at, zone) if spoken.at <= one.entry.at]
    if times:
        after = [spoken for spoken in times if sentence.find(spoken.quote) >= place]
        yield _quoted(one, milestone, after[0] if after else times[-1], sentence)


def _about(sentence: str) -> tuple[Milestone, int] | None:
    """The milestone that the sentence is about, and where in it that is said: the time next to it is meant."""
    if sentence.rstrip().endswith("?"):
        return None
    if (cue := _DETECTED.search(sentence)) and not _COMPARED.search(sentence):
        return Milestone.DETECTED, cue.start()
    if (cue := _BEGAN.search(sentence)) and _TROUBLE.search(sentence) and not _DEED.search(sentence):
        return Milestone.IMPACT_BEGAN, cue.start()
    return None


def _quoted(one: Told, milestone: Milestone, spoken: SpokenTime, sentence: str) -> Proposal:
    basis = Basis.ESTIMATED if spoken.approximate else Basis.STATED
    what = "when it was noticed" if milestone is Milestone.DETECTED else "when it began"
    return _proposal(
        one, milestone, Moment(spoken.at, basis), sentence, f"says {what}: {spoken.quote}", spoken.zone_assumed
    )


def _proposal(
    one: Told, milestone: Milestone, moment: Moment, quote: str, why: str, zone_assumed: bool = False
) -> Proposal:
    quote = " ".join(quote.split())
    if len(quote) > _QUOTE_WIDTH:
        quote = quote[: _QUOTE_WIDTH - 1].rsplit(" ", 1)[0] + "…"
    return Proposal(milestone, moment, quote, one.entry.ref, one.entry.url, one.entry.who, zone_assumed, why)


def _recorded(told: Sequence[Told]) -> Iterator[Proposal]:
    """What the times of the messages themselves suggest."""
    human = next((index for index, one in enumerate(told) if not one.bot), len(told))
    alert = next((one for one in told[:human] if one.signals and one.signals.kind is RowKind.DETECTION), None)
    if alert is not None:
        yield _at(alert, Milestone.DETECTED, "an alert before anybody wrote")
    responders = [one for one in told[1:] if _person(one)]
    responder = next((one for one in responders if one.entry.who != told[0].entry.who), next(iter(responders), None))
    if responder is not None:
        yield _at(responder, Milestone.FIRST_RESPONDER, "the first person to write after the first report")
    if (last := _recovery(told)) is not None:
        yield _at(last, Milestone.RESOLVED, "the last message that says it is over")


def _person(one: Told) -> bool:
    fact = one.entry.fact
    return isinstance(fact, Note) or (isinstance(fact, Message) and not fact.bot and not fact.root)


def _recovery(told: Sequence[Told]) -> Told | None:
    """The message that tells best that it is over, unless trouble follows it.

    Of the rows that the timeline itself would have: the last resolution, else, in the last third, the last message
    that says that it works again.
    """
    rows = draft(told)
    works: Told | None = None
    for index in range(len(told) - 1, -1, -1):
        one = told[index]
        own, row = one.signals, rows.get(one.entry.ref)
        if own is None or own.score < _LIKELY:
            continue
        kind = row.kind if row is not None else own.kind
        if kind is RowKind.RELAPSE or not _TROUBLE_AGAIN.isdisjoint(own.reasons):
            return works
        if row is None or _AFTERWARDS.search(one.text):
            continue
        if kind is RowKind.RESOLUTION:
            return one
        if works is None and _works(one, kind) and index * 3 >= len(told) * 2:
            works = one
    return works


def _works(one: Told, kind: RowKind) -> bool:
    """An app that reports a deployment as "healthy" knows nothing of customers."""
    if kind is not RowKind.VERIFICATION or one.signals is None:
        return False
    return ALERT_OVER in one.signals.reasons if one.bot else WORKS_AGAIN in one.signals.reasons


def _at(one: Told, milestone: Milestone, why: str) -> Proposal:
    return _proposal(one, milestone, Moment(one.entry.at, Basis.ESTIMATED), one.text, why)
