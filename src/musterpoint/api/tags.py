"""The `ETag` of an incident: its version and a digest of what is shown. Two of them are compared by the version."""

from __future__ import annotations

import hashlib
import re

_OURS = re.compile(r'\s*(?:W/)?"(\d{1,18})-[0-9a-f]+"\s*')


def tag(version: int, text: str) -> str:
    return f'"{version}-{hashlib.sha256(text.encode()).hexdigest()[:20]}"'


def version_of(text: str) -> int | None:
    """The version that a tag names; None for a tag that is none of ours."""
    found = _OURS.fullmatch(text)
    return int(found[1]) if found else None


def seen_already(tag: str, seen: str) -> bool:
    """Whether `If-None-Match` names it. Somebody between us may have made it a weak one."""
    return seen.strip() == "*" or tag in {each.strip().removeprefix("W/") for each in seen.split(",")}
