"""The app's manifest: what Slack's page "From a manifest" makes our app of, with exactly what the code uses.

https://docs.slack.dev/reference/app-manifest; lengths are those of github.com/slackapi/manifest-schema.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from musterpoint.core.decision import NotAllowed
from musterpoint.integrations.slack.app import channels, people
from musterpoint.integrations.slack.app.modals import ADOPT, DECLARE

#: Scope of the bot → what does not work without it.
SCOPES: dict[str, str] = {
    "app_mentions:read": "commands that begin with @Musterpoint",
    "channels:history": "what is said in threads of public channels",
    "groups:history": "what is said in threads of private channels",
    "im:history": "finding a reminder that it has sent to one person already, so as not to send it twice",
    "channels:read": "finding public channels, and noticing when one is renamed or archived",
    "groups:read": "the same for private channels, and who is in them",
    "chat:write": "threads, status cards and answers",
    "chat:write.customize": "notes of the page under their writer's name",
    "reactions:read": "marks by reaction, and starting an incident by one",
    "users:read": "who is a member, a guest or somebody of another workspace, and their names and time zones",
    "users:read.email": "linking people to their accounts here",
    "im:write": "reminders to one person",
    "commands": "/incident and the shortcuts",
}
#: Those that nothing hangs on: a reminder that may have been sent before a failure is sent again.
OPTIONAL = frozenset({"im:history"})
#: The scope of the app-level token, for Socket Mode.
OF_THE_SOCKET = "connections:write"
EVENTS = (
    "app_home_opened",
    "app_mention",
    "message.channels",
    "message.groups",
    "reaction_added",
    "reaction_removed",
    *sorted(channels.EVENTS | people.EVENTS),
)
#: Characters, by Slack: see above.
LONGEST_SHORTCUT = 24
#: What the shortcut on a message is called.
ADOPTING = "Start incident from this"
_BACKGROUND = "#1f3a4d"


def manifest(address: str, *, socket: bool) -> dict[str, Any]:
    """The manifest as an object. `address` is where people reach this installation; with Socket Mode none is needed.

    Raises NotAllowed (`no_address`) where Slack could not reach us.
    """
    url = {} if socket else {"url": hook(address)}
    request_url = {} if socket else {"request_url": hook(address)}
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "Musterpoint",
            "description": "Incidents: from the first message to the last action.",
            "background_color": _BACKGROUND,
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "Musterpoint", "always_online": True},
            "shortcuts": _shortcuts(),
            "slash_commands": [
                {
                    "command": "/incident",
                    **url,
                    "description": "Declare an incident",
                    "usage_hint": "[what is wrong]",
                    "should_escape": True,
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**request_url, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **request_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket,
            "token_rotation_enabled": False,
        },
    }


def _shortcuts() -> list[dict[str, str]]:
    return [
        {
            "name": "Declare an incident",
            "type": "global",
            "callback_id": DECLARE,
            "description": "Starts an incident with a thread of its own",
        },
        {
            "name": ADOPTING,
            "type": "message",
            "callback_id": ADOPT,
            "description": "Starts an incident from this thread: what was said in it is taken in",
        },
    ]


def hook(address: str) -> str:
    """Where Slack sends everything. Raises NotAllowed (`no_address`)."""
    if urlsplit(address).scheme != "https":
        raise NotAllowed(
            "no_address",
            "Slack sends requests to an https address that it can reach; MUSTERPOINT_ADDRESS is "
            f"{address or 'not set'}.",
            "Set MUSTERPOINT_ADDRESS=https://incidents.example.com. Without a public address: slack manifest --socket",
        )
    return f"{address.rstrip('/')}/hooks/slack"
