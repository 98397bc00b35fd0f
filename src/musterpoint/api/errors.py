"""The one shape of every error: `{"error": {"code", "message", "field"?, "hint"?}}`, and the status of each refusal."""

from __future__ import annotations

import json
import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from musterpoint.access import NotFound
from musterpoint.core.decision import NotAllowed

log = logging.getLogger(__name__)

#: Refusals that depend on who asks alone.
FORBIDDEN = frozenset(["read_only", "no_authority", "not_an_admin", "scope"])
#: Refusals of what was sent, whatever the incident is like; so is every code that begins with `bad_`.
UNFIT = frozenset(
    "empty too_long several_lines in_the_future in_the_past too_far empty_query unknown_part unknown_version what"
    " idempotency_mismatch not_text too_many_words".split()
)


class Changed(NotAllowed):
    """The incident is not the one that `If-Match` named."""


def error(
    status: int, code: str, message: str, hint: str = "", field: str = "", headers: dict[str, str] | None = None
) -> HttpResponse:
    """An answer that says what is wrong; `field` is where in the request (`body.title`)."""
    told = {"code": code, "message": message, "field": field, "hint": hint}
    shape = {"error": {name: text for name, text in told.items() if text or name in ("code", "message")}}
    text = json.dumps(shape, ensure_ascii=False)
    return HttpResponse(text, status=status, content_type="application/json; charset=utf-8", headers=headers)


def status_of(refusal: NotAllowed) -> int:
    if isinstance(refusal, Changed):
        return 412
    if refusal.code in FORBIDDEN:
        return 403
    return 422 if refusal.code in UNFIT or refusal.code.startswith("bad_") else 409


def refused(request: HttpRequest, refusal: NotAllowed) -> HttpResponse:
    return error(status_of(refusal), refusal.code, refusal.message, refusal.hint)


def absent(request: HttpRequest, refusal: NotFound) -> HttpResponse:
    return error(404, refusal.code, refusal.message, refusal.hint)


def no_such_address(request: HttpRequest, problem: Exception | None = None) -> HttpResponse:
    return error(404, "no_such_address", "There is nothing at this address.", "All addresses: /api/v1/docs")


def no_such_method(request: HttpRequest, allowed: str) -> HttpResponse:
    message = f"{request.method} cannot be done at this address."
    return error(405, "no_such_method", message, f"What can be: {allowed}.", headers={"Allow": allowed})


def unauthenticated(request: HttpRequest, problem: AuthenticationError) -> HttpResponse:
    message = "There is no token, or it is unknown, expired or revoked."
    hint = "Send the header `Authorization: Bearer mp_…`; tokens are made on the page Settings, Tokens."
    return error(401, "unauthenticated", message, hint, headers={"WWW-Authenticate": "Bearer"})


def unreadable(request: HttpRequest, problem: HttpError) -> HttpResponse:
    if problem.status_code == 400:
        return error(400, "bad_json", "The body is not JSON in UTF-8.", "Nothing was written.")
    return error(problem.status_code, "refused", str(problem))


def unfit(request: HttpRequest, problem: ValidationError) -> HttpResponse:
    """What was sent has not the form that the document asks for: the first thing that is wrong is told."""
    first: dict[str, Any] = problem.errors[0]
    field = ".".join(str(each) for each in first["loc"] if each not in ("body", "payload"))
    more = f" ({len(problem.errors) - 1} more)" if len(problem.errors) > 1 else ""
    return error(422, "invalid", f"{first['msg']}{more}.", "Nothing was written.", field or str(first["loc"][0]))


def too_big(request: HttpRequest, problem: RequestDataTooBig) -> HttpResponse:
    return error(413, "too_big", "The body is too large.", "Nothing was written. 5 MB are allowed.")


def broken_off(request: HttpRequest, problem: UnreadablePostError) -> HttpResponse:
    return error(400, "broken_off", "The body ended early.", "Nothing was written.")


def database_down(request: HttpRequest, problem: DatabaseError) -> HttpResponse:
    log.error("the database does not answer: %s", problem)
    return error(503, "database_unavailable", "The database does not answer.", "Nothing was written. Try again.")


def broken(request: HttpRequest, problem: Exception) -> HttpResponse:
    log.error("%s %s failed", request.method, request.path, exc_info=problem)
    return error(500, "broken", "Something went wrong here.", "Nothing was written. It is in the server's log.")


HANDLERS: dict[type[Exception], Any] = {
    NotAllowed: refused,
    NotFound: absent,
    Http404: no_such_address,
    HttpError: unreadable,
    AuthenticationError: unauthenticated,
    ValidationError: unfit,
    RequestDataTooBig: too_big,
    UnreadablePostError: broken_off,
    OperationalError: database_down,
    Exception: broken,
}


def handled_by(api: NinjaAPI) -> None:
    """Every exception becomes an error of that shape."""
    for kind, handler in HANDLERS.items():
        api.add_exception_handler(kind, handler)
