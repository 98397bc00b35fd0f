"""What every write shares: it is done once for each `Idempotency-Key`, and, with `If-Match`, only on what was seen."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from musterpoint import access
from musterpoint.accounts.answered import Answer, once
from musterpoint.api.caller import Caller, Request
from musterpoint.api.errors import Changed
from musterpoint.api.tags import version_of

View = Callable[..., HttpResponse]


def done_once(view: View) -> View:
    """Around every operation: reading passes through."""

    @wraps(view)
    def answer(request: Request, **values: Any) -> HttpResponse:
        if request.method == "GET" or getattr(view, "once_by_itself", False):
            return view(request, **values)
        key, token = request.headers.get("Idempotency-Key"), request.auth.token
        assert token is not None  # a session only reads

        def act() -> HttpResponse:
            seen, ref = request.headers.get("If-Match"), values.get("ref", "")
            with _as_seen(request.auth, ref, seen) if seen is not None and ref else nullcontext():
                return view(request, **values)

        if key is None:
            return act()
        given = once(token, key, _digest(request), lambda: _kept(act()))
        answer = HttpResponse(given.body, status=given.status, content_type="application/json; charset=utf-8")
        if given.again:
            answer["Idempotent-Replay"] = "true"
        return answer

    return answer


def _kept(answer: HttpResponse) -> Answer:
    return Answer(answer.status_code, answer.content.decode())


def _digest(request: HttpRequest) -> str:
    head = f"{request.method} {request.get_full_path()}\n".encode("utf-8", "surrogatepass")
    return hashlib.sha256(head + request.body).hexdigest()


@contextmanager
def _as_seen(caller: Caller, ref: str, wanted: str) -> Iterator[None]:
    """The incident is locked until the write is done, and is what was seen. Raises Changed, NotFound, NotAllowed."""
    with access.locked(caller.call.actor, ref) as [(row, _)]:
        if wanted.strip() != "*" and row.version not in {version_of(each) for each in wanted.split(",")}:
            message = f"Incident {row.ref} has changed since you saw it."
            raise Changed("changed", message, "Nothing was written. Read it again, then decide again.")
        yield
