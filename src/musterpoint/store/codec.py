"""Facts and state to JSON and back. Times become `YYYY-MM-DDTHH:MM:SS.ffffffZ`; a field with its default is left out.

Frozen values may hold each other, tuples and mappings of them; a `Who` is `{"identity", "name"}`.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache, partial
from typing import Any

from musterpoint.core.incident import read_time, time_text
from musterpoint.core.journal import KINDS, Fact

Reader = Callable[[Any], Any]


def _encode(value: Any) -> Any:
    if isinstance(value, datetime):
        return time_text(value)
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _encode(item) for name, item in value.items()}
    return written(value) if is_dataclass(value) else value


def _reader(hint: Any) -> Reader | None:
    """What turns the JSON value of a field of this type back; None where nothing needs to be done."""
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        inner = _reader(next(option for option in inside if option is not type(None)))
        return None if inner is None else lambda value: None if value is None else inner(value)
    if origin is tuple:
        return _of_all(_reader(inside[0]))
    if origin is Mapping:
        return _of_values(_reader(inside[1]))
    if hint is datetime:
        return read_time
    if isinstance(hint, type) and is_dataclass(hint):
        return partial(read, hint)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    return None


def _of_all(item: Reader | None) -> Reader:
    return tuple if item is None else lambda value: tuple(item(each) for each in value)


def _of_values(item: Reader | None) -> Reader | None:
    return None if item is None else lambda value: {name: item(each) for name, each in value.items()}


@cache
def _readers(cls: Any) -> dict[str, Reader]:
    hints = typing.get_type_hints(cls)
    found = {each.name: _reader(hints[each.name]) for each in fields(cls)}
    return {name: reader for name, reader in found.items() if reader is not None}


@cache
def _defaults(cls: Any) -> tuple[tuple[str, Any], ...]:
    return tuple(
        (each.name, each.default if each.default_factory is MISSING else each.default_factory()) for each in fields(cls)
    )


def written(value: Any) -> dict[str, Any]:
    """The fields of a frozen value as JSON has them."""
    cls: Any = type(value)
    values = ((name, getattr(value, name), default) for name, default in _defaults(cls))
    return {name: _encode(found) for name, found, default in values if default is MISSING or found != default}


def read(cls: Any, values: dict[str, Any]) -> Any:
    """The reverse of `written`: a value of the class `cls`."""
    values = dict(values)
    for name, reader in _readers(cls).items():
        if name in values:
            values[name] = reader(values[name])
    return cls(**values)


def encode(fact: Fact) -> str:
    """The fact's own fields as a JSON object; its kind is stored beside it."""
    return json.dumps(written(fact), ensure_ascii=False, separators=(",", ":"))


def decode(kind: str, data: str) -> Fact:
    """The reverse of `encode`. Raises KeyError for a kind that this version does not know."""
    fact: Fact = read(KINDS[kind], json.loads(data))
    return fact
