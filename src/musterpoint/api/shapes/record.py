"""Conformance, and what waits."""

from __future__ import annotations

from musterpoint.api.fields import Answered, Asked, At, Time
from musterpoint.core.conformance_steps import StepStatus
from musterpoint.core.incident import Basis


class ConformanceStep(Answered):
    """A step of the process with its evidence, or the exception that was made."""

    name: str
    title: str
    rule: str
    status: StepStatus
    at: At | None
    basis: Basis | None
    who: str | None
    evidence: list[str]
    note: str
    exception: str | None
    exception_by: str | None


class Conformance(Answered):
    incident: str
    steps: list[ConformanceStep]


class Due(Answered):
    """Something that waits. `until`: it is put off; `dismissed`: nobody is reminded."""

    incident: str
    title: str
    name: str
    text: str
    urgent: bool
    since: At
    whom: list[str]
    resolve: str
    reminded: int
    next_at: At | None
    until: At | None
    dismissed: bool


class Waiting(Answered):
    waiting: list[Due]


class PutOff(Asked):
    """Nobody is reminded before `until`; null: never again."""

    until: Time | None
