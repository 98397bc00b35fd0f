"""People, and what goes outside on their behalf."""

from __future__ import annotations

from typing import Literal

from musterpoint.api.fields import Answered, Asked, At, Name, Text
from musterpoint.core.incident import Role


class Person(Answered):
    """`authority` is given in musterpoint.toml alone."""

    id: str
    name: str
    role: Role
    authority: bool
    zone: str | None
    identities: list[str]


class Me(Answered):
    """Who asks, and the scopes of the token; null for somebody who is signed in."""

    person: Person
    scopes: list[str] | None


class PersonAsked(Asked):
    name: Name
    role: Role = Role.RESPONDER
    zone: Name = ""
    identities: list[Name] = []


class PersonChange(Asked):
    """The fields that are given; an empty zone takes it away."""

    name: Name | None = None
    role: Role | None = None
    zone: Name | None = None


class Identity(Asked):
    """`slack:U…`, `github:LOGIN`, `email:…` or `account:…`."""

    identity: Name


class MergeInto(Asked):
    """Two people are one: the other keeps everything."""

    into: Name


class Token(Answered):
    """A token; never its text."""

    id: int
    name: str
    person: str
    scopes: list[str]
    made_at: At
    expires_at: At | None
    used_at: At | None
    expired: bool


EffectStatus = Literal["waiting", "done", "parked", "dropped"]


class Effect(Answered):
    """Something to be done outside."""

    key: str
    kind: str
    incident: str | None
    status: EffectStatus
    tries: int
    not_before: At
    error: str | None
    external: str | None


class Event(Answered):
    """An event from outside that could not be taken in."""

    id: int
    source: str
    key: str
    error: str
    received_at: At


class EffectKey(Asked):
    key: Name


class EffectDrop(Asked):
    key: Name
    reason: Text


class Released(Answered):
    """How many wait."""

    released: int


class EffectNow(Answered):
    effect: str
    status: EffectStatus
