"""The port Chat over Slack: what Musterpoint posts, finds again and replaces there.

https://docs.slack.dev/reference/methods/chat.postMessage and its neighbours.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from django.utils import timezone

from musterpoint.core.process import Process
from musterpoint.core.spoken_text import one_line
from musterpoint.integrations.slack.app import blocks_of, channels, cutting, finding, ourselves, troubles
from musterpoint.integrations.slack.app.calling import Refusal, Trouble, Unanswered, call
from musterpoint.integrations.slack.shapes import Object, inner, string
from musterpoint.integrations.slack.stamps import is_stamp, permalink
from musterpoint.ports import Place, Posted, Refused, Saying, Unavailable

_USER = re.compile(r"[UW][A-Z0-9]{2,}")
_DIRECT = re.compile(r"D[A-Z0-9]{6,}")
#: What chat.update says of a message that we cannot replace any more.
_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})


class SlackChat:
    """A `Place.channel` is an id, a name with `#`, or somebody's id (`U…`): then it is said to them directly."""

    announces, gathers = True, True

    def __init__(self, process: Process) -> None:
        self.process = process

    @classmethod
    def of(cls, process: Process) -> SlackChat:
        return cls(process)

    def post(self, place: Place, saying: Saying, key: str) -> Posted:
        channel = self._channel(place)
        message = {"metadata": finding.metadata(key), "unfurl_links": False, "unfurl_media": False}
        message |= {"channel": channel, "thread_ts": place.root or None}
        answer = self._said(place, message, saying)
        stamp, where = string(answer, "ts"), string(answer, "channel") or channel
        if not is_stamp(stamp):
            raise Unanswered("Slack took the message and did not say where it is.")
        self._unsigned(answer, where, stamp, saying)
        return self._posted(Place(place.workspace, where, place.root), stamp)

    def find(self, place: Place, key: str) -> Posted | None:
        channel = self._channel(place)
        try:
            stamp = finding.find(self._read(place), channel, place.root, key, self._ourselves())
        except Refusal as refusal:
            if refusal.code != "thread_not_found":
                raise
            return None
        except Trouble as trouble:
            if trouble.code != "missing_scope" or not _DIRECT.fullmatch(channel):
                raise
            return None  # said twice to somebody is better than never; `im:history` is not among what we must have
        return self._posted(Place(place.workspace, channel, place.root), stamp) if stamp else None

    def update(self, place: Place, external: str, saying: Saying) -> None:
        channel = self._channel(place)
        answer = self._replaced(place, channel, external, saying)
        self._unsigned(answer, channel, external, saying)

    # --- how it is said -------------------------------------------------------------------------------------------

    def _said(self, place: Place, message: dict[str, Any], saying: Saying) -> Object:
        """Under the writer's name; where the app may not do that, under ours with the name in front."""
        channel = message["channel"]
        writer = cutting.cleaned(one_line(saying.writer))[: cutting.USERNAME]
        if writer:
            try:
                return self._call(place, "chat.postMessage", **message, **_content(saying, channel), username=writer)
            except Trouble as trouble:
                if trouble.code != "missing_scope":
                    raise
        return self._call(place, "chat.postMessage", **message, **_content(saying, channel, named=bool(writer)))

    def _unsigned(self, answer: Object, channel: str, stamp: str, saying: Saying) -> None:
        """Slack may pass over a name that the app must not use: then the message says it itself."""
        if saying.writer and not string(inner(answer, "message"), "username"):
            with suppress(Unavailable, Refused):
                call(
                    self.process.timeout,
                    "chat.update",
                    channel=channel,
                    ts=stamp,
                    **_content(saying, channel, named=True),
                )

    def _replaced(self, place: Place, channel: str, stamp: str, saying: Saying) -> Object:
        try:
            return self._call(place, "chat.update", channel=channel, ts=stamp, **_content(saying, channel))
        except Refusal as refusal:
            if refusal.code in _GONE:
                raise Refused(f"The message {stamp} is not there any more.") from refusal
            raise

    # --- where ----------------------------------------------------------------------------------------------------

    def _channel(self, place: Place) -> str:
        """Raises Trouble (`channel_not_found`), Unavailable, Refused (nobody is that)."""
        if _USER.fullmatch(place.channel):
            opened = inner(self._call(place, "conversations.open", users=place.channel), "channel")
            return string(opened, "id") or place.channel
        try:
            return channels.id_of(self.process, place.channel)
        except Unavailable as error:
            troubles.noted(error, timezone.now())
            raise

    def _ourselves(self) -> tuple[str, str, str]:
        known = ourselves.ourselves()
        if not any(known):
            ourselves.introduce(self.process, timezone.now())
        return known if any(known) else ourselves.ourselves()

    def _posted(self, place: Place, stamp: str) -> Posted:
        if not ourselves.address():
            with suppress(Unavailable, Refused):  # it stands there all the same; only its address is unknown
                ourselves.introduce(self.process, timezone.now())
        team = ourselves.workspace(self.process) or place.workspace
        url = permalink(ourselves.address(), place.channel, stamp, place.root or stamp)
        return Posted(stamp, url, Place(team, place.channel, place.root))

    # --- calls ----------------------------------------------------------------------------------------------------

    def _read(self, place: Place) -> finding.Call:
        return lambda method, **arguments: self._call(place, method, **arguments)

    def _call(self, place: Place, method: str, **arguments: Any) -> Object:
        """One call; what hinders it is shown to people until it works again."""
        try:
            answer = call(self.process.timeout, method, **arguments)
        except Unavailable as error:
            troubles.noted(error, timezone.now())
            raise
        for mended in {"", place.channel, str(arguments.get("channel") or "")}:
            troubles.mended(mended)
        assert isinstance(answer.data, dict)  # `call` gives nothing else
        return answer.data


def _content(saying: Saying, channel: str, *, named: bool = False) -> dict[str, Any]:
    """Raises Refused for buttons that Slack cannot take."""
    try:
        text, blocks = blocks_of.message(saying, blocks_of.users_of(saying.to), named=named, channel=channel)
    except ValueError as error:
        raise Refused(f"Slack cannot show it: {error}") from error
    return {"text": text, "blocks": blocks}
