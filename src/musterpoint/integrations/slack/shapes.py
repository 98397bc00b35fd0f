"""Looking into JSON whose shape nobody promised: what is absent or of another type reads as empty."""

from __future__ import annotations

from collections.abc import Mapping

Object = Mapping[str, object]


def string(value: Object, key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""


def inner(value: Object, key: str) -> Object:
    found = value.get(key)
    return found if isinstance(found, Mapping) else {}


def objects(value: Object, key: str) -> list[Object]:
    """The objects of the list under `key`; anything else in that list is passed over."""
    found = value.get(key)
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []


def strings(value: Object, key: str) -> list[str]:
    found = value.get(key)
    return [item for item in found if isinstance(item, str)] if isinstance(found, list) else []


def web_address(value: Object, *keys: str) -> str:
    """The first of `keys` that holds an http(s) address: a file is not trusted to hold nothing worse."""
    found = (string(value, key) for key in keys)
    return next((address for address in found if address.startswith(("https://", "http://"))), "")
