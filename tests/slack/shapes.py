"""Users, channels and our own app as Slack shows them: plain values and the dictionaries made of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]

OTHER_TEAM = "T0STRANGER"
SLACKBOT = "USLACKBOT"


@dataclass
class User:
    """A person or bot. `kind`: member, guest (restricted), stranger (of another team, in shared channels) or bot."""

    id: str
    handle: str
    name: str
    email: str = ""
    zone: str = "Europe/Oslo"
    kind: str = "member"
    deleted: bool = False
    display: str = ""
    team: str = ""
    updated: int = 0
    bot_id: str = ""
    app_id: str = ""


@dataclass
class Channel:
    """A public or private channel, or a direct conversation of the app with `with_user`."""

    id: str
    name: str
    created: int
    private: bool = False
    members: list[str] = field(default_factory=list)
    app: bool = False
    archived: bool = False
    shared: bool = False
    with_user: str = ""
    previous_names: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """The `channel_type` of its events."""
        return "im" if self.with_user else "group" if self.private else "channel"


@dataclass(frozen=True)
class App:
    """Our own app in this workspace."""

    id: str = "A0MUSTER001"
    user: str = "U0MUSTERBOT"
    bot: str = "B0MUSTERBOT"
    name: str = "Musterpoint"
    handle: str = "musterpoint"


def user_shape(user: User, team: str, now: datetime, with_email: bool = True) -> Json:
    """As `users.info` shows somebody; a deactivated person has no zone, and a stranger no e-mail, as in Slack."""
    profile: Json = {
        "title": "",
        "phone": "",
        "skype": "",
        "real_name": user.name,
        "real_name_normalized": user.name,
        "display_name": user.display,
        "display_name_normalized": user.display,
        "status_text": "",
        "status_emoji": "",
        "status_expiration": 0,
        "avatar_hash": "g0123456789a",
        "image_72": "https://example.com/72.png",
        "team": user.team or team,
    }
    if user.email and with_email and user.kind != "stranger":
        profile["email"] = user.email
    if user.kind == "bot":
        profile |= {"bot_id": user.bot_id, "api_app_id": user.app_id, "always_active": False}
    shape: Json = {
        "id": user.id,
        "team_id": user.team or team,
        "name": user.handle,
        "deleted": user.deleted,
        "profile": profile,
        "is_bot": user.kind == "bot",
        "is_app_user": False,
        "updated": user.updated,
    }
    if user.kind == "stranger":
        shape["is_stranger"] = True
    if user.deleted:
        return shape
    offset = now.astimezone(ZoneInfo(user.zone)).utcoffset()
    flags = ("is_admin", "is_owner", "is_primary_owner", "is_restricted", "is_ultra_restricted")
    return (
        shape
        | {"color": "9f69e7", "real_name": user.name, "tz": user.zone, "tz_label": user.zone}
        | {"tz_offset": int(offset.total_seconds()) if offset else 0, "is_email_confirmed": True}
        | {flag: flag == "is_restricted" and user.kind == "guest" for flag in flags}
    )


def channel_shape(channel: Channel, team: str) -> Json:
    """As `conversations.info` shows it."""
    if channel.with_user:
        return {
            "id": channel.id,
            "created": channel.created,
            "is_archived": False,
            "is_im": True,
            "is_org_shared": False,
            "user": channel.with_user,
            "is_user_deleted": False,
        }
    nothing: Json = {"value": "", "creator": "", "last_set": 0}
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.private,
        "is_group": channel.private,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.private,
        "created": channel.created,
        "is_archived": channel.archived,
        "is_general": False,
        "unlinked": 0,
        "is_shared": channel.shared,
        "is_ext_shared": channel.shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "pending_connected_team_ids": [],
        "shared_team_ids": [team, OTHER_TEAM] if channel.shared else [team],
        "context_team_id": team,
        "creator": channel.members[0] if channel.members else "",
        "is_member": channel.app,
        "topic": nothing,
        "purpose": nothing,
        "previous_names": list(channel.previous_names),
        "updated": channel.created * 1000,
    }


def day(stamp: str) -> str:
    """The day (UTC) of a `ts`, as an export names its files."""
    return datetime.fromtimestamp(int(stamp.partition(".")[0]), UTC).strftime("%Y-%m-%d")


def flag(value: Any) -> bool:
    """A boolean argument: JSON's, or `1` and `true` of a form."""
    return str(value).lower() in ("1", "true")
