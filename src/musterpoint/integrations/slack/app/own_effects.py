"""Effects that only Slack knows, by their kind: which function carries each out. All are called in the same way."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from django.utils import timezone

from musterpoint.core.process import Process
from musterpoint.integrations.slack.app import troubles
from musterpoint.ports import Posted, Refused, Unavailable
from musterpoint.store import models

#: kind → module of this package, and its function (effect, process, renew) -> Posted
CARRIED_OUT_BY = {
    "slack_whisper": "whispering:deliver",
    "slack_home": "home:deliver",
    "slack_adopt": "adopting:deliver",
    "slack_declare": "declaring:deliver",
    "slack_who": "people:fetched",
    "slack_look": "channels:looked",
    "slack_find": "reactions:deliver",
    "slack_direct": "direct:deliver",
}


def carry_out(effect: models.Effect, process: Process, renew: Callable[[], None]) -> Posted:
    """Raises Unavailable, Refused. What a person has to mend is shown to them until it works again."""
    named = CARRIED_OUT_BY.get(effect.kind)
    if named is None:
        raise Refused(f"This version does not know effects of the kind {effect.kind!r}.")
    module, function = named.split(":")
    deliver = getattr(import_module(f"{__package__}.{module}"), function)
    try:
        posted: Posted = deliver(effect, process, renew)
    except Unavailable as error:
        troubles.noted(error, timezone.now())
        raise
    troubles.mended("")
    return posted
