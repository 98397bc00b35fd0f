"""Which workspace this is and who we are in it: what `auth.test` said of the token, kept from then on.

A token of another workspace must not carry on where the last one stopped: its channels may have the same names. So a
token is used for nothing else until `auth.test` has told whose it is, and not while that is another workspace.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import calling, troubles
from musterpoint.integrations.slack.app.keys import keys
from musterpoint.ports import NotSent, Refused, Unavailable
from musterpoint.store import models

#: Settings of the database: the team's id, and our app in it.
WORKSPACE, APP = "slack_workspace", "slack_app"
CHANGED = "workspace_changed"


@dataclass(frozen=True, slots=True)
class Introduced:
    """What `auth.test` said: the workspace, its address and name, our user, bot and app (empty where untold), and the
    scopes of the token."""

    team: str
    name: str
    url: str
    user: str
    bot: str
    app: str
    scopes: frozenset[str]


def workspace(process: Process) -> str:
    """The team's id (`T…`): `[chat] workspace`, else what Slack said; empty while neither has told. No network."""
    return process.workspace or _kept(WORKSPACE)


def address() -> str:
    """The workspace's host, such as `halden.slack.com`; empty while it is unknown. No network."""
    return str(_app().get("host", ""))


def ourselves() -> tuple[str, str, str]:
    """Our user (`U…`), bot (`B…`) and app (`A…`), each empty while it is unknown. No network."""
    known = _app()
    return str(known.get("user", "")), str(known.get("bot", "")), str(known.get("app", ""))


def is_ours(process: Process, team: str) -> bool:
    """Whether what is said to come from this workspace may be taken in. While ours is unknown nothing may."""
    return bool(team) and team == workspace(process)


def introduce(process: Process, now: datetime) -> Introduced:
    """Ask Slack who we are and keep it. Raises Trouble, also for another workspace than before, and Unavailable."""
    told = asked(process.timeout)
    expected = workspace(process)
    if expected and told.team != expected and (process.workspace or _has_threads(expected)):
        _keep(APP, json.dumps({**_app(), "foreign": _digest()}))
        error = calling.Trouble(CHANGED, needed=f"{told.team} ({told.name})")
        troubles.noted(error, now)
        raise error
    host = told.url.removeprefix("https://").strip("/")
    _keep(WORKSPACE, told.team)
    known = {"user": told.user, "bot": told.bot, "app": told.app, "host": host, "token": _digest()}
    _keep(APP, json.dumps(known))
    troubles.settled(told.scopes, now)
    return told


def _has_threads(team: str) -> bool:
    """Where nothing began in a workspace yet, nothing can be mixed up: somebody is still setting up."""
    return models.Thread.objects.filter(workspace=team).exists()


def asked(timeout: float) -> Introduced:
    """What Slack says of the token; nothing is kept. Raises Trouble, Unavailable."""
    answer = calling.call(timeout, "auth.test")
    granted = {name.lower(): value for name, value in dict(answer.headers).items()}.get("x-oauth-scopes", "")
    given = str(granted[0] if isinstance(granted, list) and granted else granted)
    bot = str(answer.get("bot_id") or "")
    return Introduced(
        str(answer.get("team_id") or ""),
        str(answer.get("team") or ""),
        str(answer.get("url") or ""),
        str(answer.get("user_id") or ""),
        bot,
        str(answer.get("app_id") or "") or _app_of(timeout, bot),
        frozenset(each.strip() for each in given.split(",") if each.strip()),
    )


def _app_of(timeout: float, bot: str) -> str:
    """The app's id, which only tells our own messages from those of others once more: it may be missing."""
    known = _app()
    if known.get("app") and known.get("bot") == bot:
        return str(known["app"])
    try:
        told = calling.call(timeout, "bots.info", bot=bot).get("bot") or {}
    except (Refused, Unavailable):
        return ""
    return str(told.get("app_id") or "")


def must_be_known() -> None:
    """Before any other call: the token is the one that we know. Raises Unavailable, Trouble (`workspace_changed`).

    Before the first introduction there is nothing that could be mixed up.
    """
    known, ours = _app(), _digest()
    if known.get("foreign") == ours:
        raise calling.Trouble(CHANGED)
    if known.get("token", ours) != ours:
        raise NotSent("The token is a new one: Slack has not told yet whose it is.", 10.0)


def is_new_token() -> bool:
    """Whether Slack has not told yet whose the token is."""
    return _app().get("token") != _digest()


def _digest() -> str:
    """Tells one token from another without being one."""
    found = keys()
    return hashlib.sha256(f"{found.url} {found.bot}".encode()).hexdigest()[:24]


def _app() -> dict[str, object]:
    text = _kept(APP)
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {}


def _kept(name: str) -> str:
    return models.Setting.objects.filter(name=name).values_list("value", flat=True).first() or ""


def _keep(name: str, value: str) -> None:
    models.Setting.objects.update_or_create(name=name, defaults={"value": value})
