"""Plays a story: each beat calls the action that a person's click or command would call, at the story's time.

Messages come in as they do in a real chat: through the local chat's other side, stored and taken in as events.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from musterpoint import access, actions
from musterpoint.actions import Call
from musterpoint.core.declare import DeclareRequest
from musterpoint.core.incident import Who
from musterpoint.core.process import Process
from musterpoint.demo.beats import (
    Beat,
    Declare,
    Delete,
    Did,
    Huddle,
    Lead,
    Mark,
    Nominate,
    React,
    Relapse,
    Resolve,
    Rewrite,
    Say,
    Severe,
)
from musterpoint.integrations.local.chat import Room


@dataclass(slots=True)
class Player:
    """`day` is midnight (UTC) of the incident's day; `apps` names what writes but is nobody."""

    process: Process
    day: datetime
    apps: dict[str, str]
    ref: str = ""
    rooms: dict[str, Room] = field(default_factory=dict)
    #: label of a message → where it stands, its stamp and who wrote it
    said: dict[str, tuple[Room, str, Who]] = field(default_factory=dict)
    huddle: str = ""
    last: tuple[str, int] = ("", 0)

    def moment(self, clock: str) -> datetime:
        """That time of the story's day. Beats of one minute follow each other by a few seconds, as people do."""
        minute, second = self.last
        self.last = (clock, second + 8 if clock == minute else 4)
        return self._on_the_day(clock) + timedelta(seconds=self.last[1])

    def call(self, account: str, at: datetime) -> Call:
        return Call(access.actor(account, self.process), self.process, "cli", at)

    def who(self, name: str) -> Who:
        if name in self.apps:
            return Who(f"app:{name}", self.apps[name])
        return access.actor(name, self.process).who

    def play(self, beat: Beat) -> None:
        at = self.moment(beat.at)
        match beat:
            case Say() | Rewrite() | Delete() | React() | Huddle():
                self._in_chat(beat, at)
            case Declare():
                request = DeclareRequest(beat.title, affected=beat.affected)
                self.ref = actions.declare(self.call(beat.who, at), request).state.ref
                self.rooms["thread"] = Room(self.ref)
            case Resolve():
                actions.resolve(self.call(beat.who, at), self.ref, self._stated(beat.happened), beat.reason)
            case Relapse():
                actions.relapse(self.call(beat.who, at), self.ref, self._stated(beat.happened), beat.reason)
            case _:
                self._respond(beat, at)

    def _stated(self, clock: str) -> datetime | None:
        return self._on_the_day(clock) if clock else None

    def _on_the_day(self, clock: str) -> datetime:
        return datetime.combine(self.day, time.fromisoformat(clock), self.day.tzinfo)

    def _respond(self, beat: Did | Mark | Lead | Severe | Nominate, at: datetime) -> None:
        call = self.call(beat.who, at)
        match beat:
            case Did():
                actions.did(call, self.ref, beat.text)
            case Mark():
                actions.mark(call, self.ref, self.reference(beat.of), beat.kind)
            case Lead():
                actions.lead(call, self.ref, call.actor.who)
            case Severe():
                actions.severity(call, self.ref, beat.level)
            case Nominate():
                actions.nominate(call, self.ref, self.who(beat.person))

    def _in_chat(self, beat: Say | Rewrite | Delete | React | Huddle, at: datetime) -> None:
        match beat:
            case Say():
                room, who = self.rooms[beat.place], self.who(beat.who)
                stamp = room.say(who, beat.text, at, bot=beat.who in self.apps)
                self.said[beat.label] = (room, stamp, who)
            case Rewrite():
                room, stamp, who = self.said[beat.of]
                room.edit(who, stamp, beat.text, at)
            case Delete():
                room, stamp, who = self.said[beat.of]
                room.delete(who, stamp, at)
            case React():
                room, stamp, _ = self.said[beat.of]
                room.react(self.who(beat.who), stamp, beat.name, at, on=beat.on)
            case Huddle():
                self._huddle(beat, at)

    def _huddle(self, beat: Huddle, at: datetime) -> None:
        thread, who = self.rooms["thread"], self.who(beat.who)
        if beat.people:
            thread.end_huddle(who, self.huddle, [self.who(each) for each in beat.people], at)
        else:
            self.huddle = thread.begin_huddle(who, "", at)
            self.rooms["huddle"] = Room(actions.huddle(self.call(beat.who, at), self.ref))

    def reference(self, label: str) -> str:
        """How an action names the message with this label."""
        room, stamp, _ = self.said[label]
        return f"local:{room.root}/{stamp}"
