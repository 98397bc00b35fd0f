"""What happens to one request, from its arrival to its answer."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.github import rest_app, rest_issues
from tests.github.graph import answered as graph_answered
from tests.github.records import Json
from tests.github.refusal import Refusal, not_found
from tests.github.routing import Call, Reply, routed

if TYPE_CHECKING:
    from tests.github.github import GitHub

ENDPOINTS = (rest_app, rest_issues)
WRITES = ("POST", "PUT", "PATCH", "DELETE")


@dataclass
class Request:
    """One that reached the server. `write`: it changes something (making a token does not count, a GraphQL query neither)."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Json
    at: datetime
    status: int = 0

    @property
    def write(self) -> bool:
        free = self.path == "/graphql" or self.path.startswith(("/app/", "/app-manifests/"))
        return self.method in WRITES and not free


def answer(github: GitHub, request: Request) -> Reply:
    """The answer; what GitHub refuses has its words."""
    try:
        with github.lock:
            reply = _carried_out(github, request)
    except Refusal as refused:
        reply = Reply(refused.status, refused.body, dict(refused.headers))
    return _conditional(request, reply)


def _carried_out(github: GitHub, request: Request) -> Reply:
    token = github.authenticated(request.headers.get("authorization", ""))
    if request.path == "/graphql":
        return graph_answered(github, request.body, token)
    found = routed(request.method, request.path)
    if found is None:
        raise not_found()
    template, at, function = found
    call = Call(
        github, request.method, request.path, template, at, request.query, request.body, request.headers, token
    )
    return function(call)


def _conditional(request: Request, reply: Reply) -> Reply:
    """An ETag for what was read; 304 where the caller has it already."""
    if request.method != "GET" or reply.status != 200:
        return reply
    tag = f'W/"{hashlib.sha256(json.dumps(reply.body).encode()).hexdigest()}"'
    reply.headers["etag"] = tag
    wanted: Any = request.headers.get("if-none-match", "")
    if wanted and wanted.removeprefix("W/") == tag.removeprefix("W/"):
        return Reply(304, None, {key: value for key, value in reply.headers.items() if key in ("etag", "link")})
    return reply
