"""Settings, Process: musterpoint.toml as it is understood, with its problems; and who may what by it.

Secrets are never shown. How the server is reached, and by what, is for admins.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from musterpoint import access, process
from musterpoint.actions import Call
from musterpoint.core.durations import duration_text
from musterpoint.core.incident import Role
from musterpoint.core.pace import PACES
from musterpoint.core.process import Process
from musterpoint.store import models
from musterpoint.web.asked import Asked, signed_in
from musterpoint.web.connected import public

#: Words in the name of a setting that nobody is shown, and settings of which a part is not.
SECRET = ("token", "secret", "password", "key")
ADDRESSES = ("chat_url",)
#: Sections for admins.
OF_THE_SERVER = ("chat", "engine", "server", "accounts")
ROLES = {
    Role.ADMIN: "runs the installation: people, roles, tokens, what is connected; and responds",
    Role.RESPONDER: "declares incidents and works on them",
    Role.VIEWER: "reads",
}


@require_safe
@signed_in
def understood(request: Asked) -> HttpResponse:
    call, admin = request.call, request.call.actor.role is Role.ADMIN
    told = {
        "file": process.FILE,
        "sections": [each for each in _sections(call.process) if admin or each["name"] not in OF_THE_SERVER],
        "admin": admin,
        "problems": process.problems_in_force(),
        "changed": process.load(settings.HOME)[0] != process.in_force(),
        "severities": [(each.value, name) for each, name in call.process.severities.items()],
        "reminders": _reminders(call.process),
        "steps": call.process.steps,
        "authority": _people(call.process.authority),
        "sirt": _people(call.process.sirt),
        "nominee": _people((call.process.nominee,) if call.process.nominee else ()),
        "roles": _roles(),
        "mine": _mine(call),
    }
    return render(request, "settings/process.html", told)


def _sections(of: Process) -> list[dict[str, Any]]:
    found: dict[str, list[dict[str, Any]]] = {}
    usual = Process()
    for (section, key), (field, _) in process.SETTINGS.items():
        value, default = getattr(of, field), getattr(usual, field)
        found.setdefault(section, []).append({"key": key, "value": _text(field, value), "set": value != default})
    return [{"name": section, "settings": rows} for section, rows in found.items()]


def _text(field: str, value: Any) -> str:
    """A setting's value as a person reads it; empty for none."""
    if any(word in field for word in SECRET):
        return "set, not shown" if value else ""
    if field in ADDRESSES:
        return public(value)
    if isinstance(value, tuple):
        return ", ".join(value)
    return f"{value:g} s" if isinstance(value, float) else str(value)


def _reminders(of: Process) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "after": _length(pace.after) if pace.after else "at once",
            "every": _length(pace.every),
            "times": pace.times,
            "before": _length(pace.before) if pace.before else "",
            "set": pace != PACES[name],
        }
        for name, pace in of.reminders.items()
    ]


def _length(seconds: float) -> str:
    return duration_text(timedelta(seconds=seconds)).removesuffix(" 0 h").removesuffix(" 00 min")


def _people(names: tuple[str, ...]) -> list[dict[str, str]]:
    """Whom the settings name, with the person that each is here."""
    found = []
    for each in names:
        try:
            found.append({"name": each, "person": access.person(each).name})
        except access.NotFound:
            found.append({"name": each, "person": ""})
    return found


def _roles() -> list[dict[str, Any]]:
    counted = dict(models.Person.objects.values_list("role").annotate(Count("pk")))
    return [{"name": role.value, "may": may, "count": counted.get(role.value, 0)} for role, may in ROLES.items()]


def _mine(call: Call) -> dict[str, Any]:
    return {"role": call.actor.role.value, "authority": call.actor.authority}


urls: list[URLPattern] = [path("settings/process", understood)]
