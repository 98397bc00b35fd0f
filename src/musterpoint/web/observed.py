"""Every request is told in the log and measured for `/metrics`: by its route, never by its address."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import Histogram

from musterpoint import logs

log = logging.getLogger("musterpoint.web")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
STATIC, NONE = "static", "none"
#: Asked all the time, by machines and by pages that are open: told only when they fail.
QUIET = frozenset({"healthz", "readyz", "metrics", STATIC})
SECONDS = Histogram(
    "musterpoint_request_seconds",
    "How long requests took, by route, method and status.",
    ["route", "method", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


class Observed:
    """The outermost middleware: it sees what became of a request after all others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        method = request.method if request.method in METHODS else "other"
        number = secrets.token_hex(6)
        with logs.about(request=number, method=method):
            answer = self.get_response(request)
            took = time.perf_counter() - begun
            route = _route(request)
            SECONDS.labels(route, method, answer.status_code).observe(took)
            logs.know(route=route, status=answer.status_code, milliseconds=round(took * 1000, 1))
            quiet = answer.status_code < 400 and (route in QUIET or route.endswith("/live"))
            log.log(logging.DEBUG if quiet else logging.INFO, "answered")
        answer["X-Request-ID"] = number
        return answer

    def process_view(self, request: HttpRequest, view: object, arguments: object, named: dict[str, Any]) -> None:
        """Its route is known now, and the incident that it is about: no more of that than its reference."""
        logs.know(route=_route(request), incident=str(named.get("ref", ""))[:32])


def _route(request: HttpRequest) -> str:
    if request.resolver_match is not None:
        return str(request.resolver_match.route) or "/"
    return STATIC if request.path.startswith(settings.STATIC_URL) else NONE
