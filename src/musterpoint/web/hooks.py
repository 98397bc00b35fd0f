"""`POST /hooks/NAME`: where a provider calls us. Its signature proves who it is; there is no session and no cookie.

A busy workspace calls a thousand times as often as people do, so it is answered before all that pages need: by
`application`, with nothing of Django but its database. The route is there for whoever does not come through it.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from musterpoint import logs
from musterpoint.integrations import registry
from musterpoint.ports import Answer
from musterpoint.process import in_force
from musterpoint.web.observed import METHODS, SECONDS

log = logging.getLogger("musterpoint.web")

ROUTE = "hooks/<slug:name>"
_PATH = re.compile(r"/hooks/([-a-zA-Z0-9_]+)")
_NOBODY = Answer(404, "Nothing is connected here.")


def _answer(name: str, headers: Mapping[str, str], body: bytes) -> Answer:
    answers = registry.hook(name, in_force())
    return _NOBODY if answers is None else answers(headers, body, timezone.now())


@csrf_exempt
@require_POST
def receive(request: HttpRequest, name: str) -> HttpResponse:
    answer = _answer(name, {key.lower(): value for key, value in request.headers.items()}, request.body)
    return HttpResponse(answer.body, status=answer.status, content_type=answer.type)


urls = [path(ROUTE, receive)]


# --- before Django -------------------------------------------------------------------------------------------------


def application(environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Told and measured as every request is, but that what was answered well is not told."""
    begun, method = time.perf_counter(), str(environ["REQUEST_METHOD"])
    method = method if method in METHODS else "other"
    number = secrets.token_hex(6)
    with logs.about(request=number, method=method, route=ROUTE):
        answer = _answered(environ)
        took = time.perf_counter() - begun
        SECONDS.labels(ROUTE, method, answer.status).observe(took)
        if answer.status >= 400:
            logs.know(status=answer.status, milliseconds=round(took * 1000, 1))
            log.info("answered")
    body = answer.body.encode()
    headers = [("Content-Type", f"{answer.type}; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response(
        f"{answer.status} {HTTPStatus(answer.status).phrase}",
        [*headers, ("X-Content-Type-Options", "nosniff"), ("X-Request-ID", number)],
    )
    return [body]


def _answered(environ: Mapping[str, Any]) -> Answer:
    found = _PATH.fullmatch(str(environ["PATH_INFO"]))
    if found is None:
        return _NOBODY
    if environ["REQUEST_METHOD"] != "POST":
        return Answer(405, "Only POST is answered here.")
    length = str(environ.get("CONTENT_LENGTH") or "0")
    if not length.isdecimal() or int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return Answer(413, "That is too long.")
    body: bytes = environ["wsgi.input"].read(int(length))
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name[:5] == "HTTP_"}
    headers["content-type"] = str(environ.get("CONTENT_TYPE") or "")
    try:
        close_old_connections()
        return _answer(found[1], headers, body)
    except Exception:  # the edge: whoever calls is told that it is our fault
        log.exception("a hook failed as none should")
        return Answer(500, "Something went wrong here.")
    finally:
        close_old_connections()
