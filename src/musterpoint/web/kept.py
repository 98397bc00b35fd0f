"""Nothing that somebody wrote is lost: whatever hinders a form, the answer shows what was in it, to be sent again.

Three things hinder one: nobody is signed in any more, the form is older than the sign-in (its CSRF token), or a rule
refuses it. Works without JavaScript; a form that htmx sent gets the same into the page's place for problems.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.http import urlencode
from django_htmx.http import HTMX_STOP_POLLING

from musterpoint.accounts.calls import person_of

#: Fields that are never shown again.
SECRET = ("csrfmiddlewaretoken", "password", "code", "token", "secret")
#: Texts longer than this, or of several lines, are shown; the other fields only go along.
SHORT = 80


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form as it was sent."""

    name: str
    value: str

    @property
    def long(self) -> bool:
        return len(self.value) > SHORT or "\n" in self.value

    @property
    def text(self) -> bool:
        """Whether a person wrote it, as far as one can see."""
        return self.long or " " in self.value


def refused(request: HttpRequest, message: str, hint: str = "", status: int = 409) -> HttpResponse:
    """A rule refused it. `status` is 409, or what says more."""
    return _answer(request, message, hint, status, title="That was not done")


def signed_out(request: HttpRequest) -> HttpResponse:
    message = "You are signed out, so nothing was sent."
    hint = "Sign in (it opens beside this page), then come back here and send it again."
    address = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': '/'})}"
    return _answer(request, message, hint, 401, title="You are signed out", sign_in=address)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's check of forms failed: mostly because somebody signed in again after the page was opened."""
    if request.method == "POST" and person_of(request) is None and not _of_accounts(request):
        return signed_out(request)
    message = "This form was opened before you signed in, so it was not sent."
    return _answer(request, message, "What you wrote is below. Send it again.", 403, title="Send it once more")


def _of_accounts(request: HttpRequest) -> bool:
    return request.path.startswith(("/accounts/", "/join/"))


def _answer(
    request: HttpRequest, message: str, hint: str, status: int, *, title: str, sign_in: str = ""
) -> HttpResponse:
    fields = [] if _of_accounts(request) else _fields(request)
    told = {"title": title, "message": message, "hint": hint, "fields": fields, "sign_in": sign_in}
    if not request.headers.get("HX-Request"):
        return render(request, "kept.html", told, status=status)
    # htmx puts a 200 into the page, and asks no more after a 286: what polls for somebody who is signed out
    polls = request.method == "GET" and status == 401
    answer = render(request, "kept_beside.html", told, status=HTMX_STOP_POLLING if polls else 200)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#problem", "innerHTML"
    answer["X-Status"] = str(status)
    return answer


def _fields(request: HttpRequest) -> list[Field]:
    return [
        Field(name, value)
        for name, values in request.POST.lists()
        for value in values
        if not any(word in name.casefold() for word in SECRET)
    ]
