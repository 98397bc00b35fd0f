"""Events: what is told, to whom, signed how, and what becomes of it when the app does not answer."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from slack_sdk.signature import SignatureVerifier

from tests.slack.conftest import Scene
from tests.slack.wire import Answer


def test_an_event_is_signed_and_says_what_was_said(scene: Scene) -> None:
    ts = scene.workspace.say(scene.ana, scene.channel, "down")
    (event,) = scene.events()
    assert (event["type"], event["ts"], event["channel"], event["text"]) == ("message", ts, scene.channel, "down")
    ((body, headers),) = scene.app.taken
    verifier = SignatureVerifier(scene.workspace.signing_secret)
    assert verifier.is_valid_request(body, headers)
    assert not verifier.is_valid_request(body + b" ", headers)
    outer = json.loads(body)
    assert (outer["type"], outer["authorizations"][0]["user_id"]) == ("event_callback", scene.workspace.app.user)


def test_a_mention_is_told_twice_with_two_ids(scene: Scene) -> None:
    scene.workspace.say(scene.ana, scene.channel, f"<@{scene.workspace.app.user}> declare")
    assert [event["type"] for event in scene.events()] == ["message", "app_mention"]
    assert len({sending.payload["event_id"] for sending in scene.workspace.delivery.sent}) == 2


def test_a_channel_without_the_app_is_not_told_of(scene: Scene) -> None:
    other = scene.workspace.channel("lobby", members=[scene.ana], app=False)
    scene.workspace.say(scene.ana, other, "unheard")
    scene.workspace.invite_app(other)
    scene.workspace.say(scene.ana, other, "heard")
    scene.workspace.remove_app(other)
    scene.workspace.say(scene.ana, other, "unheard again")
    told = [(event["type"], event.get("text", "")) for event in scene.events()]
    joined = f"<@{scene.workspace.app.user}> has joined the channel"
    assert told == [("member_joined_channel", ""), ("message", joined), ("message", "heard"), ("channel_left", "")]


def test_an_edit_keeps_the_stamp_and_tells_both_versions(scene: Scene) -> None:
    ts = scene.workspace.say(scene.ana, scene.channel, "dwon")
    scene.workspace.edit(scene.ana, scene.channel, ts, "down")
    event = scene.events()[-1]
    assert (event["subtype"], event["message"]["ts"], event["message"]["text"]) == ("message_changed", ts, "down")
    assert (event["previous_message"]["text"], event["message"]["edited"]["user"]) == ("dwon", scene.ana)
    assert event["ts"] > ts


def test_a_preview_is_a_change_without_an_edit(scene: Scene) -> None:
    ts = scene.workspace.say(scene.ana, scene.channel, "<https://example.com/page>")
    scene.workspace.unfurl(scene.channel, ts)
    event = scene.events()[-1]
    assert event["subtype"] == "message_changed"
    assert "edited" not in event["message"]
    assert event["message"]["text"] == event["previous_message"]["text"]


def test_new_replies_are_no_change_of_the_root(scene: Scene) -> None:
    root = scene.workspace.say(scene.ana, scene.channel, "down")
    scene.workspace.reply(scene.ben, scene.channel, root, "looking")
    assert [event.get("subtype") for event in scene.events()] == [None, None]


def test_of_a_deleted_root_a_stone_stays_until_its_last_reply_goes(scene: Scene) -> None:
    w = scene.workspace
    root = w.say(scene.ana, scene.channel, "down")
    reply = w.reply(scene.ben, scene.channel, root, "looking")
    w.delete(scene.ana, scene.channel, root)
    assert (scene.events()[-1]["subtype"], scene.events()[-1]["message"]["subtype"]) == ("message_changed", "tombstone")
    assert [each.get("subtype") for each in w.messages(scene.channel)] == ["tombstone", None]
    w.delete(scene.ben, scene.channel, reply)
    assert (scene.events()[-1]["subtype"], scene.events()[-1]["deleted_ts"]) == ("message_deleted", reply)
    assert w.messages(scene.channel) == []


def test_reactions_are_told_once_and_counted(scene: Scene) -> None:
    ts = scene.workspace.say(scene.ana, scene.channel, "down")
    for on in (True, True, False, False, True):
        scene.workspace.react(scene.ben, scene.channel, ts, "eyes", on)
    kinds = [event["type"] for event in scene.events()[1:]]
    assert kinds == ["reaction_added", "reaction_removed", "reaction_added"]
    assert scene.workspace.messages(scene.channel)[0]["reactions"] == [
        {"name": "eyes", "users": [scene.ben], "count": 1}
    ]


def test_our_own_messages_come_back_with_their_metadata(scene: Scene) -> None:
    metadata = {"event_type": "musterpoint", "event_payload": {"key": "7"}}
    scene.client.chat_postMessage(channel=scene.channel, text="card", metadata=metadata)
    (event,) = scene.events()
    assert (event["bot_id"], event["metadata"]) == (scene.workspace.app.bot, metadata)


def test_a_stranger_in_a_shared_channel_names_their_team(scene: Scene) -> None:
    sue = scene.workspace.user("sue", kind="stranger")
    scene.workspace.join(sue, scene.channel)
    scene.workspace.say(sue, scene.channel, "hello from the port")
    event = scene.events()[-1]
    assert event["user_team"] == event["source_team"] == scene.workspace.team_of(sue) != scene.workspace.team_id
    assert scene.workspace.delivery.sent[-1].payload["is_ext_shared_channel"] is True


def test_a_huddle_is_a_message_that_changes_when_it_ends(scene: Scene) -> None:
    ts = scene.workspace.huddle(scene.ana, scene.channel)
    scene.workspace.clock.move(600)
    scene.workspace.end_huddle(ts, [scene.ana, scene.ben])
    begun, ended = scene.events()
    assert (begun["subtype"], begun["room"]["date_end"], begun["room"]["thread_root_ts"]) == ("huddle_thread", 0, ts)
    room = ended["message"]["room"]
    assert (room["date_end"] - room["date_start"], room["has_ended"]) == (600, True)
    assert room["participant_history"] == [scene.ana, scene.ben]


def test_what_is_not_answered_comes_again_at_once_after_a_minute_and_after_five(scene: Scene) -> None:
    scene.app.answers = [Answer(500), Answer(0, reason="http_timeout"), Answer(503), Answer(500)]
    scene.workspace.say(scene.ana, scene.channel, "down")
    seen = []
    for seconds in (0, 59, 1, 299, 1, 3600):
        scene.workspace.clock.move(seconds)
        scene.workspace.settle()
        seen.append(len(scene.app.taken))
    assert seen == [2, 2, 3, 3, 4, 4]
    notes = [(each.get("X-Slack-Retry-Num"), each.get("X-Slack-Retry-Reason")) for _, each in scene.app.taken]
    assert notes == [(None, None), ("1", "http_error"), ("2", "http_timeout"), ("3", "http_error")]
    assert len({json.loads(body)["event_id"] for body, _ in scene.app.taken}) == 1
    assert len(scene.workspace.delivery.given_up) == 1


def test_events_are_lost_doubled_and_shuffled_as_asked(scene: Scene) -> None:
    delivery = scene.workspace.delivery
    delivery.lose_next["message.channels"] = 1
    delivery.duplicate_next["message.channels"] = 1
    for text in ("lost", "twice", "once"):
        scene.workspace.say(scene.ana, scene.channel, text)
    assert [event["text"] for event in scene.events()] == ["twice", "twice", "once"]
    assert [each["event"]["text"] for each in delivery.lost] == ["lost"]
    delivery.seed(3)
    delivery.shuffle = 1.0
    for number in range(10):
        scene.workspace.say(scene.ana, scene.channel, str(number))
    order = [event["text"] for event in scene.events()[3:]]
    assert sorted(order) == [str(number) for number in range(10)] != order


@pytest.mark.parametrize("order", [reversed, lambda events: random.Random(1).sample(events, len(events))])
def test_what_is_held_is_released_in_any_order(scene: Scene, order: Any) -> None:
    scene.workspace.hold()
    for text in "abc":
        scene.workspace.say(scene.ana, scene.channel, text)
    assert scene.events() == []
    scene.workspace.release(order)
    texts = [event["text"] for event in scene.events()]
    assert sorted(texts) == ["a", "b", "c"]
    assert texts != ["a", "b", "c"]


def test_only_what_is_subscribed_is_sent(scene: Scene) -> None:
    scene.workspace.delivery.subscribed = {"reaction_added"}
    ts = scene.workspace.say(scene.ana, scene.channel, "down")
    scene.workspace.react(scene.ben, scene.channel, ts, "eyes")
    assert [event["type"] for event in scene.events()] == ["reaction_added"]


def test_what_happens_to_channels_people_and_the_installation_is_told(scene: Scene) -> None:
    w = scene.workspace
    private = w.channel("incident-room", private=True, members=[scene.ana])
    w.rename(private, "incident-hall")
    w.archive(private)
    w.unarchive(private)
    w.leave(scene.ben, scene.channel)
    w.user("cy", joins=True)
    w.change_user(scene.ben, deleted=True)
    w.open_home(scene.ana)
    w.revoke_token()
    w.say(scene.ana, scene.channel, "unheard")
    kinds = [event["type"] for event in scene.events() if event["type"] != "message"]
    assert (
        kinds
        == (
            "group_rename group_archive group_unarchive member_left_channel team_join user_change app_home_opened"
            " tokens_revoked"
        ).split()
    )


def test_the_address_is_verified_by_giving_the_challenge_back(scene: Scene) -> None:
    scene.app.answers = [Answer(200, b'{"challenge": "x"}', "application/json"), Answer(200, b"y", "text/plain")]
    assert scene.workspace.verify("x")
    assert not scene.workspace.verify("x")
