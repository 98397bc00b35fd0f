"""Who wrote a message: a person, or an app in one of the four ways in which apps have signed their messages."""

from __future__ import annotations

from musterpoint.core.incident import Who
from musterpoint.integrations.slack.names import SLACKBOT, Names
from musterpoint.integrations.slack.shapes import Object, inner, string


def author(message: Object, names: Names) -> Who | None:
    """`slack:U…`, for an app without a user `slack:B…`, for an old webhook `slack:-/ITS NAME`; None if nobody is named.

    An app is called what it calls itself in this message, a person what the users file says.
    """
    user, bot, username = string(message, "user"), string(message, "bot_id"), string(message, "username")
    profile = inner(message, "bot_profile")
    identity = user or bot or string(profile, "id")
    if not identity:
        return _who(f"-/{username}", username) if username else None
    if is_app(message, names):
        name = username or string(profile, "name") or names.by_id.get(user) or names.by_id.get(bot)
    else:
        name = names.by_id.get(user) or username
    return _who(identity, name or person(identity, names).name)


def person(identity: str, names: Names) -> Who:
    """Whoever has this id; the id stands for a name that is not known."""
    default = "Slackbot" if identity == SLACKBOT else identity
    return _who(identity, names.by_id.get(identity, default))


def _who(identity: str, name: str) -> Who:
    """Cut to what the record holds: Slack's own ids and names are much shorter."""
    return Who(f"slack:{identity[:200]}", name[:200])


def is_app(message: Object, names: Names) -> bool:
    """A program may post in a person's name, with a `bot_id` of its own: those known to be people stay people."""
    user = string(message, "user")
    if user in names.people:
        return False
    if user == SLACKBOT or string(message, "subtype") == "bot_message":
        return True
    return bool(
        string(message, "bot_id") or inner(message, "bot_profile") or (not user and string(message, "username"))
    )
