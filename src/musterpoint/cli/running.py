"""Runs one verb: sets Django up, finds out who acts, and turns every refusal into an answer."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError, OperationalError, connections

from musterpoint import effects
from musterpoint import process as processes
from musterpoint.cli.answer import Answer, refuse, tell_left
from musterpoint.cli.here import Here, Terminal
from musterpoint.core.decision import NotAllowed
from musterpoint.core.process import Process

if TYPE_CHECKING:
    from musterpoint.actions import Call

#: verb → module, function
VERBS = {
    "init": "installing:init",
    "check": "checking:check",
    "serve": "serving:serve",
    "web": "serving:web",
    "worker": "serving:worker",
    "migrate": "installing:migrate",
    "import": "importing:bring_in",
    "list": "reading:listing",
    "show": "reading:show",
    "thread": "reading:thread",
    "timeline": "curating:timeline",
    "search": "reading:search",
    "writeup": "writeup:writeup",
    "raise": "issue:raise_issue",
    "issue": "issue:issue",
    "blockers": "issue:blockers_of",
    "close": "issue:close",
    "action": "followup:action",
    "publication": "publication:publication",
    "conformance": "reminders:conformance",
    "due": "reminders:due",
    "remind": "reminders:remind",
    "people": "people:people",
    "effects": "keeping:effects_of",
    "export": "keeping:export",
    "backup": "keeping:backup",
    "restore": "keeping:restore",
    "redact": "keeping:redact",
    "open-up": "working:open_up",
    "token": "tokens:token",
    "slack": "slack:slack",
    "github": "github:github",
}
#: These run before there is a database at its schema.
EARLY = ("init", "check", "migrate", "restore")


@dataclass
class Session:
    """One run of a verb: the options, the process, the time (UTC), and the place where it was asked for."""

    options: argparse.Namespace
    here: Here
    process: Process
    now: datetime
    problems: list[processes.Problem] = field(default_factory=list)

    def call(self) -> Call:
        """The call of an action by whoever acts. Raises NotFound for somebody unknown."""
        return self.here.call(self.options, self.process, self.now)

    def text(self, given: str) -> str:
        """A text that may be `-`: then it is what standard input has."""
        return self.here.input() if given == "-" else given

    def file(self, name: str) -> str:
        """The text of a file, or (`-`) what standard input has. Raises NotAllowed (`not_text`), OSError."""
        return self.here.input() if name == "-" else self.here.file(name)

    def time(self, text: str) -> datetime | None:
        from musterpoint.core.given_time import given_time

        return given_time(text, self.now) if text else None


def run(options: argparse.Namespace) -> int:
    """Run the verb and tell its answer. Returns the exit code."""
    from musterpoint.access import NotFound

    form = options.format
    try:
        if options.verb not in EARLY:
            _must_be_initialised(options.verb)
        waiting: list[str] = []
        effects.carried_by(waiting.append)
        process, problems = processes.load(settings.HOME)
        session = Session(options, Terminal(settings.HOME), process, datetime.now(UTC), problems)
        answer = answered(session)
        left = _carried_out(waiting, session)
        answer = answer.afterwards() if answer.afterwards else answer
        code = answer.show(form)
        tell_left(left, form)
        return code
    except NotAllowed as error:
        return refuse(form, error.code, error.message, error.hint)
    except NotFound as error:
        return refuse(form, error.code, error.message, error.hint)
    except OperationalError as error:
        return refuse(form, "database_unavailable", f"The database does not answer: {error}".strip(), "Try `check`.")
    except DatabaseError as error:
        return refuse(form, "database", f"The database refused: {error}".strip(), "Nothing was written. Try `check`.")
    except OSError as error:
        return refuse(form, "file", str(error), "Nothing was written.")
    finally:
        connections.close_all()


def _must_be_initialised(verb: str) -> None:
    """Raises NotAllowed. An older schema does not stop `serve`, which brings it up to date itself."""
    from musterpoint.store import schema

    missing = schema.missing()
    if missing == schema.needed():
        raise NotAllowed("not_initialised", f"There is no database in {settings.HOME} yet.", "Run: musterpoint init")
    if missing and verb != "serve":
        raise NotAllowed("old_schema", "The database is of an older version.", "Run: musterpoint migrate")


def _carried_out(keys: list[str], session: Session) -> int:
    """What was decided is committed: whatever hinders its effects now is no refusal, and they are the engine's."""
    try:
        return carry_out(keys, session.process, getattr(session.options, "wait", 0.0))
    except DatabaseError:
        return len(keys)


def answered(session: Session) -> Answer:
    """Runs the verb itself."""
    module, _, name = VERBS.get(session.options.verb, f"working:{session.options.verb}").partition(":")
    function: Callable[[Session], Answer] = getattr(import_module(f"musterpoint.cli.{module}"), name)
    return function(session)


def carry_out(keys: list[str], process: Process, wait: float) -> int:
    """Carry committed effects out here, for so many seconds at the most. Returns how many are left to the engine.

    Some lead to others, which are added to `keys` meanwhile.
    """
    if not keys:
        return 0
    from musterpoint.delivery import deliver

    until = time.monotonic() + wait
    finished: set[str] = set()
    while (left := set(keys) - finished) and time.monotonic() < until:
        for key in dict.fromkeys(keys):
            if key in left and time.monotonic() < until and deliver(key, process):
                finished.add(key)
        if left - finished == left:
            time.sleep(0.2)
    return len(left)
