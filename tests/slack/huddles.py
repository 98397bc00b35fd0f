"""Huddles: a message of Slackbot with a `room`, edited by Slack when it ends; it has a thread of its own."""

from __future__ import annotations

import uuid
from copy import deepcopy

from tests.slack.message_shapes import block_id
from tests.slack.people import People
from tests.slack.rich_text import rich_text
from tests.slack.shapes import SLACKBOT, Json


class Huddles(People):
    """There is no API for them; apps see the message alone."""

    def huddle(self, user: str, channel: str, name: str = "") -> str:
        """Somebody starts one. Returns the `ts` of its message, the root of its thread."""
        with self.lock:
            place = self.channel_of(channel)
            stamp = self.clock.stamp()
            room = self._room(user, place.id, stamp, name)
            message: Json = {
                "user": SLACKBOT,
                "channel": place.id,
                "room": room,
                "no_notifications": True,
                "permalink": f"https://{self.domain}.slack.com/call/{room['id']}",
                "subtype": "huddle_thread",
                "type": "message",
                "ts": stamp,
                "text": "",
                "team": self.team_id,
                "blocks": rich_text("A huddle started", block_id(self)),
            }
            return self.keep(place, message)

    def end_huddle(self, ts: str, people: list[str] | tuple[str, ...] = (), deleted: bool = False) -> None:
        """It ends: Slack edits its message, or (`deleted`) takes it away. `people`: who was in it at some time."""
        with self.lock:
            place = self.channels[self.kept.place_of(ts)]
            if deleted:
                self.drop(place, ts)
                return
            room = deepcopy(self.message(place.id, ts)["room"])
            everybody = list(dict.fromkeys([room["created_by"], *people]))
            room |= {"date_end": self.clock.whole, "has_ended": True, "participants": []}
            room["participant_history"] = everybody
            room["participants_events"] = {each: _taken_part() for each in everybody}
            self.change(place, ts, {"room": room}, SLACKBOT)

    def _room(self, user: str, channel: str, stamp: str, name: str) -> Json:
        nobody: Json = {f"participants_{what}": [] for what in _DEVICES}
        return {
            "id": self.number("R"),
            "name": name,
            "media_server": "",
            "created_by": user,
            "date_start": self.clock.whole,
            "date_end": 0,
            "participants": [user],
            "participant_history": [user],
            "participants_events": {user: _taken_part()},
            **nobody,
            "canvas_thread_ts": stamp,
            "thread_root_ts": stamp,
            "channels": [channel],
            **dict.fromkeys(("is_dm_call", "was_rejected", "was_missed", "was_accepted", "has_ended"), False),
            "background_id": "ARIZONA",
            "canvas_background": "ARIZONA",
            "is_prewarmed": False,
            "is_scheduled": False,
            "recording": {"can_record_summary": "unavailable"},
            "locale": "en-US",
            "attached_file_ids": [],
            "media_backend_type": "free_willy",
            "display_id": "",
            "external_unique_id": str(uuid.UUID(int=self.random.getrandbits(128), version=4)),
            "app_id": "A00",
            "call_family": "huddle",
            "pending_invitees": {},
            "last_invite_status_by_user": {},
            "knocks": {},
            "huddle_link": f"https://app.slack.com/huddle/{self.team_id}/{channel}",
        }


_DEVICES = ("camera_on", "camera_off", "screenshare_on", "screenshare_off")


def _taken_part() -> Json:
    return {"user_team": {}, "joined": True, **dict.fromkeys(_DEVICES, False)}
