"""What every page shares: who asks, and what becomes of a refusal. A view gets a request with its person's call."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django_htmx.middleware import HtmxDetails

from musterpoint.access import NotFound
from musterpoint.accounts.calls import call_of, person_of
from musterpoint.actions import Call
from musterpoint.core.decision import NotAllowed
from musterpoint.core.incident import Role
from musterpoint.web import kept

P = ParamSpec("P")


class Asked(HttpRequest):
    """A request of somebody who is signed in."""

    call: Call
    htmx: HtmxDetails


View = Callable[Concatenate[Asked, P], HttpResponse]


def signed_in(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Only for people who are signed in. What they wrote is kept when they are not, or when the rules refuse it."""

    @wraps(view)
    def answer(request: HttpRequest, /, *arguments: P.args, **named: P.kwargs) -> HttpResponse:
        person = person_of(request)
        if person is None:
            return _signed_out(request)
        asked: Asked = request  # type: ignore[assignment]  # the middleware and the next line make it one
        asked.call = call_of(person, "web")
        try:
            return view(asked, *arguments, **named)
        except NotFound as error:
            if request.method == "POST":
                return kept.refused(request, error.message, error.hint, status=404)
            raise Http404(error.message) from error
        except NotAllowed as error:
            return kept.refused(request, error.message, error.hint)

    return answer


def _signed_out(request: HttpRequest) -> HttpResponse:
    if request.method != "POST" and not request.headers.get("HX-Request"):
        return redirect_to_login(request.get_full_path())
    return kept.signed_out(request)


def admins_only(view: View[P]) -> View[P]:
    """For what only an admin may see or do. Comes below `signed_in`."""

    @wraps(view)
    def answer(request: Asked, /, *arguments: P.args, **named: P.kwargs) -> HttpResponse:
        if request.call.actor.role is not Role.ADMIN:
            raise NotAllowed("not_an_admin", f"{request.call.actor.who.name} is not an admin.", "An admin can do this.")
        return view(request, *arguments, **named)

    return answer


def done(request: HttpRequest, where: str, message: str = "") -> HttpResponse:
    """After a form: say what was done, and go (by GET) to the page `where`, an address that begins with a slash."""
    if message:
        messages.success(request, message)
    answer = redirect(where)
    answer.status_code = 303
    return answer


def number(request: Asked, name: str, given: QueryDict | None = None) -> int:
    """The number with this name in the address (or in `given`); 0 where there is none, or something else."""
    text = (request.GET if given is None else given).get(name, "")
    return int(text) if text.isdecimal() and len(text) < 18 else 0
