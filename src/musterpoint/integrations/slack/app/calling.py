"""Calls Slack's Web API. Whatever goes wrong there is either Unavailable (it may pass) or Refused (it will not).

What is wrong with the connection as a whole (a revoked token) or with a channel (archived, the app removed) is no fault
of the call: it is noted as a trouble and tried again, so that nothing is lost when a person has mended it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from musterpoint.integrations.slack.app.keys import keys
from musterpoint.ports import Refused, Unavailable

if TYPE_CHECKING:
    from slack_sdk import WebClient
    from slack_sdk.web import SlackResponse

#: Seconds until the next try where a person has to mend something first.
MENDING = 60.0
#: The longest delay (seconds) that is believed.
LONGEST_DELAY = 86_400.0
#: https://docs.slack.dev/reference/methods/chat.postMessage#errors and the like
OF_THE_TOKEN = frozenset(
    {"token_revoked", "token_expired", "account_inactive", "invalid_auth", "not_authed", "missing_scope",
     "org_login_required", "ekm_access_denied", "access_denied", "team_access_not_granted", "app_uninstalled"}
)  # fmt: skip
OF_THE_CHANNEL = frozenset(
    {"channel_not_found", "not_in_channel", "is_archived", "is_inactive", "restricted_action", "no_permission",
     "restricted_action_read_only_channel", "restricted_action_thread_only_channel"}
)  # fmt: skip
PASSING = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited", "rate_limited",
     "team_added_to_org", "http_error", "message_limit_exceeded"}
)  # fmt: skip


class Trouble(Unavailable):
    """Something that a person has to mend: `code` is Slack's word for it, `place` the channel or empty for all."""

    def __init__(self, code: str, place: str = "") -> None:
        where = f" in {place}" if place else ""
        super().__init__(f"Slack refuses{where}: {code}", MENDING)
        self.code, self.place = code, place


def client(timeout: float) -> WebClient:
    """A client that neither waits nor retries by itself: that belongs to the engine. `timeout` in seconds."""
    from slack_sdk import WebClient

    found = keys()
    return WebClient(found.bot, base_url=found.url, timeout=max(1, round(timeout)), retry_handlers=[])


def call(timeout: float, method: str, **arguments: Any) -> SlackResponse:
    """One call of a Web API method by its name (`chat.postMessage`). Raises Trouble, Unavailable, Refused."""
    from slack_sdk.errors import SlackApiError, SlackClientError

    name = method.replace(".", "_")
    given = {key: value for key, value in arguments.items() if value is not None}
    try:
        return getattr(client(timeout), name)(**given)  # type: ignore[no-any-return]  # named by its own documentation
    except SlackApiError as error:
        raise _told(error, str(arguments.get("channel") or "")) from error
    except (OSError, SlackClientError, ValueError) as error:  # urllib's errors are OSErrors; no JSON: ValueError
        raise Unavailable(f"Slack does not answer: {str(error) or type(error).__name__}"[:300]) from error


def _told(error: Any, channel: str) -> Exception:
    response = error.response
    code = str(response.get("error") or "") if isinstance(response.data, dict) else ""
    status = int(response.status_code)
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return Unavailable("Slack asks us to wait.", _delay(response.headers))
    if status >= 500 or code in PASSING or not code:
        return Unavailable(f"Slack answered {status}{f': {code}' if code else ''}")
    if code in OF_THE_TOKEN:
        return Trouble(code)
    if code in OF_THE_CHANNEL:
        return Trouble(code, channel)
    details = (response.get("response_metadata") or {}).get("messages") or []
    return Refused(f"Slack refused it: {code}{''.join(f'; {each}' for each in details[:5])}")


def _delay(headers: Any) -> float:
    """`Retry-After` in seconds; headers may stand there as lists."""
    value = next((each for name, each in dict(headers).items() if name.lower() == "retry-after"), "1")
    text = str(value[0] if isinstance(value, list) and value else value)
    return min(max(float(text), 1.0), LONGEST_DELAY) if text.isascii() and text.isdigit() else 1.0
