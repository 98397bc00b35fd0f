"""Settings, GitHub: where GitHub sends the browser when it has made our app of the manifest; tells what to do with the
code. Nothing is done with it here: the secrets that it is exchanged for belong into the environment, not into the
database, and only who runs the installation puts them there.
"""

from __future__ import annotations

import re

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from musterpoint.web.asked import Asked, admins_only, signed_in

_CODE = re.compile(r"[A-Za-z0-9_-]{1,200}")


@require_safe
@signed_in
@admins_only
def made(request: Asked) -> HttpResponse:
    code = request.GET.get("code", "")
    return render(request, "settings/github.html", {"code": code if _CODE.fullmatch(code) else ""})


urls: list[URLPattern] = [path("settings/github", made)]
