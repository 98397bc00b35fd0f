"""What happens to one request, from its arrival to its answer."""

from __future__ import annotations

import hashlib
import json
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tests.github import graph, rest_app, rest_contents, rest_hooks, rest_issues, rest_sub_issues
from tests.github.faults import Fault
from tests.github.records import Json
from tests.github.refusal import Refusal
from tests.github.routing import Call, Endpoint, Reply, routed
from tests.github.tokens import Token
from tests.github.validating import wrong_answer, wrong_request

if TYPE_CHECKING:
    from tests.github.github import GitHub

#: They register their endpoints when they are imported.
ENDPOINTS = (rest_app, rest_contents, rest_hooks, rest_issues, rest_sub_issues)
CHANGING = ("POST", "PUT", "PATCH", "DELETE")


@dataclass
class Request:
    """One that reached the server. `status` is what it was answered with (0: nothing, or not yet)."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    raw: bytes
    at: datetime
    status: int = 0
    #: Whether it was carried out with success, whatever was answered.
    done: bool = False
    body: Json = field(init=False)

    def __post_init__(self) -> None:
        try:
            self.body = json.loads(self.raw) if self.raw else {}
        except ValueError:
            self.body = {}

    @property
    def write(self) -> bool:
        """Changes something. A token that is made counts as little as a query of GraphQL."""
        free = self.path == "/graphql" or self.path.startswith(("/app/", "/app-manifests/"))
        return self.method in CHANGING and not free


@dataclass
class Outcome:
    """The reply; None: the connection is reset."""

    reply: Reply | None


def answer(github: GitHub, request: Request) -> Outcome:
    """The whole way of a request, what goes wrong on purpose included."""
    with github.lock:
        github.requests.append(request)
        github.writes_at_once += request.write
        github.most_writes_at_once = max(github.most_writes_at_once, github.writes_at_once)
    try:
        outcome = _through_faults(github, request)
        request.status = outcome.reply.status if outcome.reply else 0
        return outcome
    finally:
        with github.lock:
            github.writes_at_once -= request.write


def _through_faults(github: GitHub, request: Request) -> Outcome:
    if github.down:
        return Outcome(None if github.down == "reset" else Fault(status=503).reply())
    github.faults.act(request.method, request.path)
    fault = github.faults.take(request.method, request.path)
    if fault is None:
        return Outcome(_answered(github, request))
    reply = _answered(github, request) if fault.carries_out else fault.reply()
    if fault.late:
        time.sleep(fault.late)
    if fault.reset:
        return Outcome(None)
    return Outcome(fault.reply() if fault.status else reply)


def _answered(github: GitHub, request: Request) -> Reply:
    """As GitHub would, after the request was held against its description; the answer is held against it too."""
    try:
        if request.path == "/graphql":
            return _of_graph(github, request)
        found = routed(request.method, github.by_name(request.path))
        if found is None:
            return github.violated(f"{request.method} {request.path}: the fake GitHub knows no such endpoint")
        template, at, function = found
        wrong = wrong_request(request.method, template, at, request.query, request.raw, request.headers)
        if wrong:
            return github.violated(f"{request.method} {request.path}: {wrong}: {request.raw[:500]!r}")
        reply = _of_rest(github, request, template, at, function)
        data = b"" if reply.body is None else json.dumps(reply.body).encode()
        if reply.status != 304 and (wrong := wrong_answer(request.method, template, reply.status, data)):
            return github.violated(f"the fake answers {request.method} {request.path} wrongly: {wrong}")
        return reply
    except Exception:  # noqa: BLE001  (a defect of the fake has to fail the test, and not only the request)
        return github.violated(f"{request.method} {request.path}: the fake GitHub broke\n{traceback.format_exc()}")


def _of_graph(github: GitHub, request: Request) -> Reply:
    wrong = graph.complaints(str(request.body.get("query", "")))
    if wrong:
        return github.violated(f"GraphQL: {'; '.join(wrong)}")
    try:
        with github.lock:
            token = github.authenticated(request.headers.get("authorization", ""))
            return _counted(github, request, token, lambda: graph.answered(github, request.body, token))
    except Refusal as refused:
        if refused.message.startswith("API rate limit"):  # the primary limit, which GraphQL tells with status 200
            told = {"errors": [{"type": "RATE_LIMITED", "message": refused.message}]}
            return Reply(200, told, dict(refused.headers))
        return _refused(refused)


def _of_rest(github: GitHub, request: Request, template: str, at: dict[str, str], function: Endpoint) -> Reply:
    try:
        with github.lock:
            token = github.authenticated(request.headers.get("authorization", ""))
            path = github.by_name(request.path)
            call = Call(github, request.method, path, template, at, request.query, request.body, token)
            if template == "/rate_limit":
                return function(call)
            reply = _counted(github, request, token, lambda: _conditional(request, function(call)))
            request.done = reply.status < 300
            return reply
    except Refusal as refused:
        return _refused(refused)


def _refused(refused: Refusal) -> Reply:
    return Reply(refused.status, refused.body, dict(refused.headers))


def _counted(github: GitHub, request: Request, token: Token | None, carry_out: Callable[[], Reply]) -> Reply:
    """Within the limits, where they are set; the headers tell about the primary one in any case."""
    resource = "graphql" if request.path == "/graphql" else "core"
    caller = github.caller(token)
    if github.limits:
        github.rates.check(caller, resource, request.write)
    reply = Reply(500)
    try:
        reply = carry_out()
    finally:
        github.rates.count(caller, resource, request.write, free=reply.status == 304)
    reply.headers |= github.rates.headers(caller, resource)
    return reply


def _conditional(request: Request, reply: Reply) -> Reply:
    """An ETag for what was read; 304 where the caller has it already."""
    if request.method != "GET" or reply.status != 200:
        return reply
    tag = f'W/"{hashlib.sha256(json.dumps(reply.body).encode()).hexdigest()}"'
    reply.headers["etag"] = tag
    wanted = request.headers.get("if-none-match", "")
    if wanted and wanted.removeprefix("W/") == tag.removeprefix("W/"):
        return Reply(304, None, {key: value for key, value in reply.headers.items() if key in ("etag", "link")})
    return reply
