"""What hinders the connection to Slack now, in plain words with what to do; gone when it is mended.

Nothing is lost meanwhile: what is to go out waits, and what was said is read afterwards as far as Slack keeps it. A row
for each place: a channel, a scope that is missing (`scope NAME`), or empty for the connection as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Set
from datetime import datetime, timedelta

from django.utils import timezone

from musterpoint.integrations.slack.app import calling
from musterpoint.ports import Unavailable
from musterpoint.store import incidents, models

SOURCE = "slack"
SCOPE = "scope "
#: Longer pauses (seconds) that Slack asks for are worth a word.
LONG = 300.0
#: What is about the token and not only a call that works again: another call that works does not mend it.
STAYS = ("workspace_changed",)

_TOKEN = (
    "Slack does not accept our token any more ({code}).",
    "Install the app to the workspace again (api.slack.com/apps, Install App), put the new Bot User OAuth Token into "
    "SLACK_BOT_TOKEN, and restart.",
)
_READ_ONLY = (
    "{channel} does not let the app write ({code}).",
    "Allow the app to post there in the channel's settings, or choose another channel in [chat] channel.",
)
#: code → what is so, and what to do
_WORDS: dict[str, tuple[str, str]] = {
    "channel_not_found": (
        "{channel} is not there, or archived, or it is private and the app is not in it.",
        "Look at the name in [chat] channel, and invite the app in that channel: /invite @Musterpoint",
    ),
    "not_in_channel": ("The app is not in {channel}.", "Invite it in that channel: /invite @Musterpoint"),
    "is_archived": (
        "{channel} is archived.",
        "Unarchive it in Slack, or, if incidents are to begin elsewhere, name another one in [chat] channel.",
    ),
    "missing_scope": (
        "The app lacks the scope {needed}.",
        "Add it at api.slack.com/apps (OAuth & Permissions, Bot Token Scopes), then install the app to the workspace "
        "again. `musterpoint slack manifest` prints all that it needs.",
    ),
    "workspace_changed": (
        "The token belongs to another workspace than before: {needed}. Nothing is posted there or taken in from there.",
        "Put the token of the earlier workspace back. Or, if the other one is to be used from now on, set [chat] "
        "workspace to its id in musterpoint.toml. Then restart.",
    ),
    "app_uninstalled": (
        "The app was removed from the workspace.",
        "Install it again (api.slack.com/apps, Install App), put the new token into SLACK_BOT_TOKEN, and restart.",
    ),
    "ratelimited": (
        "Slack asks us to wait for more than five minutes.",
        "Nothing has to be done; what is to go out waits. See whether other programs use the same app.",
    ),
    "is_inactive": ("{channel} is archived.", "Unarchive it in Slack, or name another one in [chat] channel."),
    "no_permission": _READ_ONLY,
    "restricted_action": _READ_ONLY,
    "restricted_action_read_only_channel": _READ_ONLY,
    "restricted_action_thread_only_channel": _READ_ONLY,
}


def noted(error: Unavailable, now: datetime, since: datetime | None = None) -> None:
    """Remember a Trouble, or that Slack asks for a long pause; anything else passes by itself and is not noted.

    `since` is when it was last known to be well, where that is not now.
    """
    if isinstance(error, calling.Trouble):
        _note(error.code, error.place, error.needed, since or now)
    elif (error.retry_after or 0) > LONG:
        _note("ratelimited", "", "", now)


def _note(code: str, place: str, needed: str, now: datetime) -> None:
    told, hint = _words(code, place, needed)
    if code == "missing_scope" and needed:
        place = f"{SCOPE}{needed}"[:100]
    known = models.Trouble.objects.filter(source=SOURCE, place=place).first()
    if known is not None and known.code in STAYS and code in STAYS and not needed:
        return  # the first word of it named the other workspace
    is_news = known is None or known.code != code
    since = now if known is None or is_news else known.since
    models.Trouble.objects.update_or_create(
        source=SOURCE, place=place, defaults={"code": code, "message": told, "hint": hint, "since": since}
    )
    if is_news:
        incidents.look_again(_channel(place))


def words(error: calling.Trouble) -> tuple[str, str]:
    """What is so, and what to do."""
    return _words(error.code, error.place, error.needed)


def _words(code: str, place: str, needed: str) -> tuple[str, str]:
    message, hint = _WORDS.get(code, _TOKEN if code in calling.OF_THE_TOKEN else _READ_ONLY)
    return message.format(code=code, channel=_called(place), needed=needed or "that it needs"), hint


def _channel(place: str) -> str:
    """The channel's id, empty where it is about more than one."""
    return "" if place.startswith((SCOPE, "#")) else place


def _called(place: str) -> str:
    """How a channel is named to everybody: a private one by its id alone."""
    row = models.ChatChannel.objects.filter(channel=place).first()
    if row is None or row.private or not row.name:
        return f"The channel {place}" if place else "The channel"
    return f"#{row.name}"


def mended(place: str, now: datetime | None = None) -> None:
    """Something worked there again, or Slack told of it; with an empty place, for the connection as a whole. What was
    said meanwhile is read anew."""
    rows = models.Trouble.objects.filter(source=SOURCE, place=place).exclude(code__in=STAYS)
    _gone(list(rows), now)


def settled(scopes: Set[str], now: datetime) -> None:
    """The token works, belongs to our workspace, and has these scopes; an empty set tells nothing of them."""
    rows = models.Trouble.objects.filter(source=SOURCE)
    _gone([each for each in rows if not each.place or _granted(each.place, scopes)], now)


def _granted(place: str, scopes: Set[str]) -> bool:
    """Slack names several where one of them is enough."""
    return place.startswith(SCOPE) and not scopes.isdisjoint(
        each.strip() for each in place.removeprefix(SCOPE).split(",")
    )


def _gone(rows: list[models.Trouble], now: datetime | None) -> None:
    for row in rows:
        gone, _ = models.Trouble.objects.filter(pk=row.pk).delete()
        if gone:
            incidents.look_again(_channel(row.place))
            _missed(row, now or timezone.now())


#: What keeps Slack from telling us of messages while it lasts, as a clause.
_DEAF = {
    "not_in_channel": "the app was not in the channel",
    "channel_not_found": "the app could not see the channel",
    "workspace_changed": "the token was that of another workspace",
    "app_uninstalled": "the app was not in the workspace",
    "missing_scope": "the app lacked a scope",
}


def _missed(row: models.Trouble, now: datetime) -> None:
    """Name the gap in every live thread that it was about. In an archived channel nobody writes."""
    from musterpoint.integrations.slack.app import gaps

    if row.place.startswith(SCOPE) and not re.fullmatch(r"scope \w+:history", row.place):
        return
    why = _DEAF.get(row.code, "Slack did not accept the token" if row.code in calling.OF_THE_TOKEN else "")
    until = max(now, row.since + timedelta(seconds=1))
    if why:
        gaps.noticed(row.since, until, why, "" if row.place.startswith(SCOPE) else row.place)


def of(channel: str = "") -> list[models.Trouble]:
    """What hinders now: everything, or what concerns this channel (with what concerns all), the longest first."""
    rows = models.Trouble.objects.filter(source=SOURCE).order_by("since", "id")
    if not channel:
        return list(rows)
    return [each for each in rows if each.place in ("", channel) or each.place.startswith(SCOPE)]
