"""The Web API, called with slack_sdk's own client."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.slack.conftest import Scene


def refused(call: Any, **args: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(**args)
    return str(caught.value.response["error"])


def test_the_app_learns_who_it_is_and_what_it_may(scene: Scene) -> None:
    answer = scene.client.auth_test()
    assert (answer["user_id"], answer["bot_id"]) == (scene.workspace.app.user, scene.workspace.app.bot)
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")
    assert scene.client.team_info()["team"]["domain"] == "halden"


def test_a_post_is_kept_with_its_marks_escaped_and_its_address_linked(scene: Scene) -> None:
    text = "a < b & <@U1>, see https://halden.example/x?a=1&b=2. <https://x.example|here>"
    answer = scene.client.chat_postMessage(channel="#dept-engineering", text=text)
    (message,) = scene.workspace.messages(scene.channel)
    assert message["text"] == (
        "a &lt; b &amp; <@U1>, see <https://halden.example/x?a=1&amp;b=2>. <https://x.example|here>"
    )
    assert (answer["ts"], answer["message"]["bot_profile"]["app_id"]) == (message["ts"], scene.workspace.app.id)


def test_stamps_grow_also_while_the_clock_stands(scene: Scene) -> None:
    stamps = [scene.workspace.say(scene.ana, scene.channel, "x") for _ in range(3)]
    assert stamps == ["1772442000.000000", "1772442000.000100", "1772442000.000200"]
    scene.workspace.clock.move(-60)
    assert scene.workspace.say(scene.ana, scene.channel, "x") > stamps[-1]


def test_replies_come_oldest_first_and_history_newest_first_without_them(scene: Scene) -> None:
    w = scene.workspace
    root = w.say(scene.ana, scene.channel, "down")
    first, second = (w.reply(scene.ben, scene.channel, root, text) for text in ("looking", "found"))
    shown = w.reply(scene.ben, scene.channel, root, "for all", broadcast=True)
    other = w.say(scene.ana, scene.channel, "lunch?")
    answer = scene.client.conversations_replies(channel=scene.channel, ts=root)
    assert [each["ts"] for each in answer["messages"]] == [root, first, second, shown]
    assert answer["messages"][0]["reply_count"] == 3
    history = scene.client.conversations_history(channel=scene.channel)["messages"]
    assert [each["ts"] for each in history] == [other, shown, root]
    assert history[1]["root"]["ts"] == root


def test_a_thread_is_read_page_by_page_with_the_root_in_the_first(scene: Scene) -> None:
    root = scene.workspace.say(scene.ana, scene.channel, "down")
    stamps = [scene.workspace.reply(scene.ben, scene.channel, root, str(number)) for number in range(5)]
    answer = scene.client.conversations_replies(channel=scene.channel, ts=root, limit=2)
    pages = [([each["ts"] for each in page["messages"]], page["has_more"]) for page in answer]
    assert pages == [([root, *stamps[:2]], True), (stamps[2:4], True), (stamps[4:], False)]


def test_oldest_and_latest_leave_their_ends_out_unless_inclusive(scene: Scene) -> None:
    root = scene.workspace.say(scene.ana, scene.channel, "down")
    a, b, c = (scene.workspace.reply(scene.ben, scene.channel, root, text) for text in "abc")

    def read(**args: Any) -> list[str]:
        answer = scene.client.conversations_replies(channel=scene.channel, ts=root, **args)
        return [each["text"] for each in answer["messages"]]

    assert read(oldest=a) == ["down", "b", "c"]
    assert read(oldest=a, latest=c) == ["down", "b"]
    assert read(oldest=a, latest=b, inclusive=True) == ["down", "a", "b"]
    answer = scene.client.conversations_replies(channel=scene.channel, ts=b, oldest=b, inclusive=True, limit=1)
    assert [each["text"] for each in answer["messages"]] == ["b"]
    history = scene.client.conversations_history(channel=scene.channel, latest=b, inclusive=True, limit=1)
    assert [each["text"] for each in history["messages"]] == ["down"]


def test_metadata_is_shown_on_request_alone_and_goes_with_an_empty_object(scene: Scene) -> None:
    metadata = {"event_type": "musterpoint", "event_payload": {"key": "7:card"}}
    ts = scene.client.chat_postMessage(channel=scene.channel, text="card", metadata=metadata)["ts"]

    def read(**args: Any) -> Any:
        return scene.client.conversations_history(channel=scene.channel, **args)["messages"][0].get("metadata")

    assert (read(), read(include_all_metadata=True)) == (None, metadata)
    scene.client.chat_update(channel=scene.channel, ts=ts, text="new card")
    assert read(include_all_metadata=True) == metadata
    scene.client.chat_update(channel=scene.channel, ts=ts, text="new card", metadata={})
    assert read(include_all_metadata=True) is None
    wrong = {"event_type": "x"}
    assert refused(scene.client.chat_postMessage, channel=scene.channel, text="x", metadata=wrong) == (
        "invalid_metadata_format"
    )


def test_an_update_with_a_text_alone_leaves_the_blocks(scene: Scene) -> None:
    blocks = [{"type": "section", "block_id": "one", "text": {"type": "mrkdwn", "text": "old"}}]
    ts = scene.client.chat_postMessage(channel=scene.channel, text="old", blocks=blocks)["ts"]
    scene.client.chat_update(channel=scene.channel, ts=ts, text="new")
    (message,) = scene.workspace.messages(scene.channel)
    assert (message["text"], message["blocks"]) == ("new", blocks)
    scene.client.chat_update(channel=scene.channel, ts=ts, text="new", blocks=[])
    assert scene.workspace.messages(scene.channel)[0]["blocks"][0]["type"] == "rich_text"
    assert scene.workspace.messages(scene.channel)[0]["edited"]["user"] == scene.workspace.app.bot


def test_a_channel_without_the_app_is_refused_and_a_private_one_does_not_exist(scene: Scene) -> None:
    public = scene.workspace.channel("lobby", app=False)
    private = scene.workspace.channel("secret", private=True, app=False)
    post, info = scene.client.chat_postMessage, scene.client.conversations_info
    assert refused(post, channel=public, text="x") == "not_in_channel"
    assert refused(post, channel=private, text="x") == "channel_not_found"
    assert refused(post, channel="C0NOWHERE", text="x") == "channel_not_found"
    assert refused(info, channel=private) == "channel_not_found"
    assert info(channel=public)["channel"]["is_member"] is False
    assert refused(scene.client.conversations_history, channel=public) == "not_in_channel"
    names = [
        each["name"] for each in scene.client.conversations_list(types="public_channel,private_channel")["channels"]
    ]
    assert names == ["dept-engineering", "lobby"]
    scene.workspace.archive(scene.channel)
    assert refused(post, channel=scene.channel, text="x") == "is_archived"


def test_a_wrong_a_revoked_and_a_weak_token_are_told_apart(scene: Scene) -> None:
    w = scene.workspace
    assert refused(WebClient("xoxb-wrong", base_url=w.url).auth_test) == "invalid_auth"
    assert refused(WebClient(base_url=w.url).auth_test) == "not_authed"
    assert refused(WebClient(w.app_token, base_url=w.url).auth_test) == "not_allowed_token_type"
    w.scopes.discard("users:read")
    with pytest.raises(SlackApiError) as caught:
        scene.client.users_info(user=scene.ana)
    assert caught.value.response["needed"] == "users:read"
    w.revoke_token()
    assert refused(scene.client.auth_test) == "token_revoked"


def test_a_thread_that_is_gone_and_a_message_of_somebody_else_are_refused(scene: Scene) -> None:
    theirs = scene.workspace.say(scene.ana, scene.channel, "mine")
    post = scene.client.chat_postMessage
    assert refused(post, channel=scene.channel, text="x", thread_ts="1.000000") == "thread_not_found"
    assert refused(scene.client.api_call, api_method="chat.postMessage", json={"channel": scene.channel}) == "no_text"
    assert refused(scene.client.chat_update, channel=scene.channel, ts=theirs, text="x") == "cant_update_message"
    assert refused(scene.client.chat_update, channel=scene.channel, ts="1.000000", text="x") == "message_not_found"
    assert refused(scene.client.chat_delete, channel=scene.channel, ts=theirs) == "cant_delete_message"


def test_another_name_needs_its_scope_and_takes_the_user_away(scene: Scene) -> None:
    def post() -> dict[str, Any]:
        answer = scene.client.chat_postMessage(channel=scene.channel, text="hello", username="Ana (by mail)")
        message: dict[str, Any] = answer["message"]
        return message

    message = post()
    assert (message["subtype"], message["username"], message.get("user")) == ("bot_message", "Ana (by mail)", None)
    scene.workspace.scopes.discard("chat:write.customize")
    assert "username" not in post()


def test_people_are_found_by_id_by_mail_and_in_pages(scene: Scene) -> None:
    w = scene.workspace
    guest = w.user("gus", email="gus@other.example", kind="guest")
    stranger = w.user("sue", email="sue@port.example", kind="stranger")
    gone = w.user("gil", email="gil@halden.example", deleted=True)
    ana = scene.client.users_info(user=scene.ana)["user"]
    assert (ana["real_name"], ana["tz"], ana["tz_offset"]) == ("Ana Ortiz", "Europe/Oslo", 3600)
    assert scene.client.users_info(user=guest)["user"]["is_restricted"] is True
    assert scene.client.users_info(user=stranger)["user"]["team_id"] != w.team_id
    assert "email" not in scene.client.users_info(user=stranger)["user"]["profile"]
    assert scene.client.users_info(user=gone)["user"]["deleted"] is True
    assert scene.client.users_lookupByEmail(email="ANA@halden.example")["user"]["id"] == scene.ana
    for email in ("gil@halden.example", "sue@port.example", "nobody@halden.example"):
        assert refused(scene.client.users_lookupByEmail, email=email) == "users_not_found"
    listed = [each["id"] for page in scene.client.users_list(limit=2) for each in page["members"]]
    assert set(listed) == {w.app.user, "USLACKBOT", scene.ana, scene.ben, guest, gone}


def test_what_one_person_alone_sees_is_in_no_history(scene: Scene) -> None:
    scene.client.chat_postEphemeral(channel=scene.channel, user=scene.ana, text="only you")
    (seen,) = scene.workspace.ephemerals
    assert (seen.user, seen.text) == (scene.ana, "only you")
    assert scene.workspace.messages(scene.channel) == []
    outside = scene.workspace.user("eve")
    assert refused(scene.client.chat_postEphemeral, channel=scene.channel, user=outside, text="x") == (
        "user_not_in_channel"
    )


def test_a_direct_message_goes_to_a_persons_id(scene: Scene) -> None:
    channel = scene.client.chat_postMessage(channel=scene.ana, text="hello")["channel"]
    assert channel.startswith("D")
    assert scene.client.conversations_open(users=scene.ana)["channel"]["id"] == channel


def test_a_permalink_of_a_reply_names_its_thread(scene: Scene) -> None:
    root = scene.workspace.say(scene.ana, scene.channel, "down")
    reply = scene.workspace.reply(scene.ben, scene.channel, root, "looking")
    link = scene.client.chat_getPermalink(channel=scene.channel, message_ts=reply)["permalink"]
    assert link == (
        f"https://halden.slack.com/archives/{scene.channel}/p{reply.replace('.', '')}"
        f"?thread_ts={root}&cid={scene.channel}"
    )


def test_messages_are_limited_by_channel_and_reading_to_fifteen_a_minute(scene: Scene) -> None:
    w = scene.workspace
    w.limits = "real"
    for _ in range(3):
        scene.client.chat_postMessage(channel=scene.channel, text="x")
    with pytest.raises(SlackApiError) as caught:
        scene.client.chat_postMessage(channel=scene.channel, text="x")
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "1")
    w.clock.move(1)
    scene.client.chat_postMessage(channel=scene.channel, text="x")
    for number in range(20):
        w.say(scene.ana, scene.channel, str(number))
    w.limits = "low"
    assert len(scene.client.conversations_history(channel=scene.channel, limit=100)["messages"]) == 15
    assert refused(scene.client.conversations_history, channel=scene.channel) == "ratelimited"
    w.clock.move(60)
    assert scene.client.conversations_history(channel=scene.channel)["ok"]
