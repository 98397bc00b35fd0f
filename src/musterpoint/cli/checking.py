"""`check`: looks at everything that this installation needs; each problem comes with what to do about it."""

from __future__ import annotations

import getpass

from django.conf import settings

from musterpoint import access, checks
from musterpoint.actions import Call
from musterpoint.cli.answer import Answer
from musterpoint.cli.running import Session
from musterpoint.process import Problem
from musterpoint.store import schema


def check(session: Session) -> Answer:
    process, home = session.process, settings.HOME
    problems = [*session.problems, *checks.of_home(home), *checks.of_database(), *checks.of_providers(process, home)]
    if schema.is_there():
        problems += [*checks.of_chat(process), *checks.of_tracker(process), *checks.of_people(process)]
        problems += checks.of_effects(_call(session))
        problems += _asked(session, {each.where for each in problems})
    worst = any(each.fatal for each in problems)
    lines = [f"{'✗' if each.fatal else '!'} {each.where} {each.message}\n    {each.hint}" for each in problems]
    lines.append("Some things need mending." if worst else "Everything that must work does.")
    shapes = [
        {"where": each.where, "message": each.message, "hint": each.hint, "fatal": each.fatal} for each in problems
    ]
    return Answer({"ok": not worst, "problems": shapes}, "\n".join(lines), code=1 if worst else 0)


def _call(session: Session) -> Call:
    """Whoever is at the machine; somebody who is nobody here sees what everybody sees."""
    try:
        actor = access.actor(f"account:{getpass.getuser()}", session.process)
    except access.NotFound:
        actor = access.NOBODY
    return Call(actor, session.process, "cli", session.now)


def _asked(session: Session, known: set[str]) -> list[Problem]:
    """Who does not answer now may answer later: what is to go there waits."""
    return [
        Problem(each.where, f"does not work now: {each.told}", "What is to go there waits meanwhile.", fatal=False)
        for each in checks.asked(session.process, settings.HOME)
        if not each.works and each.where not in known
    ]
