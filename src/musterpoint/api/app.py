"""The API: its routers, and its document. Every write is done once, every error has one shape, by construction."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, URLResolver, path, re_path
from ninja import NinjaAPI, Router
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from musterpoint import __version__
from musterpoint.api import (
    closure,
    commands,
    corrections,
    effects,
    errors,
    followups,
    incidents,
    people,
    publication,
    record,
    steps,
    thread,
    timeline,
    tokens,
    writeup,
)
from musterpoint.api.caller import ANYBODY
from musterpoint.api.document import completed
from musterpoint.api.writing import done_once

PREFIX = "api/v1"
ABOUT = """\
Everything that the pages can do, by the same rules. All times are UTC.

Send a token with each request: `Authorization: Bearer mp_…`. Writes take an `Idempotency-Key`; lists come in pages with
a `cursor`; whatever goes wrong has one shape, `{"error": {"code", "message", "field"?, "hint"?}}`."""

#: One for each noun; whatever is done through one of them is done once, and refused in one shape.
ROUTERS: list[Router] = [
    incidents.router,
    steps.router,
    corrections.router,
    thread.router,
    timeline.router,
    writeup.router,
    followups.router,
    closure.router,
    publication.router,
    record.router,
    people.router,
    tokens.router,
    effects.router,
    commands.router,
]


class Api(NinjaAPI):
    """Names operations after their functions, and completes the document by what all of them share."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    @cache  # noqa: B019  # there is one API
    def document(self, prefix: str) -> OpenAPISchema:
        return completed(super().get_openapi_schema(path_prefix=prefix))

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        return self.document(path_prefix or f"/{PREFIX}/")


api = Api(title="Musterpoint", version=__version__, description=ABOUT, urls_namespace="api", auth=ANYBODY)
errors.handled_by(api)
api.add_decorator(done_once)
for each in ROUTERS:
    api.add_router("", each)


def _in_one_shape(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The refusal of a method in the shape of every error."""

    @wraps(view)
    def answer(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        response = view(request, *arguments, **named)
        if isinstance(response, HttpResponseNotAllowed):
            return errors.no_such_method(request, response["Allow"])
        return response

    answer.csrf_exempt = True  # type: ignore[attr-defined]  # a token is no cookie
    return answer


def _addresses() -> list[URLPattern | URLResolver]:
    found = api.urls[0]
    for each in found:
        if isinstance(each, URLPattern) and each.name != "api-root":
            each.callback = _in_one_shape(each.callback)
    return [each for each in found if getattr(each, "name", "") != "api-root"]


urls = [
    path(f"{PREFIX}/", (_addresses(), "ninja", "api")),
    re_path(rf"^{PREFIX}(/.*)?$", _in_one_shape(errors.no_such_address)),
]
