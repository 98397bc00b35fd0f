"""`check`: looks at everything that this installation needs; each problem comes with what to do about it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.db import Error, connection

from musterpoint import access, effects, intake, posting
from musterpoint.cli.answer import Answer
from musterpoint.cli.running import Session
from musterpoint.core.decision import NotAllowed
from musterpoint.integrations import registry
from musterpoint.ports import Refused
from musterpoint.process import Problem
from musterpoint.store import models, schema

GIGABYTE = 1024**3

Look = Callable[[Session], Iterator[Problem]]


def check(session: Session) -> Answer:
    problems = [*session.problems]
    with_database: list[Look] = [_people, _effects]
    always: list[Look] = [_home, _database, _providers]
    for look in always:
        problems += look(session)
    if schema.is_there():
        for look in with_database:
            problems += look(session)
    worst = any(each.fatal for each in problems)
    lines = [f"{'✗' if each.fatal else '!'} {each.where} {each.message}\n    {each.hint}" for each in problems]
    lines.append("Some things need mending." if worst else "Everything that must work does.")
    shapes = [
        {"where": each.where, "message": each.message, "hint": each.hint, "fatal": each.fatal} for each in problems
    ]
    return Answer({"ok": not worst, "problems": shapes}, "\n".join(lines), code=1 if worst else 0)


def _home(session: Session) -> Iterator[Problem]:
    home: Path = settings.HOME
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


def _database(session: Session) -> Iterator[Problem]:
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


def _providers(session: Session) -> Iterator[Problem]:
    try:
        registry.chat(session.process)
    except (ValueError, Refused) as error:
        yield Problem("[chat]", str(error), "See docs/configuration.md.")
    try:
        registry.tracker(session.process)
    except ValueError as error:
        yield Problem("[issue] tracker", str(error), "See docs/configuration.md.")
    try:
        registry.website(session.process, settings.HOME)
    except (ValueError, Refused) as error:
        yield Problem("[website]", str(error), "See docs/website.md.")
    try:
        posting.look(session.process)
    except NotAllowed as error:
        yield Problem("[website] template", error.message, error.hint)


def _people(session: Session) -> Iterator[Problem]:
    for where, wanted in (("[authority] people", session.process.authority), ("[security] sirt", session.process.sirt)):
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


def _effects(session: Session) -> Iterator[Problem]:
    if effects.held():
        yield Problem("effects", "are held back since a restore.", "Run: musterpoint effects release", fatal=False)
    if count := models.Effect.objects.filter(status="parked").count():
        yield Problem("effects", f"{count} could not be carried out.", "See: musterpoint effects", fatal=False)
    if count := len(intake.parked()):
        yield Problem("events", f"{count} could not be taken in.", "See: musterpoint effects", fatal=False)
