"""A user as Slack shows one (`users.info`, `users.list`, events) becomes a row.

Whose e-mail counts: https://docs.slack.dev/reference/objects/user-object (`is_email_confirmed`). One that Slack does
not call confirmed is not even kept: it proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from musterpoint.integrations.slack.names import SLACKBOT, Names
from musterpoint.integrations.slack.shapes import Object, inner, string, strings
from musterpoint.store import models

_COLUMNS = ["name", "zone", "email", "kind", "known_at"]


def kind(user: Object, workspace: str) -> str:
    """`gone`, `app`, `stranger`, `guest` or `member`: the first of these that is so."""
    if user.get("deleted") is True:
        return "gone"
    if user.get("is_bot") is True or string(user, "id") == SLACKBOT:
        return "app"
    teams = {string(user, "team_id"), *strings(user, "teams"), *strings(inner(user, "enterprise_user"), "teams")}
    if user.get("is_stranger") is True or workspace not in teams:
        return "stranger"
    if user.get("is_restricted") is True or user.get("is_ultra_restricted") is True:
        return "guest"
    return "member"


def row(workspace: str, user: Object, now: datetime) -> models.ChatUser:
    """The row of a user with an id, unsaved; cut to what the columns hold."""
    identity = string(user, "id")
    known = Names.from_users([user], "Slack's answer")
    confirmed = user.get("is_email_confirmed") is True
    email = known.emails.get(identity, "").casefold() if confirmed else ""
    return models.ChatUser(
        workspace=workspace,
        user=identity[:100],
        name=known.by_id[identity][:200],
        zone=string(user, "tz")[:64],
        email=email if len(email) <= 240 else "",
        kind=kind(user, workspace),
        known_at=now,
    )


def took(workspace: str, user: Object, now: datetime) -> models.ChatUser:
    """Keep what Slack says of somebody now."""
    made = row(workspace, user, now)
    took_all([made])
    return models.ChatUser.objects.get(workspace=workspace, user=made.user)


def took_all(rows: Iterable[models.ChatUser]) -> None:
    models.ChatUser.objects.bulk_create(
        {each.user: each for each in rows}.values(),
        update_conflicts=True,
        unique_fields=["workspace", "user"],
        update_fields=_COLUMNS,
    )
