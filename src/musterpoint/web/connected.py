"""What is connected, as the first page of the settings shows it: each with its state, in words and as a badge.

Addresses are for admins; when something was last reached is told from what each person sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from musterpoint import checks
from musterpoint.actions import Call
from musterpoint.core.incident import Role
from musterpoint.core.process import Process
from musterpoint.integrations import registry
from musterpoint.process import Problem
from musterpoint.reading.connections import asked, reached

#: What was answered when somebody asked (see `checks.asked`): name → whether it works, and what it said.
Answers = dict[str, tuple[bool, str]]


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is connected, or is not. `where` is the setting that its problems are about."""

    name: str
    title: str
    what: str
    where: str = ""
    detail: str = ""
    connected: bool = True
    itself: bool = False


def cards(call: Call, problems: list[Problem], answers: Answers) -> list[dict[str, Any]]:
    past, polls, admin = reached(call), asked(call), call.actor.role is Role.ADMIN
    engine = checks.engine(call)
    shown = []
    for part in _parts(call, engine):
        card: dict[str, Any] = {"name": part.name, "title": part.title, "what": part.what, **past.get(part.name, {})}
        card["detail"] = part.detail if admin else ""
        card["asked"] = polls["at"] if part.name == "tracker" else None
        card["silent"] = polls["silent"] if part.name == "tracker" and admin else []
        card["problems"] = [each for each in problems if part.where and each.where.startswith(part.where)]
        card["answer"] = answers.get(part.name)
        card["badge"], card["state"] = _state(part, card, late=part.name == "engine" and engine.late)
        shown.append(card)
    return shown


def _state(part: Part, card: dict[str, Any], *, late: bool) -> tuple[str, str]:
    """The badge's class and its text."""
    answer = card["answer"]
    if not part.connected:
        return "", "not connected"
    if any(each.fatal for each in card["problems"]) or (answer and not answer[0]):
        return "open", "does not work"
    if late or card.get("parked"):
        return "open", "is late" if late else "something is parked"
    if card.get("waiting") and card.get("error"):
        return "warn", "is tried again"
    if part.itself or card.get("last") or answer:
        return "ok", "works"
    return "", "not used yet"


def _parts(call: Call, engine: checks.Engine) -> list[Part]:
    process = call.process
    own = process.chat == "local"
    chat = "No chat is connected: the thread on an incident's own page takes its place." if own else process.channel
    return [
        Part("chat", "Chat", chat, "[chat]", "" if own else ", ".join(_chat(process)), itself=own),
        _tracker(process),
        Part("website", "Public post", "Posts are written as files of a website.", "[website]", process.website_folder),
        _mail(),
        Part("database", "Database", *_database(), itself=True),
        Part("engine", "Engine", engine.text, "", ", ".join(engine.processes), itself=True),
        Part("sign-in", "Sign-in", _sign_in(), itself=True),
    ]


def _chat(process: Process) -> list[str]:
    return [each for each in (process.chat, public(process.chat_url), process.workspace) if each]


def _tracker(process: Process) -> Part:
    if process.tracker == "local":
        own = "Issues are kept in Musterpoint's own database."
        return Part("tracker", "Issues", own, "[issue] tracker", itself=True)
    try:
        told = registry.told_of_issues(process)
    except OSError as error:
        told = f"A secret cannot be read: {error}"
    where = ". ".join(filter(None, (process.github_repository, told)))
    return Part("tracker", "Issues", f"Issues are made in {process.tracker}.", "[issue] tracker", where)


def _mail() -> Part:
    if not settings.SMTP_URL:
        without = "No mail goes out: invitations are links that you hand over yourself, and nobody is reminded by mail."
        return Part("mail", "Mail", without, "SMTP_URL", connected=False)
    told = "Invitations go out by mail, and reminders where there is no chat."
    return Part("mail", "Mail", told, "SMTP_URL", f"{public(settings.SMTP_URL)}, from {settings.DEFAULT_FROM_EMAIL}")


def _database() -> tuple[str, str, str]:
    name = str(connection.settings_dict["NAME"])
    on = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    return (f"Everything is recorded in {on}.", "database", name)


def _sign_in() -> str:
    services = settings.SOCIALACCOUNT_PROVIDERS
    apps = services.get("openid_connect", {}).get("APPS", [])
    names = [*(each["name"] for each in apps), *(name.capitalize() for name in ("github", "slack") if name in services)]
    return f"By {', '.join(['e-mail and password', *names])}."


def public(url: str) -> str:
    """An address without what stands in it for the server alone: name, password, query."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}" if parts.scheme else ""
