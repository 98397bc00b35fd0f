"""The secrets of our app in the workspace, from the environment: they are never in musterpoint.toml."""

from __future__ import annotations

from dataclasses import dataclass

from musterpoint.environment import environment

API = "https://slack.com/api/"


@dataclass(frozen=True, slots=True)
class Keys:
    """`bot` (`xoxb-…`) calls the Web API, `app` (`xapp-…`) opens Socket Mode, `signing` tells Slack's own requests from
    forged ones. `url` is that of the Web API."""

    bot: str = ""
    signing: str = ""
    app: str = ""
    url: str = API


def keys() -> Keys:
    """Raises OSError where a file that holds one cannot be read."""
    url = environment("SLACK_API_URL") or API
    return Keys(
        environment("SLACK_BOT_TOKEN").strip(),
        environment("SLACK_SIGNING_SECRET").strip(),
        environment("SLACK_APP_TOKEN").strip(),
        url if url.endswith("/") else f"{url}/",
    )


def missing() -> str:
    """What hinders us from being told anything, in a sentence with what to do; empty if nothing does."""
    found = keys()
    if not found.bot:
        return "SLACK_BOT_TOKEN is empty: set it to the app's Bot User OAuth Token (docs/slack.md)."
    if not found.signing and not found.app:
        return (
            "SLACK_SIGNING_SECRET and SLACK_APP_TOKEN are both empty: nothing that Slack sends could be told from what "
            "somebody forged. Set the first for requests over HTTP, or the second for Socket Mode (docs/slack.md)."
        )
    return ""
