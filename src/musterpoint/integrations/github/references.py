"""How issues are named: `OWNER/REPOSITORY#NUMBER`, and their addresses in the API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from musterpoint.ports import Refused, Unavailable

_WRITTEN = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]*)/([A-Za-z0-9._-]+)#([1-9][0-9]{0,9})")
_REPOSITORY = re.compile(r"/repos/([^/]+)/([^/]+?)/?$")


@dataclass(frozen=True, slots=True)
class Reference:
    """An issue of a repository."""

    owner: str
    name: str
    number: int

    def __str__(self) -> str:
        return f"{self.repository}#{self.number}"

    @property
    def repository(self) -> str:
        return f"{self.owner}/{self.name}"

    @property
    def path(self) -> str:
        return f"/repos/{self.repository}/issues/{self.number}"


def reference(ref: str) -> Reference:
    """Raises Refused for what names no issue on GitHub."""
    found = possible(ref)
    if found is None:
        raise Refused(f"{ref!r} is no issue on GitHub: one is written OWNER/REPOSITORY#NUMBER.")
    return found


def possible(ref: str) -> Reference | None:
    """None for what names no issue on GitHub."""
    found = _WRITTEN.fullmatch(ref)
    if found is None or found[2] in (".", ".."):
        return None
    return Reference(found[1], found[2], int(found[3]))


def of_node(node: Mapping[str, Any]) -> Reference:
    """Of an issue as GraphQL tells it, with its number and repository."""
    owner, _, name = str(node["repository"]["nameWithOwner"]).partition("/")
    return Reference(owner, name, int(node["number"]))


def of_data(data: Mapping[str, Any]) -> Reference:
    """Of an issue as REST tells it, wherever it was asked for. Raises Unavailable for what is none."""
    found = _REPOSITORY.search(str(data.get("repository_url", "")))
    if found is None or not isinstance(data.get("number"), int):
        raise Unavailable("GitHub told of an issue without saying which one it is.")
    return Reference(found[1], found[2], data["number"])


def same(one: Reference, other: Reference) -> bool:
    """Capital and small letters are the same to GitHub."""
    return str(one).lower() == str(other).lower()
