"""What one person alone sees: an answer where they asked, or, where that cannot be, said to them directly.

It is of use for some minutes and lost without harm. So it is given up rather than shown late or twice.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from musterpoint import effects
from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import blocks_of
from musterpoint.integrations.slack.app.calling import Refusal, Trouble, Unanswered, call
from musterpoint.integrations.slack.shapes import inner, string
from musterpoint.ports import Button, Posted, Refused, Saying
from musterpoint.store import models

#: Nobody waits for an answer any longer than this.
OF_USE = timedelta(minutes=5)
#: The app, or who asked, is not where it was asked (docs.slack.dev/reference/methods/chat.postEphemeral#errors).
_ELSEWHERE = frozenset(
    {"not_in_channel", "user_not_in_channel", "channel_not_found", "is_archived", "restricted_action"}
)


def whisper(
    workspace: str,
    user: str,
    channel: str,
    thread: str,
    text: str,
    buttons: Sequence[Button] = (),
) -> str:
    """Intend to tell `user` alone, in the transaction of what it answers. Without a `channel` it is said directly.

    Returns the effect's key.
    """
    data = {
        "workspace": workspace,
        "user": user,
        "channel": channel,
        "thread": thread,
        "text": text,
        "buttons": [[each.label, each.action, each.value] for each in buttons],
    }
    key = effects.intend("slack_whisper", f"slack_whisper:{secrets.token_hex(8)}", None, data)
    transaction.on_commit(lambda: effects.carry(key))
    return key


def deliver(effect: models.Effect, process: Process, renew: Callable[[], None]) -> Posted:
    """Carry out the effect `slack_whisper`. Raises Unavailable while it is of use and nothing was shown."""
    data: dict[str, Any] = json.loads(effect.data)
    if timezone.now() - effect.created_at > OF_USE:
        return Posted("given up: it came too late to be of use")
    renew()
    try:
        shown = Posted(_told(data, process.timeout))
        models.Effect.objects.filter(pk=effect.pk).update(data="{}")  # its words are nobody's any more
        return shown
    except Unanswered:
        return Posted("given up: Slack may have shown it, and nobody needs it twice")
    except Refused as error:
        return Posted(f"given up: {error}"[:300])


def _told(data: dict[str, Any], timeout: float) -> str:
    """The `ts` of what was shown, privately where it was asked if that can be."""
    buttons = tuple(Button(*each) for each in data["buttons"])
    text, blocks = blocks_of.message(Saying(data["text"], buttons=buttons))
    said = {"text": text, "blocks": blocks}
    if data["channel"] and not data["channel"].startswith("D"):
        thread = data["thread"] or None
        try:
            shown = call(
                timeout, "chat.postEphemeral", channel=data["channel"], user=data["user"], thread_ts=thread, **said
            )
            return str(shown.get("message_ts") or "")
        except (Trouble, Refusal) as error:
            if error.code not in _ELSEWHERE:
                raise
    opened = inner(_body(call(timeout, "conversations.open", users=data["user"])), "channel")
    sent = call(timeout, "chat.postMessage", channel=string(opened, "id"), **said, unfurl_links=False)
    return str(sent.get("ts") or "")


def _body(answer: Any) -> dict[str, Any]:
    return answer.data if isinstance(answer.data, dict) else {}
