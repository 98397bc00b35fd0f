"""auth.test, team.info, users.*, views.* and apps.connections.open of the Web API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.slack.api_conversations import page
from tests.slack.method import method
from tests.slack.refusal import Refusal
from tests.slack.shapes import Json, User, user_shape

if TYPE_CHECKING:
    from tests.slack.workspace import Workspace


@method("auth.test", tier=0)
def auth_test(workspace: Workspace, args: Json) -> Json:
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.team_name,
        "user": workspace.app.handle,
        "team_id": workspace.team_id,
        "user_id": workspace.app.user,
        "bot_id": workspace.app.bot,
        "is_enterprise_install": False,
    }


@method("team.info", "team:read")
def team_info(workspace: Workspace, args: Json) -> Json:
    host = f"{workspace.domain}.slack.com"
    team: Json = {"id": workspace.team_id, "name": workspace.team_name, "domain": workspace.domain}
    return {"team": team | {"email_domain": "", "url": f"https://{host}/", "icon": {"image_default": True}}}


def shape(workspace: Workspace, user: User) -> Json:
    return user_shape(user, workspace.team_id, workspace.clock.now, "users:read.email" in workspace.scopes)


@method("users.info", "users:read", tier=100)
def users_info(workspace: Workspace, args: Json) -> Json:
    user = str(args.get("user") or "")
    if user not in workspace.users:
        raise Refusal("user_not_found")
    return {"user": shape(workspace, workspace.users[user])}


@method("users.list", "users:read", tier=20)
def users_list(workspace: Workspace, args: Json) -> Json:
    """Without a limit Slack tries to answer all; strangers are not part of the team."""
    team = [each for each in workspace.users.values() if each.kind != "stranger"]
    part, cursor = page(team, args, 1000, len(team) or 1)
    members = [shape(workspace, each) for each in part]
    return {"members": members, "cache_ts": workspace.clock.whole, "response_metadata": {"next_cursor": cursor}}


@method("users.lookupByEmail", "users:read.email")
def lookup(workspace: Workspace, args: Json) -> Json:
    email = str(args.get("email") or "").lower()
    for user in workspace.users.values():
        if email and user.email.lower() == email and not user.deleted and user.kind != "stranger":
            return {"user": shape(workspace, user)}
    raise Refusal("users_not_found")


@method("views.open", tier=100)
def views_open(workspace: Workspace, args: Json) -> Json:
    return {"view": workspace.views.open(str(args.get("trigger_id") or ""), args.get("view"))}


@method("views.push", tier=100)
def views_push(workspace: Workspace, args: Json) -> Json:
    return {"view": workspace.views.push(str(args.get("trigger_id") or ""), args.get("view"))}


@method("views.update", tier=100)
def views_update(workspace: Workspace, args: Json) -> Json:
    which = str(args.get("view_id") or args.get("external_id") or "")
    return {"view": workspace.views.update(which, args.get("view"), str(args.get("hash") or ""))}


@method("views.publish", tier=100)
def views_publish(workspace: Workspace, args: Json) -> Json:
    user = str(args.get("user_id") or "")
    return {"view": workspace.views.publish(user, args.get("view"), str(args.get("hash") or ""))}


@method("apps.connections.open", "connections:write", tier=1, app_token=True)
def connections_open(workspace: Workspace, args: Json) -> Json:
    return {"url": workspace.sockets.ticket()}


@method("bots.info", "users:read")
def bots_info(workspace: Workspace, args: Json) -> Json:
    for user in workspace.users.values():
        if user.bot_id and user.bot_id == args.get("bot"):
            bot: Json = {"id": user.bot_id, "deleted": user.deleted, "name": user.name, "user_id": user.id}
            return {"bot": bot | {"updated": user.updated, "app_id": user.app_id or "A0OTHER0001", "icons": {}}}
    raise Refusal("bot_not_found")
