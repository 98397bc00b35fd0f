"""Socket Mode, with slack_sdk's own client."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from tests.slack.conftest import Scene


def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


class Listening:
    """An app on a socket: takes requests in and acknowledges them, with `says` as its answer."""

    def __init__(self, scene: Scene) -> None:
        self.taken: list[SocketModeRequest] = []
        self.says: dict[str, object] | None = None
        self.acknowledges = True
        web = WebClient(scene.workspace.bot_token, base_url=scene.workspace.url)
        self.client = SocketModeClient(scene.workspace.app_token, web_client=web, ping_interval=0.2)
        self.client.socket_mode_request_listeners.append(self._take)

    def _take(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        self.taken.append(request)
        if self.acknowledges:
            client.send_socket_mode_response(SocketModeResponse(request.envelope_id, self.says))


@contextmanager
def listening(scene: Scene) -> Iterator[Listening]:
    scene.workspace.socket = True
    scene.workspace.delivery.background = True
    app = Listening(scene)
    app.client.connect()
    until(lambda: bool(scene.workspace.sockets.open))
    try:
        yield app
    finally:
        app.client.auto_reconnect_enabled = False
        scene.workspace.disconnect(hard=True)  # or the client's `close` would wait three seconds for a word from it
        app.client.close()


def test_events_come_over_a_socket_and_are_acknowledged(scene: Scene) -> None:
    with listening(scene) as app:
        scene.workspace.say(scene.ana, scene.channel, "down")
        scene.workspace.settle()
    assert [(each.type, each.payload["event"]["text"]) for each in app.taken] == [("events_api", "down")]
    assert scene.workspace.sockets.acknowledged == [app.taken[0].envelope_id]


def test_a_command_is_answered_within_its_acknowledgement(scene: Scene) -> None:
    with listening(scene) as app:
        app.says = {"text": "Declared 7."}
        assert scene.workspace.slash(scene.ana, scene.channel, "/incident", "it burns").fine
    assert app.taken[0].payload["command"] == "/incident"
    assert [each.text for each in scene.workspace.ephemerals] == ["Declared 7."]


def test_what_is_not_acknowledged_comes_again(scene: Scene) -> None:
    scene.workspace.delivery.timeout = 0.2
    with listening(scene) as app:
        app.acknowledges = False
        scene.workspace.say(scene.ana, scene.channel, "down")
        until(lambda: len(app.taken) == 2)
        app.acknowledges = True
    assert [each.retry_attempt for each in app.taken] == [0, 1]


def test_while_nobody_is_connected_events_are_lost(scene: Scene) -> None:
    scene.workspace.socket = True
    scene.workspace.say(scene.ana, scene.channel, "unheard")
    scene.workspace.settle()
    assert [each["event"]["text"] for each in scene.workspace.delivery.lost] == ["unheard"]
    assert not scene.workspace.slash(scene.ana, scene.channel, "/incident").fine


@pytest.mark.parametrize("hard", [True, False])
def test_a_client_comes_back_after_it_was_cut_off(scene: Scene, hard: bool) -> None:
    with listening(scene) as app:
        scene.workspace.disconnect(hard)
        until(lambda: len(scene.workspace.sockets.open) == 1)
        scene.workspace.say(scene.ana, scene.channel, "after")
        scene.workspace.settle()
    assert [each.payload["event"]["text"] for each in app.taken] == ["after"]


def test_a_ticket_needs_the_token_of_the_app(scene: Scene) -> None:
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        scene.client.apps_connections_open(app_token=scene.workspace.bot_token)
