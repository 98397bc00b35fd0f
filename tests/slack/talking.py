"""What people (and other bots) say: messages, replies, edits, deletions, reactions, files. Each is an event."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from tests.slack import message_shapes as shapes
from tests.slack.rich_text import rich_text
from tests.slack.shapes import SLACKBOT, Channel, Json
from tests.slack.state import State


class Talking(State):
    """Texts are in Slack's own form: `&amp;`, `<@U…>`, `<https://…|label>`. A `ts` that is not there is refused."""

    def say(self, user: str, channel: str, text: str, thread: str = "", broadcast: bool = False) -> str:
        """A message of a person; in a thread if `thread` is a root's `ts`. Returns its `ts`."""
        with self.lock:
            message = shapes.words(self, user, text, self.clock.stamp())
            return self.keep(self.channel_of(channel), message, thread, broadcast)

    def reply(self, user: str, channel: str, thread: str, text: str, broadcast: bool = False) -> str:
        return self.say(user, channel, text, thread, broadcast)

    def share_file(
        self, user: str, channel: str, name: str, text: str = "", thread: str = "", content: str = "Hello"
    ) -> str:
        """A text file with a comment. Returns the `ts` of its message."""
        with self.lock:
            message = shapes.words(self, user, text, self.clock.stamp())
            del message["team"]
            message |= {"files": [shapes.file(self, user, name, content)], "upload": True, "display_as_bot": False}
            return self.keep(self.channel_of(channel), message, thread)

    def bot_says(
        self,
        name: str,
        channel: str,
        text: str = "",
        thread: str = "",
        blocks: list[Json] | None = None,
        attachments: list[Json] | None = None,
    ) -> str:
        """Another integration: a user of kind "bot" by id says it as newer apps do, any other name as `bot_message`."""
        with self.lock:
            stamp = self.clock.stamp()
            bot = self.users.get(name)
            if bot:
                message = shapes.words(self, name, text, stamp) | {"bot_id": bot.bot_id, "app_id": "A0OTHER0001"}
                del message["client_msg_id"]
                message["bot_profile"] = self.profile() | {
                    "id": bot.bot_id,
                    "name": bot.name,
                    "app_id": "A0OTHER0001",
                    "user_id": name,
                }
            else:
                message = {"subtype": "bot_message", "text": text, "username": name, "type": "message", "ts": stamp}
                message |= {"bot_id": "B0OTHER0001", "app_id": "A0OTHER0001"}
                message |= {"blocks": rich_text(text, shapes.block_id(self))} if text else {}
            message |= {"blocks": blocks} if blocks is not None else {}
            message |= {"attachments": attachments} if attachments is not None else {}
            return self.keep(self.channel_of(channel), message, thread)

    def keep(self, channel: Channel, message: Json, thread: str = "", broadcast: bool = False) -> str:
        """Keep a new message, count it in its thread, tell of it. A reply to a reply is one to the root."""
        with self.lock:
            if thread:
                root = self.message(channel.id, thread)
                root = self.message(channel.id, root.get("thread_ts", thread))
                shapes.reply_to(root, message)
                if broadcast:
                    message["subtype"] = "thread_broadcast"
            self.kept.add(channel.id, message)
            if thread:
                self._count(channel, root["ts"])
            self._tell_of(channel, self.shown(channel, message))
            return str(message["ts"])

    def shown(self, channel: Channel, message: Json) -> Json:
        """As answers and events show it: a broadcast reply carries its root."""
        if message.get("subtype") != "thread_broadcast":
            return deepcopy(message)
        return deepcopy(message | {"root": self.message(channel.id, message["thread_ts"])})

    def _tell_of(self, channel: Channel, message: Json) -> None:
        event = shapes.in_event(message, channel)
        self.emit(channel, event, subscription(channel))
        if self._mentioned(message):
            self._tell_of_mention(channel, event)

    def _mentioned(self, message: Json) -> bool:
        said = message.get("subtype") in (None, "thread_broadcast", "bot_message")
        return said and f"<@{self.app.user}>" in str(message.get("text")) and message.get("bot_id") != self.app.bot

    def _tell_of_mention(self, channel: Channel, event: Json) -> None:
        left_out = ("channel_type", "parent_user_id", "root", "subtype")
        mention = {key: value for key, value in event.items() if key not in left_out}
        if channel.kind != "im":
            self.emit(channel, mention | {"type": "app_mention"})

    def _count(self, channel: Channel, root: str) -> None:
        shapes.count_replies(self.message(channel.id, root), self.kept.thread(channel.id, root))

    def edit(self, user: str, channel: str, ts: str, text: str) -> None:
        with self.lock:
            blocks = rich_text(text, shapes.block_id(self))
            self.change(self.channel_of(channel), ts, {"text": text, "blocks": blocks}, user)

    def change(self, channel: Channel, ts: str, new: Json, editor: str = "") -> Json:
        """Change a kept message and tell of it; with an `editor` it is an edit, without one it is Slack's own doing."""
        with self.lock:
            message = self.message(channel.id, ts)
            old = deepcopy(message)
            message |= new
            if editor:
                message["edited"] = {"user": editor, "ts": f"{self.clock.whole}.000000"}
            event = shapes.changed(self, channel, message, old)
            self.emit(channel, event, subscription(channel))
            if self._mentioned(message) and not self._mentioned(old):
                self._tell_of_mention(channel, {**message, "channel": channel.id, "event_ts": event["event_ts"]})
            return deepcopy(message)

    def unfurl(self, channel: str, ts: str, address: str = "https://example.com/page", title: str = "A page") -> None:
        """Slack adds the preview of a link: a change that is no edit."""
        preview = {"from_url": address, "id": 1, "original_url": address, "fallback": title, "text": title}
        with self.lock:
            self.change(self.channel_of(channel), ts, {"attachments": [preview | {"title": title}]})

    def delete(self, user: str, channel: str, ts: str) -> None:
        """Of a root with replies a tombstone stays."""
        with self.lock:
            self.drop(self.channel_of(channel), ts)

    def drop(self, channel: Channel, ts: str) -> None:
        with self.lock:
            message = self.message(channel.id, ts)
            if message.get("reply_count"):
                old = deepcopy(message)
                message.clear()
                message |= shapes.tombstone(old)
                seen = {"subscribed": old.get("subscribed", False), "last_read": old["latest_reply"]}
                self.emit(channel, shapes.changed(self, channel, message, old | seen), subscription(channel))
                return
            self.kept.remove(channel.id, message)
            root = str(message.get("thread_ts", ""))
            if root and root != ts:
                self._count(channel, root)
            self.emit(channel, shapes.deleted(self, channel, message), subscription(channel))
            stone = self.kept.get(channel.id, root)
            if stone and stone.get("subtype") == "tombstone" and "reply_count" not in stone:
                self.kept.remove(channel.id, stone)

    def react(self, user: str, channel: str, ts: str, name: str, on: bool = True) -> None:
        """Put a reaction on or take it off; what is already so changes nothing and is not told."""
        with self.lock:
            place = self.channel_of(channel)
            message = self.message(place.id, ts)
            users = {str(each["name"]): list(each["users"]) for each in message.get("reactions", [])}
            if (user in users.get(name, [])) is on:
                return
            users[name] = [*users.get(name, []), user] if on else [each for each in users[name] if each != user]
            left = [{"name": key, "users": who, "count": len(who)} for key, who in users.items() if who]
            message.pop("reactions", None)
            message |= {"reactions": left} if left else {}
            event: dict[str, Any] = {"type": "reaction_added" if on else "reaction_removed", "user": user}
            event |= {"reaction": name, "item": {"type": "message", "channel": place.id, "ts": ts}}
            event |= {"item_user": message["user"]} if message.get("user") not in (None, SLACKBOT) else {}
            self.emit(place, event | {"event_ts": self.clock.stamp()})


def subscription(channel: Channel) -> str:
    """The event type that an app subscribes to for the messages of such a channel."""
    return {"im": "message.im", "group": "message.groups", "channel": "message.channels"}[channel.kind]
