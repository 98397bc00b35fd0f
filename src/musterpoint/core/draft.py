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
from musterpoint.core.scoring import FIRST_REPORT, signals

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
    "first_person": 0.6,
    "repeated": -2.2,
    "praised": 1.1,
    "watched": 0.5,
    "laughed_at": -1.3,
    "confirmed": 0.1,
    "after_silence": 0.9,
    "outcome": 1.0,
    "answer": 0.3,
    "ending": 0.5,
    "files": 0.5,
    "longer_than_most": 0.6,
    "shorter_than_most": -1.4,
    "goes_on": -0.8,
}
_WHY = {
    "opening": FIRST_REPORT,
    "first_alert": "first alert of its kind",
    "praised": "people agreed",
    "confirmed": "confirmed by what follows",
    "outcome": "tells how the attempt before it went",
    "ending": "among the last words about the trouble",
    "files": "came with a file",
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
    r"\W*(?:that (?:did it|worked|was it|helped|fixed it|makes sense|would explain)|confirm|can confirm|yes|yep|yup"
    r"|same|good (?:catch|find|spot)|nice (?:find|catch)|agreed|exactly|bingo|oh (?:no|god|dear|wow)|ouch|that's it"
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
    first_person = False
    for index, one in enumerate(weighed):
        told = one.told
        before = weighed[index - 1] if index else None
        if before is None:
            one.add("opening")
            if one.kind is RowKind.OTHER:
                one.kind = RowKind.DETECTION
        elif told.entry.at - before.told.entry.at > _QUIET:
            one.add("after_silence")
        if not told.bot and not first_person:
            first_person = True
            if index:
                one.add("first_person")
        _repetition(one, seen)
        _reactions(one)
        if told.files:
            one.add("files")
        if len(told.text) > long:
            one.add("longer_than_most")
        elif len(told.text) < short:
            one.add("shorter_than_most")
        if (
            before is not None
            and before.told.entry.who == told.entry.who
            and told.entry.at - before.told.entry.at < _GOES_ON
        ):
            one.add("goes_on")
        if before is not None:
            _neighbours(before, one)
    return weighed


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
