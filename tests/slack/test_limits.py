"""What Slack refuses: blocks and views that are too long, too many, or alike."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_sdk.errors import SlackApiError

from tests.slack.conftest import Scene
from tests.slack.limits import check_blocks, check_view
from tests.slack.refusal import Refusal
from tests.slack.shapes import Json


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def header(length: int) -> Json:
    return {"type": "header", "text": plain("x" * length)}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("Resolve"), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def select(count: int) -> Json:
    options = [{"text": plain(str(number)), "value": str(number)} for number in range(count)]
    return {"type": "static_select", "action_id": "pick", "options": options}


@pytest.mark.parametrize(
    ("fits", "breaks", "said"),
    [
        ([section("x" * 3000)], [section("x" * 3001)], "less than 3001 characters [json-pointer:/blocks/0/text/text]"),
        ([section("x")], [section("")], "must be more than 0 characters"),
        ([section("x")] * 50, [section("x")] * 51, "no more than 50 items allowed"),
        ([header(150)], [header(151)], "less than 151 characters"),
        ([section("x", fields=[plain("f")] * 10)], [section("x", fields=[plain("f")] * 11)], "/blocks/0/fields"),
        ([actions(*[button()] * 25)], [actions(*[button()] * 26)], "between 1 and 25"),
        ([actions(button(value="x" * 2000))], [actions(button(value="x" * 2001))], "/elements/0/value"),
        ([actions(select(100))], [actions(select(101))], "no more than 100 items"),
        ([actions(button(action_id="a"))], [actions(*[button(action_id="a")] * 2)], "`action_id` already"),
        ([section("x", block_id="a")], [section("x", block_id="a")] * 2, "`block_id` already exists: a"),
        ([{"type": "divider"}], [{"type": "line"}], "unsupported type: line"),
    ],
)  # fmt: skip
def test_blocks_fit_up_to_the_limit_and_break_beyond(fits: list[Json], breaks: list[Json], said: str) -> None:
    assert check_blocks(fits) == fits
    with pytest.raises(Refusal) as caught:
        check_blocks(breaks)
    assert caught.value.error == "invalid_blocks"
    assert said in str(caught.value.more["response_metadata"]["messages"])


def test_blocks_may_share_an_action_id_and_are_told_apart(scene: Scene) -> None:
    rows = [section(text, block_id=text, accessory=button(action_id="keep")) for text in ("one", "two")]
    ts = scene.client.chat_postMessage(channel=scene.channel, text="rows", blocks=rows)["ts"]
    scene.workspace.press(scene.ana, scene.channel, ts, "keep", block_id="two")
    payload = json.loads(parse_qs(scene.app.taken[-1][0].decode())["payload"][0])
    assert [each["block_id"] for each in payload["actions"]] == ["two"]


def test_markdown_blocks_count_together() -> None:
    half: Json = {"type": "markdown", "text": "x" * 6000}
    check_blocks([half, half])
    with pytest.raises(Refusal, match="msg_blocks_too_long"):
        check_blocks([half, half, {"type": "markdown", "text": "y"}])


def test_a_refused_message_is_not_kept(scene: Scene) -> None:
    with pytest.raises(SlackApiError) as caught:
        scene.client.chat_postMessage(channel=scene.channel, text="x", blocks=[section("x" * 3001)])
    assert caught.value.response["error"] == "invalid_blocks"
    assert scene.workspace.messages(scene.channel) == []
    assert scene.workspace.refusals == [("chat.postMessage", "invalid_blocks")]


def test_a_long_text_is_cut_when_posted_and_refused_when_updated(scene: Scene) -> None:
    ts = scene.client.chat_postMessage(channel=scene.channel, text="x" * 40_001)["ts"]
    assert len(scene.workspace.messages(scene.channel)[0]["text"]) == 40_000
    with pytest.raises(SlackApiError, match="msg_too_long"):
        scene.client.chat_update(channel=scene.channel, ts=ts, text="x" * 4_001)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": plain("x" * 25)}, "/view/title/text"),
        ({"private_metadata": "x" * 3001}, "/view/private_metadata"),
        ({"blocks": [section("x")] * 101}, "no more than 100 items"),
        ({"submit": None}, "submit is required"),
    ],
)
def test_a_view_fits_up_to_the_limit_and_breaks_beyond(change: Json, said: str) -> None:
    entry: Json = {"type": "input", "label": plain("Title"), "element": {"type": "plain_text_input"}}
    fits: Json = {"type": "modal", "title": plain("x" * 24), "private_metadata": "x" * 3000, "submit": plain("Go")}
    fits["blocks"] = [entry] * 100
    check_view(fits)
    with pytest.raises(Refusal) as caught:
        check_view(fits | change)
    assert caught.value.error == "invalid_arguments"
    assert said in str(caught.value.more["response_metadata"]["messages"])
