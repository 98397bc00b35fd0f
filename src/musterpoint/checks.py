"""Whether everything that an installation needs is there and works: for `check` and for the settings page.

To look costs nothing outside. To ask (`asked`) calls each provider, with a short time-out: never inside a transaction.
"""

from __future__ import annotations

import os
import shutil
import smtplib
import sqlite3
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from musterpoint import access, effects, outside, posting
from musterpoint.actions import Call
from musterpoint.core.decision import NotAllowed
from musterpoint.core.process import Process
from musterpoint.integrations import registry
from musterpoint.ports import Place, Post, Refused, Unavailable
from musterpoint.process import Problem
from musterpoint.running import living
from musterpoint.store import models, schema
from musterpoint.store.clock import later

GIGABYTE = 1024**3
#: Seconds that each provider has to answer, and the key that we look up there: nothing was ever made with it.
TIMEOUT, KEY = 3.0, "musterpoint-check"
#: Troubles that pass by themselves.
PASSES = ("ratelimited", "hour_full")
#: Seconds: the engine looks every ten.
LATE = 120


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking. `name`: chat, tracker, website, mail or database; `where`: the setting that it hangs on."""

    name: str
    where: str
    works: bool
    told: str


# --- to look ------------------------------------------------------------------------------------------------------


def of_home(home: Path) -> Iterator[Problem]:
    if not home.is_dir():
        yield Problem(str(home), "does not exist.", "Run: musterpoint init")
        return
    if not os.access(home, os.W_OK):
        yield Problem(str(home), "cannot be written.", "Give it to the user that runs Musterpoint.")
    secret = home / "secret-key"
    if not secret.exists():
        yield Problem(str(secret), "does not exist.", "Run: musterpoint init")
    elif stat.S_IMODE(secret.stat().st_mode) & 0o077:
        yield Problem(str(secret), "can be read by others.", f"Run: chmod 600 {secret}", fatal=False)
    if shutil.disk_usage(home).free < GIGABYTE:
        yield Problem(
            str(home), "has less than 1 GB left.", "Make room: without it nothing can be recorded.", fatal=False
        )


def of_database() -> Iterator[Problem]:
    try:
        missing = schema.missing()
    except Error as error:
        yield Problem("database", f"does not answer: {str(error).strip()}", "Check DATABASE_URL, and that it runs.")
        return
    if missing == schema.needed():
        yield Problem("database", "is empty.", "Run: musterpoint init")
    elif missing:
        yield Problem("database", "is of an older version.", "Run: musterpoint migrate")
    if connection.vendor == "sqlite":
        options = sqlite3.connect(":memory:").execute("PRAGMA compile_options").fetchall()
        if ("ENABLE_FTS5",) not in options:
            yield Problem(
                "SQLite", "of this Python has no FTS5.", "Use the Python of your distribution, or PostgreSQL."
            )
    elif shutil.which("pg_dump") is None:
        yield Problem("pg_dump", "is not here: backups lack the database.", "Install postgresql-client.", fatal=False)


def of_providers(process: Process, home: Path) -> Iterator[Problem]:
    """What their settings alone tell."""
    try:
        registry.chat(process)
    except (ValueError, Refused) as error:
        yield Problem("[chat]", str(error), "See docs/configuration.md.")
    try:
        registry.tracker(process)
    except ValueError as error:
        yield Problem("[issue] tracker", str(error), "See docs/configuration.md.")
    try:
        registry.website(process, home)
    except (ValueError, Refused) as error:
        yield Problem("[website]", str(error), "See docs/website.md.")
    try:
        posting.look(process)
    except NotAllowed as error:
        yield Problem("[website] template", error.message, error.hint)


def of_chat(process: Process) -> Iterator[Problem]:
    """What hinders the chat now, as far as it is known without asking."""
    return _hindered("[chat]", process.chat, lambda: registry.missing(process))


def of_tracker(process: Process) -> Iterator[Problem]:
    """The same of the tracker."""
    return _hindered("[issue] tracker", process.tracker, lambda: registry.missing_for_issues(process))


def _hindered(where: str, source: str, missing: Callable[[], str]) -> Iterator[Problem]:
    try:
        why = missing()
    except OSError as error:
        why = f"A secret cannot be read: {error}"
    if why:
        yield Problem(where, why, f"See docs/{source}.md.")
    for each in models.Trouble.objects.filter(source=source).order_by("since", "id"):
        yield Problem(where, each.message, each.hint, fatal=each.code not in PASSES)


def of_people(process: Process) -> Iterator[Problem]:
    for where, wanted in (("[authority] people", process.authority), ("[security] sirt", process.sirt)):
        for each in wanted:
            try:
                access.person(each)
            except access.NotFound:
                yield Problem(
                    where,
                    f"names {each!r}, whom nobody here is.",
                    f"musterpoint people link PERSON account:{each}",
                    fatal=False,
                )
    if not models.Person.objects.filter(role="admin").exists():
        yield Problem("people", "has no admin.", "Run: musterpoint init")


def of_effects(call: Call) -> Iterator[Problem]:
    """Of the incidents that this person sees."""
    if effects.held():
        yield Problem("effects", "are held back since a restore.", "Run: musterpoint effects release", fatal=False)
    if count := outside.outgoing(call).filter(status="parked").count():
        yield Problem("effects", f"{count} could not be carried out.", "See: musterpoint effects", fatal=False)
    if count := len(outside.events(call)):
        yield Problem("events", f"{count} could not be taken in.", "See: musterpoint effects", fatal=False)


# --- to ask -------------------------------------------------------------------------------------------------------


def asked(process: Process, home: Path) -> Iterator[Asked]:
    """Asks each of them for something that is not there: whoever says so works."""
    short = replace(process, timeout=min(process.timeout, TIMEOUT))
    place, post = Place(process.workspace, process.channel), Post(f"{KEY}.md", "", "", "")
    steps: list[tuple[str, str, Callable[[], object]]] = [
        ("chat", "[chat]", lambda: _chat(short, place)),
        ("tracker", "[issue] tracker", lambda: _tracker(short)),
        ("website", "[website]", lambda: registry.website(short, home).find(post, KEY)),
        ("database", "database", schema.missing),
    ]
    if settings.SMTP_URL:
        steps.append(("mail", "SMTP_URL", _mail))
    for name, where, step in steps:
        yield _asked(name, where, step)


def _asked(name: str, where: str, step: Callable[[], object]) -> Asked:
    try:
        step()
    except (ValueError, Refused, Unavailable, Error, OSError, smtplib.SMTPException) as error:
        return Asked(name, where, works=False, told=str(error).strip() or type(error).__name__)
    return Asked(name, where, works=True, told="answers")


def _chat(process: Process, place: Place) -> None:
    tried = registry.tried(process, settings.ADDRESS, timezone.now(), process.timeout)
    if tried is None:
        registry.chat(process).find(place, KEY)
    elif wrong := [told for works, told in tried if not works]:
        raise Refused(" ".join(wrong))


def _tracker(process: Process) -> None:
    tried = registry.tried_issues(process, settings.ADDRESS, timezone.now(), process.timeout)
    if tried is None:
        registry.tracker(process).find(KEY)
    elif wrong := [told for works, told in tried if not works]:
        raise Refused(" ".join(wrong))


def _mail() -> None:
    from django.core.mail import get_connection  # the command line is not to wait for it elsewhere

    server = get_connection(timeout=TIMEOUT)
    server.open()
    server.close()


# --- the engine ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Engine:
    """`processes` of this machine; `late`: something that is due has waited longer than the engine ever takes."""

    processes: list[str]
    late: bool
    text: str


def engine(call: Call) -> Engine:
    """Told by the processes that live here, and by what waits though it is due (of what this person sees)."""
    here = [each for each in living(settings.HOME) if each.startswith(("serve-", "worker-"))]
    due = outside.outgoing(call).filter(effects.free(), status="waiting", not_before__lt=later(-LATE))
    late = not effects.held() and due.exists()
    if late:
        return Engine(here, late, "Something that is due is not carried out: no engine seems to run.")
    text = "It runs on this machine." if here else "None runs on this machine; nothing that is due waits for one."
    return Engine(here, late, text)
