"""The verbs against a server (`MUSTERPOINT_URL`): the words go there, and its answer is shown as if it came from here.

What a verb needs of this machine (input, a file, the editor) the server asks for; then the words are sent once more.
No more is given than the words name.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from musterpoint.cli import afar
from musterpoint.cli.answer import Answer, refuse, tell_left
from musterpoint.cli.calling import Server
from musterpoint.cli.editor import edited
from musterpoint.cli.here import read, typed
from musterpoint.cli.screen import screen
from musterpoint.core.decision import NotAllowed
from musterpoint.environment import environment

#: A server names files, and never a place.
PLAIN_NAME = re.compile(r"\w[\w.-]{0,150}")
HOW_TO_GET_ONE = "Make one on the page Settings, Tokens, or there with: musterpoint token issue NAME --scope write"


def run(options: argparse.Namespace, words: Sequence[str], url: str) -> int:
    """Have the verb carried out at `url`, and tell its answer. Returns the exit code."""
    try:
        _must_work_from_afar(options)
        token = environment("MUSTERPOINT_TOKEN").strip()
        if not token:
            raise NotAllowed("no_token", "MUSTERPOINT_URL is set, and MUSTERPOINT_TOKEN is not.", HOW_TO_GET_ONE)
        with Server(url, token) as server:
            return _Errand(options, list(words), server).run()
    except NotAllowed as error:
        return refuse(options.format, error.code, error.message, error.hint)
    except OSError as error:
        return refuse(options.format, "file", str(error), "Nothing was written.")


def _must_work_from_afar(options: argparse.Namespace) -> None:
    verb = afar.full(options)
    if why := afar.NOT_FROM_AFAR.get(verb):
        message = f"`{verb}` is not done with MUSTERPOINT_URL: {why}."
        raise NotAllowed("not_from_afar", message, "For the database of this machine, unset it.")
    if getattr(options, "person", ""):
        raise NotAllowed("acts_by_token", "With MUSTERPOINT_URL the token says who acts.", "Leave --as out.")


class _Errand:
    """One command, until the server needs nothing more for it."""

    def __init__(self, options: argparse.Namespace, words: list[str], server: Server) -> None:
        self.options, self.server = options, server
        self.writes = afar.scope(options) != afar.READ
        self.drafts = home() / "drafts"
        self.draft: Path | None = None
        self.body: dict[str, Any] = {"words": words, "screen": asdict(screen()), "drafts": str(self.drafts)}

    def run(self) -> int:
        try:
            given: set[tuple[str, str]] = set()
            while needs := (answer := self.server.ask(self.body, writes=self.writes)).get("needs"):
                wanted = (str(needs["what"]), str(needs["name"]))
                if wanted in given:
                    raise _odd(f"it asks again for {' '.join(wanted)}")
                given.add(wanted)
                self._give(*wanted, str(needs["text"]))
        except NotAllowed as error:
            raise self._with_the_draft(error) from error
        return self._show(answer)

    def _give(self, what: str, name: str, text: str) -> None:
        match what:
            case "input":
                self.body["input"] = typed()
            case "file":
                if name not in vars(self.options).values():
                    raise _odd(f"it asks for the file {name!r}, which the command does not name")
                self.body.setdefault("files", {})[name] = read(name)
            case "edit":
                self.draft = self.drafts / _plain(name)
                self.body["edited"] = {"draft": name, "before": text, "after": edited(text, self.draft)}
            case "keep":
                _write(self.drafts / _plain(name), text)
                self.body["kept"] = True
            case _:
                raise _odd(f"it asks for {what!r}")

    def _with_the_draft(self, error: NotAllowed) -> NotAllowed:
        """What somebody wrote is in its file until it is in the record."""
        told = f"{error.message} {error.hint}"
        if self.draft is None or not self.draft.exists() or str(self.draft) in told:
            return error
        return NotAllowed(error.code, error.message, f"{error.hint} Your text is kept in {self.draft}.".strip())

    def _show(self, answer: dict[str, Any]) -> int:
        told = Answer(answer["data"], answer["text"], answer["markdown"], answer["code"])
        if files := answer["files"]:
            folder = Path(self.options.to) if self.options.to else home() / "exports"
            paths = [str(_write(folder / _plain(name), text)) for name, text in files.items()]
            told = Answer({**answer["data"], "files": paths}, "\n".join(paths))
        if self.draft is not None and self.draft.name in answer["finished"]:
            self.draft.unlink(missing_ok=True)
        code = told.show(self.options.format)
        tell_left(answer["left"], self.options.format)
        return code


def home() -> Path:
    """Where drafts and exports are kept; nothing else of it is needed."""
    return Path(environment("MUSTERPOINT_HOME") or "~/.musterpoint").expanduser().absolute()


def _write(file: Path, text: str) -> Path:
    """Whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)
    return file


def _plain(name: str) -> str:
    if not PLAIN_NAME.fullmatch(name):
        raise _odd(f"it names the file {name!r}")
    return name


def _odd(what: str) -> NotAllowed:
    return NotAllowed("odd_answer", f"The server answers what it should not: {what}.", "Nothing of yours was given.")
