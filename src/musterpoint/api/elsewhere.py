"""Somebody at another machine: what they sent with their words is all that a verb gets, and what it wants to leave
there goes back with the answer. Nothing of this machine is read or written.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from musterpoint import exporting
from musterpoint.accounts.models import Token
from musterpoint.actions import Call
from musterpoint.core.decision import NotAllowed
from musterpoint.core.process import Process

What = Literal["input", "file", "edit", "keep"]


@dataclass(frozen=True, slots=True)
class Edited:
    """What was put before a person as `draft`, and what they made of it."""

    draft: str
    before: str
    after: str


class Needed(Exception):
    """The verb cannot go on without something of the other machine. Nothing was written."""

    def __init__(self, what: What, name: str = "", text: str = "") -> None:
        super().__init__(what)
        self.what, self.name, self.text = what, name, text


@dataclass
class Elsewhere:
    """`exports` and `done` (drafts) are for the other machine to write and to take away."""

    acting: Call
    token: Token | None
    given: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    edit: Edited | None = None
    keeps: bool = False
    drafts: str = "drafts"
    exports: dict[str, str] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    def call(self, options: argparse.Namespace, process: Process, now: datetime) -> Call:
        if options.person:
            raise NotAllowed("acts_by_token", "The token says who acts.", "Leave --as out.")
        return self.acting

    def input(self) -> str:
        if self.given is None:
            raise Needed("input")
        return self.given

    def file(self, name: str) -> str:
        if name not in self.files:
            raise Needed("file", name)
        return self.files[name]

    def edited(self, text: str, draft: str) -> tuple[str, str]:
        if self.edit is None or self.edit.draft != draft:
            raise Needed("edit", draft, text)
        return self.edit.before, self.edit.after

    def keep(self, text: str, draft: str) -> None:
        if not self.keeps:
            raise Needed("keep", draft, text)

    def kept(self, draft: str) -> str:
        return f"{self.drafts}/{draft}"

    def finished(self, draft: str) -> None:
        self.done.append(draft)

    def exported(self, call: Call, ref: str, folder: str) -> list[str]:
        self.exports.update(exporting.texts(call, ref))
        return list(self.exports)
