"""Reads the words of a write-up: blame, `should have`, questions that are still open, one cause alone, no number.

A person as the cause ends the search too early: what made the mistake possible is what can be mended.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from musterpoint.core.advice import Advice
from musterpoint.core.journal import Entry, Message, Note
from musterpoint.core.prose import points, prose, sentence_at
from musterpoint.core.writeup_parts import PartText

_BETWEEN = (
    r"(?:\s+(?:had|has|have|was|then|also|again|simply|just|accidentally|mistakenly|wrongly|incorrectly|inadvertently|"
    r"unintentionally|clearly|apparently|probably|nearly|almost|who|did)){0,3}\s+"
)
_DID = (
    r"(?:broke\b|broken\b|caused\b|forgot\b|forgotten\b|neglected\b|overlooked\b|misconfigured\b|mistyped\b|messed\b|"
    r"failed\b(?!\s*-?\s*(?:over|back)\b)|screwed\b|botched\b|took\s+(?:\w+\s+){0,3}down\b|brought\s+(?:\w+\s+){0,3}down\b|"
    r"ignored\b|to blame\b|responsible for\b|"
    r"(?:didn['’]t|did not|hadn['’]t|had not)\s+(?:check|test|notice|read|look|think|follow|verify|review)\w*|"
    r"(?:should|could|would|must|ought to)(?:\s+not|n['’]t)?\s+have\b)"
)
_FAULTS = r"(?:mistakes?|errors?|faults?|carelessness|negligence|oversight|failure|typo)"
_HUMAN = re.compile(
    r"\b(?:human errors?|operator errors?|careless(?:ly|ness)?|negligen(?:t|ce|tly)|incompeten(?:t|ce)|sloppy|"
    r"(?:his|her|their) (?:own )?fault)\b",
    re.IGNORECASE,
)
_HINDSIGHT = re.compile(
    r"\b(?:should|could|would)(?:\s+not|n['’]t)?\s+have\b(?!\s+been\s+(?:\w+\s+)?worse)", re.IGNORECASE
)
_OPEN = re.compile(r"\bopen question\b|\bT(?:BD|ODO|BC)\b|\?\?\?|\[(?:\.\.\.|…)\]", re.IGNORECASE)
_TIMES = re.compile(r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}:\d{2}(?::\d{2})?\b")
_COUNTS = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|millions?|"
    r"half|third|quarter|all|every|everybody|everyone|no|none|nobody|single)\b",
    re.IGNORECASE,
)
BLAME = "Names a person as the cause. Say what made it possible: the next person would have done the same."
HUMAN = "“Human error” ends the search for causes. What made the error possible, and likely?"
HINDSIGHT = "Tells what did not happen. Say what happened, and what people knew then."
SINGLE = "One contributing factor alone: there is hardly ever only one. What made it possible, and what made it worse?"
NUMBERS = "Tells the impact without any number. How many customers, what share of requests, for how long?"
OPEN = "Still open. Answer it, or say that the answer is not known."


def names(entries: Sequence[Entry]) -> list[str]:
    """Everybody who spoke, by full name and first name; no bots."""
    found: dict[str, None] = {}
    for entry in entries:
        bot = not isinstance(entry.fact, Message | Note) or (isinstance(entry.fact, Message) and entry.fact.bot)
        if entry.who is None or bot:
            continue
        full = " ".join(entry.who.name.split())
        first = full.partition(" ")[0]
        found |= dict.fromkeys(each for each in (full, first) if len(each) > 2 and each[0].isupper())
    return sorted(found, key=len, reverse=True)


def blaming(people: Sequence[str]) -> re.Pattern[str] | None:
    """What names one of these people as the cause of something."""
    if not people:
        return None
    anyone = "|".join(re.escape(each) for each in people)
    return re.compile(
        rf"\b(?:{anyone})\b(?:{_BETWEEN}{_DID}|['’]s?\s+(?:own\s+)?{_FAULTS}\b)"
        rf"|\b(?:[Cc]aused by|[Bb]ecause of|[Dd]ue to|[Tt]he fault of|[Bb]lame)\s+(?:{anyone})\b"
        rf"(?!['’]s?\s+(?!{_FAULTS}))"
    )


def words(part: PartText, blame: re.Pattern[str] | None) -> Iterator[Advice]:
    """What is to be said of the words of one part."""
    name, text = part.part.name, part.text
    if name != "timeline" or part.version:
        yield from _blame(name, text, blame)
    if part.version:
        for found in _OPEN.finditer(prose(text)):
            yield Advice("open_question", name, sentence_at(text, found.start()), OPEN)
        if name == "impact" and not _COUNTS.search(_TIMES.sub("", prose(text))):
            yield Advice("no_numbers", name, text.partition("\n")[0], NUMBERS)
    else:
        yield from (Advice("open_question", name, question, OPEN) for question in part.composed.questions)
    if name == "factors" and len(single := _factors(part)) == 1:
        yield Advice("single_cause", name, single[0], SINGLE)


def _blame(name: str, text: str, blame: re.Pattern[str] | None) -> Iterator[Advice]:
    read, seen = prose(text), set[str]()
    patterns = [("blame", blame, BLAME), ("blame", _HUMAN, HUMAN)]
    if name != "lucky":
        patterns.append(("hindsight", _HINDSIGHT, HINDSIGHT))
    for code, pattern, advice in patterns:
        for found in pattern.finditer(read) if pattern else ():
            passage = sentence_at(text, found.start())
            if passage not in seen:
                seen.add(passage)
                yield Advice(code, name, passage, advice)


def _factors(part: PartText) -> list[str]:
    if part.version:
        return points(part.text)
    return [sentence.text for sentence in part.composed.sentences]
