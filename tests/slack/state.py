"""What the workspace remembers, under one lock: people, channels, messages, calls, and what was said privately."""

from __future__ import annotations

import random
import threading
from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from tests.slack.clock import Clock
from tests.slack.delivery import Delivery
from tests.slack.faults import Faults
from tests.slack.keeping import Kept
from tests.slack.rates import Rates
from tests.slack.refusal import Refusal
from tests.slack.shapes import SLACKBOT, App, Channel, Json, User
from tests.slack.sockets import Sockets
from tests.slack.views import Views

SCOPES = (
    "app_mentions:read channels:history groups:history channels:read groups:read chat:write chat:write.customize"
    " reactions:read users:read users:read.email im:write commands files:read team:read"
)


class Call(NamedTuple):
    """One call of the Web API. `status` is that of HTTP; 0 stands for a connection that was reset."""

    method: str
    args: Json
    status: int


class Ephemeral(NamedTuple):
    """What one person alone sees. `thread` is "" outside a thread."""

    user: str
    channel: str
    text: str
    blocks: list[Json]
    ts: str
    thread: str


@dataclass
class Response:
    """One response_url: for whom, where, about which message (its `ts`, "" for none), and how often it was used."""

    user: str
    channel: str
    ts: str
    since: float
    used: int = 0


class State:
    """The data of a workspace; `lock` is held while anything of it changes, never while something is sent."""

    def __init__(self, start: datetime | None = None, seed: int = 1) -> None:
        self.lock = threading.RLock()
        self.clock = Clock(start)
        self.random = random.Random(seed)
        self.app = App()
        self.team_id, self.team_name, self.domain = "T0HALDEN001", "Halden Ferries", "halden"
        self.address, self.url = "", ""
        self.bot_token, self.app_token = "xoxb-fake-bot", "xapp-fake-app"
        self.signing_secret = "a-made-up-signing-secret"
        self.scopes: set[str] = set(SCOPES.split())
        self.revoked = False
        self.limits: str | None = None
        self.socket = False
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self._add_bots()
        self.kept = Kept()
        self.ephemerals: list[Ephemeral] = []
        self.calls: list[Call] = []
        self.refusals: list[tuple[str, str]] = []
        self.views = Views(self)
        self.faults = Faults()
        self.responses: dict[str, Response] = {}
        self.rates = Rates(self)
        self.delivery = Delivery(self)
        self.sockets = Sockets(self)
        self.last_trigger = ""
        self._numbers: dict[str, int] = defaultdict(int)

    def _add_bots(self) -> None:
        """Our app's user and Slackbot, who are in every workspace."""
        app = User(self.app.user, self.app.handle, self.app.name, kind="bot", bot_id=self.app.bot, app_id=self.app.id)
        self.users[app.id] = app
        self.users[SLACKBOT] = User(SLACKBOT, "slackbot", "Slackbot", zone="America/Los_Angeles")

    def number(self, prefix: str, name: str = "") -> str:
        """A new id: the prefix, a running number, and letters of the name, to be told apart in a failing test."""
        with self.lock:
            self._numbers[prefix] += 1
            letters = "".join(each for each in name.upper() if each.isascii() and each.isalnum())[:3]
            return f"{prefix}{self._numbers[prefix]:0{10 - len(letters)}d}{letters}"

    def messages(self, channel: str) -> list[Json]:
        """All messages of a channel with all replies, oldest first, as they are kept."""
        with self.lock:
            return deepcopy(self.kept.all(channel))

    def message(self, channel: str, ts: str) -> Json:
        """The kept message itself. Refuses with message_not_found."""
        found = self.kept.get(channel, ts)
        if found is None:
            raise Refusal("message_not_found")
        return found

    def thread(self, channel: str, ts: str) -> list[Json]:
        """Root and replies, oldest first; copies."""
        with self.lock:
            replies = self.kept.thread(channel, ts).replies.values()
            return deepcopy([self.message(channel, ts), *replies])

    def channel_of(self, name: str) -> Channel:
        """By id, by name with or without #, or a user's id for the direct conversation."""
        if name in self.channels:
            return self.channels[name]
        for each in self.channels.values():
            if each.name and each.name == name.removeprefix("#"):
                return each
        if name in self.users:
            return self.direct(name)
        raise Refusal("channel_not_found")

    def direct(self, user: str) -> Channel:
        """The app's direct conversation with somebody, opened where there is none."""
        with self.lock:
            for each in self.channels.values():
                if each.with_user == user:
                    return each
            channel = Channel(self.number("D"), "", self.clock.whole, True, [user], app=True, with_user=user)
            self.channels[channel.id] = channel
            return channel

    def team_of(self, user: str) -> str:
        known = self.users.get(user)
        return (known.team if known else "") or self.team_id

    def emit(self, channel: Channel | None, event: Json, kind: str = "") -> None:
        """Send an event if it is subscribed and the app is in its channel. `kind` is the name of the subscription."""
        self.delivery.emit(channel, deepcopy(event), kind or str(event["type"]))

    def profile(self) -> Json:
        """`bot_profile` of our own app."""
        icons = {f"image_{size}": f"https://example.com/{size}.png" for size in (36, 48, 72)}
        return {
            "id": self.app.bot,
            "deleted": False,
            "name": self.app.name,
            "updated": 1772000000,
            "app_id": self.app.id,
            "user_id": self.app.user,
            "icons": icons,
            "team_id": self.team_id,
        }
