"""A text as the public may read it: people become roles, customers "a customer", addresses and hosts neutral words.

A name is found whole or in its parts, in any case, with accents or without; rather one word too many is replaced than
one too few.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from musterpoint.core import public_ids
from musterpoint.core.incident import Incident, Who
from musterpoint.core.journal import Entry, HuddleEnded, LeadChange, Message, Nomination
from musterpoint.core.process import Process

LEAD, ENGINEER, COLLEAGUE, APP, CUSTOMER = (
    "the incident lead",
    "an engineer",
    "a colleague",
    "our monitoring",
    "a customer",
)
#: Parts of names that say nobody's name by themselves.
_PARTICLES = frozenset(
    "van von de der den da di du la le el al bin ibn dos das del st mac the and of an do so in my no it is at he we me"
    " us or as by if on to up go be".split()
)
#: Names that are words, too: only with a capital they are somebody's.
_WORDS = frozenset(
    "will mark may june april august grace hope bill art drew chase rose dawn faith joy page rich jack frank guy pat"
    " sky summer star case long young white brown green black gray king read love day park hall cook best field wood"
    " stone price rush sage ray rob sue don dean earl gene max miles norm major core sandy penny ivy iris"
    " olive crystal amber robin jay reed lane ford dale glen heath cliff banks bush rice pope marsh west north".split()
)
#: Who is named like that is nobody of the team: “Mrs. Nilsen”.
_TITLED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Mx|Dr|Prof|Herr|Frau|Mme|Monsieur|Madame|Señora?)\.?\s+[^\W\d_a-z][\w'’-]+(?:\s[^\W\d_a-z][\w'’-]+)?"
)


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody whose name must not be in a post, and what stands there instead. An app is named by its whole name."""

    name: str
    role: str = ENGINEER

    @property
    def forms(self) -> list[str]:
        """What to look for, the longest first."""
        whole = " ".join(unicodedata.normalize("NFC", self.name).split())
        if not whole or self.role == APP:
            return [whole] if whole else []
        parts = [part for each in re.split(r"[\s._]+", whole) for part in (each, *each.split("-"))]
        parts = [part.strip("'’\"(),") for part in parts]
        found = [whole, *(part for part in parts if len(part) > 1 and part.lower() not in _PARTICLES)]
        return sorted(dict.fromkeys(found), key=len, reverse=True)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The text for the public. `whole`: nothing but names was replaced in it."""

    text: str
    whole: bool


@dataclass(frozen=True)
class People:
    """All whose names must not be in a post. Their forms are looked up by the first word: a text names few of them."""

    known: tuple[Known, ...]

    def __iter__(self) -> Iterator[Known]:
        return iter(self.known)

    @cached_property
    def forms(self) -> Mapping[str, dict[str, str]]:
        """Where two people share a form, the first of them has it."""
        forms: dict[str, str] = {}
        for each in self.known:
            for form in each.forms:
                forms.setdefault(form, each.role)
        return _by_first_word(forms)


def people_of(incident: Incident, entries: Iterable[Entry], known: Sequence[Known] = ()) -> People:
    """Everybody who took part, the lead first; then whom the installation knows besides."""
    roles: dict[str, str] = {incident.lead.name: LEAD} if incident.lead else {}
    for entry in entries:
        for who, role in _named_by(entry):
            roles.setdefault(who.name, role)
    for action in incident.after.actions:
        if action.owner:
            roles.setdefault(action.owner.name, ENGINEER)
    if incident.nominee:
        roles.setdefault(incident.nominee.name, ENGINEER)
    for each in known:
        roles.setdefault(each.name, each.role)
    return People(tuple(Known(name, role) for name, role in roles.items() if name.strip()))


def _named_by(entry: Entry) -> list[tuple[Who, str]]:
    fact = entry.fact
    bot = isinstance(fact, Message) and fact.bot
    others: Sequence[Who | None] = ()
    match fact:
        case HuddleEnded():
            others = fact.people
        case LeadChange():
            others = (fact.lead,)
        case Nomination():
            others = (fact.nominee,)
    found = [(each, ENGINEER) for each in others if each]
    return [(entry.who, APP if bot else ENGINEER), *found] if entry.who else found


def anonymous(text: str, people: Iterable[Known], process: Process, keep: Collection[str] = ()) -> str:
    return cleaned(text, people, process, keep).text


def cleaned(text: str, people: Iterable[Known], process: Process, keep: Collection[str] = ()) -> Cleaned:
    """The text with roles and neutral words. Links in `keep` stay."""
    text, technical = public_ids.replaced(unicodedata.normalize("NFC", text), process.internal_hosts, keep)
    text = _said(text, _present(text, _customers(process.customers), _people(people).forms))
    text = _TITLED.sub(CUSTOMER, text)
    text = re.sub(r"(?<![\w@])@(?:here|channel|everyone)\b", "everybody", text)
    text = re.sub(r"(?<![\w@])@[A-Za-z][\w.-]*\w", COLLEAGUE, text)
    return Cleaned(text, not technical)


def names_in(text: str, people: Iterable[Known]) -> list[str]:
    """The names of these people that are in the text, as they are written there."""
    return _found(text, People(tuple(each for each in people if each.role != APP)).forms)


def customers_in(text: str, process: Process) -> list[str]:
    return _found(text, _customers(process.customers))


def titled_in(text: str) -> list[str]:
    """People whom the text names as one names a customer."""
    return list(dict.fromkeys(each.group() for each in _TITLED.finditer(text)))


def _people(people: Iterable[Known]) -> People:
    return people if isinstance(people, People) else People(tuple(people))


@lru_cache(maxsize=8)
def _customers(names: tuple[str, ...]) -> Mapping[str, dict[str, str]]:
    return _by_first_word(dict.fromkeys(names, CUSTOMER))


def _by_first_word(forms: Mapping[str, str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for form, role in forms.items():
        for word in _words(form)[:1]:
            found.setdefault(word, {})[form] = role
    return found


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", _bare(text).lower())


def _found(text: str, forms: Mapping[str, dict[str, str]]) -> list[str]:
    text = unicodedata.normalize("NFC", text)
    present = _present(text, forms)
    return list(dict.fromkeys(each.group() for each in _pattern(present).finditer(text))) if present else []


def _present(text: str, *indexes: Mapping[str, dict[str, str]]) -> dict[str, str]:
    """The forms that may be in the text, the longest first."""
    words = sorted(set(_words(text)))
    found = {form: role for index in reversed(indexes) for word in words for form, role in index.get(word, {}).items()}
    return {form: found[form] for form in sorted(found, key=len, reverse=True)}


def _bare(text: str) -> str:
    """Without accents."""
    if text.isascii():
        return text
    return "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each))


def _pattern(forms: Mapping[str, str]) -> re.Pattern[str]:
    """All of them at once: what stands for one name is not searched for the next. One group for each form."""
    return re.compile("|".join(f"({_app(form) if role == APP else _written(form)})" for form, role in forms.items()))


def _app(form: str) -> str:
    """As it is written: “Alerts” is neither in “alerts” nor in `#ops-alerts`."""
    return rf"(?<![\w#/.-])@?{_loose(form)}(?![\w/-])"


def _written(form: str) -> str:
    words = "|".join(_loose(each) for each in dict.fromkeys((unicodedata.normalize("NFC", form), _bare(form))))
    as_it_is = form.lower() in _WORDS or len(form) < 3
    return rf"(?<!\w)@?(?{'' if as_it_is else 'i'}:{words})(?!\w)"


def _loose(form: str) -> str:
    """However its parts are joined: `Ana Ruiz`, `ana.ruiz`, `O’Brien`."""
    return "".join(
        r"[\s\u00a0._-]+" if part.isspace() else "['’]" if part in "'’" else re.escape(part)
        for part in re.split(r"(\s+|['’])", form.strip())
        if part
    )


def _said(text: str, forms: Mapping[str, str]) -> str:
    roles = list(forms.values())

    def word(match: re.Match[str]) -> str:
        role = roles[(match.lastindex or 1) - 1]
        before = text[: match.start()].rstrip(" *_“\"'(-")
        begins = not before or before[-1] in ".!?:\n"
        return role[0].upper() + role[1:] if begins else role

    return _pattern(forms).sub(word, text) if forms else text
