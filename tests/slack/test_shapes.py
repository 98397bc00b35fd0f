"""The shapes of what this server sends, held against captured ones (in the folder `shared` beside this repository)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.slack.conftest import Scene
from tests.slack.shapes import Json

SHAPES = Path(__file__).resolve().parents[3] / "shared" / "real" / "slack-shapes"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not SHAPES.is_dir(), reason="The folder `shared` with the real data is not beside this repository."
    ),
]


def kinds(value: object) -> object:
    """The keys, and the types of what is behind them; blocks are only told by their type."""
    if isinstance(value, dict):
        if value.get("type") == "rich_text":
            return "rich_text"
        return {key: kinds(each) for key, each in value.items() if key not in ("participants_events",)}
    if isinstance(value, list):
        return kinds(value[0]) if value else []
    return type(value).__name__


def captured(name: str) -> Json:
    found: Json = json.loads((SHAPES / f"{name}.json").read_text())
    return found


def told(scene: Scene, **wanted: str) -> Json:
    found = [each for each in scene.events() if all(each.get(key) == value for key, value in wanted.items())]
    return found[-1]


@pytest.fixture
def private(scene: Scene) -> str:
    return scene.workspace.channel("incident-room", private=True, members=[scene.ana, scene.ben])


def test_a_message_and_a_reply(scene: Scene, private: str) -> None:
    root = scene.workspace.say(scene.ana, private, "down")
    assert kinds(told(scene)) == kinds(captured("event-message"))
    scene.workspace.reply(scene.ana, private, root, "looking")
    assert kinds(told(scene)) == kinds(captured("event-message-in-thread"))


def test_an_edit_of_a_message_and_of_a_reply(scene: Scene, private: str) -> None:
    root = scene.workspace.say(scene.ana, private, "dwon")
    scene.workspace.edit(scene.ana, private, root, "down")
    assert kinds(told(scene)) == kinds(captured("event-message-changed"))
    reply = scene.workspace.reply(scene.ana, private, root, "lokoing")
    scene.workspace.edit(scene.ana, private, reply, "looking")
    assert kinds(told(scene)) == kinds(captured("event-message-in-thread-changed"))


def test_a_deleted_message_and_a_deleted_reply(scene: Scene, private: str) -> None:
    alone = scene.workspace.say(scene.ana, private, "oops")
    scene.workspace.delete(scene.ana, private, alone)
    assert kinds(told(scene)) == kinds(captured("event-message2-deleted"))
    root = scene.workspace.say(scene.ana, private, "down")
    reply = scene.workspace.reply(scene.ana, private, root, "lokoing")
    scene.workspace.edit(scene.ana, private, reply, "looking")
    scene.workspace.delete(scene.ana, private, reply)
    assert kinds(told(scene)) == kinds(captured("event-message-in-thread-deleted"))


def test_a_deleted_root_of_words_and_of_a_file(scene: Scene, private: str) -> None:
    root = scene.workspace.say(scene.ana, private, "down")
    scene.workspace.edit(scene.ana, private, root, "up")
    scene.workspace.reply(scene.ben, private, root, "looking")
    scene.workspace.delete(scene.ana, private, root)
    assert kinds(told(scene)) == kinds(captured("event-thread-root-message-deleted"))
    root = scene.workspace.share_file(scene.ana, private, "log.txt", "see")
    scene.workspace.edit(scene.ana, private, root, "see there")
    scene.workspace.reply(scene.ben, private, root, "looking")
    scene.workspace.delete(scene.ana, private, root)
    expected = kinds(captured("event-file-share-root-message-deleted"))
    assert without_star(kinds(told(scene))) == without_star(expected)


def test_a_file_and_the_edit_of_its_comment(scene: Scene, private: str) -> None:
    ts = scene.workspace.share_file(scene.ana, private, "log.txt", "see")
    assert kinds(told(scene)) == kinds(captured("event-file-share-message"))
    scene.workspace.edit(scene.ana, private, ts, "see there")
    assert without_star(kinds(told(scene))) == without_star(kinds(captured("event-file-share-message-changed")))


def without_star(shape: object) -> object:
    """`is_starred` is about whoever captured it: some versions of one file have it, others have not."""
    text = json.dumps(shape).replace(', "is_starred": "bool"', "")
    return json.loads(text)


def test_another_bot(scene: Scene) -> None:
    scene.workspace.bot_says("Grafana", scene.channel, "Thanks")
    expected = captured("event-bot-message")
    del expected["trigger_id"]  # of a workflow
    assert kinds(told(scene)) == kinds(expected)


def test_a_huddle_that_ended_and_what_was_said_in_its_thread(scene: Scene) -> None:
    ts = scene.workspace.huddle(scene.ana, scene.channel)
    scene.workspace.clock.move(60)
    reply = scene.workspace.reply(scene.ana, scene.channel, ts, "<https://example.com>", broadcast=True)
    scene.workspace.unfurl(scene.channel, reply)
    scene.workspace.end_huddle(ts, [scene.ana])
    answer = scene.client.conversations_replies(channel=scene.channel, ts=ts)["messages"]
    root, broadcast = captured("conversations-replies-2")["messages"][:2]
    assert kinds(answer[0]) == kinds(root)
    assert answer[0]["room"].keys() == root["room"].keys()
    given = kinds({key: value for key, value in answer[1].items() if key != "attachments"})
    expected = kinds({key: value for key, value in broadcast.items() if key != "attachments"})
    assert isinstance(given, dict)
    assert isinstance(expected, dict)
    assert given.keys() - expected.keys() <= {"team", "parent_user_id"}
    assert expected.keys() - given.keys() == set()


def test_our_own_reply_as_an_answer_shows_it(scene: Scene) -> None:
    root = scene.workspace.say(scene.ana, scene.channel, "<@U1> down")
    ts = scene.client.chat_postMessage(channel=scene.channel, thread_ts=root, text="hello")["ts"]
    scene.workspace.react(scene.ana, scene.channel, ts, "+1")
    answer = scene.client.conversations_replies(channel=scene.channel, ts=root).data
    assert kinds(answer) == kinds(captured("conversations-replies-1"))
    assert isinstance(answer, dict)
    assert [kinds(each) for each in answer["messages"]] == [
        kinds(each) for each in captured("conversations-replies-1")["messages"]
    ]


@pytest.mark.parametrize("name", ["users.info", "conversations.info", "auth.test", "team.info", "chat.getPermalink"])
def test_answers_have_no_keys_but_official_ones(scene: Scene, name: str) -> None:
    ts = scene.workspace.say(scene.ana, scene.channel, "x")
    args = {"user": scene.ana, "channel": scene.channel, "message_ts": ts}
    answer = scene.client.api_call(name, params=args).data
    assert isinstance(answer, dict)
    official = captured(f"official/api/{name}")
    for key, value in answer.items():
        assert key in official
        if isinstance(value, dict):
            assert set(value) - set(official[key]) == set()


@pytest.mark.parametrize(
    ("name", "kind"), [("ReactionAdded", "reaction_added"), ("AppMention", "app_mention"), ("ChannelArchive", "")]
)
def test_events_have_no_keys_but_official_ones(scene: Scene, name: str, kind: str) -> None:
    ts = scene.workspace.say(scene.ana, scene.channel, f"<@{scene.workspace.app.user}> help")
    scene.workspace.react(scene.ana, scene.channel, ts, "eyes")
    scene.workspace.archive(scene.channel)
    event = told(scene, type=kind or "channel_archive")
    assert set(event) - set(captured(f"official/events/{name}Payload")["event"]) == set()
