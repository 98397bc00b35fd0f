"""Where the words were typed: who acts there, its standard input, files and editor. Verbs reach these in no other way,
so that somebody who asks from afar gives their own (`api/commands.py`) and nothing of ours is touched.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from musterpoint.core.decision import NotAllowed
from musterpoint.core.process import Process

if TYPE_CHECKING:
    from musterpoint.accounts.models import Token
    from musterpoint.actions import Call


class Here(Protocol):
    """Whatever a verb needs from the place where it was asked for. A draft is named, not placed: `writeup-7.md`."""

    #: what it is asked with from afar; None at the machine itself
    token: Token | None

    def call(self, options: argparse.Namespace, process: Process, now: datetime) -> Call:
        """The call of an action by whoever acts. Raises NotFound for somebody unknown."""

    def input(self) -> str:
        """Standard input, whole."""

    def file(self, name: str) -> str:
        """The text of a file that the words name. Raises NotAllowed (`not_text`), OSError."""

    def edited(self, text: str, draft: str) -> tuple[str, str]:
        """The text that was put before a person, and what they made of it. Raises NotAllowed."""

    def keep(self, text: str, draft: str) -> None:
        """Keep what could not be taken over."""

    def kept(self, draft: str) -> str:
        """Where such a text is, for people to read."""

    def finished(self, draft: str) -> None:
        """What was written is in the record: the draft is not needed any more."""

    def exported(self, call: Call, ref: str, folder: str) -> list[str]:
        """Write all of an incident into the folder (empty: the usual one). The files' names."""


class Terminal:
    """This machine: whoever is at it may name any person, and any file of theirs."""

    token: Token | None = None

    def __init__(self, home: Path) -> None:
        self.home = home

    def call(self, options: argparse.Namespace, process: Process, now: datetime) -> Call:
        from musterpoint import access
        from musterpoint.actions import Call

        wanted = options.person or f"account:{getpass.getuser()}"
        try:
            actor = access.actor(wanted, process)
        except access.NotFound as error:
            if options.person:
                raise
            raise access.NotFound(
                f"Nobody here has the account {getpass.getuser()!r}.", "Say who acts with --as PERSON, or run init."
            ) from error
        return Call(actor, process, "cli", now)

    def input(self) -> str:
        return typed()

    def file(self, name: str) -> str:
        return read(name)

    def edited(self, text: str, draft: str) -> tuple[str, str]:
        from musterpoint.cli.editor import edited

        return text, edited(text, self._place(draft))

    def keep(self, text: str, draft: str) -> None:
        self._place(draft).parent.mkdir(parents=True, exist_ok=True)
        self._place(draft).write_text(text, encoding="utf-8")

    def kept(self, draft: str) -> str:
        return str(self._place(draft))

    def finished(self, draft: str) -> None:
        self._place(draft).unlink(missing_ok=True)

    def exported(self, call: Call, ref: str, folder: str) -> list[str]:
        from musterpoint import exporting

        files = exporting.export(call, ref, Path(folder) if folder else self.home / "exports")
        return [str(each) for each in files]

    def _place(self, draft: str) -> Path:
        return self.home / "drafts" / draft


def typed() -> str:
    """Standard input, whole."""
    return sys.stdin.read().replace("\0", "\ufffd")


def read(name: str) -> str:
    """The text of a file of this machine. Raises NotAllowed (`not_text`), OSError."""
    try:
        return Path(name).read_text(encoding="utf-8").replace("\0", "\ufffd")
    except UnicodeDecodeError as error:
        raise NotAllowed("not_text", f"{name} is not UTF-8: {error}.", "Nothing was changed.") from error
