"""What goes wrong on request, as the app's client sees it."""

from __future__ import annotations

import http.client
import time

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.slack.conftest import Scene


def post(scene: Scene) -> None:
    client = WebClient(scene.workspace.bot_token, base_url=scene.workspace.url, retry_handlers=[])
    client.chat_postMessage(channel=scene.channel, text="x")


@pytest.mark.parametrize("stored", [True, False])
def test_an_error_of_the_server_may_hide_what_was_done(scene: Scene, stored: bool) -> None:
    scene.workspace.fails("chat.postMessage", status=500, stored=stored)
    with pytest.raises(SlackApiError) as caught:
        post(scene)
    assert caught.value.response.status_code == 500
    assert len(scene.workspace.messages(scene.channel)) == stored
    post(scene)
    assert [call.status for call in scene.workspace.calls] == [500, 200]


def test_a_limit_says_when_to_come_again(scene: Scene) -> None:
    scene.workspace.fails("chat.postMessage", status=429, retry_after=30, times=2)
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            post(scene)
        assert caught.value.response.headers["Retry-After"] == "30"
    post(scene)


def test_a_connection_is_reset_after_the_message_was_written(scene: Scene) -> None:
    scene.workspace.fails("chat.postMessage", reset=True)
    with pytest.raises((ConnectionError, http.client.HTTPException, OSError)):
        post(scene)
    assert len(scene.workspace.messages(scene.channel)) == 1


def test_a_client_with_retries_of_its_own_posts_twice_after_a_reset(scene: Scene) -> None:
    """As a WebClient does unless it is made with `retry_handlers=[]`."""
    scene.workspace.fails("chat.postMessage", reset=True)
    scene.client.chat_postMessage(channel=scene.channel, text="x")
    assert len(scene.workspace.messages(scene.channel)) == 2


def test_an_answer_comes_late_after_the_message_was_written(scene: Scene) -> None:
    scene.workspace.fails("chat.postMessage", late=0.2)
    begun = time.monotonic()
    post(scene)
    assert time.monotonic() - begun >= 0.2


def test_any_error_string_can_be_asked_for(scene: Scene) -> None:
    scene.workspace.fails("*", error="fatal_error")
    with pytest.raises(SlackApiError, match="fatal_error"):
        post(scene)
    assert scene.workspace.messages(scene.channel) == []
