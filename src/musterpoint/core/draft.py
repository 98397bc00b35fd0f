"""The draft of a timeline when nobody has marked anything: which messages to suggest, and why.

A message's own words (`scoring`) are joined by how the thread treats it: where it stands, who speaks, what the
neighbours say, how people react. Weights are log-odds, like those of `cues`. One pass and one sort: time grows with
the number of messages.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from musterpoint.core.conversation import Told
from musterpoint.core.journal import RowKind
from musterpoint.core.scoring import FIRST_REPORT, WITHDRAWS, signals

#: From this probability on a message is suggested.
ENOUGH = 0.35
#: At most this part of a thread is suggested, but never fewer than `AT_LEAST` messages.
DENSITY = 0.47
AT_LEAST = 10
#: Where few messages were written, few of them are chatter.
SHORT_THREAD, SHORT_ENOUGH = 20, 0.2

CONTEXT: dict[str, float] = {
    "opening": 4.0,
    "first_alert": 0.8,
    "repeated": -1.8,
    "praised": 1.1,
    "watched": 0.5,
    "laughed_at": -1.2,
    "confirmed": 0.4,
    "after_silence": 0.9,
    "outcome": 1.0,
    "files": 0.5,
    "withdrawn_later": 0.5,
    "withdraws": 0.5,
    "longer_than_most": 0.6,
    "shorter_than_most": -0.9,
    "goes_on": -0.8,
}
_WHY = {
    "opening": FIRST_REPORT,
    "first_alert": "first alert of its kind",
    "praised": "people agreed",
    "confirmed": "confirmed by what follows",
    "outcome": "tells how the attempt before it went",
    "files": "came with a file",
    "withdrawn_later": "a hypothesis withdrawn later",
    "withdraws": "withdraws the hypothesis before it",
}
_PRAISE = frozenset(
    "white_check_mark heavy_check_mark 100 fire rocket tada raised_hands bulb dart clap muscle thumbsup".split()
)
_PRAISE |= frozenset(
    ("+1", "star", "bangbang", "exclamation", "rotating_light", "pushpin", "point_up", "point_up_2", "memo")
)
_WATCH = frozenset("eyes mag scream flushed thinking_face open_mouth warning".split())
_LAUGH = frozenset(
    "joy laughing rolling_on_the_floor_laughing sweat_smile smile grin coffee pizza clown_face rofl".split()
)
_AGREES = re.compile(
    r"\W*(?:that (?:did it|worked|was it|helped|fixed it|makes sense|would explain)|confirm|can confirm"
    r"|good (?:catch|find|spot)"
    r"|nice (?:find|catch)|agreed|exactly|bingo|oh (?:no|god|dear|wow)|ouch|that's it"
    r"|found it|works)",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"[\d.:,%+-]+")
_QUIET = timedelta(minutes=10)
_GOES_ON = timedelta(seconds=75)
_SHORT = 80
_OUTCOMES = frozenset((RowKind.VERIFICATION, RowKind.RESOLUTION, RowKind.RELAPSE))


@dataclass(frozen=True, slots=True)
class Suggestion:
    kind: RowKind
    why: str


@dataclass(slots=True)
class _Weighed:
    told: Told
    odds: float
    kind: RowKind
    reasons: list[str]

    def add(self, name: str) -> None:
        self.odds += CONTEXT[name]
        if name in _WHY and _WHY[name] not in self.reasons:
            self.reasons.insert(0, _WHY[name])


def draft(messages: Sequence[Told]) -> dict[str, Suggestion]:
    """By `ref`, the messages worth a row. `messages` are oldest first and carry their signals."""
    weighed = _weigh(messages)
    threshold = _threshold([one.odds for one in weighed])
    return {one.told.entry.ref: Suggestion(one.kind, _why(one)) for one in weighed if one.odds >= threshold}


def _weigh(messages: Sequence[Told]) -> list[_Weighed]:
    weighed = [_own_words(told) for told in messages]
    lengths = sorted(len(told.text) for told in messages)
    short, long = (lengths[len(lengths) // 3], lengths[2 * len(lengths) // 3]) if lengths else (0, 0)
    seen: set[str] = set()
    before: _Weighed | None = None
    guess: _Weighed | None = None
    for one in weighed:
        length = len(one.told.text)
        if length > long:
            one.add("longer_than_most")
        elif length < short:
            one.add("shorter_than_most")
        _repetition(one, seen)
        if one.told.reactions:
            _reactions(one)
        if one.told.files:
            one.add("files")
        if before is None:
            _opening(one)
        else:
            _place(before, one)
            guess = _withdrawal(guess, one)
        before = one
    return weighed


def _opening(one: _Weighed) -> None:
    one.add("opening")
    if one.kind in (RowKind.OTHER, RowKind.FINDING):
        one.kind = RowKind.DETECTION


def _place(before: _Weighed, one: _Weighed) -> None:
    """When and by whom it was said, and what was said just before it."""
    if FIRST_REPORT in one.reasons:
        one.reasons.remove(FIRST_REPORT)  # the root of a second thread
    gap = one.told.entry.at - before.told.entry.at
    same_person = before.told.entry.who == one.told.entry.who
    if gap > _QUIET:
        one.add("after_silence")
    elif same_person and gap < _GOES_ON:
        one.add("goes_on")
    if not same_person and len(one.told.text) < _SHORT and _AGREES.match(one.told.text):
        before.add("confirmed")
    if before.kind is RowKind.ACTION_TAKEN and one.kind in _OUTCOMES:
        one.add("outcome")


def _withdrawal(guess: _Weighed | None, one: _Weighed) -> _Weighed | None:
    """A hypothesis and its withdrawal belong together. Returns the hypothesis that is still open after `one`."""
    if WITHDRAWS in one.reasons:
        if guess is not None:
            guess.add("withdrawn_later")
            one.add("withdraws")
        return None
    return one if one.kind is RowKind.HYPOTHESIS else guess


def _own_words(told: Told) -> _Weighed:
    own = told.signals or signals(told.text)
    score = min(max(own.score, 0.001), 0.999)
    return _Weighed(told, math.log(score / (1 - score)), own.kind, list(own.reasons))


def _repetition(one: _Weighed, seen: set[str]) -> None:
    text = one.told.text.casefold()
    same = _NUMBERS.sub("", text) if one.told.bot else text
    if same in seen:
        one.add("repeated")
    else:
        if one.told.bot and one.kind is RowKind.DETECTION:
            one.add("first_alert")
        seen.add(same)


def _reactions(one: _Weighed) -> None:
    given = {name for name, givers in one.told.reactions.items() if givers}
    if given & _PRAISE:
        one.add("praised")
    if given & _WATCH:
        one.add("watched")
    if given & _LAUGH:
        one.add("laughed_at")


def _neighbours(before: _Weighed, one: _Weighed) -> None:
    text = one.told.text
    if len(text) < _SHORT and before.told.entry.who != one.told.entry.who and _AGREES.match(text):
        before.add("confirmed")
    if before.kind is RowKind.ACTION_TAKEN and one.kind in _OUTCOMES:
        one.add("outcome")


def _threshold(odds: Sequence[float]) -> float:
    """The log-odds from which on messages are suggested: what is likely enough, at most a part of the thread."""
    enough = SHORT_ENOUGH if len(odds) <= SHORT_THREAD else ENOUGH
    least = math.log(enough / (1 - enough))
    most = max(AT_LEAST, round(DENSITY * len(odds)))
    if len(odds) <= most:
        return least
    return max(least, sorted(odds, reverse=True)[most - 1])


def _why(one: _Weighed) -> str:
    return ", ".join(one.reasons[:3]) or "stands out in the thread"
