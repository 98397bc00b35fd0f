"""The draft of a timeline when nobody has marked anything: which messages to suggest, and why.

A message's own words (`scoring`) are joined by how the thread treats it: where it stands, who speaks, what the
neighbours say, how people react. Weights are log-odds, like those of `cues`. One pass and one sort: time grows with
the number of messages.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from musterpoint.core.conversation import Told
from musterpoint.core.journal import RowKind
from musterpoint.core.scoring import (
    CAME_BACK,
    CLOSES,
    FIRST_REPORT,
    IS_OVER,
    NO_HELP,
    TELLS_EARLIER,
    WITHDRAWS,
    signals,
)

#: From this probability on a message is suggested.
ENOUGH = 0.3
#: At most this part of a thread is suggested, but never fewer than `AT_LEAST` messages.
DENSITY = 0.47
AT_LEAST = 10
#: Where few messages were written, few of them are chatter.
SHORT_THREAD, SHORT_ENOUGH = 20, 0.2

CONTEXT: dict[str, float] = {
    "opening": 4.0,
    "first_alert": 0.8,
    "repeated": -1.8,
    "same_alert": -4.0,
    "echo": -2.0,
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
    "withdraws": "takes back or rules out what was said before",
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
#: A pager repeats what a monitor said, a deployer what a pipeline said.
_ECHO = timedelta(seconds=90)
_SHORT = 80
_BETTER = frozenset((RowKind.VERIFICATION, RowKind.RESOLUTION))
#: People report the trouble in the first rows; later it is a finding, unless they tell of an earlier report.
_OPENING_ROWS = 3
#: What somebody measured right after a deed, and says nothing else about, is how the deed went.
_MEASURED = "gives figures"
_BESIDES = frozenset((_MEASURED, "compares", "people agreed", "confirms it"))
_TROUBLE_BACK = frozenset((CAME_BACK, "describes the trouble"))
_LINK = re.compile(r"https?://\S+")
#: What looks like the name of a system, a check or a setting.
_NAME = re.compile(r"\b[A-Za-z]+(?:_[A-Za-z]+|-[a-z]+|[a-z][A-Z]|\.[a-z]+\.[a-z])[\w.-]*")
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
    reasons: tuple[str, ...]

    def add(self, name: str) -> None:
        self.odds += CONTEXT[name]
        if name in _WHY and _WHY[name] not in self.reasons:
            self.reasons = (_WHY[name], *self.reasons)

    def drop(self, reason: str) -> None:
        self.reasons = tuple(each for each in self.reasons if each != reason)


def draft(messages: Sequence[Told]) -> dict[str, Suggestion]:
    """By `ref`, the messages worth a row. `messages` are oldest first and carry their signals."""
    weighed = _weigh(messages)
    threshold = _threshold([one.odds for one in weighed])
    rows = [one for one in weighed if one.odds >= threshold]
    course = _Course()
    return {one.told.entry.ref: Suggestion(course.kind(one), _why(one)) for one in rows}


@dataclass(slots=True)
class _Course:
    """What has happened so far, row by row: the kind of a row depends on it, not on its words alone.

    Nothing is over before anybody did something, nothing comes back that was not gone, and an alert about what was
    worked on already is a relapse. `named` are the systems and checks that the rows spoke of.
    """

    rows: int = 0
    acted: bool = False
    better: bool = False
    named: set[str] = field(default_factory=set)
    last: RowKind = RowKind.OTHER

    def kind(self, one: _Weighed) -> RowKind:
        """The kind of the next row."""
        names = _names(one.told.text)
        kind = self._alert(one, names) if one.told.bot and one.kind is RowKind.DETECTION else self._judged(one)
        self.rows += 1
        self.last = kind
        self.named |= names
        self.acted |= kind is RowKind.ACTION_TAKEN
        self.better = kind in _BETTER or (self.better and kind is not RowKind.RELAPSE)
        return kind

    def _alert(self, one: _Weighed, names: set[str]) -> RowKind:
        if NO_HELP in one.reasons:
            return RowKind.FINDING  # a reminder of what goes on
        if not (self.acted and names & self.named):
            return RowKind.DETECTION
        one.drop(_WHY["first_alert"])
        one.reasons = ("the alert came back", *one.reasons)
        return RowKind.RELAPSE

    def _judged(self, one: _Weighed) -> RowKind:
        match one.kind:
            case RowKind.OTHER:
                return RowKind.FINDING
            case RowKind.DETECTION if self.rows >= _OPENING_ROWS and TELLS_EARLIER not in one.reasons:
                return RowKind.FINDING
            case RowKind.VERIFICATION if not self.acted and not one.told.bot:
                return RowKind.FINDING
            case RowKind.RESOLUTION if not self.acted and CLOSES not in one.reasons:
                one.drop(IS_OVER)
                return RowKind.FINDING
            case RowKind.FINDING if self.last is RowKind.ACTION_TAKEN and _only_measured(one):
                return RowKind.VERIFICATION
            case RowKind.FINDING if self.better and _TROUBLE_BACK.issubset(one.reasons):
                return RowKind.RELAPSE
            case RowKind.RELAPSE if not (self.acted or self.better):
                one.drop(CAME_BACK)
                return RowKind.FINDING
        return one.kind


def _only_measured(one: _Weighed) -> bool:
    short = len(one.told.text) < _SHORT
    return short and _MEASURED in one.reasons and _BESIDES.issuperset(one.reasons)


def _weigh(messages: Sequence[Told]) -> list[_Weighed]:
    weighed = [_own_words(told) for told in messages]
    lengths = sorted(len(told.text) for told in messages)
    short, long = (lengths[len(lengths) // 3], lengths[2 * len(lengths) // 3]) if lengths else (0, 0)
    seen: set[str] = set()
    alerted: set[str] = set()
    before: _Weighed | None = None
    guess: _Weighed | None = None
    for one in weighed:
        length = len(one.told.text)
        if length > long:
            one.add("longer_than_most")
        elif length < short:
            one.add("shorter_than_most")
        _repetition(one, seen, alerted)
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
        one.drop(FIRST_REPORT)  # the root of a second thread
    gap = one.told.entry.at - before.told.entry.at
    same_person = before.told.entry.who == one.told.entry.who
    if gap > _QUIET:
        one.add("after_silence")
    elif same_person and gap < _GOES_ON:
        one.add("goes_on")
    if one.told.bot and before.told.bot and not same_person and gap < _ECHO:
        one.add("echo")
    if not same_person and len(one.told.text) < _SHORT and _AGREES.match(one.told.text):
        before.add("confirmed")
    if before.kind is RowKind.ACTION_TAKEN and one.kind in _OUTCOMES:
        one.add("outcome")


def _withdrawal(guess: _Weighed | None, one: _Weighed) -> _Weighed | None:
    """A hypothesis and its withdrawal belong together. Returns the hypothesis that is still open after `one`."""
    if WITHDRAWS in one.reasons and one.kind is RowKind.FINDING:
        if guess is not None:
            one.drop(WITHDRAWS)
            guess.add("withdrawn_later")
            one.add("withdraws")
        return None
    return one if one.kind is RowKind.HYPOTHESIS else guess


def _own_words(told: Told) -> _Weighed:
    own = told.signals or signals(told.text)
    score = min(max(own.score, 0.001), 0.999)
    return _Weighed(told, math.log(score / (1 - score)), own.kind, own.reasons)


def _repetition(one: _Weighed, seen: set[str], alerted: set[str]) -> None:
    """The same words again; or an alert about what was `alerted` already, with nothing done in between."""
    text = one.told.text.casefold()
    same = _NUMBERS.sub("", text) if one.told.bot else text
    alert = one.told.bot and one.kind is RowKind.DETECTION
    names = _names(one.told.text) if alert else set()
    if names & alerted:
        one.add("same_alert")
    elif same in seen and not names:
        one.add("repeated")
    elif alert:
        one.add("first_alert")
    seen.add(same)
    alerted |= names
    if one.kind is RowKind.ACTION_TAKEN:
        alerted.clear()


def _names(text: str) -> set[str]:
    """What looks like a name in the text itself; links have hosts that every alert shares."""
    return set(_NAME.findall(_LINK.sub("", text) if "http" in text else text))


def _reactions(one: _Weighed) -> None:
    given = {name for name, givers in one.told.reactions.items() if givers}
    if given & _PRAISE:
        one.add("praised")
    if given & _WATCH:
        one.add("watched")
    if given & _LAUGH:
        one.add("laughed_at")


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
