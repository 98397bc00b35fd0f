"""How a message's words are weighed: a cue is a pattern, what it says, the kind of row it points to, and a weight.

Weights are log-odds: +1 makes a row about three times as likely. Cues look at a message's statements: lower case, one
sentence a line, links and code taken out. No cue knows a case: they are the habits of people who write to each other
while something is broken. The tables are `cues_of_rows` and `cues_of_chatter`; `Finder` looks for all of them at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from musterpoint.core.journal import RowKind
from musterpoint.core.vocabulary import any_of

_LETTERS = re.compile(r"[a-z][\w']*")
_FIGURE = re.compile(r"\d|\\d")
_ALTERNATIVES = re.compile(r"\(\?:([^()]*)\)(?![?*+{])(.*)$")
#: Where a word or a number begins.
_BEGINNING = re.compile(r"(?<!\w)(?:[a-z](?:[\w']*\w)?|\d)")
_ANY_DIGIT = r"\d"
#: Different words whose patterns are kept at hand; the rest is looked up again.
_WORDS_KEPT = 5_000


@dataclass(frozen=True, slots=True)
class Led:
    """A pattern that begins with one of `firsts`; `rest` follows at once, `before` (a look-behind) precedes."""

    firsts: tuple[str, ...]
    rest: str
    before: str = ""

    @property
    def pattern(self) -> str:
        return f"{self.before}(?:{any_of(self.firsts)}){self.rest}"


@dataclass(frozen=True, slots=True)
class Cue:
    """`why` is empty for a cue that people need not read about; a `telling` one counts however few the words are.

    `votes` is how strongly it speaks for its kind; a cue with a weight of 0 tells the kind alone. `led` are tried where
    one of their words begins, `searched` everywhere.
    """

    name: str
    weight: float
    kind: RowKind | None
    why: str
    led: tuple[Led, ...]
    searched: re.Pattern[str] | None
    telling: bool = False
    votes: float = 0.0


def words(listed: str) -> tuple[Led, ...]:
    """The phrases of a list in which ` | ` stands between them; one that begins with alternatives becomes several.

    A phrase may be a pattern; its spaces are any white space. Within a phrase a line may end behind a `|`.
    """
    listed = re.sub(r"(?<=\S)\|\n\s*", "|", listed.strip())
    phrases = [" ".join(phrase.split()) for phrase in re.split(r"\s\|\s", listed)]
    return tuple(Led((each,), r"\b") for phrase in phrases for each in _spelled_out(phrase))


def led(firsts: str | Sequence[str], rest: str, before: str = "") -> tuple[Led, ...]:
    """A pattern that begins with one of the words `firsts` (a string of them has `|` between them)."""
    return (Led(tuple(firsts.split("|") if isinstance(firsts, str) else firsts), rest, before),)


def _spelled_out(phrase: str) -> list[str]:
    if found := _ALTERNATIVES.match(phrase):
        return [first + found[2] for first in found[1].split("|")]
    return [phrase]


def cue(
    name: str,
    weight: float,
    kind: RowKind | None,
    why: str,
    *patterns: str | tuple[Led, ...],
    telling: bool = False,
    votes: float | None = None,
) -> Cue:
    """A pattern that is a string is searched everywhere; `^` is the beginning of a sentence.

    Without `votes` a cue speaks for its kind as strongly as for a row.
    """
    searched = [re.sub(r"^\^", r"\\n", pattern) for pattern in patterns if isinstance(pattern, str)]
    compiled = re.compile("|".join(searched), re.MULTILINE) if searched else None
    dispatched = tuple(each for pattern in patterns if not isinstance(pattern, str) for each in pattern)
    return Cue(name, weight, kind, why, dispatched, compiled, telling, weight if votes is None else votes)


_Match = Callable[[str, int], re.Match[str] | None]
#: The name of a cue and what must match where the word begins; None where the word by itself is enough.
_Tried = tuple[str, _Match | None]


class Finder:
    """Finds all cues in one pass over the words of a text: each word is tried with the few patterns that begin so."""

    def __init__(self, cues: Iterable[Cue]) -> None:
        self._searches = [(cue.name, cue.searched.search) for cue in cues if cue.searched is not None]
        self._whole: dict[str, list[_Tried]] = {}
        self._begun: dict[str, list[_Tried]] = {}
        for cue in cues:
            self._index(cue)
        self._tried = lru_cache(maxsize=_WORDS_KEPT)(self._look_up)

    def find(self, said: str, found: dict[str, float]) -> None:
        """Adds the names of the cues in `said` to `found`, each with the amount 1."""
        for name, search in self._searches:
            if search(said):
                found[name] = 1.0
        tried = self._tried
        for word in _BEGINNING.finditer(said):
            for name, match in tried(word[0]):
                if name not in found and (match is None or match(said, word.start())):
                    found[name] = 1.0

    def _index(self, cue: Cue) -> None:
        """Patterns of a cue that begin alike become one."""
        alike: dict[tuple[str, bool], dict[str, None]] = {}
        for each in cue.led:
            for begins in dict.fromkeys(map(_begins, each.firsts)):
                alike.setdefault(begins, {})[each.pattern] = None
        for (letters, whole), patterns in alike.items():
            match = (
                None
                if rf"(?:{any_of([letters])})\b" in patterns
                else re.compile("|".join(patterns), re.MULTILINE).match
            )
            (self._whole if whole else self._begun).setdefault(letters, []).append((cue.name, match))

    def _look_up(self, word: str) -> tuple[_Tried, ...]:
        """What to try where `word` begins; of "provider's", what begins with "provider" too."""
        if word.isdigit():
            return (*self._begun.get(word, ()), *self._begun.get(_ANY_DIGIT, ()))
        found = list(self._whole.get(word, ()))
        if "'" in word:
            found += self._whole.get(word.partition("'")[0], ())
        for length in range(1, len(word) + 1):
            found += self._begun.get(word[:length], ())
        return tuple(found)


def _begins(first: str) -> tuple[str, bool]:
    """The letters (or the digit) with which a phrase begins, and whether they are a whole word of it."""
    if figure := _FIGURE.match(first):
        return figure[0], False
    found = _LETTERS.match(first)
    if found is None:
        raise ValueError(f"does not begin with letters or a number: {first}")
    letters, rest = found[0], first[found.end() :]
    if rest.startswith(("?", "*", "+", "{")):
        return letters[:-1], False
    return letters, rest.startswith(" ") or not rest
