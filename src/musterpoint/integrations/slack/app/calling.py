"""Calls Slack's Web API. Whatever goes wrong there is either Unavailable (it may pass) or Refused (it will not).

What is wrong with the connection as a whole (a revoked token) or with a channel (archived, the app removed) is no fault
of the call: it is noted as a trouble and tried again, so that nothing is lost when a person has mended it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

from musterpoint.integrations.slack.app.keys import keys
from musterpoint.ports import NotSent, Refused, Unavailable

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
#: What is one of Slack's words; anything else in that place is what slack_sdk says of an answer that is no JSON.
_WORD = re.compile(r"[a-z0-9_.]{1,80}")
#: How no answer, and one that makes no sense, shows up: urllib's errors are OSErrors, no JSON is a ValueError, JSON of
#: another form an Attribute- or TypeError, an unknown character set a LookupError, brackets alone a RecursionError.
_NO_ANSWER = (OSError, HTTPException, ValueError, TypeError, AttributeError, LookupError, RecursionError)


class Trouble(NotSent):
    """Something that a person has to mend: `code` is Slack's word for it, `place` the channel or empty for all.
    `needed` is the scope that is missing, or the other workspace."""

    def __init__(self, code: str, place: str = "", needed: str = "") -> None:
        where = f" in {place}" if place else ""
        super().__init__(f"Slack refuses{where}: {code}{f' ({needed})' if needed else ''}", MENDING)
        self.code, self.place, self.needed = code, place, needed


class Unanswered(Unavailable):
    """No answer came, or none that makes sense: whether the call was carried out, nobody knows."""


class Refusal(Refused):
    """Slack will not do it like this: `code` is its word for why."""

    def __init__(self, code: str, details: Sequence[str] = ()) -> None:
        super().__init__(f"Slack refused it: {code}{''.join(f'; {each}' for each in details)}")
        self.code = code


def client(timeout: float) -> WebClient:
    """A client that neither waits nor retries by itself: that belongs to the engine. `timeout` in seconds."""
    from slack_sdk import WebClient

    found = keys()
    return WebClient(found.bot, base_url=found.url, timeout=max(1, round(timeout)), retry_handlers=[])


def call(timeout: float, method: str, **arguments: Any) -> SlackResponse:
    """One call of a Web API method by its name (`chat.postMessage`). Raises Trouble, NotSent, Unavailable, Refused.

    The first thing that a token is used for is to ask whose it is: see `ourselves`.
    """
    from slack_sdk.errors import SlackApiError, SlackClientError

    from musterpoint.integrations.slack.app import ourselves

    if method != "auth.test":
        ourselves.must_be_known()
    given = {key: value for key, value in arguments.items() if value is not None}
    try:
        carry_out = getattr(client(timeout), method.replace(".", "_"))
        answer: SlackResponse = carry_out(**given)
        if isinstance(answer.data, dict):
            return answer
    except SlackApiError as error:
        raise _told(error.response, str(arguments.get("channel") or "")) from error
    except (SlackClientError, *_NO_ANSWER) as error:
        raise Unanswered(f"Slack does not answer: {str(error) or type(error).__name__}"[:300]) from error
    raise Unanswered("Slack does not answer: what came is no answer of its Web API")


def _told(response: SlackResponse, channel: str) -> Unavailable | Refused:
    data: dict[str, Any] = response.data if isinstance(response.data, dict) else {}
    code, status = str(data.get("error") or ""), int(response.status_code)
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return NotSent("Slack asks us to wait.", _delay(response.headers))
    if not _WORD.fullmatch(code):
        return Unanswered(f"Slack answered {status}, and nothing that makes sense")
    if status >= 500 or code in PASSING:
        return Unavailable(f"Slack answered {status}: {code}")
    if code in OF_THE_TOKEN:
        return Trouble(code, needed=str(data.get("needed") or ""))
    if code in OF_THE_CHANNEL:
        return Trouble(code, channel)
    return Refusal(code, _details(data))


def _details(data: dict[str, Any]) -> list[str]:
    """What exactly is wrong with the arguments, in Slack's words."""
    metadata = data.get("response_metadata")
    found = metadata.get("messages") if isinstance(metadata, dict) else None
    return [str(each) for each in found[:5]] if isinstance(found, list) else []


def _delay(headers: Any) -> float:
    """`Retry-After` in seconds; headers may stand there as lists."""
    value = next((each for name, each in dict(headers).items() if name.lower() == "retry-after"), "1")
    text = str(value[0] if isinstance(value, list) and value else value)
    return min(max(float(text), 1.0), LONGEST_DELAY) if text.isascii() and text.isdigit() else 1.0
