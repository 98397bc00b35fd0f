"""What people do to the app: commands, shortcuts, buttons, forms, its home. Sent at once, and the answer is shown."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any
from urllib.parse import urlencode

from tests.slack.api_chat import whispered
from tests.slack.envelope import signed
from tests.slack.filling import action, chosen, filled
from tests.slack.huddles import Huddles
from tests.slack.limits import INPUTS, elements
from tests.slack.responses import say
from tests.slack.shapes import Channel, Json
from tests.slack.state import Response
from tests.slack.wire import Answer


class Interacting(Huddles):
    """Every verb returns the app's answer. It must come within 3 seconds; Slack never sends an interaction twice."""

    def slash(self, user: str, channel: str, command: str, text: str = "") -> Answer:
        """A slash command; Slack offers none inside a thread. What the app answers is shown to its user, or to all."""
        place = self.channel_of(channel)
        names = {"group": "privategroup", "im": "directmessage"}
        payload: Json = {
            "token": "not-used-any-more",
            "team_id": self.team_id,
            "team_domain": self.domain,
            "channel_id": place.id,
            "channel_name": names.get(place.kind, place.name),
            "user_id": user,
            "user_name": self.users[user].handle,
            "command": command,
            "text": text,
            "api_app_id": self.app.id,
            "is_enterprise_install": "false",
            "response_url": self.response_url(user, place.id),
            "trigger_id": self.trigger(user),
        }
        answer = self._send("slash_commands", payload, urlencode(payload))
        self._show(Response(user, place.id, "", self.clock.seconds), answer)
        return answer

    def shortcut(self, user: str, channel: str = "", ts: str = "", callback_id: str = "") -> Answer:
        """A message shortcut; a global one without channel and `ts`."""
        payload = self._interaction("message_action" if ts else "shortcut", user) | {"callback_id": callback_id}
        payload["action_ts"] = self.clock.stamp()
        if ts:
            place = self.channel_of(channel)
            message = self.message(place.id, ts)
            payload |= {"message_ts": ts, "message": deepcopy(message), **self._place(place)}
            payload["response_url"] = self.response_url(user, place.id, ts)
        return self._interact(payload)

    def press(
        self,
        user: str,
        channel: str,
        ts: str,
        action_id: str,
        value: str | None = None,
        selected: Any = None,
        block_id: str | None = None,
    ) -> Answer:
        """Press or choose something, found by its action id, in a message (public or private), a modal or a home.

        For a view `ts` is its id and `channel` "". Where several blocks have that action id, a `value` (of a button) or
        a `block_id` tells which. `selected` is what is chosen in a select or a picker. What is not there to be pressed
        is an AssertionError.
        """
        payload = self._interaction("block_actions", user)
        if not channel:
            view = self.views.of(ts)[1]
            block, element = _pressed(view["blocks"], action_id, value, block_id)
            if element["type"] in INPUTS:
                values = view["state"]["values"].setdefault(block["block_id"], {})
                values[element["action_id"]] = chosen(element, selected)
            payload |= {"container": {"type": "view", "view_id": view["id"]}, "view": deepcopy(view)}
        else:
            place = self.channel_of(channel)
            message, private = self._seen_by(user, place.id, ts)
            block, element = _pressed(message.get("blocks", []), action_id, value, block_id)
            container = {"type": "message", "message_ts": ts, "channel_id": place.id, "is_ephemeral": private}
            if message.get("thread_ts"):
                container["thread_ts"] = message["thread_ts"]
            payload |= {"container": container, **self._place(place)}
            payload |= {} if private else {"message": deepcopy(message)}
            payload |= {"state": {"values": {}}, "response_url": self.response_url(user, place.id, ts)}
        payload["actions"] = [action(block, element, selected, self.clock.stamp())]
        return self._interact(payload)

    def submit(self, view_id: str, values: Json | None, user: str) -> Answer:
        """Fill in and send a modal. `values`: by action id or block id, plain (see `filling.py`)."""
        owner, view = self.views.of(view_id)
        assert owner == user, f"{view_id} is open for {owner}"
        view["state"] = {"values": filled(view["blocks"], values or {})}
        payload = self._interaction("view_submission", user) | {"view": deepcopy(view), "response_urls": []}
        answer = self._interact(payload)
        if answer.fine:
            self.views.applies(view_id, _json(answer))
        return answer

    def close_view(self, user: str) -> Answer | None:
        """Close the modal on top; the app is told if it asked for that (`notify_on_close`)."""
        view = self.views[user]
        self.views.close(user)
        if not view["notify_on_close"]:
            return None
        return self._interact(self._interaction("view_closed", user) | {"view": view, "is_cleared": False})

    def open_home(self, user: str, tab: str = "home") -> None:
        """Somebody opens the app's home; an event, not an interaction."""
        with self.lock:
            channel = self.direct(user)
            event: Json = {"type": "app_home_opened", "user": user, "channel": channel.id, "tab": tab}
            home = self.views.home(user)
            event |= {"view": home} if home and tab == "home" else {}
            self.emit(None, event | {"event_ts": self.clock.stamp()})

    def trigger(self, user: str) -> str:
        self.last_trigger = self.views.trigger(user)
        return self.last_trigger

    def response_url(self, user: str, channel: str, ts: str = "") -> str:
        with self.lock:
            token = self.number("response")
            self.responses[token] = Response(user, channel, ts, self.clock.seconds)
            return f"{self.address}/response/{token}"

    def replaced(self, channel: str, ts: str, given: Json) -> None:
        """A message, or what one person sees, becomes another."""
        for number, each in enumerate(self.ephemerals):
            if (each.channel, each.ts) == (channel, ts):
                new = {"text": given.get("text", ""), "blocks": given.get("blocks", [])}
                self.ephemerals[number] = each._replace(**new)
                return
        self.change(self.channels[channel], ts, given, self.app.bot)

    def without(self, channel: str, ts: str) -> None:
        before = len(self.ephemerals)
        self.ephemerals[:] = [each for each in self.ephemerals if (each.channel, each.ts) != (channel, ts)]
        if len(self.ephemerals) == before:
            self.drop(self.channels[channel], ts)

    def _seen_by(self, user: str, channel: str, ts: str) -> tuple[Json, bool]:
        for each in self.ephemerals:
            if (each.user, each.channel, each.ts) == (user, channel, ts):
                shown = {"text": each.text, "blocks": each.blocks}
                return shown | ({"thread_ts": each.thread} if each.thread else {}), True
        return self.message(channel, ts), False

    def _interaction(self, kind: str, user: str) -> Json:
        known = self.users[user]
        team = {"id": self.team_id, "domain": self.domain}
        who = {"id": user, "username": known.handle, "name": known.handle, "team_id": self.team_of(user)}
        return {
            "type": kind,
            "team": team,
            "user": who,
            "api_app_id": self.app.id,
            "token": "not-used-any-more",
            "enterprise": None,
            "is_enterprise_install": False,
            "trigger_id": self.trigger(user),
        }

    def _place(self, place: Channel) -> Json:
        names = {"group": "privategroup", "im": "directmessage"}
        return {"channel": {"id": place.id, "name": names.get(place.kind, place.name)}}

    def _interact(self, payload: Json) -> Answer:
        return self._send("interactive", payload, urlencode({"payload": json.dumps(payload)}))

    def _send(self, kind: str, payload: Json, form: str) -> Answer:
        if self.socket:
            return self.sockets.send(kind, payload)
        assert self.delivery.receiver is not None, "deliver_to() was not called"
        body = form.encode()
        headers = signed(self.signing_secret, body, self.delivery.skew)
        return self.delivery.receiver(body, {"Content-Type": "application/x-www-form-urlencoded", **headers})

    def _show(self, response: Response, answer: Answer) -> None:
        """What a command's answer says: JSON as at a response_url, anything else as words for its user alone."""
        if not answer.fine or not answer.body.strip():
            return
        with self.lock:
            if "json" in answer.content_type:
                given = _json(answer)
                if given:
                    say(self, response, given)
            else:
                whispered(self, response.user, response.channel, {"text": answer.body.decode()}, "")


def _json(answer: Answer) -> Json:
    if "json" not in answer.content_type or not answer.body.strip():
        return {}
    found = json.loads(answer.body)
    return found if isinstance(found, dict) else {}


def _pressed(blocks: list[Json], action_id: str, value: str | None, block_id: str | None) -> tuple[Json, Json]:
    for block in blocks:
        for element in elements(block):
            alike = value in (None, element.get("value")) and block_id in (None, block["block_id"])
            if element.get("action_id") == action_id and alike:
                return block, element
    there = [element.get("action_id") for block in blocks for element in elements(block)]
    raise AssertionError(f"nothing to press with action_id {action_id!r} and value {value!r}; there are {there}")
