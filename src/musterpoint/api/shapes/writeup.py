"""The write-up: its parts, their versions, and advice about them."""

from __future__ import annotations

from musterpoint.api.fields import Answered, Asked, At, Number, Text
from musterpoint.api.shapes.actions import Action
from musterpoint.api.shapes.incident import EntryName
from musterpoint.core.incident import Status
from musterpoint.core.writeup_parts import Section


class Version(Answered):
    """`aside`: it crossed with another edit, which stands."""

    version: int
    text: str
    who: str | None
    at: At
    aside: bool
    stands: bool


class Sentence(Answered):
    """A composed sentence, and what of the record it rests on."""

    text: str
    cites: list[str]
    entries: list[int]


class Part(Answered):
    """A part as it stands. `version` is 0 where it is composed; `composed` is what the record says."""

    name: str
    title: str
    section: Section
    text: str
    version: int
    who: str | None
    at: At | None
    composed: str
    changed: str
    sentences: list[Sentence]
    questions: list[str]
    versions: list[Version]


class Question(Answered):
    part: str
    text: str


class Adoptable(Answered):
    """An action that the record proposes."""

    entry: int
    text: str
    why: str


class Similar(Answered):
    """An earlier incident that is like this one, with its actions that are still open."""

    incident: str
    title: str
    affected: str
    status: Status
    declared: At | None
    shared: dict[str, list[str]]
    actions: list[Action]


class SimilarOnes(Answered):
    incident: str
    similar: list[Similar]


class OnePart(Answered):
    incident: str
    title: str
    status: Status
    done: bool
    parts: list[Part]
    questions: list[Question]
    evidence: dict[str, int]


class Writeup(OnePart):
    """The whole write-up, its actions, and what is similar."""

    actions: list[Action]
    proposed: list[Adoptable]
    similar: list[Similar]


class Advice(Answered):
    """What a careful reader would point out."""

    code: str
    part: str
    passage: str
    text: str


class AdviceGiven(Answered):
    incident: str
    advice: list[Advice]


class Words(Asked):
    """`seen`: the version that the writer saw (0: composed). Where another one stands by now, this is kept aside."""

    text: Text
    seen: Number | None = None


class Written(Answered):
    """What stands now. `aside`: somebody wrote meanwhile; their text stands, and yours is kept as a version."""

    incident: str
    entry: EntryName | None
    aside: bool
    text: str
    version: int
    yours: str | None
