"""The way to a service by which somebody signs in: a page of ours that goes on by itself.

A form whose answer redirects to another host would need that host (and each that it redirects to) in the policy's
`form-action`. So the answer is a page, and the policy lets forms go nowhere but to us.
"""

from __future__ import annotations

from allauth.socialaccount.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from requests import RequestException

from musterpoint.accounts.arrivals import INVITED
from musterpoint.accounts.links import digest


@never_cache
@require_POST
def via(request: HttpRequest, service: str) -> HttpResponse:
    provider = get_adapter().get_provider(request, service)
    request.session.pop(INVITED, None)
    if text := request.POST.get("invitation"):  # it is taken up by coming back
        request.session[INVITED] = digest(text)
    try:
        answer: HttpResponse = provider.redirect_from_request(request)
    except (RequestException, KeyError, ValueError):  # it does not answer, or not as such a service does
        told = {
            "title": f"{provider.name} does not answer",
            "message": "So nobody can sign in by it now.",
            "hint": "Try again in a moment, or sign in in another way.",
        }
        return render(request, "accounts/refused.html", told, status=502)
    told = {"service": provider.name, "onwards": answer["Location"]}
    return render(request, "accounts/leaving.html", told)
