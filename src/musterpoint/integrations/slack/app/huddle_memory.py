"""What is remembered about huddles for a while: who pressed which incident's button, and those of which nobody has said
yet to which of several incidents they belong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from musterpoint.core.incident import read_time, time_text
from musterpoint.store import models

#: So long before a huddle begins a press of the button counts.
LATELY = timedelta(minutes=10)
#: And so long after: Slack counts the beginning in whole seconds, and by its own clock.
SKEW = timedelta(minutes=2)
#: So long an answer is waited for.
WAITING = timedelta(days=1)
_PRESSED, _ASKED = "huddle:", "huddle_asked:"


def press(channel: str, user: str, ref: str, now: datetime) -> None:
    """Somebody pressed the button that opens the channel's huddle, on the card of this incident."""
    _forget(_PRESSED, now)
    _keep(f"{_PRESSED}{channel}:{user}", {"ref": ref, "at": time_text(now)})


def pressed_lately(channel: str, user: str, at: datetime) -> str:
    """The incident whose button they pressed last before a huddle that began at that time; empty if none."""
    known = _kept(f"{_PRESSED}{channel}:{user}") if user else {}
    pressed = read_time(known["at"]) if known else None
    return str(known["ref"]) if pressed and at - LATELY <= pressed <= at + SKEW else ""


def ask(channel: str, message: Mapping[str, Any], now: datetime) -> bool:
    """Remember a huddle's message, or a later version of it. Whether it is the first: then somebody is to be asked."""
    _forget(_ASKED, now)
    name = f"{_ASKED}{channel}:{message['ts']}"
    known = _kept(name)
    _keep(name, {"message": dict(message), "at": known.get("at", time_text(now))})
    return not known


def asked(channel: str, stamp: str) -> Mapping[str, Any]:
    """The huddle's message as it was seen last; empty where nobody is asked about it (any more)."""
    found = _kept(f"{_ASKED}{channel}:{stamp}").get("message")
    return found if isinstance(found, Mapping) else {}


def answered(channel: str, stamp: str) -> None:
    models.Setting.objects.filter(name=_name(f"{_ASKED}{channel}:{stamp}")).delete()


def _name(name: str) -> str:
    return name[:50]  # Slack's ids are much shorter


def _keep(name: str, value: Mapping[str, Any]) -> None:
    models.Setting.objects.update_or_create(name=_name(name), defaults={"value": json.dumps(value)})


def _kept(name: str) -> dict[str, Any]:
    text = models.Setting.objects.filter(name=_name(name)).values_list("value", flat=True).first()
    return json.loads(text) if text else {}


def _forget(prefix: str, now: datetime) -> None:
    """Those that nobody waits for any more."""
    for row in models.Setting.objects.filter(name__startswith=prefix):
        if read_time(json.loads(row.value)["at"]) < now - WAITING:
            row.delete()
