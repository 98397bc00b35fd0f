"""What a message's own words say about its place in a timeline: no model, no network, the same answer every time.

A text is taken apart into statements, questions and wishes; only statements carry cues (`cues.CUES`). Cues, shape
(length, links, code) and who speaks add up to log-odds, and those become the score. How the thread reacts is not known
here: `timeline` adds it.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from musterpoint.core.cues import Finder
from musterpoint.core.cues_of_chatter import CUES_OF_CHATTER, CUES_OF_KINDS
from musterpoint.core.cues_of_rows import CUES_OF_ROWS
from musterpoint.core.journal import RowKind, Signals

CUES = CUES_OF_ROWS + CUES_OF_KINDS + CUES_OF_CHATTER
#: Longer texts are pasted logs: what matters stands at their beginning.
LIMIT = 4_000
#: Log-odds of a message of which nothing else is known.
PRIOR = -1.7
ROOT, FIRST_REPORT = 1.2, "first report"
#: A cue for another kind than the chosen one is worth a word above this vote.
SURE = 1.0
#: How strongly a message is a finding as long as nothing speaks for another kind.
UNSURE = 0.8
#: What a second sign of the same kind counts for.
REPEATED = 0.5
#: The reasons of cues that `proposals` asks for.
IS_OVER, WORKS_AGAIN, ALERT_OVER = "says that it is over", "says that it works again", "the alert is over"
CAME_BACK, NO_HELP = "says that the trouble came back", "says that it did not help"
#: The reason of a cue that `draft` pairs with the hypothesis before it.
WITHDRAWS = "withdraws or rules something out"
#: The reasons of cues that `draft` asks for when it settles a row's kind.
CLOSES, TELLS_EARLIER = "closes it", "tells of an earlier report"
ACKNOWLEDGED = "acknowledges, asks or jokes"

_FENCE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"https?://[^\s|>)]+")
_QUOTED = re.compile(r"^\s*>.*$", re.MULTILINE)
_ENDS = re.compile(r"\s(?:(?<=[.!?;]\s)\s*|(?<=\n)\n*|[-–—]+\s)|,\s(?<=[a-z],\s)(?=(?:so|but|then|and)\s)")
_ERROR_NAME = re.compile(
    r"\b[A-Z][A-Za-z]+(?:Error|Exception|Failure|Killed|Backoff|BackOff|Exceeded)\b|\b[A-Z]{2,}(?:_[A-Z]{2,})+\b"
)
_CHANGE_LINK = re.compile(
    r"/(?:pull|pulls|merge_requests|commit|commits|compare|issues|deploy\w*|releases?|pipelines?|actions|runs|builds?|jobs?)\b|#\d{2,}|argo|jenkins|spinnaker",
    re.I,
)
_BOARD_LINK = re.compile(
    r"/d/|grafana|dashboard|datadog|kibana|sentry|cloudwatch|prometheus|graph|trace|logs?\b|status", re.I
)
_ALERT = re.compile(
    r"\[?\b(?:firing|alert\w*|triggered|critical|alarm|down|incident|warning|problem|error|failed|failing|exceeded|unhealthy|degraded)\b",
    re.I,
)
_FIRING = re.compile(r"\W*(?:firing|triggered|alert|problem|critical|down|new ticket)\b", re.I)
_ALERT_OVER = re.compile(r"\b(?:resolved|recovered|up again|is up|back up|cleared)\b", re.I)
_ENDED_WELL = re.compile(r"\b(?:ok|closed|succeeded|normal)\b", re.I)
_DEPLOYED = re.compile(
    r"\b(?:deploy\w*|released?|rollout|rollback|rolled|build|pipeline|merged|pushed|published|scaled|flag|sync\w*|apply"
    r"|applied|terraform)\b",
    re.I,
)
#: The words with which a status page begins its posts.
_POST = re.compile(r"\W*(?:investigating|identified|monitoring|update|maintenance|scheduled)\s?[:—–-]", re.I)
_WISH = re.compile(
    r"\W*(?:if\s(?:we|it|that|this|you)\s\w+.*\b(?:could|can|should|would|might|we'll)\b|should\s(?:we|i)\b|shall\s(?:we|i)\b|could\s(?:we|you|someone)\b|can\s(?:we|you|someone|i)\b|"
    r"would\s|please\b|pls\b|maybe\swe\sshould|someone\sshould|(?:any(?:one|body))\b|any\s(?:idea|update|news|eta|luck|objection)|who\b|how\s(?:do|is|are|long|many|come|about)\b|"
    r"what(?:'s|\sis|\sabout|\sif|\sdo|\sdid|\sare|\schanged)\b|where\s(?:is|are|do)|why\b|when\s(?:did|is|will|can)|do\s(?:we|you)|did\s(?:we|you|anyone|someone)|does\s|is\s(?:it|there|this|that|anyone|the)\b|"
    r"are\s(?:we|you|there|they)|has\sany|have\s(?:we|you)|todo\b|action\sitem|hope|hopefully|wish|remind|note\sto\sself)"
)
#: What an app's message is: the first that fits.
_BOT_SHAPES = (
    ("bot_post", _POST.match),
    ("bot_alert", _FIRING.match),
    ("bot_over", _ALERT_OVER.search),
    ("bot_deploy", _DEPLOYED.search),
    ("bot_over", _ENDED_WELL.search),
    ("bot_alert", _ALERT.search),
)
#: A guess in the form of a question.
_SUPPOSES = re.compile(
    r"\W*(?:could|might|may|can)\s(?:it|that|this|these|those)\s(?:\w+\s)?be\b|\W*(?:maybe|perhaps|possibly|probably|likely)\b"
)
#: A short message of nothing but these words is an acknowledgement.
_SMALL_TALK = frozenset(
    """
    ack acked acknowledged on it its it's looking checking same here yes yep yup yeah ya no nope ok okay k kk sure
    right agreed agree ty thanks thank you thx nice great cool good perfect awesome lovely lol haha hahaha hm hmm
    hmmm huh oh ah aha ooh ouch wow ugh argh damn joining hi hello hey morning brb back done np worries problem one
    sec second moment will do got makes sense sounds go for works me lgtm 1 too interesting weird strange odd i'm im
    in the huddle call please pls now all everyone that both team folks indeed exactly true fair phew yay woo hooray
    my way taking a look let check see i'll ill have having so very much welcome sorry to this i am there and
    watching monitoring what wait fine
    """.split()
)
_WORD = re.compile(r"[a-z0-9']+")

#: Weights of the shape of a message, in log-odds.
SHAPE: dict[str, float] = {
    "code": 1.0,
    "inline_code": 0.9,
    "change_link": 0.2,
    "board_link": 0.4,
    "other_link": 0.3,
    "error_name": 0.2,
    "quote": 0.2,
    "question": -1.1,
    "only_questions": -1.6,
    "only_wishes": -1.2,
    "acknowledged": -3.0,
    "tiny": -0.9,
    "short": -0.3,
    "telling": 0.3,
    "length": 1.1,
    "specifics": 0.6,
    "bot": -0.9,
    "bot_alert": 0.2,
    "bot_over": 0.0,
    "bot_deploy": 0.9,
    "bot_post": 1.5,
    "root": ROOT,
}
WHY_SHAPE = {
    "code": "shows output or code",
    "change_link": "links to a change",
    "board_link": "links to a dashboard or log",
    "error_name": "names an error",
    "bot_alert": "an alert",
    "bot_over": ALERT_OVER,
    "bot_deploy": "a deployment",
    "bot_post": "a post for customers",
    "root": FIRST_REPORT,
}
_KIND_OF_SHAPE = {
    "code": (RowKind.FINDING, 1.6),
    "error_name": (RowKind.FINDING, 0.4),
    "board_link": (RowKind.FINDING, 0.5),
    "change_link": (RowKind.ACTION_TAKEN, 0.5),
    "bot_alert": (RowKind.DETECTION, 3.0),
    "bot_over": (RowKind.VERIFICATION, 4.0),
    "bot_deploy": (RowKind.ACTION_TAKEN, 3.5),
    "bot_post": (RowKind.COMMUNICATION, 5.0),
    "question": (RowKind.HYPOTHESIS, 1.3),
    "root": (RowKind.DETECTION, 3.0),
}


@dataclass(slots=True)
class _Reading:
    """A text taken apart: `said` are its statements, lower case, one a line."""

    said: str = ""
    questions: int = 0
    wishes: int = 0
    words: int = 0
    specifics: int = 0
    shape: list[str] = field(default_factory=list)


_TO_US = re.compile(r"\s*@musterpoint\b", re.IGNORECASE)


def signals(text: str, *, bot: bool = False, root: bool = False) -> Signals:
    """The score (0 chatter, 1 surely a row), kind and reasons that `text`, as people see it, gives by itself.

    What is said to us is no row of its own: what came of it is.
    """
    if _TO_US.match(text):
        return Signals(0.0, RowKind.OTHER)
    found = {name: WEIGHTS[name] * amount for name, amount in features(text, bot=bot, root=root).items()}
    score = 1.0 / (1.0 + math.exp(-(PRIOR + sum(found.values()))))
    kind = _kind(found)
    return Signals(round(score, 3), kind, _reasons(found, kind))


def features(text: str, *, bot: bool = False, root: bool = False) -> dict[str, float]:
    """What is found in `text`: the names of cues and shapes, each with how much of it there is (mostly 1)."""
    reading = _read(text[:LIMIT], bot)
    found = dict.fromkeys(reading.shape, 1.0)
    if root:
        found["root"] = 1.0
    if reading.specifics:
        found["specifics"] = math.log2(1 + min(reading.specifics, 7))
    telling = False
    if reading.said:
        _FINDER.find(reading.said, found)
        telling = not _TELLING.isdisjoint(found)
    _count_words(found, reading.words, telling)
    return found


def _count_words(found: dict[str, float], words: int, telling: bool) -> None:
    """Longer messages say more; a short one is held against nobody who says something that counts ("reverted")."""
    length = math.log((1 + min(words, 60)) / 9)
    if telling:
        found["telling"], found["length"] = 1.0, max(length, 0.0)
        return
    found["length"] = length
    if words <= 6:
        found["tiny" if words <= 3 else "short"] = 1.0


def _read(text: str, bot: bool) -> _Reading:
    reading = _Reading()
    prose = _without_code(text, reading)
    for sentence in map(str.strip, _ENDS.split(prose)):
        if not sentence:
            continue
        if sentence.endswith("?") and not _SUPPOSES.match(sentence):
            reading.questions += 1
        elif _WISH.match(sentence):
            reading.wishes += 1
        else:
            reading.said += f"\n{sentence}\n"
    words = _WORD.findall(prose)
    reading.words = len(words)
    if len(words) <= 7 and _SMALL_TALK.issuperset(words):
        reading.shape.append("acknowledged")
    reading.specifics = sum(map(_specific, text.split()))
    _shape(reading, prose)
    if bot:
        _bot_shape(reading, text)
    return reading


def _without_code(text: str, reading: _Reading) -> str:
    shape = reading.shape
    if _ERROR_NAME.search(text):
        shape.append("error_name")
    if "```" in text:
        text = _FENCE.sub("\n", text)
        shape.append("code")
    if "`" in text:
        text = _INLINE.sub(r"\1", text)
        shape.append("inline_code")
    if "http" in text:
        links = " ".join(_LINK.findall(text))
        text = _LINK.sub("", text)
        changes, boards = _CHANGE_LINK.search(links), _BOARD_LINK.search(links)
        shape.append("change_link" if changes else "board_link" if boards else "other_link")
    if ">" in text:
        without = _QUOTED.sub("", text)
        if without != text:
            shape.append("quote")
            text = without
    return text.lower().replace("’", "'")


def _specific(token: str) -> bool:
    """Names, numbers, identifiers: what a message says that small talk does not."""
    if token.isalpha():
        return token[1:] != token[1:].lower() or (token[0].isupper() and len(token) > 3)
    return any(map(str.isdigit, token)) or "_" in token or "`" in token or "-" in token[1:-1]


def _shape(reading: _Reading, prose: str) -> None:
    shape = reading.shape
    if reading.questions:
        shape.append("question")
    if not reading.said and (reading.questions or reading.wishes):
        shape.append("only_questions" if reading.questions else "only_wishes")


def _bot_shape(reading: _Reading, text: str) -> None:
    reading.shape.append("bot")
    for name, search in _BOT_SHAPES:
        if search(text):
            reading.shape.append(name)
            return


WEIGHTS = SHAPE | {cue.name: cue.weight for cue in CUES}
_FINDER = Finder(CUES)
_TELLING = frozenset(cue.name for cue in CUES if cue.telling)
_CUE_OF = {cue.name: cue for cue in CUES}
_VOTES = _KIND_OF_SHAPE | {cue.name: (cue.kind, cue.votes) for cue in CUES if cue.kind is not None}
#: A message in which nothing else is found says nothing about what kind of row it would be.
_SAYS_NO_KIND = SHAPE.keys() - _KIND_OF_SHAPE.keys() - {"specifics"} | {cue.name for cue in CUES_OF_CHATTER}


def _kind(found: dict[str, float]) -> RowKind:
    """The kind with the most evidence behind it; a finding where nothing speaks louder."""
    if found.keys() <= _SAYS_NO_KIND:
        return RowKind.OTHER
    votes: dict[RowKind, list[float]] = {RowKind.FINDING: [UNSURE]}
    for name in found:
        if (vote := _VOTES.get(name)) is not None:
            votes.setdefault(vote[0], []).append(vote[1])
    return max(votes, key=lambda kind: _evidence(votes[kind]))


def _evidence(votes: list[float]) -> float:
    """Many weak signs of one kind are not worth a strong one of another: after the strongest each counts for half."""
    if len(votes) == 1:
        return votes[0]
    strongest = max(votes)
    return strongest + sum(vote * REPEATED if vote > 0 else vote for vote in votes) - strongest * REPEATED


def _reasons(found: dict[str, float], kind: RowKind) -> tuple[str, ...]:
    """At most three phrases, never the words of the message (they may be taken out of it).

    First what made it this kind, then what else speaks for it, the weightiest first.
    """
    weighed: dict[str, tuple[bool, float]] = {}
    for name, weight in found.items():
        phrase = _CUE_OF[name].why if name in _CUE_OF else WHY_SHAPE.get(name, "")
        voted, strength = _VOTES.get(name, (RowKind.FINDING, 0.0))
        if not phrase or (phrase == IS_OVER and "not_over" in found):
            continue
        sure = weight > 0 and (voted is RowKind.FINDING or strength > SURE)
        if voted is kind or sure:
            says = (voted is kind, strength if voted is kind else weight)
            weighed[phrase] = max(says, weighed.get(phrase, says))
    if not weighed and "acknowledged" in found:
        return (ACKNOWLEDGED,)
    return tuple(sorted(weighed, key=lambda phrase: weighed[phrase], reverse=True))[:3]
