"""One call of the Web API from its arguments to its answer: who calls, may they, how often, what goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.slack import api_chat, api_conversations, api_people  # noqa: F401  (they register their methods)
from tests.slack.faults import Fault
from tests.slack.method import METHODS, Method
from tests.slack.refusal import Refusal
from tests.slack.shapes import Json
from tests.slack.state import Call

if TYPE_CHECKING:
    from tests.slack.workspace import Workspace


class Reply(NamedTuple):
    """What goes back over HTTP. `reset`: nothing does. `late`: real seconds to wait before."""

    status: int
    body: Json
    headers: dict[str, str]
    late: float = 0.0
    reset: bool = False


def called(workspace: Workspace, name: str, token: str, args: Json) -> Reply:
    """Carry one call out and note it. `args` are without the token."""
    fault = workspace.faults.take(name)
    reply = _answered(workspace, name, token, args) if fault is None or fault.carries_out else None
    if fault is not None:
        reply = _spoilt(fault, reply)
    assert reply is not None
    workspace.calls.append(Call(name, args, 0 if reply.reset else reply.status))
    if not reply.body.get("ok"):
        workspace.refusals.append((name, str(reply.body.get("error", reply.status))))
    return reply


def _answered(workspace: Workspace, name: str, token: str, args: Json) -> Reply:
    headers = {"x-oauth-scopes": ",".join(sorted(workspace.scopes))}
    try:
        method = METHODS.get(name)
        if method is None:
            raise Refusal("unknown_method", req_method=name)
        _check_token(workspace, method, token)
        headers |= {"x-accepted-oauth-scopes": ",".join(method.scopes)} if method.scopes else {}
        with workspace.lock:
            workspace.rates.check(method, args)
            answer = method.carry_out(workspace, args)
        return Reply(200, {"ok": True, **answer}, headers)
    except Refusal as refusal:
        body = {"ok": False, "error": refusal.error, **refusal.more}
        if refusal.retry_after:
            return Reply(429, body, headers | {"Retry-After": str(refusal.retry_after)})
        return Reply(200, body, headers)


def _check_token(workspace: Workspace, method: Method, token: str) -> None:
    if not token:
        raise Refusal("not_authed")
    if token not in (workspace.bot_token, workspace.app_token):
        raise Refusal("invalid_auth")
    if (token == workspace.app_token) is not method.app_token:
        raise Refusal("not_allowed_token_type")
    if method.app_token:
        return
    if workspace.revoked:
        raise Refusal("token_revoked")
    if method.scopes and not workspace.scopes & set(method.scopes):
        raise Refusal("missing_scope", needed=method.scopes[0], provided=",".join(sorted(workspace.scopes)))


def _spoilt(fault: Fault, reply: Reply | None) -> Reply:
    if fault.reset:
        return Reply(0, {}, {}, fault.late, reset=True)
    if fault.status == 429:
        headers = {"Retry-After": str(fault.retry_after)}
        return Reply(429, {"ok": False, "error": "ratelimited"}, headers, fault.late)
    if fault.status != 200:
        return Reply(fault.status, {"ok": False, "error": fault.error or "internal_error"}, {}, fault.late)
    if fault.error or reply is None:
        return Reply(200, {"ok": False, "error": fault.error}, {}, fault.late)
    return reply._replace(late=fault.late)
