"""The fake workspace as tests see it: `with serving() as workspace:`, people act, the app calls `workspace.url`.

    workspace.url           base_url for slack_sdk's WebClient; with .bot_token, .app_token, .signing_secret, .scopes
    people and places       user() channel() join() leave() invite_app() remove_app() rename() archive() change_user()
    what people say         say() reply() edit() delete() react() share_file() bot_says() unfurl() huddle() end_huddle()
    what they do            slash() shortcut() press() submit() close_view(): return the app's `Answer`; open_home()
    what is there           messages(channel) thread(channel, ts) ephemerals views calls refusals
    events                  deliver_to(url or function) settle() hold() release() delivery.duplicate/.shuffle/.lose
    what goes wrong         fails(method, ...) limits = "real" | "low" revoke_token() disconnect()
    time                    clock.now clock.move(seconds)
    Socket Mode             socket = True

Texts are in Slack's own form (`&amp;`, `<@U…>`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from tests.slack.delivery import Order
from tests.slack.envelope import as_body, signed
from tests.slack.exporting import write_export
from tests.slack.faults import Fault
from tests.slack.interacting import Interacting
from tests.slack.server import Server
from tests.slack.shapes import App, Channel, Json, User
from tests.slack.state import Call, Ephemeral
from tests.slack.wire import Answer, Receiver, by_http

__all__ = ["Answer", "App", "Call", "Channel", "Ephemeral", "User", "Workspace", "serving"]


class Workspace(Interacting):
    """Everything of it; see the module."""

    def deliver_to(self, receiver: str | Callable[[bytes, dict[str, str]], Answer]) -> None:
        """Where events, interactions and commands go: one address, or a function (body, headers) -> Answer.

        What happens before that is lost, unless it is held. A function is called in the thread of whoever acts
        (interactions) or calls `settle` (events), so that a test may stay within one transaction.
        """
        self.delivery.background = isinstance(receiver, str)
        if isinstance(receiver, str):
            address: str = receiver

            def post(body: bytes, headers: dict[str, str]) -> Answer:
                return by_http(address, self.delivery.timeout)(body, headers)

            self.delivery.receiver = post
        else:
            function: Receiver = receiver
            self.delivery.receiver = function
        self.delivery.wake()

    def verify(self, challenge: str = "a-made-up-challenge") -> bool:
        """url_verification, which Slack does when the address is saved: whether the app gave the challenge back."""
        assert self.delivery.receiver is not None
        body = as_body({"token": "not-used-any-more", "challenge": challenge, "type": "url_verification"})
        headers = {"Content-Type": "application/json", **signed(self.signing_secret, body, self.delivery.skew)}
        answer = self.delivery.receiver(body, headers)
        if "json" in answer.content_type:
            return answer.fine and json.loads(answer.body).get("challenge") == challenge
        return answer.fine and answer.body.decode() == challenge

    def settle(self, timeout: float = 20.0) -> None:
        """Wait until every event that is due has been sent and answered."""
        self.delivery.settle(timeout)

    def hold(self) -> None:
        self.delivery.hold()

    def release(self, order: Order | None = None) -> None:
        self.delivery.release(order)

    def fails(
        self,
        method: str = "*",
        status: int = 200,
        error: str = "",
        retry_after: int = 1,
        stored: bool = False,
        late: float = 0.0,
        reset: bool = False,
        times: int = 1,
    ) -> None:
        """Let the next `times` calls of a method go wrong; see `Fault`."""
        self.faults.add(Fault(method, status, error, retry_after, stored, late, reset, times))

    def disconnect(self, hard: bool = False) -> None:
        """End all connections of Socket Mode."""
        self.sockets.disconnect(hard)

    def stacked(self, user: str) -> list[Json]:
        return self.views.stack(user)

    def home(self, user: str) -> Json | None:
        return self.views.home(user)

    def export(self, channel: str, folder: Path) -> Path:
        """Write an export archive of that channel into a folder."""
        with self.lock:
            return write_export(self, self.channel_of(channel).id, Path(folder))


@contextmanager
def serving(start: datetime | None = None, port: int = 0, seed: int = 1) -> Iterator[Workspace]:
    """A workspace that listens. With `start` its clock stands there until it is moved; without, it runs."""
    workspace = Workspace(start, seed)
    server = Server(workspace, port=port)
    workspace.url = f"{workspace.address}/api/"
    try:
        yield workspace
    finally:
        workspace.delivery.close()
        workspace.sockets.close()
        server.close()
