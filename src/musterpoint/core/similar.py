"""Which earlier incidents are like this one: the same components, the same contributing factors, words in common.

By words alone; no model. What is affected weighs most, then the title, then the factors.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

#: What incidents are about everywhere tells nothing.
_EVERYWHERE = frozenset(
    """
    a about after again all also an and any are as at be because been before but by can cannot could customer
    customers did do does done down error errors fail failed failing fails failure for from had has have high how i
    in incident incidents into is issue issues it its just latency more much new no nobody not now of off on one
    only or other our out over problem problems prod production request requests respond responding responds server
    servers service services since slow so some still such system systems team than that the their them then there
    these they this times to too unavailable under up user users very was we were what when where which while who
    why will with within without would you your answer answers answering broken outage degraded time timeout
    timeouts
    """.split()
)
#: Words of each kind that are looked for.
WORDS = 12
_WEIGHTS = {"affected": 3, "title": 2, "factors": 1}
ENOUGH = 4


@dataclass(frozen=True, slots=True)
class Profile:
    """The telling words of an incident, as beginnings: `payment` stands for `payments`, too."""

    affected: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Similar:
    """An incident by a number, and the words that it shares, by kind."""

    number: int
    shared: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def score(self) -> int:
        return sum(_WEIGHTS[kind] * len(words) for kind, words in self.shared.items())


def telling(words: Iterable[str]) -> tuple[str, ...]:
    """The beginnings of those words that tell something; each once, the first ones first. `words` are lower case."""
    found = dict.fromkeys(_beginning(each) for each in words if len(each) > 1 and each not in _EVERYWHERE)
    return tuple(each for each in found if not each.isdecimal())[:WORDS]


def _beginning(word: str) -> str:
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word


def shared(profile: Profile, *, named: Sequence[str], told: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What the words of another incident's title and components (`named`), and of all that was found of it (`told`),
    have in common with the profile."""
    affected = tuple(each for each in profile.affected if _has(named, each))
    title = tuple(each for each in profile.title if each not in affected and _has(named, each))
    factors = tuple(each for each in profile.factors if _has(told, each))
    found = {"affected": affected, "title": title, "factors": factors}
    return {kind: words for kind, words in found.items() if words}


def _has(words: Sequence[str], beginning: str) -> bool:
    return any(each.startswith(beginning) and len(each) - len(beginning) <= 2 for each in words)


def ranked(profile: Profile, candidates: Sequence[Similar]) -> list[Similar]:
    """Those that are similar enough, the most similar first; of equals, in the order given."""
    half = (len(profile.affected) + 1) // 2
    alike = [each for each in candidates if each.score >= ENOUGH or 0 < half <= len(each.shared.get("affected", ()))]
    return sorted(alike, key=lambda each: -each.score)
