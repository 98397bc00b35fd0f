"""Facts to JSON and back. Times become `YYYY-MM-DDTHH:MM:SS.ffffffZ`; a field with its default is left out."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable
from dataclasses import MISSING, fields
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from musterpoint.core.incident import Who, read_time, time_text
from musterpoint.core.journal import KIND_OF, KINDS, Fact

Reader = Callable[[Any], Any]


def _encode(value: Any) -> Any:
    if isinstance(value, datetime):
        return time_text(value)
    if isinstance(value, Who):
        return {"identity": value.identity, "name": value.name}
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    return value


def _who(value: dict[str, str]) -> Who:
    return Who(value["identity"], value["name"])


def _reader(hint: Any) -> Reader | None:
    """What turns the JSON value of a field of this type back; None where nothing needs to be done."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        inner = _reader(next(option for option in typing.get_args(hint) if option is not type(None)))
        return None if inner is None else lambda value: None if value is None else inner(value)
    if typing.get_origin(hint) is tuple:
        item = _reader(typing.get_args(hint)[0])
        return tuple if item is None else lambda value: tuple(item(each) for each in value)
    if hint is datetime:
        return read_time
    if hint is Who:
        return _who
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    return None


@cache
def _readers(kind: str) -> dict[str, Reader]:
    cls = KINDS[kind]
    hints = typing.get_type_hints(cls)
    found = {each.name: _reader(hints[each.name]) for each in fields(cls)}
    return {name: reader for name, reader in found.items() if reader is not None}


@cache
def _defaults(kind: str) -> tuple[tuple[str, Any], ...]:
    return tuple((each.name, each.default) for each in fields(KINDS[kind]))


def encode(fact: Fact) -> str:
    """The fact's own fields as a JSON object; its kind is stored beside it."""
    values = ((name, getattr(fact, name), default) for name, default in _defaults(KIND_OF[type(fact)]))
    kept = {name: _encode(value) for name, value, default in values if default is MISSING or value != default}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def decode(kind: str, data: str) -> Fact:
    """The reverse of `encode`. Raises KeyError for a kind that this version does not know."""
    cls = KINDS[kind]
    values = json.loads(data)
    for name, reader in _readers(kind).items():
        if name in values:
            values[name] = reader(values[name])
    return cls(**values)
