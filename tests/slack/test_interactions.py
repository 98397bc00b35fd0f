"""Commands, buttons, shortcuts and forms: what the app gets, and what people see of its answer."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from tests.slack.conftest import Scene
from tests.slack.limits import check_view
from tests.slack.shapes import Json
from tests.slack.wire import Answer


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


FORM: Json = {
    "type": "modal",
    "callback_id": "declare",
    "title": plain("Declare"),
    "submit": plain("Declare"),
    "blocks": [
        {
            "type": "input",
            "block_id": "title",
            "label": plain("Title"),
            "element": {"type": "plain_text_input", "action_id": "text"},
        },
        {
            "type": "input",
            "block_id": "severity",
            "optional": True,
            "label": plain("Severity"),
            "element": {
                "type": "static_select",
                "action_id": "pick",
                "options": [{"text": plain("Major"), "value": "major"}],
            },
        },
    ],
}
BUTTONS: list[Json] = [
    {
        "type": "actions",
        "block_id": "row",
        "elements": [{"type": "button", "action_id": "resolve", "text": plain("Resolve"), "value": "7"}],
    }
]


def as_json(**answer: Any) -> Answer:
    return Answer(200, json.dumps(answer).encode(), "application/json")


def last(scene: Scene) -> Json:
    form = parse_qs(scene.app.taken[-1][0].decode())
    payload: Json = json.loads(form["payload"][0])
    return payload


def test_a_command_is_a_form_and_its_answer_is_for_its_user_alone(scene: Scene) -> None:
    scene.app.answers = [Answer(200, b"Declared 7.", "text/plain"), as_json(text="For all", response_type="in_channel")]
    scene.workspace.slash(scene.ana, scene.channel, "/incident", "it burns & smokes")
    form = parse_qs(scene.app.taken[0][0].decode())
    assert (form["command"], form["text"], form["channel_id"]) == (
        ["/incident"],
        ["it burns & smokes"],
        [scene.channel],
    )
    assert [(each.user, each.text) for each in scene.workspace.ephemerals] == [(scene.ana, "Declared 7.")]
    scene.workspace.slash(scene.ana, scene.channel, "/incident")
    assert [each["text"] for each in scene.workspace.messages(scene.channel)] == ["For all"]


def test_a_response_url_answers_five_times_within_half_an_hour(scene: Scene) -> None:
    scene.workspace.slash(scene.ana, scene.channel, "/incident")
    url = parse_qs(scene.app.taken[0][0].decode())["response_url"][0]
    hook = WebhookClient(url)
    answers = [hook.send(text=str(number)) for number in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert "used_url" in answers[-1].body
    assert [each.text for each in scene.workspace.ephemerals] == list("01234")
    scene.workspace.clock.move(30 * 60 + 1)
    assert "expired_url" in hook.send(text="late").body


def test_a_button_is_found_by_its_id_and_names_its_message(scene: Scene) -> None:
    root = scene.workspace.say(scene.ana, scene.channel, "down")
    ts = scene.client.chat_postMessage(channel=scene.channel, thread_ts=root, text="card", blocks=BUTTONS)["ts"]
    scene.workspace.press(scene.ben, scene.channel, ts, "resolve")
    payload = last(scene)
    assert (payload["type"], payload["user"]["id"], payload["container"]["thread_ts"]) == (
        "block_actions",
        scene.ben,
        root,
    )
    assert (payload["actions"][0]["value"], payload["actions"][0]["block_id"]) == ("7", "row")
    with pytest.raises(AssertionError, match="there are \\['resolve'\\]"):
        scene.workspace.press(scene.ben, scene.channel, ts, "close")


def test_what_one_person_sees_can_be_pressed_by_them_alone_and_replaced(scene: Scene) -> None:
    ts = scene.client.chat_postEphemeral(
        channel=scene.channel, user=scene.ana, text="Declare it?", blocks=BUTTONS
    )["message_ts"]  # fmt: skip
    scene.workspace.press(scene.ana, scene.channel, ts, "resolve")
    payload = last(scene)
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload
    WebhookClient(payload["response_url"]).send(text="Done.", replace_original=True)
    assert [each.text for each in scene.workspace.ephemerals] == ["Done."]
    WebhookClient(payload["response_url"]).send(delete_original=True)
    assert scene.workspace.ephemerals == []


def test_a_shortcut_carries_its_message(scene: Scene) -> None:
    ts = scene.workspace.say(scene.ana, scene.channel, "down")
    scene.workspace.shortcut(scene.ben, scene.channel, ts, "declare")
    payload = last(scene)
    assert (payload["type"], payload["callback_id"], payload["message"]["text"]) == (
        "message_action",
        "declare",
        "down",
    )
    scene.workspace.shortcut(scene.ben, callback_id="declare")
    assert last(scene)["type"] == "shortcut"


def test_a_form_is_opened_with_a_trigger_filled_in_and_sent(scene: Scene) -> None:
    scene.client.views_open(trigger_id=scene.workspace.trigger(scene.ana), view=FORM)
    view = scene.workspace.views[scene.ana]
    with pytest.raises(AssertionError, match="must be filled in"):
        scene.workspace.submit(view["id"], {}, scene.ana)
    scene.workspace.submit(view["id"], {"text": "It burns", "severity": "major"}, scene.ana)
    values = last(scene)["view"]["state"]["values"]
    assert values["title"]["text"]["value"] == "It burns"
    assert values["severity"]["pick"]["selected_option"]["value"] == "major"
    assert scene.ana not in scene.workspace.views


def test_the_answer_to_a_form_keeps_it_changes_it_lays_another_on_or_clears(scene: Scene) -> None:
    w = scene.workspace
    scene.client.views_open(trigger_id=w.trigger(scene.ana), view=FORM)
    first = w.views[scene.ana]["id"]
    scene.app.answers = [as_json(response_action="errors", errors={"title": "Say more."})]
    w.submit(first, {"text": "x"}, scene.ana)
    assert w.views[scene.ana]["id"] == first
    scene.app.answers = [as_json(response_action="update", view=FORM | {"title": plain("Again")})]
    w.submit(first, {"text": "x"}, scene.ana)
    assert (w.views[scene.ana]["id"], w.views[scene.ana]["title"]["text"]) == (first, "Again")
    scene.app.answers = [as_json(response_action="push", view=FORM)]
    w.submit(first, {"text": "x"}, scene.ana)
    assert [each["id"] == first for each in w.views.stack(scene.ana)] == [True, False]
    scene.app.answers = [as_json(response_action="clear")]
    w.submit(w.views[scene.ana]["id"], {"text": "x"}, scene.ana)
    assert w.views.stack(scene.ana) == []


def test_a_failed_answer_leaves_the_form_open(scene: Scene) -> None:
    scene.client.views_open(trigger_id=scene.workspace.trigger(scene.ana), view=FORM)
    scene.app.answers = [Answer(500)]
    answer = scene.workspace.submit(scene.workspace.views[scene.ana]["id"], {"text": "x"}, scene.ana)
    assert not answer.fine
    assert scene.ana in scene.workspace.views


def test_a_trigger_lives_three_seconds_and_is_used_once(scene: Scene) -> None:
    def refused(trigger: str) -> str:
        with pytest.raises(SlackApiError) as caught:
            scene.client.views_open(trigger_id=trigger, view=FORM)
        return str(caught.value.response["error"])

    used, old = scene.workspace.trigger(scene.ana), scene.workspace.trigger(scene.ana)
    scene.client.views_open(trigger_id=used, view=FORM)
    scene.workspace.clock.move(3.1)
    assert (refused(used), refused(old), refused("1.2.3")) == (
        "exchanged_trigger_id",
        "expired_trigger_id",
        "invalid_trigger_id",
    )


def test_views_are_changed_by_their_hash_and_pushed_three_deep(scene: Scene) -> None:
    w = scene.workspace
    opened = scene.client.views_open(trigger_id=w.trigger(scene.ana), view=FORM)["view"]
    w.clock.move(1)
    scene.client.views_update(view_id=opened["id"], hash=opened["hash"], view=FORM)
    with pytest.raises(SlackApiError, match="hash_conflict"):
        scene.client.views_update(view_id=opened["id"], hash=opened["hash"], view=FORM)
    for _ in range(2):
        scene.client.views_push(trigger_id=w.trigger(scene.ana), view=FORM)
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        scene.client.views_push(trigger_id=w.trigger(scene.ana), view=FORM)


def test_a_home_is_published_for_a_person_and_pressed(scene: Scene) -> None:
    home = {"type": "home", "blocks": BUTTONS}
    scene.client.views_publish(user_id=scene.ana, view=home)
    published = scene.workspace.home(scene.ana)
    assert published is not None
    assert check_view(home) == home
    scene.workspace.press(scene.ana, "", published["id"], "resolve")
    assert last(scene)["view"]["type"] == "home"
    assert scene.workspace.home(scene.ben) is None
