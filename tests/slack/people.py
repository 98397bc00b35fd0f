"""Who and where: people, channels, who is in them, and the app's installation. Changes are told as events."""

from __future__ import annotations

from tests.slack.shapes import OTHER_TEAM, Channel, Json, User, channel_shape, user_shape
from tests.slack.talking import Talking


class People(Talking):
    """What exists from the start (`user`, `channel`) is not told; what changes later is."""

    def user(
        self,
        handle: str,
        name: str = "",
        email: str = "",
        zone: str = "Europe/Oslo",
        kind: str = "member",
        deleted: bool = False,
        display: str = "",
        joins: bool = False,
    ) -> str:
        """Somebody, by kind: member, guest, stranger (of another team) or bot. Returns the id; `joins` tells of it."""
        assert kind in ("member", "guest", "stranger", "bot"), kind
        with self.lock:
            team = OTHER_TEAM if kind == "stranger" else ""
            bot = self.number("B", handle) if kind == "bot" else ""
            number = self.number("U", handle)
            user = User(number, handle, name or handle.capitalize(), email, zone, kind, deleted, display, team)
            user.bot_id, user.updated = bot, self.clock.whole
            self.users[number] = user
            if joins:
                self.emit(None, self._of_user("team_join", user))
            return number

    def change_user(
        self,
        user: str,
        name: str | None = None,
        email: str | None = None,
        zone: str | None = None,
        kind: str | None = None,
        deleted: bool | None = None,
        display: str | None = None,
    ) -> None:
        """Change a profile, deactivate (`deleted=True`), make a guest of a member; tells `user_change`."""
        with self.lock:
            known = self.users[user]
            known.name = known.name if name is None else name
            known.email = known.email if email is None else email
            known.zone = known.zone if zone is None else zone
            known.kind = known.kind if kind is None else kind
            known.deleted = known.deleted if deleted is None else deleted
            known.display = known.display if display is None else display
            known.updated = self.clock.whole
            self.emit(None, self._of_user("user_change", known))

    def _of_user(self, kind: str, user: User) -> Json:
        stamp = self.clock.stamp()
        shape = user_shape(user, self.team_id, self.clock.now, "users:read.email" in self.scopes)
        return {"type": kind, "user": shape, "cache_ts": self.clock.whole, "event_ts": stamp}

    def channel(
        self,
        name: str,
        private: bool = False,
        members: list[str] | tuple[str, ...] = (),
        app: bool = True,
        shared: bool = False,
        old_id: bool = False,
    ) -> str:
        """A channel; `app`: our app is in it. Returns the id.

        Ids of private channels begin with C (with G if `old_id`, as before 2021): an id does not tell what is private.
        With a stranger among the members it is shared.
        """
        with self.lock:
            number = self.number("G" if old_id else "C", name)
            shared = shared or any(self.users[each].kind == "stranger" for each in members)
            made = Channel(number, name, self.clock.whole, private, list(members), app, shared=shared)
            self.channels[number] = made
            return number

    def join(self, user: str, channel: str, inviter: str = "") -> None:
        with self.lock:
            place = self.channel_of(channel)
            if user in place.members:
                return
            place.members.append(user)
            place.shared = place.shared or self.users[user].kind == "stranger"
            self._of_member("member_joined_channel", place, user, inviter)
            self._notes(place, user, "channel_join", f"<@{user}> has joined the channel")

    def leave(self, user: str, channel: str) -> None:
        with self.lock:
            place = self.channel_of(channel)
            place.members.remove(user)
            self._of_member("member_left_channel", place, user)
            self._notes(place, user, "channel_leave", f"<@{user}> has left the channel")

    def invite_app(self, channel: str, inviter: str = "") -> None:
        """Our app comes in; of itself it is told `member_joined_channel`, too."""
        with self.lock:
            place = self.channel_of(channel)
            if place.app:
                return
            place.app = True
            self._of_member("member_joined_channel", place, self.app.user, inviter)
            self._notes(place, self.app.user, "channel_join", f"<@{self.app.user}> has joined the channel")

    def remove_app(self, channel: str, user: str = "") -> None:
        """Our app is put out: it is told so, and nothing of that channel from then on."""
        with self.lock:
            place = self.channel_of(channel)
            kind = "group_left" if place.private else "channel_left"
            actor = user or (place.members[0] if place.members else "")
            event = {"type": kind, "channel": place.id, "actor_id": actor, "event_ts": self.clock.stamp()}
            self.emit(place, event)
            place.app = False

    def _of_member(self, kind: str, place: Channel, user: str, inviter: str = "") -> None:
        event: Json = {"type": kind, "user": user, "channel": place.id, "channel_type": "G" if place.private else "C"}
        event |= {"team": self.team_of(user)} | ({"inviter": inviter} if inviter else {})
        self.emit(place, event | {"event_ts": self.clock.stamp()})

    def _notes(self, place: Channel, user: str, subtype: str, text: str, **more: str) -> None:
        """What Slack itself writes into a channel when something happens to it."""
        message = {"subtype": subtype, "user": user, "text": text, "type": "message", "ts": self.clock.stamp(), **more}
        self.keep(place, message)

    def rename(self, channel: str, name: str, user: str = "") -> None:
        with self.lock:
            place = self.channel_of(channel)
            old, place.name = place.name, name
            place.previous_names.insert(0, old)
            shown = {
                key: channel_shape(place, self.team_id)[key] for key in ("id", "name", "name_normalized", "created")
            }
            shown |= {"is_channel": not place.private, "is_mpim": False}
            kind = "group_rename" if place.private else "channel_rename"
            self.emit(place, {"type": kind, "channel": shown, "event_ts": self.clock.stamp()})
            by = user or self._anybody(place)
            text = f'has renamed the channel from "{old}" to "{name}"'
            self._notes(place, by, "channel_name", text, old_name=old, name=name)

    def archive(self, channel: str, user: str = "") -> None:
        with self.lock:
            place = self.channel_of(channel)
            by = user or self._anybody(place)
            self._notes(place, by, "channel_archive", "archived the channel")
            self._of_channel("archive", place, by)
            place.archived = True

    def unarchive(self, channel: str, user: str = "") -> None:
        with self.lock:
            place = self.channel_of(channel)
            by = user or self._anybody(place)
            place.archived = False
            self._of_channel("unarchive", place, by)
            self._notes(place, by, "channel_unarchive", "un-archived the channel")

    def _of_channel(self, what: str, place: Channel, user: str) -> None:
        kind = f"{'group' if place.private else 'channel'}_{what}"
        event: Json = {"type": kind, "channel": place.id, "user": user, "event_ts": self.clock.stamp()}
        self.emit(place, event | ({"is_moved": 0} if what == "archive" else {}))

    def _anybody(self, place: Channel) -> str:
        return place.members[0] if place.members else "USLACKBOT"

    def revoke_token(self) -> None:
        """The bot token stops working: told first, then every call is refused with token_revoked."""
        tokens = {"oauth": [], "bot": [self.app.user]}
        with self.lock:
            self.emit(None, {"type": "tokens_revoked", "tokens": tokens, "event_ts": self.clock.stamp()})
            self.revoked = True

    def uninstall(self) -> None:
        """The app is taken out of the workspace altogether."""
        with self.lock:
            self.emit(None, {"type": "app_uninstalled", "event_ts": self.clock.stamp()})
            self.revoked = True

    def change_team(
        self, team_id: str = "T0OTHERTEAM", name: str = "Halden Ferries South", domain: str = "south"
    ) -> None:
        """The same app answers for another workspace: as if somebody had exchanged the token."""
        with self.lock:
            self.team_id, self.team_name, self.domain = team_id, name, domain

    def permalink(self, channel: str, ts: str) -> str:
        message = self.message(channel, ts)
        address = f"https://{self.domain}.slack.com/archives/{channel}/p{ts.replace('.', '')}"
        root = message.get("thread_ts", ts)
        return address if root == ts else f"{address}?thread_ts={root}&cid={channel}"
