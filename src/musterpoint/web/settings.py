"""The settings: their first page says what is connected and whether it works. The others are `settings_*.py`."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe

from musterpoint import checks, web
from musterpoint.core.incident import Role, time_text
from musterpoint.process import Problem, problems_in_force
from musterpoint.web.asked import Asked, admins_only, done, signed_in
from musterpoint.web.connected import Answers, cards

#: Where the session keeps what was answered the last time that this person asked.
CHECKED = "checked"


@require_safe
@signed_in
def connections(request: Asked) -> HttpResponse:
    call, admin = request.call, request.call.actor.role is Role.ADMIN
    checked: dict[str, Any] = request.session.get(CHECKED, {})
    answers: Answers = {name: (works, told) for name, (works, told) in checked.get("answers", {}).items()}
    problems = _problems(request)
    told = {
        "cards": cards(call, problems, answers),
        "problems": problems if admin else [],
        "checked_at": checked.get("at"),
        "admin": admin,
    }
    return render(request, "settings/connections.html", told)


def _problems(request: Asked) -> list[Problem]:
    process = request.call.process
    found = [*problems_in_force(), *checks.of_providers(process, settings.HOME), *checks.of_chat(process)]
    found += [*checks.of_tracker(process), *checks.of_people(process)]
    found += [*checks.of_home(settings.HOME), *checks.of_database(), *checks.of_effects(request.call)]
    return sorted(found, key=lambda each: not each.fatal)


@require_POST
@signed_in
@admins_only
def check(request: Asked) -> HttpResponse:
    """Asks each provider now."""
    answers = {each.name: (each.works, each.told) for each in checks.asked(request.call.process, settings.HOME)}
    request.session[CHECKED] = {"at": time_text(request.call.now), "answers": answers}
    wrong = [name for name, (works, _) in answers.items() if not works]
    told = f"Does not answer: {', '.join(wrong)}." if wrong else "Everything that is connected answers."
    return done(request, "/settings", told)


def _others() -> list[URLPattern]:
    """The addresses of every page of the settings that has a module of its own."""
    names = [each.name for each in iter_modules(web.__path__) if each.name.startswith("settings_")]
    return [url for name in names for url in import_module(f"{web.__name__}.{name}").urls]


urls: list[URLPattern] = [path("settings", connections), path("settings/check", check), *_others()]
