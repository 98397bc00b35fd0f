"""Settings, Your account: one's name and zone; how one signs in."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from musterpoint.accounts import own
from musterpoint.web.asked import Asked, done, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def me(request: Asked) -> HttpResponse:
    if request.method == "POST":
        own.change_me(request.call, request.POST.get("name", ""), request.POST.get("zone", ""))
        return done(request, "/settings/me", "Saved.")
    return render(request, "settings/me.html", {"own": own.shown(request)})


urls: list[URLPattern] = [path("settings/me", me)]
