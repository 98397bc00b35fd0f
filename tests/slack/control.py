"""The workspace driven from outside: POST /control/VERB with a verb's arguments by name; GET /control/state to look."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.slack.answering import Reply
from tests.slack.refusal import Refusal
from tests.slack.shapes import Json
from tests.slack.wire import Answer

if TYPE_CHECKING:
    from tests.slack.workspace import Workspace

#: Methods of `Workspace` by their own names; arguments as there.
VERBS = (
    "user change_user channel say reply edit delete react share_file bot_says huddle end_huddle unfurl slash shortcut"
    " press submit close_view open_home invite_app remove_app rename archive unarchive join leave revoke_token"
    " uninstall change_team messages thread permalink verify deliver_to settle fails hold release disconnect"
    " trigger stacked home"
).split()
#: What `set` may change.
SETTINGS = ("limits", "socket", "bot_token", "app_token", "signing_secret", "team_name", "domain")
DELIVERY = ("duplicate", "shuffle", "lose", "timeout", "skew")


def controlled(workspace: Workspace, verb: str, args: Json) -> Reply:
    """{"ok": true, "result": ...}; a mistake of the caller is a 400 with `error`."""
    more: dict[str, Callable[[Workspace, Json], Any]] = {"state": _state, "set": _set, "move": _move, "export": _export}
    try:
        if verb in more:
            result = more[verb](workspace, args)
        elif verb in VERBS:
            result = getattr(workspace, verb)(**args)
        else:
            return Reply(404, {"ok": False, "error": f"no such verb: {verb}"}, {})
    except (AssertionError, KeyError, TypeError, ValueError, StopIteration, Refusal) as error:
        return Reply(400, {"ok": False, "error": f"{type(error).__name__}: {error}"}, {})
    return Reply(200, {"ok": True, "result": _plain(result)}, {})


def _plain(result: Any) -> Any:
    if isinstance(result, Answer):
        return {"status": result.status, "body": result.body.decode(errors="replace"), "reason": result.reason}
    return result


def _state(workspace: Workspace, args: Json) -> Json:
    with workspace.lock:
        return {
            "url": workspace.url,
            "now": workspace.clock.now.isoformat(),
            "team_id": workspace.team_id,
            "app": {"id": workspace.app.id, "user": workspace.app.user, "bot": workspace.app.bot},
            "users": {each.id: {"handle": each.handle, "name": each.name} for each in workspace.users.values()},
            "channels": {each.id: {"name": each.name, "app": each.app} for each in workspace.channels.values()},
            "calls": [each._asdict() for each in workspace.calls],
            "refusals": list(workspace.refusals),
            "ephemerals": [each._asdict() for each in workspace.ephemerals],
            "waiting": len(workspace.delivery.waiting),
            "sent": len(workspace.delivery.sent),
            "lost": len(workspace.delivery.lost),
            "given_up": len(workspace.delivery.given_up),
            "connections": len(workspace.sockets.open),
        }


def _set(workspace: Workspace, args: Json) -> None:
    for name, value in args.items():
        if name in SETTINGS:
            setattr(workspace, name, value)
        elif name in DELIVERY:
            setattr(workspace.delivery, name, value)
        elif name == "scopes":
            workspace.scopes = set(value)
        elif name == "subscribed":
            workspace.delivery.subscribed = set(value)
        else:
            raise ValueError(f"no such setting: {name}")


def _move(workspace: Workspace, args: Json) -> str:
    workspace.clock.move(float(args["seconds"]))
    return workspace.clock.now.isoformat()


def _export(workspace: Workspace, args: Json) -> str:
    return str(workspace.export(args["channel"], Path(args["folder"])))
